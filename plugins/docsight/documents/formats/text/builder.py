"""Build a text from pieces with breaks between them, never two in a row or at either end."""

import re

CELL, LINE, PARAGRAPH = 1, 2, 3
_BREAKS = {CELL: "\t", LINE: "\n", PARAGRAPH: "\n\n"}
_WHITESPACE = re.compile(r"\s+")


class TextBuilder:
    """A growing text; of several breaks between two pieces, the strongest is written."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._break = 0
        self._is_verbatim = False  # the last piece

    def __len__(self) -> int:
        return self._length

    def interrupt(self, strength: int) -> None:
        """End a cell, a line or a paragraph; whitespace before the break is dropped."""
        if not self._break:
            self._strip_end()
        self._break = max(self._break, strength)

    def weaken(self, strength: int) -> None:
        """Replace the pending break, if there is one, by a break of this strength."""
        if self._break:
            self._break = strength

    def write(self, text: str, *, verbatim: bool = False) -> None:
        """Append a piece of text.

        Args:
            text: The piece.
            verbatim: Whether whitespace at its start is kept after a break, and line ends are kept before the next.
        """
        if not verbatim and (self._break or not self._pieces):
            text = text.lstrip()
        if not text:
            return
        if self._break and self._pieces:
            self._add(_BREAKS[self._break])
        self._break = 0
        self._add(text)
        self._is_verbatim = verbatim

    def write_collapsed(self, text: str) -> None:
        """Append a piece of text with each run of whitespace collapsed to one space, or to none after whitespace."""
        text = _WHITESPACE.sub(" ", text)
        if self._pieces and self._pieces[-1][-1:].isspace():
            text = text.lstrip()
        self.write(text)

    def text(self) -> str:
        return "".join(self._pieces).rstrip()

    def _strip_end(self) -> None:
        if self._is_verbatim:
            self._add(self._pop().rstrip(" "))
            return
        while self._pieces and self._pieces[-1][-1:].isspace():
            if kept := self._pop().rstrip():
                self._add(kept)

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)

    def _pop(self) -> str:
        piece = self._pieces.pop()
        self._length -= len(piece)
        return piece
