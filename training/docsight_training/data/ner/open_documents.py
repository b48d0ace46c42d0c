"""Open text, which nobody has annotated, as documents of tokenized sentences."""

import random
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import spacy
from spacy.language import Language

from docsight.errors import DataError
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.text_files import read_json_lines, read_text

OPEN_TEXT = "rehearsal"  # the corpus name of its documents
_PART_CHARS = 2_000  # of a text without paragraphs

Text = str | list[str]  # running text, or the tokens of a sentence


def read_open_text(path: Path, *, max_tokens: int, seed: int) -> list[Document]:
    """Read documents of open text, in an order drawn by the seed, up to a number of tokens.

    Args:
        path: A file or a folder of files: .txt (a blank line ends a paragraph), .jsonl with the key `text`, or .parquet
            with the column `text` or `tokens`.
        max_tokens: The number of tokens to read.
        seed: Seeds the order.

    Raises:
        DataError: There is no such file, or it has no text.
    """
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    files = [file for file in files if file.suffix in _READERS and file.is_file()]
    if not files:
        raise DataError(f"data.rehearsal={path}: expected a file or folder of {', '.join(_READERS)} files; found none.")
    texts = [text for file in files for text in _READERS[file.suffix](file)]
    random.Random(seed).shuffle(texts)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    documents: list[Document] = []
    size = 0
    for text in texts:
        if size >= max_tokens:
            break
        document = Document(OPEN_TEXT, [Sentence(tokens, []) for tokens in _sentences(text, nlp) if tokens])
        if document.sentences:
            documents.append(document)
            size += document.num_tokens
    if not documents:
        raise DataError(f"data.rehearsal={path}: expected text; the files are empty.")
    return documents


def _sentences(text: Text, nlp: Language) -> list[list[str]]:
    if isinstance(text, list):
        return [text]
    return [[token.text for token in sentence if not token.is_space] for sentence in nlp(text).sents]


def _read_paragraphs(file: Path) -> Iterator[Text]:
    """Yield the paragraphs of a plain text; a paragraph without an end is cut between words."""
    for paragraph in re.split(r"\n\s*\n", read_text(file)):
        yield from textwrap.wrap(paragraph, _PART_CHARS, break_long_words=False)


def _read_rows(file: Path) -> Iterator[Text]:
    yield from read_json_lines(file, column="text")


def _read_parquet(file: Path) -> Iterator[Text]:
    columns = pq.read_schema(file).names
    content = next((name for name in ("tokens", "text") if name in columns), None)
    if content is None:
        raise DataError(f"{file}: expected the column text or tokens; found {', '.join(columns)}.")
    yield from pq.read_table(file, columns=[content]).column(content).to_pylist()


_READERS: dict[str, Callable[[Path], Iterator[Text]]] = {
    ".txt": _read_paragraphs,
    ".jsonl": _read_rows,
    ".parquet": _read_parquet,
}
