"""A NER corpus: where its splits are, and its documents of sentences with spans, from files or from the hub."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docsight.errors import ConfigError, DataError
from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.annotation_files import find_annotations
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, Columns
from docsight_training.data.ner.formats.recognition import read_annotations
from docsight_training.data.ner.formats.registry import AUTO, HUB, ReadSettings
from docsight_training.data.ner.span_alignment import tokenized
from docsight_training.data.ner.titles import is_title
from docsight_training.data.splits import listing


@dataclass(frozen=True)
class Corpus:
    """The location of a corpus, and how it is read and used.

    Args:
        folder: Its folder below `data.path`; with `hub`, the folder of a local copy.
        hub: Its id on the hub, or None.
        splits: For each role (train, validation, test) the splits that are read; `validation%5` is every fifth row
            of a split, `validation!5` all other rows; `train%10d` is every tenth document, `train!10d` all others.
            None for those that there are; what is missing is then held out from training, see `corpus_reader`.
        keep: A pattern; only documents whose id matches are read.
        annotates: The labels that the corpus annotates; None for all.
        repeat: How often an epoch contains its training split, each time with other changes and windows.
        terse: Whether its texts are too short for the context to decide a label; its names are then not replaced.
        strip_titles: Whether titles are removed from the beginning of PER spans; None for that of the format.
        drop_spans: A pattern; spans whose text matches as a whole are not read. None to read all.
        origin: Where the data comes from and whom to credit, for messages and the model card.
        licence: The licence of the data.
    """

    folder: str = "."
    hub: str | None = None
    splits: Mapping[str, Sequence[str]] | None = None
    keep: str | None = None
    annotates: Sequence[str] | None = None
    repeat: int = 1
    terse: bool = False
    strip_titles: bool | None = None
    drop_spans: str | None = None
    origin: str = ""
    licence: str = ""


@dataclass(frozen=True)
class CorpusFormat:
    """The storage format and the labels of all corpora of a run.

    Args:
        source: A format of `SOURCES`, hub, or auto to recognize each file by its content.
        path: The folder above the corpora, or None.
        columns: The names of the columns.
        fold: Maps labels of the corpora to those to learn; other labels are dropped. None keeps all unchanged.
        conll_columns: The columns of a CoNLL file, in order; None to recognize them.
        lang: The language whose tokenizer the pipeline has; spans of characters are aligned to its tokens.
        strip_titles: Whether titles are removed from the beginning of PER spans.
    """

    source: str = AUTO
    path: str | None = None
    columns: Columns = field(default_factory=Columns)
    fold: Mapping[str, str] | None = None
    conll_columns: Sequence[str] | None = None
    lang: str = "en"
    strip_titles: bool = False


def read_corpus(
    name: str, corpus: Corpus, role: str, corpus_format: CorpusFormat, findings: Findings | None = None
) -> list[Document]:
    """Read the documents of a corpus for a role: train, validation or test.

    Args:
        name: The name of the corpus.
        corpus: Where it is.
        role: The role. Without a split for validation or test, no documents are returned if the config names none.
        corpus_format: How it is stored.
        findings: Receives what is changed or left out.

    Raises:
        DataError: A split or column is missing, or a row is invalid; the message names the split and the row.
    """
    findings = Findings() if findings is None else findings
    documents: list[Document] = []
    is_optional = corpus.splits is None and role != "train"
    for spec in [role] if corpus.splits is None else corpus.splits.get(role, ()):
        split, is_chosen = _parse_split(spec)
        texts = _read_split(split, corpus, corpus_format, findings, is_optional=is_optional)
        if texts is not None:
            documents += _documents(name, f"{name}, split {split!r}", texts, is_chosen, corpus, corpus_format, findings)
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


def _read_split(
    split: str, corpus: Corpus, corpus_format: CorpusFormat, findings: Findings, *, is_optional: bool
) -> Iterator[AnnotatedText] | None:
    """Read the rows of a split; None if there is none and it is optional."""
    settings = ReadSettings(corpus_format.columns, corpus_format.conll_columns)
    if corpus_format.path is None:
        from docsight_training.data.ner.formats.token_rows import read_rows
        from docsight_training.data.sources import find_hub_split, load_hub_split

        found = find_hub_split(corpus.hub, split) if corpus.hub is not None and corpus.splits is None else split
        if found is None and is_optional:
            return None
        rows = load_hub_split(corpus.hub, found or split, origin=corpus.origin)
        return read_rows(rows, f"{corpus.hub}, {found or split}", corpus_format.columns, findings)
    source = AUTO if corpus_format.source == HUB else corpus_format.source  # a local copy takes precedence
    files = find_annotations(Path(corpus_format.path) / corpus.folder, split, source, settings)
    if not files:
        if is_optional:
            return None
        folder = Path(corpus_format.path) / corpus.folder
        raise DataError(
            f"{folder} has no split {split!r} of annotated texts: expected a file or folder {split}; found "
            f"{listing(folder)}. To use one file for everything, pass the file: data.path=FILE. For images, add "
            "experiment=cnn_imagecat."
        )
    return (text for file in files for text in read_annotations(file, source, settings, findings))


def _documents(
    name: str,
    where: str,
    texts: Iterable[AnnotatedText],
    is_chosen: Callable[[int, int], bool],
    corpus: Corpus,
    corpus_format: CorpusFormat,
    findings: Findings,
) -> list[Document]:
    documents: list[Document] = []
    last: str | None = None
    number = -1  # of the document of a row
    strip_titles = corpus_format.strip_titles if corpus.strip_titles is None else corpus.strip_titles
    for row, sentences in enumerate(tokenized(texts, corpus_format.lang, findings)):
        doc_id = sentences[0].document if sentences else None
        if row == 0 or doc_id is None or doc_id != last:
            number += 1
        last = doc_id
        if not is_chosen(row, number) or (corpus.keep and not re.search(corpus.keep, doc_id or "")):
            continue
        read = [_sentence(text, corpus, corpus_format.fold, strip_titles=strip_titles) for text in sentences]
        read = [sentence for sentence in read if sentence.tokens]
        if doc_id is not None and documents and doc_id == documents[-1].id:
            documents[-1].sentences.extend(read)
        elif read:
            documents.append(Document(name, read, doc_id))
    if not documents:
        others = "; ".join(f"{kind}: {count:,}" for kind, count in findings.counts().items())
        found = f"found only {others}" if others else "found no sentence"
        raise DataError(f"{where}: expected at least one text; {found}.")
    return documents


def _sentence(text: AnnotatedText, corpus: Corpus, fold: Mapping[str, str] | None, *, strip_titles: bool) -> Sentence:
    tokens, spans = text.words(), text.token_spans()
    if corpus.drop_spans is not None:
        spans = [span for span in spans if not re.fullmatch(corpus.drop_spans, " ".join(tokens[span.start : span.end]))]
    return Sentence(tokens, _fold(tokens, spans, fold, strip_titles=strip_titles), place=text.place)


def _fold(
    tokens: list[str], spans: list[TagSpan], fold: Mapping[str, str] | None, *, strip_titles: bool
) -> list[TagSpan]:
    folded = []
    for start, end, label in spans:
        new_label = label if fold is None else fold.get(label)
        if new_label is None:
            continue
        if new_label == "PER" and strip_titles:
            while start < end - 1 and is_title(tokens[start]):
                start += 1
            if is_title(tokens[start]) and tokens[start].endswith("."):
                continue  # the span is only a title
        folded.append(TagSpan(start, end, new_label))
    return folded
