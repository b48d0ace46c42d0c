"""The lexicon of the speller, put together from dictionaries, a frequency list, open text and misspelling lists."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch

from docsight.errors import DataError
from docsight.spelling.lexicon.known_pairs import KnownPairs
from docsight.spelling.lexicon.tables import ZIPF_STEPS, Lexicon, WordSource
from docsight.spelling.tokens import is_key
from docsight.vocab import Vocab
from docsight_training.data.speller.scowl import Words, is_entry, read_scowl
from docsight_training.data.speller.varieties import british_forms

# The misspelling lists that may train a model which is shipped.
PAIR_LISTS = ("typos", "codespell", "wikipedia_misspellings", "toefl_spell")

_UNSEEN_ZIPF = 0.6  # a dictionary's word that wordfreq (down to 1.0) has never met
_MAX_CORPUS_ZIPF = 2.4  # a word of one small corpus may be frequent there for no reason but its subject
_MIN_CORPUS_COUNT = 5
_FREQUENT_WORDS = 120_000

# What -'s is short for "is", "has" or "us" behind, and the pronouns that a thing can belong to.
_CONTRACTED = re.compile(
    r"it|s?he|that|what|t?here|who|where|how|when|why|let|one|else|(an)?other|(every|some|any|no)(one|body|thing)"
)
_MIN_POSSESSIVE_ZIPF = 3.3

_MISSPELLING_RATIO = 10.0  # a correction that many times as frequent shows that a listed misspelling is one
_LARGE_RATIO = 100.0  # the same for one that a large dictionary has as a rare word
_MIN_CORRECTION_ZIPF = 2.0
_MAX_TWIN_GAP = 2.2  # in steps of the Zipf scale: idea is no American for idaea, whatever the rules say
_MIN_PART_ZIPF = 3.0  # of each word of a correction of two words


# Words of dictionaries that stand in texts for others, almost always.
_HARDLY_WORDS = frozenset(("cant", "wont"))


def build_lexicon(
    scowl: Path,
    *,
    frequencies: Mapping[str, float],
    counts: Mapping[str, int],
    pairs: Iterable[tuple[str, str]],
) -> tuple[list[str], Lexicon, KnownPairs]:
    """Put the lexicon together.

    Args:
        scowl: The folder of SCOWL's word lists (`final` of its sources; Debian's package `scowl`).
        frequencies: Shares of running text by word, the most frequent words first, such as
            `wordfreq.get_frequency_dict("en", "best")`.
        counts: Occurrences of lower-case words in a corpus.
        pairs: Listed misspellings and their corrections (of one word or two).

    Returns:
        The words by falling frequency (the entries of a `Vocab`), their facts, and the pairs as far as they tell
        anything: the misspelling is no word, and its correction is one that people use.

    Raises:
        DataError: The folder holds no lists.
    """
    listed = [(wrong, right) for wrong, right in _keys(pairs) if wrong != right]
    words = Words()
    read_scowl(scowl, words)
    _add_possessives(words, frequencies)
    listed += [(word.replace("'", ""), word) for word in sorted(words.sources) if "'" in word]
    _add_frequent(words, frequencies)
    _add_corpus(words, counts)
    _set_zipf(words, frequencies, counts)
    for word in words.sources.keys() & _HARDLY_WORDS:
        words.sources[word] = WordSource.FREQUENCY
    _drop_unheard(words, frequencies, counts)
    _drop_misspellings(words, listed)
    ordered = sorted(words.sources, key=lambda word: (-words.zipf[word], word))
    vocab = Vocab(ordered)
    lexicon = Lexicon(num_words=len(vocab))
    lexicon.sources[2:] = torch.tensor([words.sources[word] for word in ordered], dtype=torch.uint8)
    steps = [min(255, round(words.zipf[word] * ZIPF_STEPS)) for word in ordered]
    lexicon.zipf[2:] = torch.tensor(steps, dtype=torch.uint8)
    for word, twin in twins(words).items():
        lexicon.variant[vocab.id(word)] = vocab.id(twin)
    return ordered, lexicon, KnownPairs.from_pairs(_told(words, listed, vocab))


def read_pairs(folder: Path, names: Iterable[str] = PAIR_LISTS) -> list[tuple[str, str, int]]:
    """Read misspelling lists: NAME/data.parquet in the folder, columns misspelling, correction and count.

    Raises:
        DataError: A list is not there, or is no such file.
    """
    from pyarrow import ArrowException, parquet

    rows: list[tuple[str, str, int]] = []
    for name in names:
        file = folder / name / "data.parquet"
        try:
            table = parquet.read_table(file, columns=["misspelling", "correction", "count"])
        except (OSError, ArrowException) as err:
            raise DataError(
                f"{file}: expected a parquet file with the columns misspelling, correction, count: {err}"
            ) from err
        columns = (table.column(name).to_pylist() for name in ("misspelling", "correction", "count"))
        rows += zip(*columns, strict=True)
    return rows


def twins(words: Words) -> dict[str, str]:
    """Find the words that the other variety of English spells otherwise, both ways.

    A pair counts when the dictionaries give one of its words to one variety alone: colour and color, organise and
    organize (though the British write that too), never four and for.
    """
    found: dict[str, str] = {}
    for us in sorted(words.sources, key=lambda word: -words.zipf[word]):
        if not words.side(us) & WordSource.US:
            continue
        for uk in british_forms(us):
            if uk not in words.sources or uk == us or not words.side(uk) & WordSource.UK:
                continue
            is_both = words.side(us) & WordSource.UK and words.side(uk) & WordSource.US
            if not is_both and abs(words.zipf[us] - words.zipf[uk]) < _MAX_TWIN_GAP:
                found.setdefault(us, uk)
                found.setdefault(uk, us)
    return found


def _keys(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for wrong, right in dict.fromkeys((wrong.lower(), right.lower()) for wrong, right in pairs):
        parts = right.split(" ")
        if is_key(wrong) and len(parts) <= 2 and all(map(is_entry, parts)):
            yield wrong, right


def _add_possessives(words: Words, frequencies: Mapping[str, float]) -> None:
    """Add the contractions with -'s, and the frequent possessives (women's) that without it would be no word."""
    for word, share in frequencies.items():
        stem = word.removesuffix("'s")
        if stem == word or not is_entry(word):
            continue
        is_frequent = share > 0 and math.log10(share) + 9 >= _MIN_POSSESSIVE_ZIPF
        if _CONTRACTED.fullmatch(stem):
            words.add(word, WordSource.US | WordSource.UK | WordSource.LOWER | WordSource.FREQUENCY)
        elif is_frequent and words.is_dictionary(stem) and not words.is_dictionary(stem + "s"):
            words.add(word, words.sources[stem] | WordSource.FREQUENCY)


def _add_frequent(words: Words, frequencies: Mapping[str, float]) -> None:
    taken = 0
    for word in frequencies:
        if not is_entry(word) or word.endswith("'s"):
            continue
        words.add(word, WordSource.FREQUENCY)
        taken += 1
        if taken == _FREQUENT_WORDS:
            break


def _add_corpus(words: Words, counts: Mapping[str, int]) -> None:
    for word, count in counts.items():
        if count >= _MIN_CORPUS_COUNT and is_entry(word) and not word.endswith("'s"):
            words.add(word, WordSource.CORPUS)


def _set_zipf(words: Words, frequencies: Mapping[str, float], counts: Mapping[str, int]) -> None:
    total = max(1, sum(counts.values()))
    for word in words.sources:
        share = frequencies.get(word, 0.0)
        if share > 0:
            words.zipf[word] = math.log10(share) + 9
        elif count := counts.get(word, 0):
            words.zipf[word] = max(_UNSEEN_ZIPF, min(_MAX_CORPUS_ZIPF, math.log10(count / total) + 9))
        else:
            words.zipf[word] = _UNSEEN_ZIPF


def _drop_unheard(words: Words, frequencies: Mapping[str, float], counts: Mapping[str, int]) -> None:
    """Drop the words that only SCOWL's size 80 has and no text: they would hide more errors than they explain."""
    for word in words.unheard:
        if word in words.sources and word not in frequencies and word not in counts:
            del words.sources[word]


