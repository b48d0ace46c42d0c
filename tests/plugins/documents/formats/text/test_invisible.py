"""Removing invisible characters."""

import re

import pytest

from docsight.documents.formats.text import invisible
from docsight.documents.formats.text.invisible import strip_invisible


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("invest\u00adment", "investment"),
        ("ap\u200bproved\ufeff\u2060", "approved"),
        ("\u034f\u200c\u00a0\u034f\u200c", "\u00a0"),
        ("Kel\u200dler \u200cx", "Keller x"),
        ("\u200eleft\u202e\u2066", "left"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d💻 \u200d💻", "👩\u200d💻 💻"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
    ],
)
def test_strip_invisible_keeps_only_joiners_that_change_characters(text: str, visible: str) -> None:
    assert strip_invisible(text) == visible


def test_the_quick_look_misses_no_invisible_character(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"é{character}" for character in map(chr, (*range(0x80, 0x10000), *range(0xDFF00, 0xE0100)))]
    stripped = [strip_invisible(text) for text in texts]
    monkeypatch.setattr(invisible, "_MAY_BE_STRIPPED", re.compile(""))
    assert stripped == [strip_invisible(text) for text in texts]
