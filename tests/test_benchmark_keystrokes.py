"""The benchmark of keystrokes: slips of the finger, and its tables on a tiny speller."""

import importlib
import random
import sys
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
from pyarrow import parquet

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def keystrokes(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("keystrokes")


@pytest.mark.parametrize(("layout", "near"), [("qwerty", set("aqwxdezc")), ("dvorak", set("o.pujq"))])
def test_slips_hit_a_letter_beside_the_intended_one(keystrokes, layout, near, monkeypatch):
    monkeypatch.setattr(keystrokes, "SLIP_RATE", 1.0)
    meant = "ssss" if layout == "qwerty" else "eeee"
    sentence = " ".join([meant.capitalize(), meant, "to", "I'm", "1999,"] * 40)
    slipped = keystrokes.with_slips(sentence, layout, random.Random(1)).split(" ")
    for word, right in zip(slipped, sentence.split(" "), strict=True):
        differing = [(a, b) for a, b in zip(word, right, strict=True) if a != b]
        assert len(differing) == (right.lower() == meant)
        for typed, intended in differing:
            assert typed.isupper() == intended.isupper() or not typed.isalpha()
            assert typed.lower() in near


def test_keystrokes_prints_a_row_for_each_file_and_keyboard(keystrokes, tiny_speller, tmp_path, monkeypatch, capsys):
    rows = {"noisy": ["The hosue is near the water."] * 2, "clean": ["The house is near the water."] * 2}
    for name in ("fce", "clean"):
        parquet.write_table(pa.table(rows), tmp_path / f"{name}.parquet")
    monkeypatch.setattr(sys, "argv", ["keystrokes.py", "--data", str(tmp_path), "--model", str(tiny_speller)])
    keystrokes.main()
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in lines[1:3]] == ["| fce", "| clean"]
    assert len(lines) == 1 + 2 + 1 + 2 * 4
