"""Words that several documents of a run have."""

import itertools
from typing import Any

import pytest

from docsight.documents.analysis.shared_words import SHARED_REASON, SharedWords, count_corrected, leave_shared_words


def row(text: str, *, reason: str = "unknown_word", applied: bool = True) -> dict[str, Any]:
    return {"text": text, "suggestion": "zip", "reason": reason, "because": "it is rare", "applied": applied}


def shared(words: set[str], texts: list[str]) -> frozenset[str]:
    counted = SharedWords(words)
    for text in texts:
        counted.add(text)
    return counted.found


def test_shared_words_are_in_three_texts_in_any_order() -> None:
    texts = ["a zlib", "one zlib, one zlip", "zlip and zlib", "nothing"]
    for order in itertools.permutations(texts):
        assert shared({"zlib", "zlip", "zli"}, list(order)) == {"zlib"}


@pytest.mark.parametrize(
    "form", ["ZLIB", "Zlib's", "zlib\u2019s", "(zlib)", "zlib_path", "zlib.h", "[zlib](x)", "x zlib\n"]
)
def test_shared_words_are_found_in_any_casing_and_beside_any_sign(form: str) -> None:
    assert shared({"zlib"}, ["zlib", "a zlib", form]) == {"zlib"}


@pytest.mark.parametrize("other", ["zlibs", "azlib", "z lib", "zlib", " zlib\n", ""])
def test_shared_words_are_not_found_in_other_words_and_copies(other: str) -> None:
    assert shared({"zlib"}, ["zlib", "a zlib", other]) == set()


def test_shared_words_with_apostrophes_are_whole_words() -> None:
    texts = ["it doesnt't", "He doesnt\u2019t", "doesnt't!"]
    assert shared({"doesnt't", "doesnt"}, texts) == {"doesnt't"}


def test_shared_words_need_no_more_texts_once_all_are_found() -> None:
    counted = SharedWords(["zlib"])
    assert not counted.is_complete
    for text in ("zlib", "a zlib", "the zlib"):
        counted.add(text)
    assert counted.is_complete
    assert SharedWords([]).is_complete


def test_count_corrected_counts_applied_corrections_of_unknown_words() -> None:
    rows = [row("Zlib's"), row("zlib"), row("teh"), row("then", reason="context"), row("sgid", applied=False)]
    assert count_corrected(rows, lambda _: False) == {"zlib": 2, "teh": 1}
    assert count_corrected(rows, {"teh"}.__contains__) == {"zlib": 2}


def test_leave_shared_words_changes_only_applied_corrections_of_these_words() -> None:
    rows = [row("Zlib"), row("teh"), row("zlib", reason="context"), row("zlib", applied=False)]
    before = [dict(each) for each in rows]
    revised = leave_shared_words(rows, {"zlib"})
    assert revised == [row("Zlib", applied=False) | {"because": SHARED_REASON}, *rows[1:]]
    assert rows == before
    assert leave_shared_words(rows[1:], {"zlib"}) is None
    assert leave_shared_words([], {"zlib"}) is None
