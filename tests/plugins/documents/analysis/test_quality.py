"""Flags of damaged texts and of code."""

import pytest

from docsight.documents.analysis.quality import quality_flags
from docsight.documents.formats.content import Passage

PROSE = "Müller lives in Köln; he said: “It is good” (in 1999), and A. B. C. Smith agreed.\n" * 5


def test_prose_has_no_flags() -> None:
    assert quality_flags(PROSE, [Passage(start=0, end=len(PROSE))]) == ()
    assert quality_flags("", ()) == ()


def test_letter_spaced_text_is_flagged() -> None:
    assert quality_flags("A N N U A L R E P O R T of the trust", ()) == ("letter_spaced",)
    assert quality_flags(f"A N N U A L\n{PROSE}", ()) == ()


def test_text_in_the_wrong_encoding_is_flagged() -> None:
    pytest.importorskip("ftfy")
    assert quality_flags(PROSE.encode().decode("cp1252", "replace"), ()) == ("mojibake",)
    assert quality_flags("Stra\ufffde in K\ufffdln", ()) == ("mojibake",)


def test_code_is_flagged() -> None:
    assert quality_flags("#include <stdio.h>\nint main(void) {\n  int a = 1;\n  return a;\n}\n", ()) == ("code",)
    assert quality_flags("def half(x):\n    y = [x]\n    return (y)\n", ()) == ("code",)
    assert quality_flags(PROSE, [Passage(start=0, end=len(PROSE), kind="code")]) == ("code",)


def test_doubtful_ocr_is_flagged() -> None:
    passages = [Passage(start=0, end=300, confidence=0.6), Passage(start=300, end=330, confidence=0.99)]
    assert quality_flags(PROSE, passages) == ("ocr_doubtful",)
    assert quality_flags(PROSE, passages[1:]) == ()
