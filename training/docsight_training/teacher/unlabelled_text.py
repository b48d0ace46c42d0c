"""Open text for a teacher to label: documents of tokenized sentences, from Parquet files."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import spacy

from docsight.errors import DataError
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.silver import SILVER

_MAX_TOKENS = 120  # of a sentence: longer ones are lists or tables that lost their layout
_DOCUMENT_COLUMNS = ("para", "doc_id")


@dataclass(frozen=True)
class OpenText:
    """A Parquet file of sentences in running order, and how much of it is used.

    The file has the column `text`, or `tokens`; rows of one document that follow each other have the same value in the
    column `para` or `doc_id`, if there is one.

    Args:
        path: The file.
        share: The fraction of the documents that is used, drawn by the seed.
        origin: Where the text comes from and whom to credit, for the model card.
        licence: The licence of the text.
    """

    path: str
    share: float = 1.0
    origin: str = ""
    licence: str = ""


def read_unlabelled(text: OpenText, *, seed: int) -> list[Document]:
    """Read the documents of a text that are used; sentences of more than 120 tokens are left out.

    Raises:
        DataError: The file is missing, or has neither `text` nor `tokens`.
    """
    file = Path(text.path)
    if not file.is_file():
        raise DataError(f"{file}: expected a Parquet file with the column text or tokens; found no file.")
    columns = pq.read_schema(file).names
    content = next((name for name in ("tokens", "text") if name in columns), None)
    if content is None:
        raise DataError(f"{file}: expected the column text or tokens; found {', '.join(columns)}.")
    by = next((name for name in _DOCUMENT_COLUMNS if name in columns), None)
    table = pq.read_table(file, columns=[content] if by is None else [content, by])
    rows = table.column(content).to_pylist()
    ids = list(range(len(rows))) if by is None else table.column(by).to_pylist()
    rng = random.Random(f"{seed}-{file.name}")
    return [Document(SILVER, sentences) for sentences in _documents(rows, ids, text.share, rng)]


def _documents(
    rows: list[str] | list[list[str]], ids: list[object], share: float, rng: random.Random
) -> Iterator[list[Sentence]]:
    tokenizer = spacy.blank("en").tokenizer
    last: object = object()
    sentences: list[Sentence] = []
    is_used = False
    for row, doc_id in zip(rows, ids, strict=True):
        if doc_id != last or doc_id is None:
            if sentences:
                yield sentences
            sentences, is_used, last = [], rng.random() < share, doc_id
        if not is_used:
            continue
        tokens = [token.text for token in tokenizer(row) if not token.is_space] if isinstance(row, str) else list(row)
        if 0 < len(tokens) <= _MAX_TOKENS:
            sentences.append(Sentence(tokens, []))
    if sentences:
        yield sentences
