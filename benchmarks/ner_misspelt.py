"""Show what misspelt words cost `rnn_ner`, and how much of that `rnn_speller` before it wins back.

    python benchmarks/ner_misspelt.py --data FOLDER [--misspelt 0.1] [--words all|names|others] [--role validation]

FOLDER holds one folder for each corpus of `experiment=rnn_ner`, as for `ner.py`, whose test sets are read. The noise is
the benchmark's own, and knows nothing of how people spell: it is not what the speller was trained with. Of all words of
letters, names among them, one in ten is misspelt, drawn evenly from those of three letters or more, by one edit at an
even place: a letter becomes its neighbour on the keyboard, is left out, is typed twice, changes places with the next
one, or becomes another vowel (where the word has one), each as often. What comes of it may be another real word; those
stay. `--words` misspells as large a share of the words in names alone, or of those outside of names alone.

Corpora come as tokens; the text that the speller reads has them joined as one would write them.
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

SHORTEST = 3  # letters of a word that is misspelt
VOWELS = "aeiou"
# Beside each letter those next to it in its row, and above and below it.
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
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--misspelt", type=float, default=0.1, help="share of the words that are misspelt")
    parser.add_argument("--words", choices=("all", "names", "others"), default="all", help="which words are misspelt")
    parser.add_argument("--role", choices=("validation", "test"), default="test", help="which part is read")
    parser.add_argument("--rounds", type=int, default=3, help="how often the words are drawn anew")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    parser.add_argument("--speller", default="rnn_speller", help="a shipped model or a model folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    alone, both = spacy.blank("en"), spacy.blank("en")
    both.add_pipe("rnn_speller", config={"model": arguments.speller})
    for nlp in (alone, both):
        nlp.add_pipe("rnn_ner", config={"model": arguments.model})
    print("| corpus | entities | clean F1 | with the speller | misspelt F1 | with the speller | lost | won back |")
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


def misspell(documents: Sequence[Document], share: float, which: str, rng: random.Random) -> list[Document]:
    """Misspell so large a share of the words of documents; the spans stay.

    Args:
        documents: As read from a corpus.
        share: Of the words of letters, the share that is misspelt, so far as there are enough of three letters.
        which: all, names or others: of which words that share is.
        rng: Where every draw comes from.
    """
    sentences = [[list(sentence.tokens) for sentence in document.sentences] for document in documents]
    places = [
        (tokens, at)
        for document, rows in zip(documents, sentences, strict=True)
        for sentence, tokens in zip(document.sentences, rows, strict=True)
        for at in _places(sentence, which)
    ]
    long = [(tokens, at) for tokens, at in places if len(tokens[at]) >= SHORTEST]
    for tokens, at in rng.sample(long, min(round(share * len(places)), len(long))):
        tokens[at] = misspelt(tokens[at], rng)
    return [
        Document(
            document.corpus, [Sentence(tokens, s.spans) for tokens, s in zip(rows, document.sentences, strict=True)]
        )
        for document, rows in zip(documents, sentences, strict=True)
    ]


def misspelt(word: str, rng: random.Random) -> str:
    """Return a word of ASCII letters with one edit; each place of the word keeps its case."""
    lower = typed = word.lower()
    while typed == lower:
        typed = rng.choice(EDITS)(lower, rng)
    cases = [str.upper if letter.isupper() else str.lower for letter in word]
    cases += [cases[-1]] * (len(typed) - len(word))
    return "".join(case(letter) for case, letter in zip(cases, typed, strict=False))


def _neighbour(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + rng.choice(NEIGHBOURS[word[at]]) + word[at + 1 :]


def _left_out(word: str, rng: random.Random) -> str:
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


EDITS: tuple[Edit, ...] = (_neighbour, _left_out, _doubled, _swapped, _vowel)


def _places(sentence: Sentence, which: str) -> Iterator[int]:
    """Yield the places of the words of ASCII letters, in names, outside of them, or all."""
    named = {at for start, end, _ in sentence.spans for at in range(start, end)}
    for at, token in enumerate(sentence.tokens):
        if token.isascii() and token.isalpha() and (which == "all" or (which == "names") == (at in named)):
            yield at


def score(nlp: Language, documents: Sequence[Document]) -> SpanScore:
    """Read documents with a pipeline, on their own tokens, and count."""
    counts = SpanScore()
    for doc, gold in nlp.pipe((make_doc(nlp.vocab, document) for document in documents), as_tuples=True):
        counts.add(gold, [TagSpan(ent.start, ent.end, ent.label_) for ent in doc.ents])
    return counts


def make_doc(vocab: Vocab, document: Document) -> Gold:
    """Make a Doc of a document, written with spaces as one would, and the spans that are right in it."""
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
    """Tell behind which tokens of a sentence a space is written; behind the last one it is."""
    spaces = []
    is_open = False  # whether a straight quotation mark was opened
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if token == '"':
            is_open = not is_open
        glued = token in NO_SPACE_AFTER or (token == '"' and is_open)
        glued |= following in NO_SPACE_BEFORE or (following == '"' and is_open and token != '"')
        glued |= following[:1] in ("'", "\u2019") and following[1:].lower() in CLITICS
        spaces.append(not glued)
    return spaces


def _print_row(name: str, scores: Sequence[SpanScore]) -> None:
    clean, corrected_clean, noisy, corrected = (100 * part.f1 for part in scores)
    lost = clean - noisy
    won = f"{100 * (corrected - noisy) / lost:.0f} %" if lost > 0 else "-"
    cells = f"{clean:.1f} | {corrected_clean:.1f} | {noisy:.1f} | {corrected:.1f} | {lost:.1f} | {won}"
    print(f"| {name} | {scores[0].num_gold:,} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
