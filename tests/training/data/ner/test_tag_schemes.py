import pytest

from docsight.errors import DataError
from docsight.tags import TagSpan
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.tag_schemes import decode_tags, iob2_tags, is_tag


@pytest.mark.parametrize(
    ("tags", "spans", "strays"),
    [
        ("B-A I-A O B-B", [(0, 2, "A"), (3, 4, "B")], 0),
        ("B-A B-A", [(0, 1, "A"), (1, 2, "A")], 0),
        ("I-A I-A B-A I-B", [(0, 2, "A"), (2, 3, "A"), (3, 4, "B")], 0),  # IOB1
        ("B-A O I-B I-B", [(0, 1, "A"), (2, 4, "B")], 1),
        ("B-A I-B", [(0, 1, "A"), (1, 2, "B")], 1),
        ("S-A B-A E-A S-A", [(0, 1, "A"), (1, 3, "A"), (3, 4, "A")], 0),
        ("U-A B-A I-A L-A U-A", [(0, 1, "A"), (1, 4, "A"), (4, 5, "A")], 0),
        ("S-A B-A M-A E-A", [(0, 1, "A"), (1, 4, "A")], 0),
        ("S-A I-A O B-A O", [(0, 1, "A"), (1, 2, "A"), (3, 4, "A")], 1),
        ("A A O B _ A", [(0, 2, "A"), (3, 4, "B"), (5, 6, "A")], 0),
        ("B_A I_A O", [(0, 2, "A")], 0),
        ("b-a i-a o b-a", [(0, 2, "a"), (3, 4, "a")], 0),
        ("X-B X-I O Y-B", [(0, 2, "X"), (3, 4, "Y")], 0),
        ("A_U A_B A_L O", [(0, 1, "A"), (1, 3, "A")], 0),
        ("Type-I Type-I O", [(0, 2, "Type-I")], 0),  # no tag would begin a span: these are labels
        ("e-mail e-mail O", [(0, 2, "e-mail")], 0),
        ("i-a i-a o", [(0, 2, "a")], 0),  # IOB1
        ("O O", [], 0),
        ("B-a-b I-a-b", [(0, 2, "a-b")], 0),
    ],
)
def test_schemes_are_read_for_what_they_are(tags: str, spans: list[tuple[int, int, str]], strays: int):
    findings = Findings()
    assert decode_tags([tags.split()], ["here"], findings) == [[TagSpan(*span) for span in spans]]
    assert len(findings.all) == strays


def test_scheme_is_that_of_all_rows():
    findings = Findings()
    decode_tags([["I-A", "O"], ["I-A", "B-A"]], ["row 1", "row 2"], findings)
    assert not findings.all
    decode_tags([["I-A", "O"], ["O", "B-A"]], ["row 1", "row 2"], findings)
    assert [(finding.place, finding.detail) for finding in findings.all] == [("row 1", "I-A at token 1")]


@pytest.mark.parametrize("tags", [["B-A", "A"], ["O", "?"], ["", "O"], ["B-", "O"]])
def test_texts_that_are_no_tags_are_refused(tags: list[str]):
    with pytest.raises(DataError, match=r"row 1: expected tags such as O, B-LABEL and I-LABEL; found '"):
        decode_tags([tags], ["row 1"], Findings())


def test_iob2_tags_are_the_inverse():
    tags = ["B-A", "B-A", "I-A", "O", "B-B"]
    (spans,) = decode_tags([tags], [""], Findings())
    assert iob2_tags(spans, 5) == tags


def test_tag_needs_a_label():
    assert is_tag("O")
    assert is_tag("B-PER")
    assert not any(map(is_tag, ["B-", "PER", "X-PER", "o", "_"]))
