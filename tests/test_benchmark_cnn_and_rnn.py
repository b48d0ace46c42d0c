"""The benchmarks of docs/cnn-and-rnn.md, on a handful of images and with taggers of random weights."""

import importlib
import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy
import torch
from PIL import Image

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
MODULES = ("learning_curve", "cnn_and_rnn_digits", "cnn_and_rnn_words", "cnn_and_rnn_plots")
pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    threads = torch.get_num_threads()
    yield {name: importlib.import_module(name) for name in MODULES}
    torch.set_num_threads(threads)
    for name in MODULES:
        sys.modules.pop(name)


def _write_digits(folder: Path) -> Path:
    """Write images of two digits: a bar at the left and a bar at the right."""
    rows = []
    for number in range(20):
        pixels = np.zeros((28, 28), np.uint8)
        column = 4 if number % 2 else 20
        pixels[4:24, column : column + 4] = 255
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, format="PNG")
        rows.append({"image": {"bytes": buffer.getvalue(), "path": None}, "label": number % 2})
    folder.mkdir()
    for split in ("train", "test"):
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{split}.parquet")
    (folder / "seven.png").write_bytes(rows[0]["image"]["bytes"])
    return folder


def _write_taggers(folder: Path, model: Path, encoders: tuple[str, ...]) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(model)})
    for encoder in encoders:
        (folder / f"{encoder}-1").mkdir(parents=True)
        nlp.to_disk(folder / f"{encoder}-1" / "pipeline")


def test_digits_words_and_plots(
    modules: dict[str, ModuleType],
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    digits, words, plots = (modules[f"cnn_and_rnn_{name}"] for name in ("digits", "words", "plots"))
    data, out = _write_digits(tmp_path / "mnist"), tmp_path / "out"
    monkeypatch.setattr(digits, "STEPS", 3)
    for _ in range(2):  # the second time, all runs are there
        monkeypatch.setattr(sys, "argv", ["digits", "--data", str(data), "--out", str(out), "--seeds", "1"])
        digits.main()
    runs = digits.read_runs(out / "digits.jsonl")
    assert len(runs) == len(digits.NETWORKS) * (len(digits.SIZES) + 1)
    assert {run.network for run in runs} == set(digits.NETWORKS)
    assert "| perceptron | 74,895 |" in capsys.readouterr().out

    _write_taggers(tmp_path / "runs", tiny_model, words.ENCODERS)
    pq.write_table(pa.table({"tokens": [["Ada", "left"]], "ner_tags": [["B-PER", "O"]]}), tmp_path / "test.parquet")
    monkeypatch.setattr(words, "LENGTHS", (4, 8))
    monkeypatch.setattr(words, "MIN_SECONDS", 0.0)
    paths = ["--test", str(tmp_path / "test.parquet"), "--runs", str(tmp_path / "runs"), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["words", *paths])
    words.main()
    figures = json.loads((out / "words.json").read_text())
    assert set(figures["taggers"]) == set(figures["cost"]) == set(words.ENCODERS)
    assert "| decided by the words after |" in capsys.readouterr().out

    drawn = ["--seven", str(data / "seven.png"), "--figures", str(out), "--out", str(tmp_path / "plots")]
    for _ in range(2):
        monkeypatch.setattr(sys, "argv", ["plots", *drawn])
        plots.main()
        files = {file.name: file.read_bytes() for file in (tmp_path / "plots").iterdir()}
        assert len(files) == 7
        assert all(b"<svg" in content for content in files.values())
        shutil.rmtree(tmp_path / "plots")


def test_shift_moves_images_along_both_diagonals(modules: dict[str, ModuleType]) -> None:
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, 10, 10] = 1
    places = [tuple(moved[0, 0].nonzero()[0].tolist()) for moved in modules["cnn_and_rnn_digits"].shift(image, 2)]
    assert sorted(places) == [(8, 8), (8, 12), (12, 8), (12, 12)]


def test_influence_is_that_of_the_words_around_a_name(modules: dict[str, ModuleType], tiny_model: Path) -> None:
    words = modules["cnn_and_rnn_words"]
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model), "spans_key": "all", "min_score": words.MIN_POSTERIOR})
    found = words.influence(nlp, ["Ada", "met", "Charles"], 0)
    assert found["words"] == ["Ada", "met", "Charles"]
    assert found["change"][0] == 0
    assert any(found["change"][1:])
