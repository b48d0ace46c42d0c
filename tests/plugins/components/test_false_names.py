"""Entities that are no names, by spans over words; | stands for the end of a line, || for that of a cell."""

from time import process_time

import pytest

from docsight.components.false_names import remove_false_names
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END


def _kept(text: str, label: str, spans: list[tuple[int, int]]) -> list[str]:
    words = [{"|": LINE_END, "||": CELL_END}.get(word, word) for word in text.split()]
    found = [ScoredSpan(start, end, label, 0.5) for start, end in spans]
    return [" ".join(words[span.start : span.end]) for span in remove_false_names(found, words.__getitem__, len(words))]


@pytest.mark.parametrize(
    ("text", "label", "spans", "expected"),
    [
        ("ISO 9001", "ORG", [(0, 1)], []),
        ("ISO / IEC 8859 - 1", "ORG", [(0, 1), (2, 3)], []),
        ("ISO/IEC 8859", "ORG", [(0, 1)], ["ISO/IEC"]),
        ("IEEE Std 1003.1", "ORG", [(0, 1)], []),
        ("ISO and IEEE met in 1990", "ORG", [(0, 1), (2, 3)], ["ISO", "IEEE"]),
        ("Alder 9001", "ORG", [(0, 1)], ["Alder"]),
        ("under the LGPL", "ORG", [(2, 3)], []),
        ("by LuaLaTeX and BibTeX", "ORG", [(1, 2), (3, 4)], []),
        ("see README.md and alder_mill", "ORG", [(1, 2), (3, 4)], []),
        ("Alder::Mill and main()", "PER", [(0, 1), (2, 3)], []),
        ("LatoPro - Medium , Lato - LightItalic", "ORG", [(0, 3), (4, 7)], []),
        ("Lato - Light , Lato-Bold , Ada Hale - Bold", "PER", [(0, 3), (4, 5), (6, 10)], ["Ada Hale - Bold"]),
        ("J J J and J. J.", "PER", [(0, 3), (4, 6)], ["J. J."]),
        ("Lato-LightItalic", "LOC", [(0, 1)], []),
        ("Lato-Semibold , Lato-ExtraBoldItalic , AlderSans - Black", "ORG", [(0, 1), (2, 3), (4, 7)], []),
        ("Alder-PowerGen , AlderMills-Group", "ORG", [(0, 1), (2, 3)], ["Alder-PowerGen", "AlderMills-Group"]),
        ("M & S and A B", "ORG", [(0, 3), (4, 6)], ["M & S"]),
        ("Zac Hale - Dodds", "PER", [(0, 4)], ["Zac Hale - Dodds"]),
        ("Anne-Marie McKenzie", "PER", [(0, 2)], ["Anne-Marie McKenzie"]),
        ("Smith - McKenzie and Coca-Cola", "ORG", [(0, 3), (4, 5)], ["Smith - McKenzie", "Coca-Cola"]),
        ("@ rosa_lindt", "PER", [(1, 2)], ["rosa_lindt"]),
        ("New_York and MAX_SIZE", "LOC", [(0, 1), (2, 3)], ["New_York"]),
        ("Fifth Floor , Bern", "LOC", [(0, 2), (3, 4)], ["Bern"]),
        ("Suite 400 and 2nd Floor", "LOC", [(0, 2), (3, 5)], []),
        ("Box Hill", "LOC", [(0, 2)], ["Box Hill"]),
        ("NY 11375 and 3011 Bern", "LOC", [(0, 2), (3, 5)], ["NY", "Bern"]),
        ("Area 51", "LOC", [(0, 2)], ["Area 51"]),
        ("# Bern", "LOC", [(0, 2)], ["Bern"]),
        ("Alder Mills Inc. **", "ORG", [(0, 4)], ["Alder Mills Inc."]),
        ("( 12 )", "ORG", [(0, 3)], []),
        ("AF : AFG : Kabul", "LOC", [(0, 1), (2, 3), (4, 5)], ["Kabul"]),
        ("AF || Kabul | FM ; SB", "LOC", [(0, 1), (2, 3), (4, 5), (6, 7)], ["Kabul"]),
        ("in NYC , LDN , SF", "LOC", [(1, 2), (3, 4), (5, 6)], ["NYC", "LDN", "SF"]),
        ("Boston , MA | the FRA team", "LOC", [(0, 1), (2, 3), (5, 6)], ["Boston", "MA", "FRA"]),
        ("", "LOC", [], []),
    ],
)
def test_false_names_are_removed(text, label, spans, expected):
    assert _kept(text, label, spans) == expected


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("John 3:16 and Genesis 1:1", [(0, 1), (3, 4)], []),
        ("John 3:16-18 and Mark 10:30", [(0, 1), (3, 4)], []),
        ("1 Samuel 17:4 , Ruth 2:4", [(0, 2), (4, 5)], []),
        ("Matt . 5:3", [(0, 1)], []),
        ("John 3:99", [(0, 1)], []),
        ("John wrote Genesis 1:1", [(0, 1)], ["John"]),
        # Times.
        ("Mark 10:30 and James 14:00", [(0, 1), (3, 4)], ["Mark", "James"]),
        ("Mark 10:30-11:00", [(0, 1)], ["Mark"]),
        ("Rosa 3:99", [(0, 1)], ["Rosa"]),
        ("Genesis 1:1 , James 14:30 and Mark 60:12", [(3, 4), (6, 7)], ["James", "Mark"]),
        ("Genesis 1:1 , Mark 10:30 and Mark 10:00 and Luke 9:05", [(3, 4), (6, 7), (9, 10)], ["Mark", "Luke"]),
        ("Ruth 15:00 , Phil 9:30 and Phil 3:30", [(0, 1), (3, 4), (6, 7)], ["Ruth", "Phil", "Phil"]),
    ],
)
def test_books_of_the_bible_are_no_persons(text, spans, expected):
    assert _kept(text, "PER", spans) == expected


def test_other_labels_stay():
    assert _kept("1234 ISO 9001", "DATE", [(0, 1)]) == ["1234"]


def test_a_long_word_takes_linear_time():
    start = process_time()
    assert len(_kept("a_" * 50_000 + "-", "ORG", [(0, 1)])) == 1
    assert process_time() - start < 5
