import pytest
import torch

from docsight.errors import DataError
from docsight.spelling.candidates.error_model import MAX_COST, ErrorModel, encode_letters
from docsight_training.data.speller.alignment import Edit, align, edit_kind
from docsight_training.data.speller.error_model import fit_error_model

PAIRS = [
    ("recieve", "receive", 9),
    ("beleive", "believe", 9),
    ("acheive", "achieve", 5),
    ("foto", "photo", 8),
    ("fone", "phone", 8),
    ("geografy", "geography", 6),
    ("adress", "address", 9),
    ("comitee", "committee", 7),
    ("seperate", "separate", 9),
    ("definate", "definite", 9),
    ("wich", "which", 9),
    ("untill", "until", 9),
    ("dont", "don't", 9),
    ("alot", "a lot", 9),
    ("Wensday", "Wednesday", 3),
]


@pytest.fixture(scope="module")
def model() -> ErrorModel:
    return fit_error_model(PAIRS, num_groups=50)


def cost(model: ErrorModel, typed: str, meant: str) -> float:
    return model.costs(encode_letters([typed]), encode_letters([meant])).item()


@pytest.mark.parametrize(
    ("typed", "meant", "edits", "kinds"),
    [
        ("recieve", "receive", [(3, 5, 3, 5)], ["swap"]),
        ("adress", "address", [(2, 3, 2, 2)], ["undouble"]),
        ("untill", "until", [(5, 5, 5, 6)], ["double"]),
        ("wich", "which", [(1, 2, 1, 1)], ["delete"]),
        ("thew", "the", [(3, 3, 3, 4)], ["insert"]),
        ("seperate", "separate", [(3, 4, 3, 4)], ["vowel"]),
        ("dig", "dog", [(1, 2, 1, 2)], ["vowel"]),
        ("dof", "dog", [(2, 3, 2, 3)], ["substitute"]),
        ("fone", "phone", [(0, 1, 0, 0), (1, 2, 0, 1)], ["delete", "substitute"]),
        ("same", "same", [], []),
        ("", "ab", [(1, 2, 0, 0), (0, 1, 0, 0)][::-1], ["delete", "delete"]),
    ],
)
def test_align_finds_the_edits(typed: str, meant: str, edits: list[tuple[int, ...]], kinds: list[str]) -> None:
    found = align(typed, meant)
    assert found == [Edit(*edit) for edit in edits]
    assert [edit_kind(typed, meant, edit) for edit in found] == kinds


def test_align_gives_up_above_max_edits() -> None:
    assert align("cat", "elephant") is None
    assert align("abcdef", "ghijkl", 5) is None
    assert len(align("abcdef", "ghijkl", 6) or []) == 6


def test_fit_makes_seen_edits_cheaper_than_unseen_ones(model: ErrorModel) -> None:
    assert cost(model, "decieve", "deceive") < cost(model, "dceeive", "deceive")
    assert cost(model, "telefone", "telephone") < cost(model, "teleqone", "telephone")
    assert cost(model, "comon", "common") < cost(model, "coon", "common")
    assert cost(model, "wont", "won't") < cost(model, "won't", "wont")


def test_fit_learns_groups_of_letters(model: ErrorModel) -> None:
    assert (model.rules < MAX_COST).sum() > 10
    without = fit_error_model(PAIRS, num_groups=0)
    assert cost(model, "telefone", "telephone") < cost(without, "telefone", "telephone") - 1.0


def test_fit_brings_the_counts_to_the_mix(model: ErrorModel) -> None:
    swaps = dict.fromkeys(("delete", "undouble", "vowel", "substitute", "insert", "double"), 0.02) | {"swap": 0.88}
    assert cost(fit_error_model(PAIRS, mix=swaps), "recieve", "receive") < cost(model, "recieve", "receive")


def test_fit_prices_a_wrong_first_letter(model: ErrorModel) -> None:
    dearer = fit_error_model(PAIRS, num_groups=50, first=3.0)
    assert cost(dearer, "kat", "cat") == pytest.approx(cost(model, "kat", "cat") + 2.0, abs=1e-4)
    assert cost(dearer, "cet", "cat") == pytest.approx(cost(model, "cet", "cat"))


def test_fit_leaves_equal_words_free_and_all_costs_in_range(model: ErrorModel) -> None:
    words = [correction for _, correction, _ in PAIRS]
    assert model.costs(encode_letters(words), encode_letters(words)).eq(0).all()
    for name in ("substitute", "insert", "delete", "swap", "rules"):
        buffer = model.get_buffer(name)
        assert buffer.dtype == torch.float32
        assert buffer.min() > 0
        assert buffer.max() <= MAX_COST


def test_fit_rejects_unusable_lists() -> None:
    with pytest.raises(DataError, match="Expected pairs"):
        fit_error_model([("alot", "a lot", 1), ("café", "cafe", 1)])
