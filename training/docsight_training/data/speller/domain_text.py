"""Texts of one domain: reading them, holding some of them out, and counting their words."""

import logging
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from docsight.errors import DataError
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.tokens import LOWER, TITLE, is_key, read_tokens
from docsight_training.data.splits import first_names
from docsight_training.data.text_files import JSON_LINES_SUFFIXES, PLAIN_TEXT_SUFFIXES, read_json_lines, read_text

log = logging.getLogger(__name__)

_DOCUMENTS_AT_ONCE = 200
_MIN_DOCUMENTS = 10
_JSON_SUFFIXES = (*JSON_LINES_SUFFIXES, ".json")  # in a folder, .json may be anything
_PACKED = (b"PK\x03\x04", b"%PDF")  # office files, archives and PDF
_ADVICE = "`docsight process` extracts the text of other documents: its documents.jsonl can be read."


class DomainSplit(NamedTuple):
    """The documents of a domain by what they are for."""

    words: list[str]  # the words and the trigrams are counted in them
    refit: list[str]  # the judge learns from them; the counts have not seen them
    test: list[str]


@dataclass
class DomainCounts:
    """The words of some documents by their lookup keys, without those in code, addresses and other languages."""

    total: int = 0  # words
    occurrences: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)  # in how many of them a word is
    lower: Counter[str] = field(default_factory=Counter)  # occurrences in lower case
    title: Counter[str] = field(default_factory=Counter)  # occurrences with a capital, within a sentence


def read_documents(path: str, *, column: str) -> list[str]:
    """Read plain text or JSON lines, each document once.

    A row of JSON lines is a document. A plain text is a document if it is in a folder; the paragraphs of a single file
    are documents.

    Args:
        path: A file, or a folder of files.
        column: The key of the text in a row.

    Raises:
        DataError: Nothing can be read, a row has no text, or there are too few documents.
    """
    place = Path(path).expanduser()
    suffixes = (*PLAIN_TEXT_SUFFIXES, *JSON_LINES_SUFFIXES)
    if place.is_dir():
        found = sorted(file for file in place.rglob("*") if file.is_file() and not file.name.startswith("."))
        files = [file for file in found if file.suffix.lower() in suffixes]
        if others := [file.relative_to(place).as_posix() for file in found if file not in files]:
            log.warning("%s: files that are not read: %s. %s", path, first_names(others), _ADVICE)
        texts = [text for file in files for text in _read_file(file, column)]
    elif place.is_file():
        if place.suffix.lower() not in suffixes and place.read_bytes()[:4] in _PACKED:
            raise DataError(f"data.path={path}: expected plain text or JSON lines. {_ADVICE}")
        texts = list(_read_file(place, column))
        if len(texts) == 1 and place.suffix.lower() not in _JSON_SUFFIXES:
            texts = re.split(r"\n\s*\n", texts[0])
    else:
        raise DataError(f"data.path={path}: expected a file or a folder of texts; there is none.")
    documents = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(documents) < _MIN_DOCUMENTS:
        raise DataError(
            f"data.path={path}: expected at least {_MIN_DOCUMENTS} different documents (rows of JSON lines, files of "
            f"a folder with a suffix of {', '.join(suffixes)}, or paragraphs of one plain text with an empty line "
            f"between them); found {len(documents)}."
        )
    return documents


def split_documents(documents: Sequence[str], *, refit: float, test: float, seed: int) -> DomainSplit:
    """Draw the documents for refitting and for the test, at least one for each; the others are for the words."""
    order = random.Random(seed).sample(range(len(documents)), len(documents))
    num_test, num_refit = (max(1, round(len(documents) * fraction)) for fraction in (test, refit))
    cuts = order[:num_test], order[num_test : num_test + num_refit], order[num_test + num_refit :]
    test_part, refit_part, words = ([documents[at] for at in sorted(cut)] for cut in cuts)
    return DomainSplit(words, refit_part, test_part)


def split_sentences(document: str) -> list[str]:
    """Return the sentences of a text, without white space at their ends."""
    tokens = read_tokens(document)
    edges = [int(tokens.starts[at]) for at in tokens.bounds[:-1] if at < len(tokens.starts)]
    sentences = (document[start:end].strip() for start, end in pairwise([*edges, len(document)]))
    return [sentence for sentence in sentences if sentence]


def count_words(documents: Sequence[str], dictionary: Dictionary) -> DomainCounts:
    """Count the words of documents that the speller of the dictionary checks."""
    counts = DomainCounts()
    for at in range(0, len(documents), _DOCUMENTS_AT_ONCE):
        _count_batch(TokenBatch(documents[at : at + _DOCUMENTS_AT_ONCE], dictionary), counts)
    return counts


def _count_batch(batch: TokenBatch, counts: DomainCounts) -> None:
    keys = [key if is_key(key) else "" for key in batch.types.keys]
    counted = np.flatnonzero(batch.open & batch.is_word)
    types = batch.tokens[counted]
    counts.total += len(counted)
    is_lower = batch.casings[counted] == LOWER
    is_title = (batch.casings[counted] == TITLE) & ~batch.first_of_sentence[counted]
    by_text = np.unique((batch.texts[counted] << 32) | types) & 0xFFFFFFFF
    for counter, ids in (
        (counts.occurrences, types),
        (counts.lower, types[is_lower]),
        (counts.title, types[is_title]),
    ):
        for key, number in _by_key(keys, ids):
            counter[key] += number
    texts_by_key: Counter[str] = Counter()
    for key, number in _by_key(keys, by_text):
        texts_by_key[key] = max(texts_by_key[key], number)  # the casings of a word may be in the same text
    counts.documents.update(texts_by_key)


def _by_key(keys: Sequence[str], types: np.ndarray) -> Iterator[tuple[str, int]]:
    for at, number in enumerate(np.bincount(types, minlength=len(keys)).tolist()):
        if number and keys[at]:
            yield keys[at], number


def _read_file(file: Path, column: str) -> Iterable[str]:
    if file.suffix.lower() in _JSON_SUFFIXES:
        return read_json_lines(file, column=column)
    return [read_text(file)]
