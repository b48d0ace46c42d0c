"""Lines of columns: a token a line, with its annotations beside it, in sentences and documents.

The columns are separated by tabs, or else by spaces. Sentences end at empty lines; documents begin at -DOCSTART- lines
or `# newdoc` comments.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from docsight.errors import DataError
from docsight_training.data.ner.formats.annotated import AnnotatedText
from docsight_training.data.ner.tag_schemes import is_tag, may_be_tag
from docsight_training.data.text_files import read_text

DOCUMENT_START = "-DOCSTART-"
WORD_ID = re.compile(r"\d+")
_NEW_DOCUMENT = re.compile(r"#\s*newdoc\b(?:\s+id\s*=\s*(.+))?")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LABEL_STUDIO_LINE = re.compile(r"(\S*|\s*) (-X- _) (O|[BI]-\S.*)")  # a line of its CoNLL 2003
_SPACES = re.compile(r"[ \t]+")
_MAX_SAMPLED_LINES = 2000  # of a file, to recognize it


@dataclass
class Line:
    """A line with a token: its number, and its columns."""

    number: int
    cells: list[str]


@dataclass
class ColumnSentence:
    """The lines of a sentence, and the id or the number of its document; None if no document began."""

    document: str | None
    lines: list[Line] = field(default_factory=list)


def split_sentences(text: str) -> list[ColumnSentence]:
    """Return the sentences of a file in order; those at empty lines without tokens between them have no lines."""
    lines = [line.rstrip() for line in _LINE_END.split(text)]
    rows = [(number, line) for number, line in enumerate(lines, start=1) if line]
    has_tabs = sum("\t" in line for _, line in rows if not line.startswith("#")) * 2 > len(rows)
    cells = {
        number: [cell.strip(" ") for cell in line.split("\t")] if has_tabs and "\t" in line else _cells(line)
        for number, line in rows
    }
    last_cells = {cells[number][-1] for number, line in rows if not line.startswith("#")}
    width = Counter(map(len, cells.values())).most_common(1)[0][0] if cells else 0
    sentences = [ColumnSentence(None)]
    document, num_documents = None, 0
    for number, line in enumerate(lines, start=1):
        if number not in cells:
            sentences.append(ColumnSentence(document))
        elif line.startswith(DOCUMENT_START) or (match := _NEW_DOCUMENT.match(line)):
            num_documents += 1
            document = f"{num_documents}"
            if not line.startswith(DOCUMENT_START) and match is not None and match[1]:
                document = match[1].strip()
            sentences.append(ColumnSentence(document))
        elif _LABEL_STUDIO_LINE.fullmatch(line) and not cells[number][0]:
            continue  # white space, such as a no-break space, that Label Studio takes for a token
        elif not line.startswith("#") or _is_token(cells[number], width, last_cells):
            sentences[-1].lines.append(Line(number, cells[number]))
    return sentences


def _cells(line: str) -> list[str]:
    """Return the columns of a line without tabs. Labels of Label Studio may have spaces."""
    if (match := _LABEL_STUDIO_LINE.fullmatch(line)) is not None:
        return [match[1].strip(), *match[2].split(), match[3]]
    return _SPACES.split(line.lstrip())


def _is_token(cells: Sequence[str], width: int, last_cells: Set[str]) -> bool:
    """Return whether a line that begins with # is a token rather than a comment, given the last cells of other lines.

    A comment may end like a tag of an unusual form, such as `# part-B`; then another line must have this tag.
    """
    return len(cells) == width and (is_tag(cells[-1]) or (may_be_tag(cells[-1]) and cells[-1] in last_cells))


def sample_rows(path: Path) -> list[list[str]]:
    """Return the columns of the first lines of a file; none if it is not text."""
    try:
        text = read_text(path)
    except DataError:
        return []
    sentences = split_sentences("\n".join(text.split("\n", _MAX_SAMPLED_LINES)[:_MAX_SAMPLED_LINES]))
    return [line.cells for sentence in sentences for line in sentence.lines]


def with_beginnings(texts: Iterable[AnnotatedText]) -> Iterator[tuple[AnnotatedText, bool]]:
    """Yield each text, and whether it is the first one of a document that has an id."""
    last: str | None = None
    for text in texts:
        yield text, text.document is not None and text.document != last
        last = text.document


def one_cell(word: str, place: str) -> str:
    if re.search(r"[\t\r\n]", word):
        raise DataError(f"{place}: the token {word!r} has a tab or a line break in it, which columns cannot hold.")
    return word
