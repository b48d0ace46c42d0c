"""Measure what a redaction removes: recall and precision of names of persons, and recall of ids.

    python benchmarks/redaction.py [--data FOLDER] [--sets NAME…] [--limit N] [--model MODEL]

The mails of `data/redaction` are always measured. With --data, so are the test sets of `experiment=rnn_ner` and those
of `ner_left_out.yaml` that annotate persons; their tokens are joined by spaces. Recall is the share of the names'
letters and digits that any replacement covers, and the share of the names that are covered in full. Precision is the
share of the letters and digits replaced as PERSON that belong to names of persons. The peer is presidio-analyzer with
en_core_web_sm; it is left out if that is not installed. It runs without presidio's recognizer of e-mail addresses,
which downloads a list, so its ids lack the addresses. Its scores are constant, so it has one row.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import spacy
import torch
from markdown_tables import points, print_head, print_row
from ner_run import NOT_KNOWN
from ner_sets import ShortText, experiment_sets, gold_spans, left_out_sets, read_short_texts
from ner_systems import SpacyPeer
from presidio_analyzer import AnalyzerEngine

from docsight.integrations.presidio import DocsightNlpEngine
from docsight.redaction.detections import Detection
from docsight.redaction.recognition import Detector
from docsight.redaction.redaction_options import RedactionOptions
from docsight.redaction.redactor import redact_text
from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document

THRESHOLDS = (0.05, 0.1, 0.3, 0.5, 0.9)
MAILS = "redaction/mails.jsonl"
SEPARATOR = 1  # characters between the tokens of a corpus

Covers = Callable[[ShortText], tuple[set[int], set[int]]]  # characters that are removed, and those removed as PERSON


@dataclass
class Coverage:
    """Counts of names and of their letters and digits."""

    gold: int = 0
    removed: int = 0
    as_person: int = 0
    as_person_rightly: int = 0
    names: int = 0
    names_in_full: int = 0
    ids: int = 0
    ids_in_full: int = 0

    def add(self, text: ShortText, removed: set[int], as_person: set[int]) -> None:
        """Add a text: the positions that a redaction removed from it, and those that it removed as PERSON."""
        persons: set[int] = set()
        for span in text.entities:
            chars = _word_chars(text.text, span.start, span.end)
            if span.label == "PER":
                persons |= chars
                self.names += 1
                self.names_in_full += chars <= removed
            else:
                self.ids += 1
                self.ids_in_full += chars <= removed
        self.gold += len(persons)
        self.removed += len(persons & removed)
        self.as_person += len(as_person)
        self.as_person_rightly += len(as_person & persons)

    def cells(self) -> list[str]:
        """Return recall of characters, of names and of ids, and precision, in per cent."""
        pairs = (
            (self.removed, self.gold),
            (self.names_in_full, self.names),
            (self.as_person_rightly, self.as_person),
            (self.ids_in_full, self.ids),
        )
        return [points(part / whole) if whole else NOT_KNOWN for part, whole in pairs]


@dataclass
class Redactor:
    """Runs the pipeline once for each text, at the lowest threshold, and redacts it at any of them."""

    model: str
    _found: dict[str, list[Detection]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._nlp = spacy.blank("en")
        self._nlp.add_pipe("rnn_ner", config={"model": self.model})
        self._detector = Detector(self._nlp, RedactionOptions(threshold=min(THRESHOLDS)))

    def covers(self, text: ShortText, threshold: float) -> tuple[set[int], set[int]]:
        """Return the removed positions, and those removed as PERSON."""
        if text.text not in self._found:
            with self._detector.low_posteriors():
                self._found[text.text] = self._detector.detect(self._nlp(text.text))
        found = [each for each in self._found[text.text] if not each.is_name or each.score >= threshold]
        rows = redact_text(text.text, found, RedactionOptions(threshold=threshold)).redactions
        return _covered(text.text, rows), _covered(text.text, [row for row in rows if row.type == "PERSON"])


class PresidioPeer:
    """presidio-analyzer with en_core_web_sm and its own recognizers of ids that need no download."""

    def __init__(self) -> None:
        self._analyzer = AnalyzerEngine(nlp_engine=DocsightNlpEngine(SpacyPeer().nlp), supported_languages=["en"])
        self._analyzer.registry.remove_recognizer("EmailRecognizer")

    def covers(self, text: ShortText) -> tuple[set[int], set[int]]:
        """Return the removed positions, and those removed as PERSON."""
        found = self._analyzer.analyze(text.text, language="en")
        return _covered(text.text, found), _covered(text.text, [each for each in found if each.entity_type == "PERSON"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder of the corpora")
    parser.add_argument("--sets", nargs="+", help="the corpora to measure (all)")
    parser.add_argument("--limit", type=int, help="the maximum number of documents of a corpus, for a quick look")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    args = parser.parse_args()

    torch.set_num_threads(1)  # for single short texts, several threads spend more time waiting than they save
    redactor = Redactor(args.model)
    peer = PresidioPeer() if SpacyPeer.is_installed() else None
    print_head("texts", "names", "threshold", "letters removed", "names removed", "precision", "ids removed", text=1)
    for name, texts in _read_sets(args):
        for threshold in THRESHOLDS:
            _print_row(name, f"{threshold}", texts, lambda text, at=threshold: redactor.covers(text, at))
        if peer is not None:
            _print_row(name, "presidio", texts, peer.covers)


def _print_row(name: str, system: str, texts: Sequence[ShortText], covers: Covers) -> None:
    coverage = Coverage()
    for text in texts:
        coverage.add(text, *covers(text))
    print_row(name, f"{coverage.names:,}", system, *coverage.cells())


def _read_sets(args: argparse.Namespace) -> Iterator[tuple[str, list[ShortText]]]:
    yield "mails", read_short_texts(MAILS)
    if args.data is None:
        return
    for read in (experiment_sets, left_out_sets):
        for part in read(args.data, limit=args.limit, only=args.sets):
            if "PER" in part.annotates:
                yield part.name, [_joined(document) for document in part.documents]


def _joined(document: Document) -> ShortText:
    """Return the text of a document of a corpus, with the names of its persons in characters."""
    tokens = [token for sentence in document.sentences for token in sentence.tokens]
    starts = list(accumulate((len(token) + SEPARATOR for token in tokens), initial=0))
    spans = [_in_chars(span, starts) for span in gold_spans(document) if span.label == "PER"]
    return ShortText(" ".join(tokens), "", spans, [])


def _in_chars(span: TagSpan, starts: Sequence[int]) -> TagSpan:
    """Return a span of tokens in characters."""
    return TagSpan(starts[span.start], starts[span.end] - SEPARATOR, span.label)


def _covered(text: str, spans: Sequence[Any]) -> set[int]:
    return set().union(*(_word_chars(text, span.start, span.end) for span in spans))


def _word_chars(text: str, start: int, end: int) -> set[int]:
    return {at for at in range(start, end) if text[at].isalnum()}


if __name__ == "__main__":
    main()
