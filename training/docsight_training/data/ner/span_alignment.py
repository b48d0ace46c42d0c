"""Alignment of spans of characters to the tokens that the pipeline will see, and division of texts into sentences."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from docsight.errors import ConfigError
from docsight.tags import TagSpan
from docsight.text_layout import text_layout
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import MAX_USUAL_TOKENS, AnnotatedText, CharSpan

if TYPE_CHECKING:
    from spacy.pipeline import Sentencizer
    from spacy.tokens import Doc

_ATTRIBUTES: list[int | str] = ["IDX", "LENGTH", "IS_SPACE"]  # of a token


def tokenized(texts: Iterable[AnnotatedText], lang: str, findings: Findings) -> Iterator[list[AnnotatedText]]:
    """Yield for each text its sentences, with tokens.

    A text that has tokens is one sentence, unless nothing divides its file and it is far too long for a sentence.

    Raises:
        ConfigError: spaCy does not know the language.
    """
    for text in texts:
        if text.tokens is None:
            yield list(make_aligner(lang).sentences(text, findings))
        elif text.is_undivided and len(text.tokens) > MAX_USUAL_TOKENS:
            yield list(make_aligner(lang).divide(text, findings))
        else:
            yield [text]


@cache
def make_aligner(lang: str) -> "SpanAligner":
    return SpanAligner(lang)


class SpanAligner:
    """Tokenizes texts as the pipeline of a language does, and aligns their spans."""

    def __init__(self, lang: str) -> None:
        import spacy  # here, because it takes seconds, and texts that have tokens do not need it

        try:
            self._nlp = spacy.blank(lang)
        except ImportError as err:
            raise ConfigError(f"lang={lang}: spaCy has no tokenizer for this language: {err}") from err
        self._sentencizer = cast("Sentencizer", self._nlp.add_pipe("sentencizer"))

    def sentences(self, text: AnnotatedText, findings: Findings) -> Iterator[AnnotatedText]:
        """Yield the sentences of a text.

        A span that begins or ends inside a token is widened, and the shorter one of two that overlap is left out;
        both are findings. No sentence ends inside a span.
        """
        clean = AnnotatedText(text.text, list(clean_spans(text, findings)), text.place, text.document)
        doc = self._nlp.tokenizer(text.text)
        # Arrays, because a loop over the tokens of a Doc takes longer than tokenizing it.
        first_chars, lengths, is_space = doc.to_array(_ATTRIBUTES).T
        is_word = is_space == 0
        starts_of_words = first_chars[is_word]
        tokens = list(zip(starts_of_words.tolist(), (starts_of_words + lengths[is_word]).tolist(), strict=True))
        if not tokens:
            findings.add(FindingKind.NO_TEXT, text.place)
            return
        spans = align_spans(clean, tokens, findings)
        yield from _parts(clean, tokens, spans, self._sentence_starts(doc, text.text, tokens))

    def divide(self, text: AnnotatedText, findings: Findings) -> Iterator[AnnotatedText]:
        """Yield the sentences of a text that has tokens; that it must be divided is a finding."""
        from spacy.tokens import Doc

        tokens = text.tokens or ()
        findings.add(FindingKind.UNDIVIDED, text.place, f"{len(tokens):,} tokens")
        sents = self._sentencizer(Doc(self._nlp.vocab, words=text.words())).sents
        yield from _parts(text, tokens, text.token_spans(), [sent.start for sent in sents])

    def _sentence_starts(self, doc: "Doc", text: str, tokens: Sequence[tuple[int, int]]) -> list[int]:
        """Return the tokens at which sentences and lines begin, but for lines that are only wrapped."""
        starts = [start for start, _ in tokens]
        begins = {0}
        if not self._sentencizer.punct_chars.isdisjoint(text[: tokens[-1][0]]):  # most texts are one sentence
            begins.update(bisect_left(starts, sent.start_char) for sent in self._sentencizer(doc).sents)
        if "\n" in text.strip():
            begins.update(bisect_left(starts, end) for end in text_layout(text).line_ends)
        return sorted(begins - {len(tokens)})


def _parts(
    text: AnnotatedText, tokens: Sequence[tuple[int, int]], spans: Sequence[TagSpan], starts: Sequence[int]
) -> Iterator[AnnotatedText]:
    """Yield the parts of a text that begin at tokens, but for those inside one of the spans, which are in order."""
    inside = {at for first, last, _ in spans for at in range(first + 1, last)}
    starts = [at for at in starts if at not in inside]
    number = 0
    for first, last in zip(starts, [*starts[1:], len(tokens)], strict=True):
        begin, end = tokens[first][0], tokens[last - 1][1]
        here = []
        while number < len(spans) and spans[number][0] < last:
            start, stop, label = spans[number]
            here.append(CharSpan(tokens[start][0] - begin, tokens[stop - 1][1] - begin, label))
            number += 1
        offsets = [(start - begin, stop - begin) for start, stop in tokens[first:last]]
        yield AnnotatedText(text.text[begin:end], here, text.place, text.document, offsets)


def clean_spans(text: AnnotatedText, findings: Findings) -> Iterator[CharSpan]:
    """Yield the spans of a text that have a label and cover some of it, without white space at their ends.

    All others, and those that are trimmed, are findings.
    """
    for span in text.spans:
        start, end = _offsets_by_text(text.text, span)
        covered = text.text[max(start, 0) : max(end, 0)]
        detail = f"{start} to {end}: {covered[:60]!r} ({span.label or 'no label'})"
        words = covered.strip()
        if not span.label:
            findings.add(FindingKind.UNLABELLED, text.place, detail)
        elif start < 0 or end > len(text.text):
            findings.add(FindingKind.OUTSIDE, text.place, detail)
        elif not words:
            findings.add(FindingKind.EMPTY, text.place, detail)
        elif span.text is not None and span.text.split() != covered.split():
            findings.add(FindingKind.MISPLACED, text.place, f"{detail} instead of {span.text[:60]!r}")
        else:
            if words != covered:
                findings.add(FindingKind.PADDED, text.place, detail)
            start += len(covered) - len(covered.lstrip())
            yield CharSpan(start, start + len(words), span.label)


def _offsets_by_text(text: str, span: CharSpan) -> tuple[int, int]:
    """Return the offsets of a span; if they only fit its text when UTF-16 is counted, as browsers do, convert them."""
    start, end = span.start, span.end
    if span.text is None or text.isascii() or text[max(start, 0) : max(end, 0)] == span.text:
        return start, end
    units = text.encode("utf-16-le")
    if units[2 * start : 2 * end].decode("utf-16-le", "replace") != span.text:
        return start, end
    first = len(units[: 2 * start].decode("utf-16-le", "replace"))
    return first, first + len(span.text)


def align_spans(text: AnnotatedText, tokens: Sequence[tuple[int, int]], findings: Findings) -> list[TagSpan]:
    """Return the spans in tokens, in order and without overlap: of two that overlap, the longer or earlier one.

    Args:
        text: A text whose spans all cover some of it, see `clean_spans`.
        tokens: (start, end) of each token, in order.
        findings: Receives spans that are widened or left out.
    """
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
    aligned = []
    for span in text.spans:
        first, last = bisect_right(ends, span.start), bisect_left(starts, span.end)
        if (starts[first], ends[last - 1]) != (span.start, span.end):
            found, kept = text.text[span.start : span.end], text.text[starts[first] : ends[last - 1]]
            findings.add(FindingKind.PARTIAL, text.place, f"{found[:60]!r} to {kept[:60]!r} ({span.label})")
        aligned.append(TagSpan(first, last, span.label))
    taken: set[int] = set()
    chosen: list[TagSpan] = []
    for first, last, label in sorted(aligned, key=lambda span: (span[0] - span[1], span[0])):
        if taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            chosen.append(TagSpan(first, last, label))
        else:
            covered = text.text[starts[first] : ends[last - 1]]
            is_repeated = TagSpan(first, last, label) in chosen
            kind = FindingKind.REPEATED if is_repeated else FindingKind.OVERLAPPING
            findings.add(kind, text.place, f"{covered[:60]!r} ({label})")
    return sorted(chosen)
