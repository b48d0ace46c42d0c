"""Measure MONEY, PERCENT, TIME and QUANTITY of `rnn_ner`, which no corpus annotates by these labels.

    python benchmarks/ner_amounts.py --data FOLDER [--model MODEL] [--alone] [--sample 150 --out FILE]

FOLDER holds one folder for each corpus, as for `ner.py`. Two corpora have spans of numbers that people annotated:

- docred: NUM and TIME, in the part that `experiment=rnn_ner` validates on and that is never trained on.
- grobid_ner_wikipedia: MEASURE and PERIOD. It is not trained on at all. Its spans lack the sign before a sum of money
  and include words such as "about".

A prediction is right if such a span has the same words; "touched" is the fraction that shares a word with one. Recall
is that of the spans whose words say which of the labels they have: a currency, a percent sign, a unit, a time of day.

`--sample` writes predictions of each label on validation text, in context, for a reader to judge.
"""

import argparse
import collections
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from markdown_tables import points, print_head, print_row
from ner_run import NOT_KNOWN
from ner_sets import AMOUNTS, gold_spans
from ner_systems import Docsight, SpacyPeer, System

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus

CORPORA = {
    "docred": (["train%10d"], {"NUM": ["NUM"], "TIME": ["TIME"]}),
    "grobid_ner_wikipedia": (["train"], {"NUM": ["MEASURE"], "TIME": ["PERIOD"]}),
}
# Validation parts, of which `--sample` draws.
SAMPLED = {
    **{"docred": "train%10d", "fewnerd_sel": "validation", "gum_names": "validation", "uner_ewt": "validation"},
    **{"tweebank_ner": "validation", "wnut17": "validation", "litbank_names": "validation", "e_ner": "validation"},
    **{"worldwide_newswire": "validation", "conll2003": "validation", "gmb_news": "validation"},
}
# Which of the labels the words of an annotated span say it has; apart from the rules that annotate training text.
CLASSES = {
    "PERCENT": r"%|\bper ?cent(age points?)?\b",
    "MONEY": r"[$\u00a3\u20ac\u00a5\u20b9]|\b(dollars?|euros?|pounds sterling|yen|yuan|francs?|rupees?|kron\w+|cents"
    r"|Reichsmarks?|KRW|USD|EUR|GBP|JPY)\b",
    "TIME": r"\d:\d\d|\b\d+ ?[ap]\.?m\b|o ?'clock|\bnoon\b|\bmidnight\b|\d (GMT|UTC)\b",
    "QUANTITY": r"(?<![a-z])(km|kilomet(re|er)s?|m|met(re|er)s?|cm|mm|mi|miles?|foot|feet|ft|inch(es)?|yards?|acres?|"
    r"hectares?|ha|kg|kilograms?|grams?|g|tons?|tonnes?|lbs?|mph|km/h|km\u00b2|m\u00b2|square \w+|degrees|MW|kW|GB)\b"
    r"|[a-z]-?\u00b0|\d ?\u00b0",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    parser.add_argument("--alone", action="store_true", help="do not run en_core_web_sm")
    parser.add_argument("--sample", type=int, help="how many predictions of each label to write")
    parser.add_argument("--out", type=Path, default=Path("amounts.tsv"), help="the file for the sample")
    options = parser.parse_args()
    torch.set_num_threads(1)
    ours = Docsight(options.model)
    systems: list[System] = [ours] if options.alone or not SpacyPeer.is_installed() else [ours, SpacyPeer()]
    print_head("corpus", "system", "label", "found", "right", "touched", "annotated", "recall", text=3)
    for name, (splits, fold) in CORPORA.items():
        if (options.data / name).is_dir():
            documents = read(options.data, name, splits, fold)
            for system in systems:
                print_corpus(name, system.name, documents, list(system.tag(documents)))
    if options.sample:
        write_sample(options.out, options.data, ours, options.sample)


def read(data: Path, name: str, splits: Sequence[str], fold: dict[str, list[str]]) -> list[Document]:
    """Read a part of a corpus with its spans of numbers."""
    labels = {theirs: ours for ours, names in fold.items() for theirs in names}
    corpus = Corpus(folder=name, splits={"validation": splits})
    return read_corpus(name, corpus, "validation", CorpusFormat(path=str(data), fold=labels))


def print_corpus(name: str, system: str, documents: Sequence[Document], found: Sequence[Sequence[TagSpan]]) -> None:
    """Print the scores of a system for each label against the spans of numbers of a corpus."""
    counts = {label: collections.Counter[str]() for label in AMOUNTS}
    for document, spans in zip(documents, found, strict=True):
        tokens = [token for sentence in document.sentences for token in sentence.tokens]
        gold = gold_spans(document)
        count_amounts(counts, tokens, gold, spans)
    for label, count in counts.items():
        print_row(
            name,
            system,
            label,
            f"{count['found']:,}",
            fraction(count["right"], count["found"]),
            fraction(count["touched"], count["found"]),
            f"{count['annotated']:,}",
            fraction(count["recalled"], count["annotated"]),
        )


def count_amounts(
    counts: dict[str, collections.Counter[str]],
    tokens: Sequence[str],
    gold: Sequence[TagSpan],
    found: Sequence[TagSpan],
) -> None:
    """Add the predictions and annotated spans of a document to the counts by label."""
    places = {(start, end) for start, end, _ in gold}
    covered = {token for start, end, _ in gold for token in range(start, end)}
    for start, end, label in found:
        if label in counts:
            counts[label].update(
                found=1, right=(start, end) in places, touched=not covered.isdisjoint(range(start, end))
            )
    predicted = set(found)
    for start, end, _ in gold:
        label = class_of(" ".join(tokens[start:end]))
        if label is not None:
            counts[label].update(annotated=1, recalled=TagSpan(start, end, label) in predicted)


def class_of(text: str) -> str | None:
    """Return the label that the words of a span of numbers say it has, or None."""
    return next((label for label, pattern in CLASSES.items() if re.search(pattern, text)), None)


def fraction(part: int, whole: int) -> str:
    return points(part / whole) if whole else NOT_KNOWN


def write_sample(file: Path, data: Path, system: Docsight, size: int) -> None:
    """Write predictions of each label, drawn at random from the validation parts of corpora, as lines to judge."""
    lines: dict[str, list[str]] = {label: [] for label in AMOUNTS}
    for name, split in SAMPLED.items():
        if (data / name).is_dir():
            documents = read(data, name, [split], {})
            for line, label in sample_lines(name, documents, list(system.tag(documents))):
                lines[label].append(line)
    rng = random.Random(1)
    chosen = [line for label in AMOUNTS for line in rng.sample(lines[label], min(size, len(lines[label])))]
    file.write_text("".join(f"{line}\n" for line in chosen), encoding="utf-8")
    print(f"Wrote {len(chosen)} predictions to {file}.")


def sample_lines(
    name: str, documents: Sequence[Document], found: Sequence[Sequence[TagSpan]]
) -> Iterator[tuple[str, str]]:
    """Yield each prediction in its context, and its label."""
    for document, spans in zip(documents, found, strict=True):
        tokens = [token for sentence in document.sentences for token in sentence.tokens]
        for start, end, label in spans:
            if label in AMOUNTS:
                before, inside, after = tokens[max(0, start - 8) : start], tokens[start:end], tokens[end : end + 6]
                yield "\t".join([label, name, f"{' '.join(before)} [{' '.join(inside)}] {' '.join(after)}"]), label


if __name__ == "__main__":
    main()
