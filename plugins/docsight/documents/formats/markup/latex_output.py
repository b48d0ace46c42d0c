"""Writes what a reader of LaTeX finds: to the paragraph, cell or argument that is open."""

from docsight.documents.formats.markup.markup_writer import MarkupRun, MarkupWriter
from docsight.documents.formats.text.builder import LINE, Block


class LatexOutput:
    """The text of a document so far, in `writer`.

    Attributes:
        link: The target of the link that is open; empty if none is.
    """

    def __init__(self) -> None:
        self.writer = MarkupWriter()
        self.link = ""
        self._tables = 0  # that are open
        self._in_cell = False
        self._captions: list[list[MarkupRun]] = []  # of the tables that are open
        self._is_open = False  # the paragraph
        # The texts of the arguments that are open, which are not written yet.
        self._captured: list[list[MarkupRun]] = []

    @property
    def is_in_table(self) -> bool:
        return self._tables > 0 and not self._captured

    def put(self, text: str) -> None:
        """Write a text to what is open."""
        run = MarkupRun(text, self.link)
        if self._captured:
            self._captured[-1].append(run)
        elif self._tables:
            if not self._in_cell and text.strip():
                self._begin_cell()
            if self._in_cell:
                self.writer.runs([run])
        elif self._is_open or text.strip():
            if not self._is_open:
                self.writer.paragraph([])
                self._is_open = True
            self.writer.runs([run])

    def end_paragraph(self) -> None:
        if self._captured:
            self.put(" ")
        elif self._tables:
            self.writer.builder.interrupt(LINE)
        else:
            self._is_open = False

    def end_line(self) -> None:
        """End a row of a table, or a line of a paragraph."""
        if self._captured:
            self.put(" ")
        elif self._tables:
            self.end_row()
        elif self._is_open:
            self.writer.builder.interrupt(LINE)

    def begin_block(self, block: Block, prefix: str = "") -> None:
        """Begin a block of its own, which the end of a paragraph ends."""
        self.end_paragraph()
        if self._captured or self._tables:
            self.put(" ")
            return
        self.writer.block([], block, prefix=prefix)
        self._is_open = True

    def begin_item(self, level: int, marker: str) -> None:
        self.end_paragraph()
        if self._captured or self._tables:
            self.put(marker)
            return
        self.writer.begin_item(level, marker)

    def code(self, text: str) -> None:
        """Write code or a formula; within a table or an argument it is text."""
        if self._captured or self._tables:
            self.put(text)
            return
        self._is_open = False
        self.writer.code(text.split("\n"))

    def begin_capture(self) -> None:
        """Keep what is written next, up to `end_capture`."""
        self._captured.append([])

    def end_capture(self) -> list[MarkupRun]:
        return self._captured.pop()

    def begin_table(self) -> None:
        self._is_open = False
        self._in_cell = False
        self._tables += 1
        self.writer.builder.begin_table(Block(kind="table"))

    def next_cell(self, count: int = 1) -> None:
        """End a cell, and begin the next one; with a higher count, the cells between them are empty."""
        if not self.is_in_table:
            self.put("&")
            return
        for _ in range(count):
            if not self._in_cell:
                self._begin_cell()
            self.writer.builder.end_cell()
            self._begin_cell()

    def end_row(self) -> None:
        if self._in_cell:
            self.writer.builder.end_cell()
        self._in_cell = False
        self.writer.builder.end_row()

    def end_table(self) -> None:
        if self._tables:
            self.end_row()
            self._tables -= 1
            self.writer.builder.end_table()
            self._in_cell = self._tables > 0
            while self._captions and not self._tables:
                self.writer.block(self._captions.pop(0), Block(kind="caption"))

    def end_table_caption(self) -> None:
        """End the caption of the table that is open; it stands below the table."""
        self._captions.append(self.end_capture())

    def _begin_cell(self) -> None:
        self.writer.builder.begin_cell()
        self._in_cell = True
