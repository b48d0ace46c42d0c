"""Words broken at line ends: which of them keep their hyphen."""

import pytest

from docsight.documents.formats.pdf.hyphens import HyphenJoiner, count_words

ENGLISH = "the board wants this plan that was known there and other members would like more time before they vote"
GERMAN = (
    "der Vorstand möchte diesen Plan weil andere Mitglieder mehr Zeit brauchen bevor darüber abgestimmt werden kann"
)


def join(text: str, document: str = "") -> str:
    return HyphenJoiner(count_words([document])).join(text)


COMPOUNDS = (
    "long-term well-known decision-making user-friendly follow-up co-owner self-esteem open-source non-empty check-in "
    "two-thirds cost-effective data-driven built-in right-hand Long-term Smith-Jones GSS-API e-mail 1990-95"
)
BROKEN = "manage-ment any-thing trans-actions text-book Ham-burg Whit-field ELE-MENT neigh-bour work-ing leg-end"


@pytest.mark.parametrize("compound", COMPOUNDS.split())
def test_hyphens_of_compounds_are_kept(compound: str) -> None:
    assert join(compound.replace("-", "\ufffe"), ENGLISH) == compound


@pytest.mark.parametrize("broken", BROKEN.split())
def test_hyphens_of_broken_words_are_removed(broken: str) -> None:
    assert join(broken.replace("-", "\ufffe"), ENGLISH) == broken.replace("-", "")


def test_hyphens_are_kept_in_compounds_of_several_words() -> None:
    assert join("state-of\ufffethe-art", ENGLISH) == "state-of-the-art"
    assert join("state\ufffeof-the-art", ENGLISH) == "state-of-the-art"


def test_hyphens_are_kept_in_addresses_and_options() -> None:
    assert join("see https://kestrel.example/man\ufffeage") == "see https://kestrel.example/man-age"
    assert join("--man\ufffeage") == "--man-age"


def test_the_other_words_of_the_document_decide_about_hyphens() -> None:
    known = "cooperate, co-author, longterm"
    assert join("co\ufffeoperate co\ufffeauthor long\ufffeterm", known) == "cooperate co-author longterm"


def test_hyphens_are_removed_in_other_languages() -> None:
    assert join("Verwal\ufffetung, land\ufffemark", GERMAN) == "Verwaltung, landmark"


def test_soft_hyphens_are_removed() -> None:
    assert join("un\u00adusual invest\u00ad\nment", ENGLISH) == "unusual investment"
