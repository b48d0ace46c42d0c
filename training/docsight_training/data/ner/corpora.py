"""NER corpora: rows of tokens and tags become documents of sentences with spans."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import datasets

from docsight.errors import ConfigError, DataError
from docsight.tags import TagSpan, spans_from_iob2
from docsight_training.data.sources import load_split

ROLES = ("train", "validation", "test")

# Titles are no part of a name (President [Roosevelt]); corpora differ, so they are taken off the spans of PER.
# fmt: off
TITLES = frozenset(
    [
        "mr", "mrs", "ms", "miss", "mister", "dr", "doctor", "prof", "professor", "sir", "lady", "lord",
        "dame", "madam", "madame", "mme", "monsieur", "master", "president", "senator", "sen", "rep",
        "representative", "congressman", "congresswoman", "gov", "governor", "mayor", "judge", "justice",
        "secretary", "minister", "chancellor", "ambassador", "general", "gen", "colonel", "col", "major",
        "maj", "captain", "capt", "lieutenant", "lt", "sergeant", "sgt", "admiral", "commander", "pope",
        "cardinal", "archbishop", "bishop", "rev", "reverend", "father", "king", "queen", "prince",
        "princess", "emperor", "empress", "duke", "duchess", "count", "countess", "baron", "baroness",
        "uncle", "aunt", "aunty", "auntie", "cousin", "hon", "honorable",
    ]
)
# fmt: on


@dataclass(frozen=True)
class Sentence:
    """Tokens and the spans over them."""

    tokens: list[str]
    spans: list[TagSpan]


@dataclass(frozen=True)
class Document:
    """Sentences in running order, from one corpus."""

    corpus: str
    sentences: list[Sentence]


@dataclass(frozen=True)
class Corpus:
    """Where one corpus lies and how it is read.

    Args:
        folder: Its folder below `data.path`; with `hub`, where a local copy would be.
        hub: Its id on the hub, or None.
        splits: For each role (train, validation, test) the splits that serve it; a split may be written
            `validation%5`: its every fifth row, or `validation!5`: all but these.
        keep: Only documents whose id matches this pattern.
        annotates: The labels that the corpus annotates; None for all. Of the others it says nothing.
        repeat: How often an epoch reads its training split; each time changed and cut anew.
        terse: Whether its texts are too short for the context to tell what a name is: its names stay as they are.
        strip_titles: Take titles off the beginning of PER spans.
        origin: Where the data comes from and whom to name for it, for messages and the model card.
        licence: Under which terms.
    """

    folder: str = "."
    hub: str | None = None
    splits: Mapping[str, Sequence[str]] = field(default_factory=lambda: {role: [role] for role in ROLES})
    keep: str | None = None
    annotates: Sequence[str] | None = None
    repeat: int = 1
    terse: bool = False
    strip_titles: bool = True
    origin: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Columns:
    """The columns of a data set that are read."""

    tokens: str = "tokens"
    tags: str = "ner_tags"
    document: str | None = "doc_id"


@dataclass(frozen=True)
class Reading:
    """How all corpora of a run are read.

    Args:
        source: hub, parquet, conll, json or spacy; see `load_split`.
        path: The folder above the corpora, or None.
        columns: Which columns hold what.
        fold: From the corpora's labels to ours; labels not in it are dropped. None keeps all as they are.
        conll_columns: The columns of a conll file.
    """

    source: str = "parquet"
    path: str | None = None
    columns: Columns = field(default_factory=Columns)
    fold: Mapping[str, str] | None = None
    conll_columns: list[str] | None = None


def read_corpus(name: str, corpus: Corpus, role: str, reading: Reading) -> list[Document]:
    """Read the documents of one corpus that serve a role: train, validation or test.

    Raises:
        DataError: A split, column or tag is not what it should be; the message names the split and the row.
    """
    documents: list[Document] = []
    for spec in corpus.splits.get(role, ()):
        split, take = _parse_split(spec)
        folder = None if reading.path is None else str(Path(reading.path) / corpus.folder)
        rows = load_split(
            split,
            source=reading.source,
            path=folder,
            hub=corpus.hub,
            origin=corpus.origin,
            columns=reading.conll_columns,
        )
        where = f"{name}, split {split!r}"
        documents += _documents(name, where, rows, take, corpus, reading)
    return documents


def _parse_split(spec: str) -> tuple[str, Any]:
    """Read `validation%5` (every fifth row) and `validation!5` (all but every fifth)."""
    match = re.fullmatch(r"([^%!]+)(?:([%!])([1-9]\d*))?", spec)
    if match is None:
        raise ConfigError(
            f"data.corpora: expected a split such as train, validation%5 or validation!5; found {spec!r}."
        )
    split, sign, step = match.groups()
    if sign is None:
        return split, lambda row: True
    n = int(step)
    return split, (lambda row: row % n == n - 1) if sign == "%" else (lambda row: row % n != n - 1)


def _documents(
    name: str,
    where: str,
    rows: datasets.Dataset,
    take: Any,
    corpus: Corpus,
    reading: Reading,
) -> list[Document]:
    columns = reading.columns
    for column in (columns.tokens, columns.tags):
        if column not in rows.column_names:
            raise DataError(f"{where}: no column {column!r}; found {', '.join(rows.column_names)}. Set data.columns.")
    all_tokens = rows[columns.tokens][:]
    all_tags = _tag_names(rows, columns.tags, where)
    ids = rows[columns.document][:] if columns.document in rows.column_names else [None] * len(all_tokens)
    documents: list[Document] = []
    last: str | None = None
    for n, (tokens, tags, doc_id) in enumerate(zip(all_tokens, all_tags, ids, strict=True)):
        if not take(n) or not tokens or (corpus.keep and not re.search(corpus.keep, doc_id or "")):
            continue
        if len(tokens) != len(tags):
            raise DataError(f"{where}, row {n}: {len(tokens)} tokens but {len(tags)} tags.")
        try:
            spans = spans_from_iob2(tags)
        except ValueError as err:
            raise DataError(f"{where}, row {n}: {err}") from err
        sentence = Sentence(tokens, _fold(tokens, spans, reading.fold, strip_titles=corpus.strip_titles))
        if doc_id is not None and doc_id == last:
            documents[-1].sentences.append(sentence)
        else:
            documents.append(Document(name, [sentence]))
        last = doc_id
    if not documents:
        raise DataError(f"{where}: no sentence in it; expected at least one row with tokens.")
    return documents


def _tag_names(rows: datasets.Dataset, column: str, where: str) -> list[list[str]]:
    """Return the tags as strings, whether the data set keeps strings or classes."""
    feature = rows.features[column]
    inner = getattr(feature, "feature", feature)
    tags = rows[column][:]
    if isinstance(inner, datasets.ClassLabel):
        return [[inner.int2str(tag) for tag in row] for row in tags]
    for n, row in enumerate(tags):
        if not isinstance(row, list) or not all(isinstance(tag, str) for tag in row):
            raise DataError(
                f"{where}, row {n}: expected a list of IOB2 strings in column {column!r}; found {str(row)[:60]}."
            )
    return tags


def _fold(
    tokens: list[str], spans: list[TagSpan], fold: Mapping[str, str] | None, *, strip_titles: bool
) -> list[TagSpan]:
    folded = []
    for start, end, label in spans:
        ours = label if fold is None else fold.get(label)
        if ours is None:
            continue
        if ours == "PER" and strip_titles:
            while start < end - 1 and tokens[start].rstrip(".").lower() in TITLES:
                start += 1
            if tokens[start].rstrip(".").lower() in TITLES and tokens[start].endswith("."):
                continue  # nothing but a title
        folded.append(TagSpan(start, end, ours))
    return folded
