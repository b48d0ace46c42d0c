"""The text of PDF pages as running text."""

import re

import pytest

from docsight.documents.formats.pdf import page_text
from docsight.documents.formats.pdf.page_text import clean


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("a\x02b\r\nc\u2028d", "ab\nc\nd"),
        ("o\ufb03ce\u00a0x", "office x"),
        ("M\u00a8uller", "Müller"),
        (" broken\ufffe ", "broken\ufffe"),
        ("a\n \n\t\n\nb", "a\n\nb"),
    ],
)
def test_clean_leaves_only_text(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


def test_the_quick_look_misses_no_character_to_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"xa{character}e" for character in map(chr, range(0x10000))]
    cleaned = [clean(text) for text in texts]
    monkeypatch.setattr(page_text, "_MAY_BE_UNCLEAN", re.compile(""))
    assert cleaned == [clean(text) for text in texts]
