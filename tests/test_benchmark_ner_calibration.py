"""The benchmark of calibration judges what the corpora annotate, and its figures are right."""

import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch

from docsight.bundle import CONFIG
from docsight.networks.calibration import BetaCalibration
from docsight.networks.spans import ScoredSpan
from docsight.tags import TagSpan

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
CURVE = {"low": 0.9, "high": 0.5, "shift": -0.3}

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    pytest.importorskip("datasets")
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    yield importlib.import_module("ner_calibration")
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == BENCHMARKS:
            sys.modules.pop(name)


@pytest.fixture
def calibrated_model(tiny_model: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    config = json.loads((folder / CONFIG).read_text()) | {"calibration": {"PER": CURVE}}
    (folder / CONFIG).write_text(json.dumps(config))
    return folder


def judged_set(benchmark: ModuleType, rows: list[tuple[str, float, bool]], num_gold: dict[str, int]) -> object:
    spans = [
        benchmark.JudgedSpan(ScoredSpan(0, 1, label, score), is_right, is_entity=True, document=0)
        for label, score, is_right in rows
    ]
    return benchmark.JudgedSet("set", spans, spans, num_gold)


def test_model_judges_only_annotated_labels_and_calibrates(benchmark: ModuleType, calibrated_model: Path) -> None:
    from docsight_training.data.ner.annotated_documents import Document, Sentence

    sets = importlib.import_module("ner_sets")
    tokens = ["Ada", "Lovelace", "met", "Alan", "Turing", "in", "London", "."]
    document = Document("corpus", [Sentence(tokens, [TagSpan(0, 2, "PER"), TagSpan(6, 7, "LOC")])])
    part = sets.LabelledSet("corpus", "test", [document, document], ("PER",))
    judged = benchmark.Model(str(calibrated_model)).judge(part)
    assert judged.num_gold == {"PER": 2}
    assert {one.span.label for one in judged.posteriors} == {"PER"}
    expected = [BetaCalibration(**CURVE).probability(one.span.score) for one in judged.posteriors]
    assert [one.span.score for one in judged.calibrated] == pytest.approx(expected)
    assert 0 < len(judged.entities) < len(judged.calibrated)


def test_perfect_error_shrinks_with_the_number_of_spans(benchmark: ModuleType) -> None:
    torch.manual_seed(1)
    few, many = (judged_set(benchmark, [("PER", 0.7, True)] * size, {}) for size in (10, 4000))
    assert benchmark.perfect_error(few.entities) > 0.08
    assert benchmark.perfect_error(many.entities) < 0.01


def test_thresholds_count_precision_and_recall(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("PER", 0.96, True), ("PER", 0.6, False), ("LOC", 0.85, True)]
    sets = [judged_set(benchmark, rows, {"PER": 2, "LOC": 1}), judged_set(benchmark, [("PER", 0.2, True)], {"PER": 1})]
    benchmark.print_thresholds("test set", sets, ["PER", "ORG", "LOC"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "| threshold (test set) | all P | all R | PER P | PER R | LOC P | LOC R |"
    lines = {line.split()[1]: line for line in printed[2:] if line}
    assert list(lines) == ["0", "0.3", "0.5", "0.7", "0.8", "0.9", "0.95", "0.99"]
    assert lines["0"] == "| 0 | 75.0 | 75.0 | 66.7 | 66.7 | 100.0 | 100.0 |"
    assert lines["0.7"] == "| 0.7 | 100.0 | 50.0 | 100.0 | 33.3 | 100.0 | 100.0 |"
    assert lines["0.99"] == "| 0.99 | - | 0.0 | - | 0.0 | - | 0.0 |"


def test_errors_are_printed_for_each_set_and_for_all(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    sets = [judged_set(benchmark, [("PER", 0.5, True)], {"PER": 1}), judged_set(benchmark, [("LOC", 0.9, False)], {})]
    benchmark.print_errors("test set", sets, ["PER", "LOC"])
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in capsys.readouterr().out.splitlines()]
    assert rows[0][-3:] == ["PER", "LOC", "other spans"]
    assert [row[1:5] for row in rows[2:5]] == [
        ["1", "100.0", "50.0", "50.0"],
        ["1", "0.0", "90.0", "90.0"],
        ["2", "50.0", "70.0", "70.0"],
    ]
    assert [row[6:8] for row in rows[2:4]] == [["50.0", "-"], ["-", "90.0"]]
    assert rows[5][3:5] == ["70.0", "70.0"]
