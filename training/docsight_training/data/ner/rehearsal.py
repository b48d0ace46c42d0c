"""Rehearsal: the model that a run starts from labels the training text, so that its labels are not forgotten.

Where the annotation of a text says nothing about the labels of the old model, that model's own distribution over tag
sequences is the target (learning without forgetting, Li and Hoiem 2017), conditioned on the annotation. Each epoch
trains on a sequence drawn from it: in the mean over the epochs, this is the cross entropy to the old model.
"""

import json
import random
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import spacy
import torch
from torch import Tensor

from docsight.errors import DataError
from docsight.layers.crf import FORBIDDEN
from docsight.networks.spans import encode_words
from docsight.tags import OUTSIDE, TagSpan, spans_from_iobes
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.ner_batches import encode_rows, pad_windows
from docsight_training.tagger_transfer import InitialTagger

REHEARSAL = "rehearsal"  # the corpus name of open text
_PART_CHARS = 2_000  # of a text without paragraphs
_ROW_TOKENS = 200  # consecutive sentences are labelled together, up to this length
_ROWS_TOGETHER = 32


def rehearse(
    start: InitialTagger, documents: Sequence[Document], *, keep: Sequence[str], draws: int, seed: int
) -> list[list[Document]]:
    """Add spans of an old model to annotated documents.

    Args:
        start: The old model.
        documents: The annotated documents. Their spans stay as they are, and no other span overlaps them.
        keep: The labels of the old model to add.
        draws: The number of versions of each document.
        seed: Seeds the draws.

    Returns:
        For each document its versions, each with spans that are drawn from the posterior of the old model.
    """
    start.network.eval()
    generator = torch.Generator().manual_seed(seed)
    rows = [row for document in documents for row in _split(document.sentences)]
    versions: list[list[list[Sentence]]] = []  # of each row
    for at in range(0, len(rows), _ROWS_TOGETHER):
        versions += _label_rows(start, rows[at : at + _ROWS_TOGETHER], set(keep), draws, generator)
    remaining = iter(versions)
    rehearsed = []
    for document in documents:
        of_rows = [next(remaining) for _ in _split(document.sentences)]
        rehearsed.append(
            [replace(document, sentences=[s for row in of_rows for s in row[draw]]) for draw in range(draws)]
        )
    return rehearsed


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
        sentences = (
            [text] if isinstance(text, list) else [[t.text for t in s if not t.is_space] for s in nlp(text).sents]
        )
        document = Document(REHEARSAL, [Sentence(tokens, []) for tokens in sentences if tokens])
        if document.sentences:
            documents.append(document)
            size += sum(len(sentence.tokens) for sentence in document.sentences)
    if not documents:
        raise DataError(f"data.rehearsal={path}: expected text; the files are empty.")
    return documents


def _read_paragraphs(file: Path) -> Iterator[str]:
    """Yield the paragraphs of a plain text; a paragraph without an end is cut between words."""
    for paragraph in re.split(r"\n\s*\n", file.read_text(encoding="utf-8", errors="replace")):
        yield from textwrap.wrap(paragraph, _PART_CHARS, break_long_words=False) or ()


def _read_json_lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError) as err:
                raise DataError(
                    f"{file}, line {number}: expected JSON with the key 'text'; found {line[:60]!r}."
                ) from err
            yield str(text)


def _read_parquet(file: Path) -> Iterator[str | list[str]]:
    columns = pq.read_schema(file).names
    content = next((name for name in ("tokens", "text") if name in columns), None)
    if content is None:
        raise DataError(f"{file}: expected the column text or tokens; found {', '.join(columns)}.")
    yield from pq.read_table(file, columns=[content]).column(content).to_pylist()


_READERS: dict[str, Callable[[Path], Iterator[str | list[str]]]] = {
    ".txt": _read_paragraphs,
    ".jsonl": _read_json_lines,
    ".parquet": _read_parquet,
}


def _split(sentences: Sequence[Sentence]) -> list[list[Sentence]]:
    rows: list[list[Sentence]] = []
    size = 0
    for sentence in sentences:
        if not rows or size + len(sentence.tokens) > _ROW_TOKENS:
            rows.append([])
            size = 0
        rows[-1].append(sentence)
        size += len(sentence.tokens)
    return rows


@torch.no_grad()
def _label_rows(
    start: InitialTagger, rows: Sequence[list[Sentence]], keep: set[str], draws: int, generator: torch.Generator
) -> list[list[list[Sentence]]]:
    """Return the versions of each row."""
    network = start.network
    tokens = [[token for sentence in row for token in sentence.tokens] for row in rows]
    types, index = encode_rows(tokens, words=start.vocabularies.words, chars=start.vocabularies.chars)
    lengths = torch.tensor([len(row) for row in index])
    emissions = network.emissions(encode_words(network, types)[pad_windows(index)], lengths)
    emissions = emissions.masked_fill(~_allowed(network.tags, rows, keep, emissions), FORBIDDEN)
    versions: list[list[list[Sentence]]] = [[] for _ in rows]
    for _ in range(draws):
        paths = network.crf.sample(emissions, lengths, generator)
        for of_row, row, path in zip(versions, rows, paths.tolist(), strict=True):
            of_row.append(_add_spans(row, [network.tags[tag] for tag in path]))
    return versions


def _allowed(tags: Sequence[str], rows: Sequence[list[Sentence]], keep: set[str], emissions: Tensor) -> Tensor:
    """Return which tags of the old model the annotation admits, (batch, time, tags): only O in an annotated span.

    A span that ends with its sentence cannot go on in the next one.
    """
    allowed = torch.tensor([tag == OUTSIDE or tag[2:] in keep for tag in tags]).expand(emissions.shape).clone()
    is_open = torch.tensor([tag[0] in "BI" for tag in tags])
    outside = torch.tensor([tag == OUTSIDE for tag in tags])
    for n, row in enumerate(rows):
        at = 0
        for sentence in row:
            for start, end, _ in sentence.spans:
                allowed[n, at + start : at + end] &= outside
            at += len(sentence.tokens)
            allowed[n, at - 1] &= ~is_open
    return allowed


def _add_spans(row: Sequence[Sentence], tags: Sequence[str]) -> list[Sentence]:
    sentences, at = [], 0
    for sentence in row:
        size = len(sentence.tokens)
        added: list[TagSpan] = spans_from_iobes(tags[at : at + size])
        sentences.append(replace(sentence, spans=sorted([*sentence.spans, *added])))
        at += size
    return sentences
