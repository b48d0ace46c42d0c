"""Measure how much misspelled words reduce the F1 of `rnn_ner`, and how much of it `rnn_speller` recovers.

    python benchmarks/ner_misspelt.py --data FOLDER [--misspelt 0.1] [--words all|names|others] [--role validation]

FOLDER holds one folder for each corpus of `experiment=rnn_ner`, as for `ner.py`; their test sets are read. The noise is
specific to this benchmark and not what the speller was trained with: it does not imitate how people spell. One in ten
of all words, including names, is misspelled, drawn uniformly from the words of three letters or more, by one edit at a
uniformly drawn position: a letter becomes a neighbour on the keyboard, is deleted, is doubled, is swapped with the next
one, or becomes another vowel (if the word has one), with equal probabilities. The result may be another real word.
`--words` misspells the same fraction of the words in names alone, or outside of names alone.

The corpora consist of tokens; the text for the speller joins them as they would be written.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import spacy
import torch
from ner import named_documents
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Document, Sentence
from docsight_training.metrics import SpanScore

MIN_LETTERS = 3  # of a word that is misspelled
VOWELS = "aeiou"
# The keys next to each key, in its row and in the rows above and below.
NEIGHBOURS = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk", "o": "ipkl",
    "p": "ol", "a": "qwsz", "s": "weadzx", "d": "ersfxc", "f": "rtdgcv", "g": "tyfhvb", "h": "yugjbn", "j": "uihknm",
    "k": "iojlm", "l": "opk", "z": "asx", "x": "sdzc", "c": "dfxv", "v": "fgcb", "b": "ghvn", "n": "hjbm", "m": "jkn",
}  # fmt: skip
NO_SPACE_BEFORE = frozenset(".,;:!?)]}%'\u2019") | {"''", "...", "n't", "n\u2019t", "\u2026", "\u201d"}
NO_SPACE_AFTER = frozenset("([{$\u00a3\u20ac`\u2018\u201c") | {"``"}
CLITICS = ("s", "m", "d", "re", "ve", "ll")
Edit = Callable[[str, random.Random], str]
Gold = tuple[Doc, list[TagSpan]]


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
    families: dict[str, list[Document]] = {}
    for name, documents in named_documents(arguments.data, arguments.role):
        families.setdefault(name.split("_")[0] if name.startswith("crossner") else name, []).extend(documents)
    for name, documents in families.items():
        noisy = [
            document
            for n in range(arguments.rounds)
            for document in misspell(documents, arguments.misspelt, arguments.words, random.Random(f"{name} {n}"))
        ]
        scores = [score(nlp, part) for part in (documents, noisy) for nlp in (alone, both)]
        _print_row(name, scores)
        for total, part in zip(sums, scores, strict=True):
            total.merge(part)
    _print_row("all entities", sums)


def misspell(documents: Sequence[Document], fraction: float, which: str, rng: random.Random) -> list[Document]:
    """Misspell a fraction of the words of documents; the spans do not change.

    Args:
        documents: The documents of a corpus.
        fraction: The fraction of the words that is misspelled, as far as there are enough of three letters.
        which: The words that count: all, names or others.
        rng: The source of all draws.
    """
    sentences = [[list(sentence.tokens) for sentence in document.sentences] for document in documents]
    places = [
        (tokens, at)
        for document, rows in zip(documents, sentences, strict=True)
        for sentence, tokens in zip(document.sentences, rows, strict=True)
        for at in _places(sentence, which)
    ]
    long = [(tokens, at) for tokens, at in places if len(tokens[at]) >= MIN_LETTERS]
    for tokens, at in rng.sample(long, min(round(fraction * len(places)), len(long))):
        tokens[at] = misspell_word(tokens[at], rng)
    return [
        Document(
            document.corpus, [Sentence(tokens, s.spans) for tokens, s in zip(rows, document.sentences, strict=True)]
        )
        for document, rows in zip(documents, sentences, strict=True)
    ]


def misspell_word(word: str, rng: random.Random) -> str:
    """Return a word of ASCII letters with one edit; each position keeps its case."""
    lower = typed = word.lower()
    while typed == lower:
        typed = rng.choice(EDITS)(lower, rng)
    cases = [str.upper if letter.isupper() else str.lower for letter in word]
    cases += [cases[-1]] * (len(typed) - len(word))
    return "".join(case(letter) for case, letter in zip(cases, typed, strict=False))


def _neighbour(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + rng.choice(NEIGHBOURS[word[at]]) + word[at + 1 :]


def _deleted(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _swapped(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _vowel(word: str, rng: random.Random) -> str:
    places = [at for at, letter in enumerate(word) if letter in VOWELS]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + rng.choice(VOWELS.replace(word[at], "")) + word[at + 1 :]


EDITS: tuple[Edit, ...] = (_neighbour, _deleted, _doubled, _swapped, _vowel)


def _places(sentence: Sentence, which: str) -> Iterator[int]:
    """Yield the indices of the words of ASCII letters: in names, outside of names, or all."""
    named = {at for start, end, _ in sentence.spans for at in range(start, end)}
    for at, token in enumerate(sentence.tokens):
        if token.isascii() and token.isalpha() and (which == "all" or (which == "names") == (at in named)):
            yield at


def score(nlp: Language, documents: Sequence[Document]) -> SpanScore:
    """Score a pipeline on documents with their own tokens."""
    counts = SpanScore()
    for doc, gold in nlp.pipe((make_doc(nlp.vocab, document) for document in documents), as_tuples=True):
        counts.add(gold, [TagSpan(ent.start, ent.end, ent.label_) for ent in doc.ents])
    return counts


def make_doc(vocab: Vocab, document: Document) -> Gold:
    """Return a Doc of a document, with spaces as one would write them, and its gold spans."""
    words: list[str] = []
    spaces: list[bool] = []
    starts: list[bool | int | None] = []
    gold: list[TagSpan] = []
    for sentence in document.sentences:
        gold += [TagSpan(start + len(words), end + len(words), label) for start, end, label in sentence.spans]
        words += sentence.tokens
        spaces += spaces_after(sentence.tokens)
        starts += [n == 0 for n in range(len(sentence.tokens))]
    return Doc(vocab, words=words, spaces=spaces, sent_starts=starts), gold


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
