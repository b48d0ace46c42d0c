"""Changed copies of documents for `ner.py` and `ner_misspelt.py`: lower case, capitals, misspelled words.

The misspellings are specific to these benchmarks and not what the speller was trained with: they do not imitate how
people spell. A fraction of the words, drawn uniformly from those of three letters or more, is misspelled by one edit at
a uniformly drawn position: a letter becomes a neighbour on the keyboard, is deleted, is doubled, is swapped with the
next one, or becomes another vowel (if the word has one), with equal probabilities. The result may be another real word.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from docsight_training.data.ner.annotated_documents import Document, Sentence

MIN_LETTERS = 3  # of a word that is misspelled
VOWELS = "aeiou"
# The keys next to each key, in its row and in the rows above and below.
NEIGHBOURS = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk", "o": "ipkl",
    "p": "ol", "a": "qwsz", "s": "weadzx", "d": "ersfxc", "f": "rtdgcv", "g": "tyfhvb", "h": "yugjbn", "j": "uihknm",
    "k": "iojlm", "l": "opk", "z": "asx", "x": "sdzc", "c": "dfxv", "v": "fgcb", "b": "ghvn", "n": "hjbm", "m": "jkn",
}  # fmt: skip
Edit = Callable[[str, random.Random], str]


def changed(documents: Sequence[Document], change: Callable[[str], str]) -> list[Document]:
    """Return documents with each token changed, such as by `str.upper`; the spans do not change."""
    return [
        Document(document.corpus, [Sentence([change(t) for t in s.tokens], s.spans) for s in document.sentences])
        for document in documents
    ]


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
