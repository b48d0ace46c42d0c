"""NER corpora: documents of sentences with spans, read from rows of tokens and tags."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import datasets
import numpy as np

from docsight.errors import ConfigError, DataError
from docsight.tags import TagSpan, spans_from_iob2
from docsight_training.data.sources import load_split

ROLES = ("train", "validation", "test")

# A title is not part of a name: President [Roosevelt]. Corpora differ, so titles are removed from PER spans.
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
    """Tokens and the spans over them, or the scores that a teacher gives to their tags.

    Args:
        tokens: The words and punctuation marks.
        spans: The annotated entities, in order; empty if there are scores.
        scores: (tokens, tags), the emissions of a teacher; None if the sentence is annotated.
    """

    tokens: list[str]
    spans: list[TagSpan]
    scores: np.ndarray | None = None


@dataclass(frozen=True)
class Document:
    """The sentences of a document in running order, and the name of its corpus."""

    corpus: str
    sentences: list[Sentence]


@dataclass(frozen=True)
class Corpus:
    """The location of a corpus, and how it is read and used.

    Args:
        folder: Its folder below `data.path`; with `hub`, the folder of a local copy.
        hub: Its id on the hub, or None.
        splits: For each role (train, validation, test) the splits that are read; `validation%5` is every fifth row
            of a split, `validation!5` all other rows; `train%10d` is every tenth document, `train!10d` all others.
        keep: A pattern; only documents whose id matches are read.
        annotates: The labels that the corpus annotates; None for all.
        repeat: How often an epoch contains its training split, each time with other changes and windows.
        terse: Whether its texts are too short for the context to decide a label; its names are then not replaced.
        strip_titles: Whether titles are removed from the beginning of PER spans.
        drop_spans: A pattern; spans whose text matches as a whole are not read. None to read all.
        origin: Where the data comes from and whom to credit, for messages and the model card.
        licence: The licence of the data.
    """

    folder: str = "."
    hub: str | None = None
    splits: Mapping[str, Sequence[str]] = field(default_factory=lambda: {role: [role] for role in ROLES})
    keep: str | None = None
    annotates: Sequence[str] | None = None
    repeat: int = 1
    terse: bool = False
    strip_titles: bool = True
    drop_spans: str | None = None
    origin: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Columns:
    tokens: str = "tokens"
    tags: str = "ner_tags"
    document: str | None = "doc_id"


@dataclass(frozen=True)
class CorpusFormat:
    """The storage format and the labels of all corpora of a run.

    Args:
        source: hub, parquet, conll, json or spacy; see `load_split`.
        path: The folder above the corpora, or None.
        columns: The names of the columns.
        fold: Maps labels of the corpora to those to learn; other labels are dropped. None keeps all unchanged.
        conll_columns: The columns of a conll file, in order.
    """

    source: str = "parquet"
    path: str | None = None
    columns: Columns = field(default_factory=Columns)
    fold: Mapping[str, str] | None = None
    conll_columns: list[str] | None = None


def names_in(documents: Iterable[Document]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the label and the tokens of each span."""
    for document in documents:
        for sentence in document.sentences:
            for start, end, label in sentence.spans:
                yield label, tuple(sentence.tokens[start:end])


def read_corpus(name: str, corpus: Corpus, role: str, corpus_format: CorpusFormat) -> list[Document]:
    """Read the documents of a corpus for a role: train, validation or test.

    Raises:
        DataError: A split or column is missing, or a tag is invalid; the message names the split and the row.
    """
    documents: list[Document] = []
    for spec in corpus.splits.get(role, ()):
        split, is_chosen = _parse_split(spec)
        folder = None if corpus_format.path is None else str(Path(corpus_format.path) / corpus.folder)
        rows = load_split(
            split,
            source=corpus_format.source,
            path=folder,
            hub=corpus.hub,
            origin=corpus.origin,
            columns=corpus_format.conll_columns,
        )
        where = f"{name}, split {split!r}"
        documents += _documents(name, where, rows, is_chosen, corpus, corpus_format)
    return documents