def _drop_misspellings(words: Words, listed: Iterable[tuple[str, str]]) -> None:
    """Drop what only texts have, is listed as a misspelling, and near to a correction that is far more frequent."""
    for wrong, right in listed:
        if wrong not in words.sources or words.is_dictionary(wrong):
            continue
        zipf = min(words.zipf.get(part, 0.0) if part in words.sources else 0.0 for part in right.split(" "))
        if zipf - words.zipf[wrong] >= math.log10(_MISSPELLING_RATIO) and edit_distance(wrong, right) <= 2:
            del words.sources[wrong]


def _told(words: Words, listed: Iterable[tuple[str, str]], vocab: Vocab) -> list[tuple[str, int, int]]:
    """Return the pairs worth keeping: (misspelling, id, id of the second word or 0)."""
    told = []
    for wrong, right in listed:
        parts = right.split(" ")
        if any(part not in words.sources for part in parts):
            continue
        zipf = min(words.zipf[part] for part in parts)
        if zipf < (_MIN_CORRECTION_ZIPF if len(parts) == 1 else _MIN_PART_ZIPF):
            continue
        if words.is_dictionary(wrong):
            is_rare = not words.sources[wrong] & (WordSource.US | WordSource.UK)
            if not is_rare or zipf - words.zipf[wrong] < math.log10(_LARGE_RATIO):
                continue
        told.append((wrong, vocab.id(parts[0]), vocab.id(parts[1]) if len(parts) == 2 else 0))
    return told


def edit_distance(a: str, b: str) -> int:
    """Count the insertions, deletions, substitutions and swaps of neighbours that make one word the other."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
