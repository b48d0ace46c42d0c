"""The blocks of docs/clients.md run as printed, and do what the page says."""

import json
import logging
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import DocBin

from docsight.documents import process
from docsight_training import cli as training

PAGE = (Path(__file__).parents[1] / "docs" / "clients.md").read_text(encoding="utf-8")
TEXTS = {
    "a.txt": "Ada Lovelace lived in London.",
    "b.txt": "Nothing is named here.",
    "c.txt": "Charles Babbage met Grace Hopper in Paris.",
}
TOOLS = [
    "Prodigy",
    "Label Studio",
    "spacy-streamlit",
    "pandas",
    "polars",
    "DuckDB",
    "Hugging Face datasets",
    "FastAPI",
    "joblib",
    "Presidio",
]


def blocks(heading: str, language: str = "python") -> list[str]:
    """Return the blocks of code between a heading and the next one."""
    section = re.split(r"\n##+ ", PAGE.split(f"# {heading}\n")[1])[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner")
    return nlp


@pytest.fixture(scope="module")
def results(nlp: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    process(folder, nlp, folder / "results")
    return folder / "results"


@pytest.fixture(autouse=True)
def workplace(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(results, tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(heading: str, nlp: Language) -> dict[str, Any]:
    """Run the Python blocks of a section, and return their names."""
    names: dict[str, Any] = {"nlp": nlp, "__name__": "recipe"}
    for block in blocks(heading):
        exec(compile(block, heading, "exec"), names)
    return names


def run_commands(heading: str, monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """Run the commands of docsight-train in a section; `more` are added to those that train."""
    lines = "".join(blocks(heading, "sh")).splitlines()
    for words in [shlex.split(line) for line in lines if line.startswith("docsight-train")]:
        arguments = [*words[1:], *(more if words[1].startswith("data.path") else [])]
        monkeypatch.setattr(sys, "argv", ["docsight-train", *arguments])
        training.main()


def read_lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def write_lines(path: str, rows: list[dict[str, Any]]) -> None:
    Path(path).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def spans(path: str) -> list[list[tuple[int, int, str]]]:
    """Return what `docsight-train` reads in a file."""
    from docsight_training.data.ner.findings import Findings
    from docsight_training.data.ner.formats.recognition import read_annotations
    from docsight_training.data.ner.formats.registry import ReadSettings

    texts = read_annotations(Path(path), "auto", ReadSettings(), Findings())
    return [[(span.start, span.end, span.label) for span in text.spans] for text in texts]


@pytest.fixture
def found(results: Path) -> list[list[tuple[int, int, str]]]:
    return [
        [(entity["start"], entity["end"], entity["label"]) for entity in record["entities"]]
        for record in read_lines(str(results / "documents.jsonl"))
    ]


def test_the_page_has_a_block_of_three_to_ten_lines_for_each_tool() -> None:
    for title in TOOLS:
        (block,) = blocks(title)
        assert 3 <= len([line for line in block.splitlines() if line.strip()]) <= 10


def test_each_section_with_a_block_has_a_test_below() -> None:
    titles = re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)
    spacy_sections = ["Evaluate, and choose a threshold", "Package a pipeline, and keep it small", "Logs", "EDS-NLP"]
    assert {title for title in titles if blocks(title)} == {*TOOLS, *spacy_sections}


def test_thresholds_of_images_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("cnn_imagecat")
    doc = nlp.make_doc("A chart.")
    chart = Path(__file__).parents[1] / "samples" / "chart_visitors.png"
    doc._.images = [{"id": "1", "path": str(chart), "cats": {"cnn_imagecat": {"label": "chart"}}}]
    DocBin(docs=[doc], store_user_data=True).to_disk("dev.spacy")
    run("Evaluate, and choose a threshold", nlp)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [int(threshold) for threshold, _ in lines] == list(range(-5, 15))
    assert float(lines[0][1]) == 1.0


def test_a_slim_pipeline_has_no_weights() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner")
    run("Package a pipeline, and keep it small", nlp)
    assert not list(Path("names").rglob("*.safetensors"))
    assert [ent.text for ent in spacy.load("names")(TEXTS["a.txt"]).ents] == ["Ada Lovelace", "London"]


def test_logs_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("docsight")
    level = logger.level
    monkeypatch.setattr(logging.root, "handlers", [])
    try:
        for block in blocks("Logs"):
            exec(compile(block, "Logs", "exec"), {})
        assert logging.root.handlers
        assert logger.level == logging.INFO
    finally:
        logger.setLevel(level)


def test_the_pipeline_of_the_examples_finds_names() -> None:
    names: dict[str, Any] = {}
    for block in blocks("EDS-NLP"):
        exec(compile(block, "EDS-NLP", "exec"), names)
    assert names["nlp"].pipe_names == ["rnn_ner"]


def test_prodigy_tasks_and_answers(
    nlp: Language, found: list[list[tuple[int, int, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("hydra")
    # What `prodigy db-out` writes; the loader of `ner.manual` needs `text`, and spans with `start`, `end` and `label`.
    text = "Ada met Bob."
    answers: list[dict[str, Any]] = [
        {
            "text": text,
            "_input_hash": 1,
            "_task_hash": 2,
            "tokens": [{"text": "Ada", "start": 0, "end": 3, "id": 0, "ws": True}],
            "spans": [{"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}],
            "_view_id": "ner_manual",
            "answer": "accept",
            "_timestamp": 1700000000,
        },
        {"text": "No.", "spans": [], "answer": "ignore"},
    ]
    write_lines("annotated.jsonl", answers)
    monkeypatch.setattr("docsight_training.train.main", lambda: None)
    run_commands("Prodigy", monkeypatch)
    for row in read_lines("tasks.jsonl"):
        assert isinstance(row["text"], str)
        assert all({"start", "end", "label"} <= set(span) for span in row["spans"])
    assert spans("tasks.jsonl") == found
    assert spans("annotated.jsonl") == [[(0, 3, "PER")]]
    run("Prodigy", nlp)
    doubtful = read_lines("doubtful.jsonl")
    scores = [row["meta"]["score"] for row in doubtful]
    assert scores == sorted(scores)
    assert doubtful[-1]["text"] == TEXTS["b.txt"]


def test_doccano_imports_and_exports(found: list[list[tuple[int, int, str]]], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hydra")
    write_lines("admin.jsonl", [{"id": 1, "text": "Ada met Bob.", "label": [[0, 3, "PER"]], "Comments": []}])
    monkeypatch.setattr("docsight_training.train.main", lambda: None)
    run_commands("doccano", monkeypatch)
    rows = read_lines("doccano.jsonl")
    assert [set(row) >= {"text", "label"} for row in rows] == [True] * len(TEXTS)
    assert [[tuple(span) for span in row["label"]] for row in rows] == found
    assert spans("admin.jsonl") == [[(0, 3, "PER")]]


def test_label_studio_predictions_and_export(nlp: Language, found: list[list[tuple[int, int, str]]]) -> None:
    run("Label Studio", nlp)
    tasks = json.loads(Path("tasks.json").read_text(encoding="utf-8"))
    assert [len(task["predictions"][0]["result"]) for task in tasks] == [len(each) for each in found]
    region = tasks[0]["predictions"][0]["result"][0]
    assert (region["from_name"], region["to_name"], region["type"]) == ("label", "text", "labels")
    assert 0 < region["score"] <= 1
    for task in tasks:  # Label Studio exports what was accepted as annotations
        task["annotations"] = task.pop("predictions")
    Path("export.json").write_text(json.dumps(tasks), encoding="utf-8")
    pytest.importorskip("hydra")
    assert spans("export.json") == found


def test_spacy_streamlit_shows_entities() -> None:
    pytest.importorskip("spacy_streamlit")
    from streamlit.testing.v1 import AppTest

    (block,) = blocks("spacy-streamlit")
    app = AppTest.from_string(block, default_timeout=60).run()
    assert not app.exception
    assert list(app.table[0].value["name"]) == ["Ada Lovelace", "London"]


@pytest.mark.parametrize("title", ["pandas", "polars"])
def test_data_frames_have_a_row_for_each_name(nlp: Language, title: str) -> None:
    pytest.importorskip(title)
    names = run(title, nlp)["names"]
    assert {"Ada Lovelace", "London", "Charles Babbage", "Grace Hopper", "Paris"} == set(names["name"])
    assert names["score"].min() > 0


def test_duckdb_has_a_row_for_each_name(nlp: Language) -> None:
    pytest.importorskip("duckdb")
    rows = run("DuckDB", nlp)["names"].fetchall()
    assert ("a.txt", "Ada Lovelace") in [(row[0], row[3]) for row in rows]
    assert len(rows) == 5


def test_datasets_maps_a_pipeline(nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    assert run("Hugging Face datasets", nlp)["named"]["names"][0] == ["Ada Lovelace", "London"]


def test_fastapi_serves_entities(nlp: Language) -> None:
    pytest.importorskip("fastapi")
    from fastapi.testclient import TestClient

    with TestClient(run("FastAPI", nlp)["app"]) as client:
        (first, second) = client.post("/entities", json={"text": TEXTS["a.txt"]}).json()
    assert (first["start"], first["end"], first["label"]) == (0, 12, "PER")
    assert 0 < second["score"] <= 1


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_joblib_divides_texts(nlp: Language, backend: str) -> None:
    joblib = pytest.importorskip("joblib")
    with joblib.parallel_config(backend=backend):
        batches = run("joblib", nlp)["batches"]
    assert [len(batch) for batch in batches] == [25] * 4
    assert [name for name, label, score in batches[0][0]] == ["Ada Lovelace", "London"]


def test_presidio_passes_the_probabilities_on(nlp: Language) -> None:
    pytest.importorskip("presidio_analyzer")
    from presidio_analyzer import BatchAnalyzerEngine

    names = run("Presidio", nlp)
    found = names["analyzer"].analyze(names["text"], language="en")
    scores = {names["text"][each.start : each.end]: each.score for each in found}
    expected = {ent.text: ent._.score for ent in nlp(names["text"]).ents}
    assert {name: scores[name] for name in ("Ada Lovelace", "London")} == pytest.approx(
        {name: expected[name] for name in ("Ada Lovelace", "London")}
    )
    assert "212-555-5555" in scores
    batches = BatchAnalyzerEngine(names["analyzer"]).analyze_iterator([*TEXTS.values()], language="en")
    assert [len(batch) for batch in batches] == [2, 0, 3]
