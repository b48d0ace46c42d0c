"""The lexicon of the speller, built from dictionaries, a frequency list, open text and misspelling lists."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import torch

from docsight.errors import DataError
from docsight.spelling.lexicon.tables import ZIPF_STEPS, KnownPairs, Lexicon, WordSource
from docsight.spelling.tokens import is_key
from docsight.vocab import Vocab
from docsight_training.data.speller.alignment import align
from docsight_training.data.speller.scowl import WordCollection, british_forms, is_entry, read_scowl

# The misspelling lists whose licences allow them to train a shipped model.
PAIR_LISTS = ("typos", "codespell", "wikipedia_misspellings", "toefl_spell")

_UNSEEN_ZIPF = 0.6  # of a dictionary word that wordfreq, which goes down to 1.0, does not have
_MAX_CORPUS_ZIPF = 2.4  # a word may be frequent in a small corpus only because of its subject
_MIN_CORPUS_COUNT = 5
_MAX_FREQUENT_WORDS = 120_000

# Words after which -'s is short for "is", "has" or "us", and pronouns with a possessive.
_CONTRACTED = re.compile(
    r"it|s?he|that|what|t?here|who|where|how|when|why|let|one|else|(an)?other|(every|some|any|no)(one|body|thing)"
)
_MIN_POSSESSIVE_ZIPF = 3.3

_MISSPELLING_RATIO = 10.0  # a listed misspelling is accepted if its correction is this many times as frequent
_MAX_LISTED_EDITS = 2  # between a misspelling that is dropped from the lexicon and its correction
_LARGE_RATIO = 100.0  # the same for a misspelling that a large dictionary has as a rare word
_MIN_CORRECTION_ZIPF = 2.0
_MAX_VARIANT_GAP = 2.2  # in Zipf units: idea is not American for idaea, whatever the rules say
_MIN_PART_ZIPF = 3.0  # of each word, where a correction has two words

# Dictionary words that are almost always misspellings of other words in texts.
_MISLEADING_WORDS = frozenset(("cant", "wont"))


def build_lexicon(
    scowl: Path,
    *,
    frequencies: Mapping[str, float],
    counts: Mapping[str, int],
    pairs: Iterable[tuple[str, str]],
) -> tuple[list[str], Lexicon, KnownPairs]:
    """Build the words by descending frequency, the facts about them, and the useful ones of the listed pairs.

    Args:
        scowl: The folder of SCOWL's word lists (`final` of its sources; Debian's package `scowl`).
        frequencies: The fraction of running text by word, the most frequent words first, such as
            `wordfreq.get_frequency_dict("en", "best")`.
        counts: Occurrences of lower-case words in a corpus.
        pairs: Listed misspellings and their corrections (of one word or two).

    Raises:
        DataError: There are no lists in the folder.
    """
    listed = [(wrong, right) for wrong, right in _keys(pairs) if wrong != right]
    words = WordCollection()
    read_scowl(scowl, words)
    _add_possessives(words, frequencies)
    listed += [(word.replace("'", ""), word) for word in sorted(words.sources) if "'" in word]
    usual = (word for word in frequencies if is_entry(word) and not word.endswith("'s"))
    for word in islice(usual, _MAX_FREQUENT_WORDS):
        words.add(word, WordSource.FREQUENCY)
    for word, count in counts.items():
        if count >= _MIN_CORPUS_COUNT and is_entry(word) and not word.endswith("'s"):
            words.add(word, WordSource.CORPUS)
    _set_zipf(words, frequencies, counts)
    for word in words.sources.keys() & _MISLEADING_WORDS:
        words.sources[word] = WordSource.FREQUENCY
    # The words that only SCOWL's size 80 has, and no text: they hide more errors than they explain.
    for word in words.size_80 - frequencies.keys() - counts.keys():
        words.sources.pop(word, None)
    _drop_misspellings(words, listed)
    ordered = sorted(words.sources, key=lambda word: (-words.zipf[word], word))
    vocab = Vocab(ordered)
    lexicon = Lexicon(num_words=len(vocab))
    lexicon.sources[2:] = torch.tensor([words.sources[word] for word in ordered], dtype=torch.uint8)
    steps = [min(255, round(words.zipf[word] * ZIPF_STEPS)) for word in ordered]
    lexicon.zipf[2:] = torch.tensor(steps, dtype=torch.uint8)
    for word, variant in find_variants(words).items():
        lexicon.variant[vocab.id(word)] = vocab.id(variant)
    return ordered, lexicon, KnownPairs.from_pairs(_useful_pairs(words, listed, vocab))


def read_pairs(folder: Path, names: Iterable[str] = PAIR_LISTS) -> list[tuple[str, str, int]]:
    """Read misspelling lists: NAME/data.parquet in the folder, columns misspelling, correction and count."""
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


def find_variants(words: WordCollection) -> dict[str, str]:
    """Find the words that American and British English spell differently, in both directions.

    A pair counts if the dictionaries have one of its words in one variety only: colour and color, organise and
    organize (which is British, too), but not four and for.
    """
    variants: dict[str, str] = {}
    for us in sorted(words.sources, key=lambda word: -words.zipf[word]):
        if not words.variety_of(us) & WordSource.US:
            continue
        for uk in british_forms(us):
            if uk not in words.sources or uk == us or not words.variety_of(uk) & WordSource.UK:
                continue
            is_both = words.variety_of(us) & WordSource.UK and words.variety_of(uk) & WordSource.US
            if not is_both and abs(words.zipf[us] - words.zipf[uk]) < _MAX_VARIANT_GAP:
                variants.setdefault(us, uk)
                variants.setdefault(uk, us)
    return variants


def _keys(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for wrong, right in dict.fromkeys((wrong.lower(), right.lower()) for wrong, right in pairs):
        parts = right.split(" ")
        if is_key(wrong) and len(parts) <= 2 and all(map(is_entry, parts)):
            yield wrong, right


def _add_possessives(words: WordCollection, frequencies: Mapping[str, float]) -> None:
    """Add the contractions with -'s, and frequent possessives (women's) whose form without apostrophe is not a word."""
    for word, fraction in frequencies.items():
        stem = word.removesuffix("'s")
        if stem == word or not is_entry(word):
            continue
        is_frequent = fraction > 0 and math.log10(fraction) + 9 >= _MIN_POSSESSIVE_ZIPF
        if _CONTRACTED.fullmatch(stem):
            words.add(word, WordSource.US | WordSource.UK | WordSource.LOWER | WordSource.FREQUENCY)
        elif is_frequent and words.is_dictionary(stem) and not words.is_dictionary(stem + "s"):
            words.add(word, words.sources[stem] | WordSource.FREQUENCY)


def _set_zipf(words: WordCollection, frequencies: Mapping[str, float], counts: Mapping[str, int]) -> None:
    total = max(1, sum(counts.values()))
    for word in words.sources:
        fraction = frequencies.get(word, 0.0)
        if fraction > 0:
            words.zipf[word] = math.log10(fraction) + 9
        elif count := counts.get(word, 0):
            words.zipf[word] = max(_UNSEEN_ZIPF, min(_MAX_CORPUS_ZIPF, math.log10(count / total) + 9))
        else:
            words.zipf[word] = _UNSEEN_ZIPF


def _drop_misspellings(words: WordCollection, listed: Iterable[tuple[str, str]]) -> None:
    """Drop listed misspellings that only texts have, if the correction is close and far more frequent."""
    for wrong, right in listed:
        if wrong not in words.sources or words.is_dictionary(wrong):
            continue
        zipf = min(words.zipf[part] if part in words.sources else 0.0 for part in right.split(" "))
        is_rarer = zipf - words.zipf[wrong] >= math.log10(_MISSPELLING_RATIO)
        if is_rarer and align(wrong, right, _MAX_LISTED_EDITS) is not None:
            del words.sources[wrong]


def _useful_pairs(words: WordCollection, listed: Iterable[tuple[str, str]], vocab: Vocab) -> list[tuple[str, int, int]]:
    """Return (misspelling, id of the correction, id of its second word or 0) for the useful pairs."""
    useful = []
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
        useful.append((wrong, vocab.id(parts[0]), vocab.id(parts[1]) if len(parts) == 2 else 0))
    return useful
