"""Folders of brat: a text and an annotation file with the same name for each document."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, pairwise
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, CharSpan
from docsight_training.data.text_files import read_text

_SPAN = re.compile(r"T\S*\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_LINE = re.compile(r"[^\r\n]+")
_UNSAFE = re.compile(r"[^\w.-]+")  # in file names


def read_brat(folder: Path, findings: Findings) -> Iterator[AnnotatedText]:
    """Read the documents of a folder and of the folders in it.

    Raises:
        DataError: A line of an annotation file is invalid, or an annotation file has no text.
    """
    for file in sorted(folder.rglob("*.txt")):
        if not file.with_suffix(".ann").is_file():
            findings.add(FindingKind.UNANNOTATED, file.name, f"there is no {file.stem}.ann")
    for file in sorted(folder.rglob("*.ann")):
        if not file.with_suffix(".txt").is_file():
            raise DataError(f"{file}: expected the text in {file.stem}.txt beside it; found no such file.")
        text = read_text(file.with_suffix(".txt"))
        document = file.relative_to(folder).with_suffix("").as_posix()
        yield AnnotatedText(text, list(_read_spans(file, text, findings)), file.name, document)


def is_brat_folder(path: Path) -> bool:
    return path.is_dir() and next(path.rglob("*.ann"), None) is not None


def write_brat(folder: Path, texts: Iterable[AnnotatedText]) -> None:
    """Write a folder with the files of each document. The texts of a document are its lines.

    Raises:
        DataError: Two labels would have the same name in brat.
    """
    texts = list(texts)
    names_of_labels = brat_labels(sorted({span.label for text in texts for span in text.spans}))
    documents: dict[str, list[AnnotatedText]] = {}
    for number, text in enumerate(texts, start=1):
        documents.setdefault(text.document or f"{number:06}", []).append(text)
    folder.mkdir()
    names: set[str] = set()
    for document, parts in documents.items():
        spans: list[CharSpan] = []
        at = 0
        for text in parts:
            spans += [CharSpan(span.start + at, span.end + at, names_of_labels[span.label]) for span in text.spans]
            at += len(text.text) + 1
        joined = "\n".join(text.text for text in parts)
        name = _UNSAFE.sub("_", document)
        name = next(each for each in chain([name], (f"{name}-{n}" for n in count(2))) if each.lower() not in names)
        names.add(name.lower())
        _write_new(folder / f"{name}.txt", joined)
        _write_new(folder / f"{name}.ann", "".join(_ann_lines(joined, spans)))


def _read_spans(file: Path, text: str, findings: Findings) -> Iterator[CharSpan]:
    for number, raw in enumerate(read_text(file).split("\n"), start=1):
        line = raw.rstrip("\r")
        place = f"{file.name}, line {number}"
        if not line.strip():
            continue
        if line[0] != "T":
            findings.add(FindingKind.NOT_A_SPAN, place, line[:60])
            continue
        match = _SPAN.fullmatch(line)
        if match is None:
            raise DataError(
                f"{file}, line {number}: expected a span such as 'T1<tab>LABEL 0 4<tab>text'; found {line[:60]!r}."
            )
        label, offsets, covered = match.groups()
        pieces = [(int(start), int(end)) for start, end in (piece.split() for piece in offsets.split(";"))]
        # brat divides a span where a line ends.
        if any(text[end:start].strip() or start < end for (_, end), (start, _) in pairwise(pieces)):
            findings.add(FindingKind.DISCONTINUOUS, place, f"{covered or ''} ({label})")
            continue
        yield CharSpan(pieces[0][0], pieces[-1][1], label, covered)


def brat_labels(labels: Sequence[str]) -> dict[str, str]:
    """Return the name in brat of each label, without spaces and special characters.

    Raises:
        DataError: Two labels would have the same name.
    """
    renamed = {label: _UNSAFE.sub("_", label) for label in labels}
    for label, new in renamed.items():
        if same := [other for other in labels if renamed[other] == new and other != label]:
            raise DataError(
                f"brat has no labels with spaces and special characters, so {label!r} and {same[0]!r} would both be "
                f"{new!r}. Rename one of them, or convert to another format, such as --to offsets."
            )
    return renamed


def _ann_lines(text: str, spans: Iterable[CharSpan]) -> Iterator[str]:
    for number, span in enumerate(spans, start=1):
        # brat wants a piece for each line of a span.
        lines = list(_LINE.finditer(text, span.start, span.end))
        pieces = ";".join(f"{line.start()} {line.end()}" for line in lines)
        yield f"T{number}\t{span.label} {pieces}\t{' '.join(line[0] for line in lines)}\n"


def _write_new(path: Path, text: str) -> None:
    # newline="" keeps line ends, so that the offsets stay right.
    with path.open("x", encoding="utf-8", newline="") as file:
        file.write(text)