def _parse_split(spec: str) -> tuple[str, Callable[[int, int], bool]]:
    """Parse `validation%5` (every fifth row), `validation!5` (all other rows), and the same of documents (`%5d`).

    Returns the name of the split, and whether a row is chosen by its number and that of its document.
    """
    match = re.fullmatch(r"([^%!]+)(?:([%!])([1-9]\d*)(d?))?", spec)
    if match is None:
        raise ConfigError(
            "data.corpora: expected a split such as train, validation%5 or validation!5 (rows), train%10d or "
            f"train!10d (documents); found {spec!r}."
        )
    split, sign, step, by_document = match.groups()
    if sign is None:
        return split, lambda row, document: True
    n = int(step)
    return split, lambda row, document: ((document if by_document else row) % n == n - 1) == (sign == "%")


def _documents(
    name: str,
    where: str,
    rows: datasets.Dataset,
    is_chosen: Callable[[int, int], bool],
    corpus: Corpus,
    corpus_format: CorpusFormat,
) -> list[Document]:
    columns = corpus_format.columns
    for column in (columns.tokens, columns.tags):
        if column not in rows.column_names:
            raise DataError(f"{where}: no column {column!r}; found {', '.join(rows.column_names)}. Set data.columns.")
    all_tokens = rows[columns.tokens][:]
    all_tags = _tag_names(rows, columns.tags, where)
    ids = rows[columns.document][:] if columns.document in rows.column_names else [None] * len(all_tokens)
    documents: list[Document] = []
    last: str | None = None
    numbers = _number_documents(ids)
    for n, (tokens, tags, doc_id) in enumerate(zip(all_tokens, all_tags, ids, strict=True)):
        if not is_chosen(n, numbers[n]) or not tokens or (corpus.keep and not re.search(corpus.keep, doc_id or "")):
            continue
        if len(tokens) != len(tags):
            raise DataError(f"{where}, row {n}: {len(tokens)} tokens but {len(tags)} tags.")
        try:
            spans = spans_from_iob2(tags)
        except ValueError as err:
            raise DataError(f"{where}, row {n}: {err}") from err
        if corpus.drop_spans is not None:
            spans = [
                span for span in spans if not re.fullmatch(corpus.drop_spans, " ".join(tokens[span.start : span.end]))
            ]
        sentence = Sentence(tokens, _fold(tokens, spans, corpus_format.fold, strip_titles=corpus.strip_titles))
        if doc_id is not None and doc_id == last:
            documents[-1].sentences.append(sentence)
        else:
            documents.append(Document(name, [sentence]))
        last = doc_id
    if not documents:
        raise DataError(f"{where}: found no sentence; expected at least one row with tokens.")
    return documents


def _number_documents(ids: Sequence[str | None]) -> list[int]:
    """Number the documents of rows by their ids; a row without an id is a document of its own."""
    numbers: list[int] = []
    for n, doc_id in enumerate(ids):
        is_next = n > 0 and (doc_id is None or doc_id != ids[n - 1])
        numbers.append(numbers[-1] + is_next if numbers else 0)
    return numbers


def _tag_names(rows: datasets.Dataset, column: str, where: str) -> list[list[str]]:
    """Return the tags as strings, whether the column holds strings or class labels."""
    feature = rows.features[column]
    inner = getattr(feature, "feature", feature)
    tags: list[list[str]] = rows[column][:]
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
        new_label = label if fold is None else fold.get(label)
        if new_label is None:
            continue
        if new_label == "PER" and strip_titles:
            while start < end - 1 and tokens[start].rstrip(".").lower() in TITLES:
                start += 1
            if tokens[start].rstrip(".").lower() in TITLES and tokens[start].endswith("."):
                continue  # the span is only a title
        folded.append(TagSpan(start, end, new_label))
    return folded
