"""Write a text in which breaks come between pieces, never beside each other or at an end."""

CELL, LINE, PARAGRAPH = 1, 2, 3
_WRITTEN = {CELL: "\t", LINE: "\n", PARAGRAPH: "\n\n"}


class TextBuilder:
    """A text that grows: of the breaks between two pieces, the strongest is written."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._break = 0

    def __len__(self) -> int:
        """Return how many characters are written."""
        return self._length

    def interrupt(self, strength: int) -> None:
        """End a cell, a line or a paragraph."""
        while not self._break and self._pieces and self._pieces[-1][-1:].isspace():
            last = self._pieces.pop()
            self._length -= len(last)
            if kept := last.rstrip():
                self._add(kept)
        self._break = max(self._break, strength)

    def weaken(self, strength: int) -> None:
        """Make the break that waits this one, if there is any."""
        if self._break:
            self._break = strength

    def write(self, text: str) -> None:
        """Add a piece of text; white space at its start is left out after a break."""
        if self._break or not self._pieces:
            text = text.lstrip()
        if not text:
            return
        if self._break and self._pieces:
            self._add(_WRITTEN[self._break])
        self._break = 0
        self._add(text)

    def text(self) -> str:
        """Return what is written."""
        return "".join(self._pieces).rstrip()

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
