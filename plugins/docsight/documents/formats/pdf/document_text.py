"""Write the blocks of all pages as one text: without running lines, with words and paragraphs joined across pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docsight.documents.formats.content import Passage
from docsight.documents.formats.pdf.blocks import TextBlock
from docsight.documents.formats.pdf.hyphens import LINE_END_HYPHEN, HyphenJoiner, count_words
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, TextBuilder
from docsight.documents.formats.text.builder import Block as PassageBlock

_FIRST_WORD = re.compile(r"\w+\S*")
_CLOSED_SENTENCE = re.compile(r"[.!?:;][\"'”\u2019)\]]*$")
_MIN_CONTINUED_WORDS = 4  # in the last line of a page, if the next page begins with a capital
_APART = frozenset({"header", "footer", "footnote", "caption", "table"})  # text continues past these


@dataclass(frozen=True, kw_only=True)
class PdfPageText:
    """The text of a page.

    Args:
        blocks: In reading order.
        annotations: The texts of form fields and comments.
        recognized: The text of a scanned page and its confidence, instead of the blocks; None if there is none.
    """

    blocks: Sequence[TextBlock] = ()
    annotations: str = ""
    recognized: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class DocumentText:
    text: str
    passages: tuple[Passage, ...]
    starts: dict[int, int]  # the start of each page in the text


def join_continued(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Return the blocks with those joined that were separated only because one of them could have been repeated."""
    joined: list[TextBlock] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if (
            before is not None
            and block.continues
            and before.page == block.page
            and before.kind == block.kind == "paragraph"
            and ((before.rows is None and block.rows is None) or (before.row_lines and block.row_lines))
        ):
            before.absorb(block)
        else:
            joined.append(block)
    return joined


class DocumentWriter:
    """Writes the pages of a document.

    Args:
        pages: By number, from 1.
    """

    def __init__(self, pages: dict[int, PdfPageText]) -> None:
        self._pages = pages
        self._builder = TextBuilder()
        self._confidences: dict[int, float] = {}  # by the start of a passage
        self._joiner = HyphenJoiner(
            count_words(line for page in pages.values() for block in page.blocks for line in block.lines)
        )
        self._last: TextBlock | None = None  # that continues the text written last
        self._last_is_cut = False  # its first word was written, too

    def write(self) -> DocumentText:
        """Write all pages."""
        continuing = dict(_find_continued([block for page in self._pages.values() for block in page.blocks]))
        starts: dict[int, int] = {}
        for number, page in self._pages.items():
            self._builder.interrupt(PARAGRAPH)
            starts[number] = len(self._builder) and len(self._builder) + 2
            if page.recognized is not None:
                self._write_recognized(number, *page.recognized)
            else:
                for block in page.blocks:
                    self._write_block(block, continuing.get(id(block)))
            if page.annotations:
                self._begin(PassageBlock(page=number))
                self._builder.write(page.annotations)
        passages = list(self._builder.passages())
        if self._confidences:
            passages = [replace(one, confidence=self._confidences.get(one.start)) for one in passages]
        for passage in reversed(passages):
            if passage.page is not None:
                starts[passage.page] = passage.start
        return DocumentText(self._builder.text(), tuple(passages), starts)

    def _begin(self, block: PassageBlock, strength: int = PARAGRAPH) -> None:
        self._builder.interrupt(strength)
        self._builder.weaken(strength)
        self._builder.block = block

    def _write_recognized(self, number: int, text: str, confidence: float) -> None:
        self._begin(PassageBlock(page=number))
        self._builder.write(text)
        self._confidences[len(self._builder) - len(text.lstrip())] = confidence

    def _write_block(self, block: TextBlock, after: TextBlock | None) -> None:
        """Write a block; the block after it that continues it gives the rest of a broken word at its end."""
        passage = PassageBlock(kind=block.kind, level=block.level, page=block.page, bbox=block.bbox)
        if block.kind == "table" and block.rows is not None:
            self._write_table(passage, block.rows)
            return
        cut = 0 if after is None else len(after.lines[0])
        if after is not None and block.lines[-1].endswith(LINE_END_HYPHEN):
            word = _FIRST_WORD.match(after.lines[0])
            if word is not None:
                block.lines[-1] += word[0]
                after.lines[0] = after.lines[0][word.end() :].lstrip()
        self._begin_text(block, passage)
        if block.kind == "code":
            self._builder.write("\n".join(block.lines).replace(LINE_END_HYPHEN, "-"), verbatim=True)
        else:
            self._builder.write(self._joined(block.lines))
        self._last = after
        self._last_is_cut = after is not None and len(after.lines[0]) < cut

    def _begin_text(self, block: TextBlock, passage: PassageBlock) -> None:
        """Begin a passage, on the same line if a word at the start of its block was moved to the block before."""
        if block is not self._last:
            self._begin(passage)
        elif self._last_is_cut and block.lines[0]:
            self._begin(self._builder.block, 0)
            self._builder.write(" ")
            self._builder.block = passage
        else:
            block.lines = [line for line in block.lines if line] or [""]
            self._begin(passage, LINE)

    def _write_table(self, passage: PassageBlock, rows: list[list[str]]) -> None:
        self._builder.begin_table(passage)
        for row in rows:
            for cell in row:
                self._builder.begin_cell()
                self._builder.write(self._joined([cell]))
                self._builder.end_cell()
            self._builder.end_row()
        self._builder.end_table()

    def _joined(self, lines: list[str]) -> str:
        text = "\n".join(lines).replace(LINE_END_HYPHEN + "\n", LINE_END_HYPHEN)
        if text.endswith(LINE_END_HYPHEN):
            text = text[:-1] + "-"
        return self._joiner.join(text)


def _find_continued(blocks: Sequence[TextBlock]) -> Iterator[tuple[int, TextBlock]]:
    """Yield the id of each paragraph that continues in another column or on the next page, and the block that does."""
    last: TextBlock | None = None
    for block in blocks:
        if block.kind in _APART and last is not None:
            continue
        if last is not None and block.kind == "paragraph" and _continues(last, block):
            yield id(last), block
        last = block if block.kind == "paragraph" and block.rows is None else None


def _continues(before: TextBlock, block: TextBlock) -> bool:
    if block.page - before.page not in (0, 1) or (block.page == before.page and block.bbox[1] > before.bbox[1]):
        return False
    end, start = before.lines[-1], block.lines[0][:1]
    if end.endswith(LINE_END_HYPHEN):
        return start.isalpha()
    if _CLOSED_SENTENCE.search(end):
        return False
    return start.islower() or (start.isalnum() and end.count(" ") + 1 >= _MIN_CONTINUED_WORDS)
