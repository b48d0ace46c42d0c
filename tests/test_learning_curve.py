"""The benchmark of learning curves, with a system that is trained in no time."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def curve(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import learning_curve

    yield learning_curve
    for name in ("small_data", "learning_curve"):
        sys.modules.pop(name, None)


def ruler(train, held_out, folder: Path, seed: int) -> Path:
    """Write a pipeline that finds the names of the training rows."""
    nlp = spacy.blank("en")
    names = {(label, " ".join(row.tokens[a:b])) for row in [*train, *held_out] for a, b, label in row.spans}
    nlp.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": name} for label, name in sorted(names)])
    nlp.to_disk(folder / "pipeline")
    return folder / "pipeline"


def test_learning_curve_trains_what_is_missing_and_prints_a_table(
    curve: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {
        "tokens": [["Ada", "Byron", "left"], ["it", "rained"]] * 10,
        "ner_tags": [["B-PER", "I-PER", "O"], ["O", "O"]] * 10,
    }
    (tmp_path / "own").mkdir()
    for split in ("train", "test"):
        pq.write_table(pa.table(rows), tmp_path / "own" / f"{split}.parquet")
    trained = []
    folders = []

    def train(*of):
        trained.append(of[3])
        folders.append(of[2])
        return ruler(*of)

    monkeypatch.setattr(curve, "SYSTEMS", {"ruler": train})
    monkeypatch.chdir(tmp_path)
    arguments = ["--data", ".", "--out", "out", "--sets", "own", "--sizes", "20", "--seeds"]
    for seeds in (["1"], ["1", "2"]):
        monkeypatch.setattr(sys, "argv", ["learning_curve.py", *arguments, *seeds])
        curve.main()
    assert trained == [1, 2]
    assert all(folder.is_absolute() for folder in folders)  # commands run in them
    assert "| own | 20 | 2 | 100.0 (" in capsys.readouterr().out
    points = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert [(point["seed"], point["f1"]) for point in points] == [(1, 1.0), (2, 1.0)]
    assert (tmp_path / "out" / "learning_curve.svg").is_file()


def test_rows_keep_their_spans_as_tags_and_as_docs(curve: ModuleType) -> None:
    row = curve.Row(["Ada", "Byron", "met", "Bob"], [curve.TagSpan(0, 2, "PER"), curve.TagSpan(3, 4, "PER")])
    assert curve.iob2_tags(row.spans, len(row.tokens)) == ["B-PER", "I-PER", "O", "B-PER"]
    [doc] = curve.to_docbin([row]).get_docs(spacy.blank("en").vocab)
    assert [(ent.start, ent.end, ent.label_) for ent in doc.ents] == [(0, 2, "PER"), (3, 4, "PER")]


def test_small_data_trains_each_setting_once_and_prints_means_of_the_validation_split(
    curve: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small_data = importlib.import_module("small_data")
    (tmp_path / "own").mkdir()
    train = {"tokens": [["Ada", "left"], ["Bob", "left"]] * 10, "ner_tags": [["B-PER", "O"]] * 20}
    unseen = {"tokens": [["Ada", "left"], ["Eve", "left"]], "ner_tags": [["B-PER", "O"]] * 2}  # a half can be found
    pq.write_table(pa.table(train), tmp_path / "own" / "train.parquet")
    pq.write_table(pa.table(unseen), tmp_path / "own" / "validation.parquet")
    trained = []

    def train_ruler(train, held_out, folder, seed, *, start, settings):
        trained.append((seed, start, settings))
        return ruler(train, held_out, folder, seed)

    monkeypatch.setattr(small_data, "train_docsight", train_ruler)
    arguments = ["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--sets", "own", "--size", "20", "--settings"]
    for settings in ([""], ["", "a=1 b=2"]):
        monkeypatch.setattr(sys, "argv", ["small_data.py", *arguments, *settings, "--starts", "rnn_ner"])
        small_data.main()
    assert trained == [
        (1, "rnn_ner", []),
        (2, "rnn_ner", []),
        (1, "rnn_ner", ["a=1", "b=2"]),
        (2, "rnn_ner", ["a=1", "b=2"]),
    ]
    assert capsys.readouterr().out.splitlines()[-2:] == ["| defaults | 66.7 |", "| `a=1 b=2` | 66.7 |"]
