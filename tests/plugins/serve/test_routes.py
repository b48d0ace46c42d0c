import io
import json
import re

import pytest
from PIL import Image, ImageDraw

from docsight.serve.web.text_models import TextAnswer
from docsight.serve.web.typing_models import TypingAnswer
from docsight.version import __version__


def problem(response, status):
    """Check that an answer is a problem with this status, and return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["detail"]
    assert body["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return body


def drawing(size=64, kind="PNG"):
    image = Image.new("L", (size, size), 0)
    ImageDraw.Draw(image).line([(20, 10), (44, 10), (28, 54)], fill=255, width=6)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def test_text_returns_the_fields_of_documents_jsonl(client):
    answer = client.post("/v1/text", json={"text": "We saw teh house by the river."})
    assert answer.status_code == 200
    TextAnswer.model_validate(answer.json())
    (document,) = answer.json()["documents"]
    assert document["corrected_text"] == "We saw the house by the river."
    assert document["spans"] == []
    (row,) = document["corrections"]
    fields = {"start", "end", "text", "suggestion", "suggestions", "score", "reason", "because", "applied"}
    assert row.keys() == fields
    assert document["text"][row["start"] : row["end"]] == row["text"] == "teh"
    for entity in document["entities"]:
        assert document["text"][entity["start"] : entity["end"]] == entity["text"]


def test_text_lists_spans_of_at_least_min_score(client):
    texts = ["Ada Lovelace lived in London.", ""]
    answer = client.post("/v1/text", json={"texts": texts, "min_score": 0.05}).json()
    TextAnswer.model_validate(answer)
    assert [document["text"] for document in answer["documents"]] == texts
    spans = answer["documents"][0]["spans"]
    assert len(spans) > 1
    assert all(span["score"] >= 0.05 for span in spans)
    assert client.post("/v1/text", json={"text": texts[0]}).json()["documents"][0]["spans"] == []


def test_text_setting_decides_which_corrections_are_applied(client):
    text = "We saw teh house."
    by_setting = {
        setting: client.post("/v1/text", json={"text": text, "setting": setting}).json()["documents"][0]
        for setting in ("eager", "flag")
    }
    assert by_setting["eager"]["corrected_text"] == "We saw the house."
    assert by_setting["flag"]["corrected_text"] == text
    assert by_setting["flag"]["corrections"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": 5}, 422),
        ({"text": "a", "texts": ["a"]}, 422),
        ({"texts": []}, 422),
        ({"text": "a", "misspelled": 1}, 422),
        ({"text": "a", "min_score": 0.001}, 422),
        ({"text": "a" * 2001}, 413),
        ({"texts": ["a"] * 9}, 413),
        ({"text": "a" * 20_000}, 413),
    ],
)
def test_text_refuses_invalid_and_large_requests(client, body, status):
    problem(client.post("/v1/text", json=body), status)


def test_invalid_fields_are_named_without_their_values(client):
    body = problem(client.post("/v1/text", json={"text": "a", "min_score": 77.125}), 422)
    assert body["errors"][0]["loc"][-1] == "min_score"
    assert "77.125" not in json.dumps(body)


@pytest.mark.parametrize(
    ("path", "sent", "place"),
    [
        ("/v1/text", {"text": 5}, ["body", "text"]),
        ("/v1/text", {}, ["body", "text"]),
        ("/v1/text", [], ["body"]),
        ("/v1/text", {"texts": ["a", 5]}, ["body", "texts", 1]),
        ("/v1/text", {"texts": [{}]}, ["body", "texts", 0]),
        ("/v1/text", {"text": "a", "single": 1}, ["body", "single"]),
        ("/v1/redact", {"text": "a", "treshold": 1}, ["body", "treshold"]),
    ],
)
def test_error_names_the_field_that_the_client_sent(client, path, sent, place):
    answer = client.post(path, json=sent)
    body = answer.json()
    assert answer.status_code == 422
    assert body["errors"][0]["loc"] == place
    assert body["detail"].startswith(".".join(map(str, place)) + ": ")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b'"x"', b"null", b'{"text": "\\ud800"}'])
def test_text_refuses_what_is_not_a_request(client, content):
    answer = client.post("/v1/text", content=content, headers={"Content-Type": "application/json"})
    problem(answer, 422)


def test_typing_corrects_words_and_takes_corrections_back(client):
    first = client.post("/v1/type", json={"keys": "teh house ", "sequence": 0})
    assert first.status_code == 200, first.text
    state = first.json()
    TypingAnswer.model_validate(state)
    assert state["typed"] == "teh house "
    back = client.post(
        "/v1/type", json={"session": state["session"], "sequence": 1, "events": [{"type": "backspace"}]}
    ).json()
    assert back["typed"] == "teh house"
    assert back["sequence"] == 1


def test_typing_undoes_any_earlier_correction(client):
    session = client.post("/v1/type", json={"keys": "wich house and teh "}).json()
    for row in session["corrected"]:
        assert session["text"][row["start"] : row["end"]] == row["text"]
        undone = client.post(
            "/v1/type", json={"session": session["session"], "events": [{"type": "undo", "word": row["word"]}]}
        ).json()
        assert row["word"] not in [each["word"] for each in undone["corrected"]]
    problem(
        client.post("/v1/type", json={"session": session["session"], "events": [{"type": "undo", "word": 99}]}), 422
    )


def test_typing_refuses_unknown_sessions_and_old_events(client):
    problem(client.post("/v1/type", json={"session": "none", "keys": "a"}), 404)
    session = client.post("/v1/type", json={"keys": "a", "sequence": 5}).json()["session"]
    problem(client.post("/v1/type", json={"session": session, "keys": "b", "sequence": 5}), 409)
    assert client.delete(f"/v1/type/{session}").status_code == 204
    problem(client.post("/v1/type", json={"session": session, "keys": "b"}), 404)


@pytest.mark.parametrize("keys", ["\x00", "\x1b"])
def test_typing_refuses_control_characters(client, keys):
    problem(client.post("/v1/type", json={"keys": keys}), 422)


@pytest.mark.parametrize("as_form", [True, False])
def test_images_are_classified(client, as_form):
    body = {"files": {"file": ("seven.png", drawing())}} if as_form else {"content": drawing()}
    headers = {} if as_form else {"Content-Type": "image/png"}
    answer = client.post("/v1/images?model=digits", headers=headers, **body).json()
    assert answer["best"] in "0123456789"
    assert len(answer["scores"]) == 10
    assert sum(answer["scores"].values()) == pytest.approx(1, abs=1e-3)
    assert len(answer["pixels"]) == 1
    assert len(answer["pixels"][0]) == len(answer["pixels"][0][0]) == 28
    assert answer["explanation"] is None


def test_images_are_explained(client):
    answer = client.post("/v1/images?model=digits&explain=true&label=3", content=drawing())
    assert answer.status_code == 200, answer.text
    explanation = answer.json()["explanation"]
    assert explanation["label"] == "3"
    layers = [layer["layer"] for layer in explanation["feature_maps"]]
    assert [layer for layer in layers if "." not in layer] == ["block1", "block2", "block3"]
    assert layers[:3] == ["block1.layer1", "block1.layer2", "block1"]
    assert explanation["feature_maps"][0]["maps"][0]["png"].startswith("data:image/png;base64,")
    assert len(explanation["grad_cam"]) == len(explanation["occlusion"]) == 28


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/images?model=none", drawing(), {}, 422),
        ("/v1/images?model=digits&label=none", drawing(), {}, 422),
        ("/v1/images", b"not an image", {}, 422),
        ("/v1/images", b"", {}, 422),
        ("/v1/images", drawing(), {"Content-Type": "text/plain"}, 415),
        ("/v1/images", b"x" * 50_001, {}, 413),
        ("/v1/images", b"x", {"Content-Type": "multipart/form-data; boundary=b"}, 400),
    ],
)
def test_images_refuse_invalid_requests(client, path, body, headers, status):
    problem(client.post(path, content=body, headers=headers), status)


def test_redaction_replaces_names_and_ids(client):
    pytest.importorskip("presidio_analyzer")
    answer = client.post("/v1/redact", json={"text": "Write to ada@example.org.", "operator": "mask"})
    assert answer.status_code == 200, answer.text
    assert "ada@example.org" not in answer.json()["text"]
    problem(client.post("/v1/redact", json={"text": "a", "operator": "hash"}), 422)


def test_analyze_answers_as_presidio(client):
    presidio = pytest.importorskip("presidio_analyzer")
    answer = client.post("/analyze", json={"text": "Write to ada@example.org.", "language": "en", "score_threshold": 0})
    rows = answer.json()
    assert "EMAIL_ADDRESS" in [row["entity_type"] for row in rows]
    assert {"start", "end", "score", "entity_type", "analysis_explanation"} == rows[0].keys()
    restored = presidio.RecognizerResult.from_json(rows[0])
    assert restored.score == rows[0]["score"]
    assert "EMAIL_ADDRESS" in client.get("/supportedentities?language=en").json()
    recognizers = client.get("/recognizers?language=en").json()
    assert "EmailRecognizer" in recognizers
    assert len(recognizers) == len(set(recognizers))
    several = client.post("/analyze", json={"text": ["ada@example.org", "nothing"], "language": "en"}).json()
    assert len(several) == 2
    only = {"text": "ada@example.org 1.2.3.4", "language": "en", "entities": ["IP_ADDRESS"]}
    assert {row["entity_type"] for row in client.post("/analyze", json=only).json()} == {"IP_ADDRESS"}


def test_analyze_takes_all_fields_of_presidio(client):
    pytest.importorskip("presidio_analyzer")
    options = {
        "correlation_id": "a-1",
        "return_decision_process": True,
        "context": ["mail"],
        "allow_list": ["bob@example.org"],
        "ad_hoc_recognizers": [],
        "allow_list_match": "exact",
        "regex_flags": 26,
        "trace": False,
    }
    text = "Mail ada@example.org or bob@example.org."
    answer = client.post("/analyze", json={"text": text, "language": "en", "entities": ["EMAIL_ADDRESS"], **options})
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()
    explanation = row["analysis_explanation"]
    assert explanation["recognizer"] == "EmailRecognizer"
    assert 0 < explanation["original_score"] <= row["score"]


def test_analyze_ignores_unknown_types_beside_known_ones(client):
    """As presidio does."""
    pytest.importorskip("presidio_analyzer")
    body = {"text": "ada@example.org", "language": "en", "entities": ["EMAIL_ADDRESS", "SHOE_SIZE"]}
    assert [row["entity_type"] for row in client.post("/analyze", json=body).json()] == ["EMAIL_ADDRESS"]
    assert "SHOE_SIZE" in problem(client.post("/analyze", json={**body, "entities": ["SHOE_SIZE"]}), 422)["detail"]


ZIP = {
    "name": "zip",
    "supported_language": "en",
    "supported_entity": "ZIP",
    "patterns": [{"name": "five digits", "regex": r"\b\d{5}\b", "score": 0.5}],
    "context": ["zip"],
}


def test_analyze_finds_what_recognizers_of_the_client_find(client):
    pytest.importorskip("presidio_analyzer")
    words = {"supported_entity": "SHIP", "deny_list": ["Rhea", "a+b"]}
    body = {"text": "The Rhea, or a+b, sails to 12345.", "language": "en", "entities": ["ZIP", "SHIP"]}
    body |= {"ad_hoc_recognizers": [ZIP, words], "return_decision_process": True}
    rows = sorted(client.post("/analyze", json=body).json(), key=lambda row: row["start"])
    assert [(row["entity_type"], row["start"], row["end"], row["score"]) for row in rows] == [
        ("SHIP", 4, 8, 1.0),
        ("SHIP", 13, 16, 1.0),
        ("ZIP", 27, 32, 0.5),
    ]
    assert rows[2]["analysis_explanation"]["pattern_name"] == "five digits"


def test_analyze_answers_recognizers_of_the_client_as_presidio(client):
    presidio = pytest.importorskip("presidio_analyzer")
    text = "My zip is 12345. Call 54321, or write to ada@example.org."
    recognizer = presidio.PatternRecognizer.from_dict(ZIP)
    expected = {(each.start, each.end, each.score) for each in recognizer.analyze(text, ["ZIP"])}
    body = {"text": text, "language": "en", "ad_hoc_recognizers": [recognizer.to_dict()]}
    rows = client.post("/analyze", json=body).json()
    assert {(row["start"], row["end"]) for row in rows if row["entity_type"] == "ZIP"} == {
        (start, end) for start, end, _ in expected
    }
    assert "EMAIL_ADDRESS" in {row["entity_type"] for row in rows}
    assert "ZIP" not in {
        row["entity_type"] for row in client.post("/analyze", json={"text": text, "language": "en"}).json()
    }


def test_analyze_leaves_out_what_an_expression_allows(client):
    pytest.importorskip("presidio_analyzer")
    body = {"text": "ada@example.org or bob@example.com", "language": "en", "entities": ["EMAIL_ADDRESS"]}
    allowed = {"allow_list": ["EXAMPLE\\.org$", ""], "allow_list_match": "regex"}
    assert [row["start"] for row in client.post("/analyze", json=body | allowed).json()] == [19]
    for flags in (0, 16):  # case matters
        assert len(client.post("/analyze", json=body | allowed | {"regex_flags": flags}).json()) == 2


def test_matches_of_an_expression_that_allows_are_not_limited(client, monkeypatch):
    pytest.importorskip("presidio_analyzer")
    monkeypatch.setattr("docsight.serve.services.client_recognizers.MAX_CLIENT_MATCHES", 5)
    body = {"text": "ada@example.org", "language": "en", "allow_list": ["\\w"], "allow_list_match": "regex"}
    assert client.post("/analyze", json=body).json() == []


@pytest.mark.parametrize(
    ("regex", "text", "detail"),
    [
        ("(a", "a", "not valid"),
        ("(" * 500 + ")" * 500, "a", "not valid"),
        ("(a|aa)+$", "a" * 500 + "b", "longer than"),
        (".", "a" * 1990, "more than"),
    ],
)
def test_analyze_refuses_expressions_that_are_invalid_or_take_long(client, monkeypatch, regex, text, detail):
    pytest.importorskip("presidio_analyzer")
    monkeypatch.setattr("docsight.serve.services.client_recognizers.MAX_CLIENT_MATCHES", 1000)
    monkeypatch.setattr("docsight.serve.services.client_recognizers.MAX_PATTERN_SECONDS", 0.2)
    pattern = {"name": "p", "regex": regex, "score": 0.5}
    body = {"text": text, "language": "en", "ad_hoc_recognizers": [{"supported_entity": "P", "patterns": [pattern]}]}
    assert detail in problem(client.post("/analyze", json=body), 422)["detail"]


@pytest.mark.parametrize(
    "recognizer", [{"supported_entity": "P"}, {"deny_list": ["a"]}, {"supported_entity": "P", "deny_list": [""]}, "P"]
)
def test_analyze_refuses_invalid_recognizers(client, recognizer):
    pytest.importorskip("presidio_analyzer")
    body = {"text": "a", "language": "en", "ad_hoc_recognizers": [recognizer]}
    assert "ad_hoc_recognizers" in problem(client.post("/analyze", json=body), 422)["detail"]


@pytest.mark.parametrize("body", [{"text": "a"}, {"text": "a", "language": "xx"}, {"language": "en"}])
def test_analyze_refuses_invalid_requests(client, body):
    pytest.importorskip("presidio_analyzer")
    problem(client.post("/analyze", json=body), 422)


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/v1/info", "/docs", "/", "/v1/jobs/x", "/nothing"])
def test_head_answers_as_get_without_a_body(client, path):
    """Load balancers and monitors ask for the head."""
    head, whole = client.head(path), client.get(path)
    assert head.status_code == whole.status_code
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.content == b""


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("path", ["/v1/text", "/v1/type", "/v1/redact", "/v1/compare", "/analyze"])
def test_json_without_its_content_type_is_refused_with_what_to_do(client, path, kind):
    headers = {} if kind is None else {"Content-Type": kind}
    answer = client.post(path, content=b'{"text": "a"}', headers=headers)
    assert "Content-Type: application/json" in problem(answer, 415)["detail"]


@pytest.mark.parametrize(
    ("content", "status", "detail"),
    [
        (b"null", 422, "body: Input"),
        (b"3", 422, "body: Input"),
        (b'{"text": ', 422, "body: not JSON: Expecting value, at character 9"),
        (b'{"text": "\xff"}', 400, "not in UTF-8"),
        (b'{"text": ' + b"[" * 5000, 400, "nested too deeply"),
        (b'{"text": "a", "min_score": ' + b"9" * 5000 + b"}", 400, "too long"),
        (b'{"text": "\\ud800"}', 422, "body.text: it has half of a surrogate pair"),
    ],
)
def test_problem_says_why_a_body_cannot_be_read(client, content, status, detail):
    answer = client.post("/v1/text", content=content, headers={"Content-Type": "application/json"})
    assert detail in problem(answer, status)["detail"]


def test_status_routes(client):
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ok"}
    info = client.get("/v1/info").json()
    assert info["version"] == __version__
    assert [each["name"] for each in info["components"]] == ["rnn_speller", "rnn_ner"]
    assert info["limits"]["max_text_chars"] == 2000
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert re.search(r'docsight_requests_total\{method="GET",route="/health",status="200"\} [1-9]', metrics.text)


def test_pages_need_no_network(client):
    for path in ("/", "/docs", "/openapi.json"):
        page = client.get(path)
        assert page.status_code == 200
        loaded = re.findall(r"""(?:src|href)=["'](?!#)([^"']*)""", page.text)
        assert not [url for url in loaded if "://" in url or url.startswith("//")]
    policy = client.get("/docs").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "<script" not in client.get("/docs").text
    assert "style=" not in client.get("/docs").text


@pytest.mark.parametrize("path", ["/none", "/v1/none", "/..%2f..%2fetc/passwd", "/%00", "/" + "a" * 3000])
def test_unknown_paths_are_problems(client, path):
    problem(client.get(path), 404)


def test_wrong_methods_are_problems(client):
    problem(client.get("/v1/text"), 405)


def test_request_for_a_text_needs_no_thread_besides_that_of_the_models(client, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a dependency is resolved in a thread")

    monkeypatch.setattr("fastapi.dependencies.utils.run_in_threadpool", refuse)
    assert client.post("/v1/text", json={"text": "Ada"}).status_code == 200
