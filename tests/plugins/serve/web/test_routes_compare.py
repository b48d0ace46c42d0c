"""POST /v1/compare over HTTP, with small taggers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("fastapi", reason="docsight serve needs the extra [serve]")

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from docsight.errors import DataError
from docsight.serve.services.comparison import MAX_COMPARED_WORDS, TaggerComparison
from docsight.serve.web.compare_models import CompareAnswer
from docsight.serve.web.problem_details import ProblemError
from docsight.serve.web.routes_compare import router
from docsight.serve.web.server_state import Slots, state_of


@pytest.fixture(scope="module")
def client(tiny_model: Path) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)

    @app.exception_handler(DataError)
    async def answer_invalid(_: Request, error: Exception) -> JSONResponse:
        return ProblemError(422, str(error)).response()

    with ThreadPoolExecutor(1) as imaging:
        services = SimpleNamespace(comparison=TaggerComparison([str(tiny_model)] * 3), imaging=imaging)
        app.dependency_overrides[state_of] = lambda: SimpleNamespace(services=services, image_slots=Slots(4))
        yield TestClient(app)


def test_compare_answers_as_its_schema_says(client: TestClient) -> None:
    response = client.post("/v1/compare", json={"text": "Ada Lovelace in London", "focus": 3})
    assert response.status_code == 200
    answer = CompareAnswer.model_validate(response.json())
    assert [word.text for word in answer.words] == ["Ada", "Lovelace", "in", "London"]
    assert [tagger.influence.word for tagger in answer.taggers if tagger.influence] == [3, 3, 3]


def test_compare_without_the_demonstration_taggers_says_so() -> None:
    app = FastAPI()
    app.include_router(router)
    services = SimpleNamespace(comparison=None)
    app.dependency_overrides[state_of] = lambda: SimpleNamespace(services=services)

    @app.exception_handler(ProblemError)
    async def answer_problem(_: Request, error: ProblemError) -> JSONResponse:
        return error.response()

    response = TestClient(app).post("/v1/compare", json={"text": "London"})
    assert response.status_code == 501
    assert "lacks the demonstration taggers" in response.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "a " * (MAX_COMPARED_WORDS + 1)},
        {"text": "a" * 10_001},
        {"text": "London", "focus": 1},
        {"text": "London", "focus": -1},
        {"text": "London", "colour": "red"},
    ],
    ids=["none", "empty", "words", "characters", "focus", "negative", "unknown"],
)
def test_compare_refuses_bad_requests(client: TestClient, body: dict[str, object]) -> None:
    assert client.post("/v1/compare", json=body).status_code == 422
