import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module
    for name in ("document_corpus", "document_process", "document_systems"):
        sys.modules.pop(name, None)


@pytest.fixture
def corpus(load) -> ModuleType:
    return load("document_corpus")


def test_read_texts_joins_rows_of_all_tables_without_repetition(corpus: ModuleType, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    for name in ("a", "b"):
        rows = [f"{name}{number} is a row." for number in range(300)]
        pq.write_table(pa.table({"text": rows}), tmp_path / f"{name}.parquet")
    texts = corpus.read_texts(tmp_path, documents=12, words=200)
    words = " ".join(texts).split()
    firsts = [word for word in words if word[0] in "ab" and word[1:].isdigit()]
    assert len(texts) == 12
    assert all(len(text.split()) == 200 for text in texts)
    assert len(set(firsts)) == len(firsts)
    assert {word[0] for word in firsts} == {"a", "b"}
    with pytest.raises(SystemExit, match="has text for 12 documents of 200 words, not 13"):
        corpus.read_texts(tmp_path, documents=13, words=200)


@pytest.mark.slow
def test_read_texts_reads_documents_and_samples(corpus: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("one two three\n\nfour five six")
    assert corpus.read_texts(tmp_path, documents=2, words=3) == ["one two three", "four five six"]
    drawn = corpus.read_texts(None, documents=5, words=50)
    assert len(set(drawn)) == 5
    assert drawn == corpus.read_texts(None, documents=5, words=50)


def test_write_texts_preserves_line_endings(corpus: ModuleType, tmp_path: Path) -> None:
    folder = corpus.write_texts(["a\r\nb", "c"], tmp_path / "texts")
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [b"a\r\nb", b"c"]
    assert corpus.count_words(["a\r\nb", "c"]) == 3


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads the memory from /proc")
def test_memory_watch_measures_marked_processes(load) -> None:
    process = load("document_process")
    hold = "import time; held = bytearray(50_000_000); held[::4096] = b'x' * len(held[::4096]); time.sleep(30)"
    child = subprocess.Popen([sys.executable, "-c", hold], env=os.environ | {process._MARK: "here"})
    watch = process._MemoryWatch(f"{process._MARK}=here".encode())
    try:
        with watch:
            until = time.monotonic() + 20
            while watch.peak < 50_000_000 and time.monotonic() < until:
                time.sleep(0.1)
    finally:
        child.kill()
        child.wait()
    assert 50_000_000 < watch.peak < 200_000_000


def test_symspell_peer_reads_a_text(load) -> None:
    pytest.importorskip("symspellpy")
    nlp = load("document_systems").load_symspell()
    assert nlp("Teh cat sat.").text == "Teh cat sat."
