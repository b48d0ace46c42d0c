import pytest

from docsight.errors import ConfigError
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan
from docsight_training.data.ner.span_alignment import SpanAligner, tokenized


@pytest.fixture(scope="module")
def aligner() -> SpanAligner:
    return SpanAligner("en")


def _align(aligner: SpanAligner, text: str, *spans: CharSpan) -> tuple[list[str], list[FindingKind]]:
    findings = Findings()
    sentences = list(aligner.sentences(AnnotatedText(text, spans, "row 1"), findings))
    named = [
        f"{label}: {'|'.join(sentence.words()[start:end])}"
        for sentence in sentences
        for start, end, label in sentence.token_spans()
    ]
    return named, [finding.kind for finding in findings.all]


@pytest.mark.parametrize(
    ("spans", "named", "kinds"),
    [
        ([(0, 3, "PER")], ["PER: Ada"], []),
        ([(0, 4, "PER")], ["PER: Ada"], [FindingKind.PADDED]),
        ([(8, 13, "LOC")], ["LOC: Rome"], [FindingKind.PADDED]),
        ([(9, 12, "LOC")], ["LOC: Rome"], [FindingKind.PARTIAL]),
        ([(10, 18, "LOC")], ["LOC: Rome|-|based"], [FindingKind.PARTIAL]),
        ([(5, 5, "PER")], [], [FindingKind.EMPTY]),
        ([(6, 5, "PER")], [], [FindingKind.EMPTY]),
        ([(3, 4, "PER")], [], [FindingKind.EMPTY]),
        ([(9, 99, "LOC")], [], [FindingKind.OUTSIDE]),
        ([(-3, 3, "PER")], [], [FindingKind.OUTSIDE]),
        ([(0, 3, "")], [], [FindingKind.UNLABELLED]),
        ([(9, 13, "A"), (9, 19, "B")], ["B: Rome|-|based"], [FindingKind.OVERLAPPING]),
        ([(0, 3, "A"), (0, 3, "B")], ["A: Ada"], [FindingKind.OVERLAPPING]),
        ([(0, 3, "A"), (0, 3, "A")], ["A: Ada"], [FindingKind.REPEATED]),
        ([(9, 13, "A"), (0, 3, "B")], ["B: Ada", "A: Rome"], []),
    ],
)
def test_spans_are_aligned_and_what_is_changed_is_listed(
    aligner: SpanAligner, spans: list[tuple[int, int, str]], named: list[str], kinds: list[FindingKind]
):
    assert _align(aligner, "Ada met  Rome-based Bob", *(CharSpan(*span) for span in spans)) == (named, kinds)


def test_sentences_end_at_marks_and_lines_but_not_inside_spans(aligner: SpanAligner):
    wrapped = "This is what she said in a line that is\nwrapped at its end, as they are in mail."
    text = f"Acme Inc. Ltd. grew. Ada left.\n\nTotal\n5\n\n{wrapped}"
    sentences = list(aligner.sentences(AnnotatedText(text, [CharSpan(0, 14, "ORG")], "row 1"), Findings()))
    assert [sentence.text for sentence in sentences[:4]] == ["Acme Inc. Ltd. grew.", "Ada left.", "Total", "5"]
    assert sentences[0].token_spans() == [(0, 3, "ORG")]
    assert sentences[-1].text == wrapped


def test_text_of_white_space_has_no_sentence(aligner: SpanAligner):
    assert list(aligner.sentences(AnnotatedText(" \n ", [], "row 1"), Findings())) == []
    assert list(aligner.sentences(AnnotatedText("", [], "row 1"), Findings())) == []


def test_unknown_language_is_refused():
    with pytest.raises(ConfigError, match="lang=xyz: spaCy has no tokenizer"):
        list(tokenized([AnnotatedText("a", [], "row 1")], "xyz", Findings()))
