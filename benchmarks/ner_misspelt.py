"""Measure how much misspelled words reduce the F1 of `rnn_ner`, and how much of it `rnn_speller` recovers.

    python benchmarks/ner_misspelt.py --data FOLDER [--misspelt 0.1] [--words all|names|others] [--role validation]

FOLDER holds one folder for each corpus of `experiment=rnn_ner`, as for `ner.py`; their test sets are read. One in ten
of all words, including names, is misspelled; `ner_noise.py` describes how. `--words` misspells the same fraction of the
words in names alone, or outside of names alone.

The corpora consist of tokens; the text for the speller joins them as they would be written.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import spacy
import torch
from ner_noise import misspell
from ner_run import count
from ner_sets import NAMES, by_family, experiment_sets, gold_spans
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document
from docsight_training.metrics import SpanScore

NO_SPACE_BEFORE = frozenset(".,;:!?)]}%'\u2019") | {"''", "...", "n't", "n\u2019t", "\u2026", "\u201d"}
NO_SPACE_AFTER = frozenset("([{$\u00a3\u20ac`\u2018\u201c") | {"``"}
CLITICS = ("s", "m", "d", "re", "ve", "ll")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--misspelt", type=float, default=0.1, help="the fraction of the words that are misspelled")
    parser.add_argument("--words", choices=("all", "names", "others"), default="all", help="which words are misspelled")
    parser.add_argument("--role", choices=("validation", "test"), default="test", help="which part of the corpora")
    parser.add_argument("--rounds", type=int, default=3, help="how many times words are drawn")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    parser.add_argument("--speller", default="rnn_speller", help="a shipped model or a model folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    alone, both = spacy.blank("en"), spacy.blank("en")
    both.add_pipe("rnn_speller", config={"model": arguments.speller})
    for nlp in (alone, both):
        nlp.add_pipe("rnn_ner", config={"model": arguments.model})
    print("| corpus | entities | clean F1 | with the speller | misspelled F1 | with the speller | lost | recovered |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    sums = [SpanScore() for _ in range(4)]
    for part in by_family(experiment_sets(arguments.data, arguments.role)):
        noisy = [
            document
            for rng in (random.Random(f"{part.name} {n}") for n in range(arguments.rounds))
            for document in misspell(part.documents, arguments.misspelt, arguments.words, rng)
        ]
        scores = [score(nlp, documents) for documents in (part.documents, noisy) for nlp in (alone, both)]
        _print_row(part.name, scores)
        for total, counted in zip(sums, scores, strict=True):
            total.merge(counted)
    _print_row("all entities", sums)


def score(nlp: Language, documents: Sequence[Document]) -> SpanScore:
    """Score a pipeline on documents with their own tokens, over PER, ORG and LOC."""
    found = [
        [TagSpan(ent.start, ent.end, ent.label_) for ent in doc.ents]
        for doc in nlp.pipe(make_doc(nlp.vocab, document) for document in documents)
    ]
    return count([gold_spans(document) for document in documents], found, NAMES)


def make_doc(vocab: Vocab, document: Document) -> Doc:
    """Return a Doc of a document, with spaces as one would write them."""
    words: list[str] = []
    spaces: list[bool] = []
    starts: list[bool | int | None] = []
    for sentence in document.sentences:
        words += sentence.tokens
        spaces += spaces_after(sentence.tokens)
        starts += [n == 0 for n in range(len(sentence.tokens))]
    return Doc(vocab, words=words, spaces=spaces, sent_starts=starts)


def spaces_after(tokens: Sequence[str]) -> list[bool]:
    """Return which tokens of a sentence are followed by a space; the last one always is."""
    spaces = []
    is_open = False  # whether a straight quotation mark is open
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if token == '"':
            is_open = not is_open
        is_joined = token in NO_SPACE_AFTER or (token == '"' and is_open)
        is_joined |= following in NO_SPACE_BEFORE or (following == '"' and is_open and token != '"')
        is_joined |= following[:1] in ("'", "\u2019") and following[1:].lower() in CLITICS
        spaces.append(not is_joined)
    return spaces


def _print_row(name: str, scores: Sequence[SpanScore]) -> None:
    clean, corrected_clean, noisy, corrected = (100 * part.f1 for part in scores)
    lost = clean - noisy
    recovered = f"{100 * (corrected - noisy) / lost:.0f} %" if lost > 0 else "-"
    cells = f"{clean:.1f} | {corrected_clean:.1f} | {noisy:.1f} | {corrected:.1f} | {lost:.1f} | {recovered}"
    print(f"| {name} | {scores[0].num_gold:,} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
