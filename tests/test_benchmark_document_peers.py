"""The comparison of the readers with other tools, on the small files with known content."""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
if not BENCHMARKS.is_dir():
    pytest.skip("the benchmarks are in a checkout only", allow_module_level=True)
sys.path.insert(0, str(BENCHMARKS))

from document_peer_cases import CASES  # noqa: E402
from document_peer_reader import load_docsight  # noqa: E402
from document_peers import Results, _lost_words  # noqa: E402

for package in ("docx", "pptx", "pypdfium2", "selectolax"):
    pytest.importorskip(package)


@pytest.mark.parametrize("name", list(CASES))
def test_docsight_reads_each_case_as_it_is_meant(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(CASES[name].content())
    assert CASES[name].is_read(load_docsight("")(str(path)))


def test_a_word_divided_by_a_hyphen_is_lost_by_nobody() -> None:
    texts = {"joined": "a language", "divided": "a lan-guage", "broken": "a lan-\nguage", "without": "a"}
    results = {tool: Results([{"f": (text, 0.0)}]) for tool, text in texts.items()}
    lost = {
        tool: _lost_words({"f": texts[tool]}, [found for other, found in results.items() if other != tool])[0]
        for tool in texts
    }
    assert lost == {"joined": 0, "divided": 0, "broken": 0, "without": 1}
