"""Read the text of a page as runs: pieces of lines without a wide gap, with their boxes and fonts.

Boxes of all letters would double the time for a page, because each is a call into pdfium. So pdfium's own lines and
words are used, and only the first and the last letter of each word are located; letters in between are located where
words seem to be glued.
"""

import ctypes
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from docsight.documents.formats.pdf.hyphens import LINE_END_HYPHEN, is_known_word

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

# All in em, which is the height of a letter's box:
RUN_GAP = 0.65  # a wider gap ends a run
WORD_GAP = 0.13  # a wider gap between runs is a space
_GLUED_GAP = 0.045  # a gap between two words that pdfium takes for one, above the usual gap between their letters

_MIN_GLUED_LETTERS = 14  # in a word whose letters are located
_MIN_SPACED_LETTERS = 4  # in a row, each a word of its own
_MIN_UNKNOWN_SPACED_LETTERS = 6
_SPACED_WORD_GAP = 1.6  # between letter-spaced words, relative to the gap between letters

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+[.,;:!?]?")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_FIXED_PITCH, _FORCE_BOLD = 1 << 0, 1 << 18  # flags of a font
_MONOSPACED_NAME = re.compile("mono|courier|typewriter|consol|cmtt", re.IGNORECASE)
_BOLD_NAME = re.compile("bold|black|heavy|demi|cmbx|[-,]bd", re.IGNORECASE)

_WIDE_PITCH = 0.65  # em from letter to letter: no font is wider
_SPACED_WORD_SPACES = 3  # a space of spaced letters is as wide as these gaps between its letters
_MIN_LETTERS_PER_WORD = 2.5  # of glued words, on average
_FAR = 1e7  # points: letters farther away are moved there

Boxes = NDArray[np.float64]
Indexes = NDArray[Any]
Rect = tuple[float, float, float, float]  # left, top, right, bottom; y grows downwards, in the direction of the text


@dataclass(slots=True)
class Run:
    """A piece of a line.

    Args:
        text: Its words, separated by spaces; a hyphen at the end of a line is U+FFFE.
        box: Where it is, turned so that its lines run from left to right and from top to bottom.
        size: The height of its letters, in points.
        bold: Whether the font is bold.
        monospaced: Whether all letters have one width.
    """

    text: str
    box: Rect
    size: float
    bold: bool = False
    monospaced: bool = False


# By the direction of the text in quarter turns: from a box of a run to left, top, right and bottom in the page.
_TURNS_BACK: tuple[Callable[[float, float, float, float], Rect], ...] = (
    lambda left, top, right, bottom: (left, -top, right, -bottom),
    lambda left, top, right, bottom: (top, right, bottom, left),
    lambda left, top, right, bottom: (-right, bottom, -left, top),
    lambda left, top, right, bottom: (-bottom, -left, -top, -right),
)


def turn_back(box: Rect, turn: int) -> Rect:
    """Return a box of a run as left, top, right and bottom in the page's own coordinates, where y grows upwards."""
    return _TURNS_BACK[turn](*box)


def read_runs(textpage: "PdfTextPage") -> dict[int, list[Run]]:
    """Return the runs of a page by the direction of their text, in quarter turns, the most frequent first."""
    letters = _Letters(textpage)
    starts, ends, lines = _find_words(letters.text)
    if not len(starts):
        return {}
    first = letters.boxes(starts)
    last = letters.boxes(ends - 1)
    found: dict[int, list[Run]] = {}
    turns = _directions(first, last, lines)
    for turn in np.argsort(-np.bincount(turns, minlength=4), kind="stable").tolist():
        if len(chosen := np.flatnonzero(turns == turn)):
            heads = _turned(first[chosen], turn)
            boxes, heights = _join(heads, _turned(last[chosen], turn)), heads[:, 3] - heads[:, 1]
            words = _Words(starts[chosen], ends[chosen], lines[chosen], boxes, heights)
            found[turn] = list(letters.runs(_split_glued(letters, words, turn)))
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a page, as arrays: where they start and end, their lines in pdfium, boxes, and letter heights."""

    starts: Indexes
    ends: Indexes
    lines: Indexes
    boxes: Boxes
    heights: Boxes


class _Letters:
    """The letters of a page and their boxes."""

    def __init__(self, textpage: "PdfTextPage") -> None:
        self._page = textpage
        self._handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value or 0
        self._name, self._flags = ctypes.create_string_buffer(128), ctypes.c_int()  # of a font
        count = textpage.count_chars()
        self.text: str = textpage.get_text_range() if count else ""
        if len(self.text) != count:  # pdfium leaves out letters without a code
            self.text = self._spell(count)

    def boxes(self, indexes: Indexes) -> Boxes:
        """Return the boxes of letters as pdfium has them: left, top, right, bottom; y grows upwards."""
        get_box, handle = _loose_char_box(), self._handle
        boxes = np.zeros((len(indexes), 4), np.float32)
        addresses = range(boxes.ctypes.data, boxes.ctypes.data + boxes.nbytes, 16)
        deque(map(get_box, repeat(handle), indexes.tolist(), addresses), maxlen=0)
        return np.nan_to_num(boxes.astype(np.float64), posinf=_FAR, neginf=-_FAR).clip(-_FAR, _FAR)

    def runs(self, words: _Words) -> Iterator[Run]:
        """Yield the runs of words in one direction."""
        boxes, heights = words.boxes, words.heights
        tallest = np.maximum(heights[:-1], heights[1:])
        gaps = boxes[1:, 0] - boxes[:-1, 2]
        pitch = (boxes[:, 2] - boxes[:, 0]) / (words.ends - words.starts) / np.maximum(heights, 1e-6)
        spacing = np.maximum(np.minimum(pitch[:-1], pitch[1:]) - _WIDE_PITCH, 0)  # of spaced letters, about
        is_apart = (
            (gaps > (RUN_GAP + _SPACED_WORD_SPACES * spacing) * tallest)
            | (gaps < -tallest)
            | (np.abs(np.diff(boxes[:, 1])) > tallest)
        )
        is_other_line = np.diff(words.lines) != 0
        rtl = {words.lines[word] for word in self._words_from_right(words)}
        if rtl:  # pdfium has put their letters in reading order
            is_apart &= ~np.isin(words.lines[1:], list(rtl))
        cuts = np.concatenate(([0], np.flatnonzero(is_apart | is_other_line) + 1))
        ends = np.append(cuts[1:], len(boxes))
        lows, highs = np.minimum.reduceat(boxes, cuts), np.maximum.reduceat(boxes, cuts)
        joined = np.column_stack((lows[:, :2], highs[:, 2:])).tolist()
        sizes = np.maximum.reduceat(heights, cuts).tolist()
        spaced = set(_spaced_letters(words, cuts))
        text, starts, stops = self.text, words.starts.tolist(), words.ends.tolist()
        for first, end, box, size in zip(cuts.tolist(), ends.tolist(), joined, sizes, strict=True):
            start, stop = starts[first], stops[end - 1]
            if first in spaced:
                run_text = _join_spaced([text[starts[word] : stops[word]] for word in range(first, end)], gaps[first:])
            elif stop - start == sum(stops[first:end]) - sum(starts[first:end]) + end - first - 1:
                run_text = text[start:stop]  # there is one space between the words
            else:
                run_text = " ".join(text[starts[word] : stops[word]] for word in range(first, end))
            if text[stop : stop + 1] == LINE_END_HYPHEN:
                run_text += LINE_END_HYPHEN
            yield Run(run_text, tuple(box), size, *self._font(start))

    def _words_from_right(self, words: _Words) -> Iterator[int]:
        if _RTL.search(self.text):
            for word, (start, end) in enumerate(zip(words.starts.tolist(), words.ends.tolist(), strict=True)):
                if _RTL.search(self.text, start, end):
                    yield word

    def _font(self, index: int) -> tuple[bool, bool]:
        """Return whether the font of a letter is bold, and whether it is monospaced."""
        import pypdfium2.raw as c

        c.FPDFText_GetFontInfo(self._page, index, self._name, len(self._name), self._flags)
        return _style(self._name.value, self._flags.value)

    def _spell(self, count: int) -> str:
        import pypdfium2.raw as c

        codes = (c.FPDFText_GetUnicode(self._page, index) for index in range(count))
        return "".join(LINE_END_HYPHEN if code == 2 else chr(code) if 0 < code < 0x110000 else "\x01" for code in codes)


def _find_words(text: str) -> tuple[Indexes, Indexes, Indexes]:
    """Return the starts and ends of the words in a text of pdfium, and the number of the line of each."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    is_space = (codes == 32) | ((codes >= 9) & (codes <= 13)) | (codes == 0xFFFE) | (codes == 0xA0)
    edges = np.diff(np.concatenate(([True], is_space, [True])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == -1), np.flatnonzero(edges == 1)
    line_ends = np.flatnonzero((codes == 10) | (codes == 0xFFFE))
    return starts, ends, np.searchsorted(line_ends, starts)


def _split_glued(letters: _Letters, words: _Words, turn: int) -> _Words:
    """Split the words that pdfium took for one: between them are wider gaps than between their letters."""
    cuts: dict[int, list[tuple[int, int, Boxes]]] = {}
    for word in np.flatnonzero(words.ends - words.starts >= _MIN_GLUED_LETTERS).tolist():
        start, end = int(words.starts[word]), int(words.ends[word])
        text = letters.text[start:end]
        if _LETTERS_ONLY.fullmatch(text) and not _CJK.search(text) and not is_known_word(text.rstrip(".,;:!?")):
            cuts[word] = list(_glued_parts(_turned(letters.boxes(np.arange(start, end)), turn), start))
    if not any(len(parts) > 1 for parts in cuts.values()):
        return words
    counts = np.array([len(cuts.get(word, ())) or 1 for word in range(len(words.starts))])
    lines, starts, ends = (np.repeat(array, counts, axis=0) for array in (words.lines, words.starts, words.ends))
    heights = np.repeat(words.heights, counts)
    boxes = np.repeat(words.boxes, counts, axis=0)
    places = np.cumsum(counts) - counts
    for word, parts in cuts.items():
        for place, (start, end, box) in enumerate(parts, start=int(places[word])):
            starts[place], ends[place], boxes[place] = start, end, box
    return _Words(starts, ends, lines, boxes, heights)


def _glued_parts(boxes: Boxes, start: int) -> Iterator[tuple[int, int, Boxes]]:
    """Yield the start, end and box of each word, given the boxes of the letters, which start at an index."""
    gaps = boxes[1:, 0] - boxes[:-1, 2]
    limit = max(0.0, float(np.median(gaps))) + _GLUED_GAP * float(np.median(boxes[:, 3] - boxes[:, 1]))
    cuts = [0, *(np.flatnonzero(gaps > limit) + 1).tolist(), len(boxes)]
    if len(cuts) - 2 > len(boxes) / _MIN_LETTERS_PER_WORD:  # the gaps are those of spaced letters
        cuts = [0, len(boxes)]
    for first, end in pairwise(cuts):
        yield start + first, start + end, _join(boxes[first], boxes[end - 1])


def _spaced_letters(words: _Words, cuts: Indexes) -> Iterator[int]:
    """Yield the first words of the runs that consist of single letters."""
    lengths = words.ends - words.starts
    counts = np.diff(np.append(cuts, len(lengths)))
    is_spaced = (np.maximum.reduceat(lengths, cuts) == 1) & (counts >= _MIN_SPACED_LETTERS)
    yield from cuts[is_spaced].tolist()


def _join_spaced(letters: list[str], gaps: Boxes) -> str:
    """Return the text that spaced letters are meant to be; the gaps between them come first in `gaps`."""
    gaps = gaps[: len(letters) - 1]
    limit = _SPACED_WORD_GAP * max(0.0, float(np.median(gaps)))
    spaces = [" " if gap > limit else "" for gap in gaps.tolist()]
    found = letters[0] + "".join(space + letter for space, letter in zip(spaces, letters[1:], strict=True))
    longest = max(found.split(" "), key=len)
    is_word = found.replace(" ", "").isalpha() and (
        len(longest) >= _MIN_UNKNOWN_SPACED_LETTERS or (len(longest) >= _MIN_SPACED_LETTERS and is_known_word(longest))
    )
    return found if is_word else " ".join(letters)


def _directions(first: Boxes, last: Boxes, lines: Indexes) -> Indexes:
    """Return the direction of the line of each word, in anticlockwise quarter turns."""
    heads = np.flatnonzero(np.diff(lines, prepend=-1))
    tails = np.append(heads[1:], len(lines)) - 1
    moves = last[tails] - first[heads]
    across, upward = moves[:, 0] + moves[:, 2], moves[:, 1] + moves[:, 3]
    is_flat = np.abs(across) >= np.abs(upward)
    # A line from the right to the left is one of Hebrew or Arabic unless its letters hang upside down.
    is_turned = (across < 0) & (first[heads, 1] < first[heads, 3])
    turns = np.where(is_flat, np.where(is_turned, 2, 0), np.where(upward > 0, 1, 3))
    return np.repeat(turns, np.diff(np.append(heads, len(lines))))


def _turned(boxes: Boxes, turn: int) -> Boxes:
    """Return boxes of pdfium in the coordinates of runs of a direction."""
    left, right = np.minimum(boxes[:, 0], boxes[:, 2]), np.maximum(boxes[:, 0], boxes[:, 2])
    bottom, top = np.minimum(boxes[:, 1], boxes[:, 3]), np.maximum(boxes[:, 1], boxes[:, 3])
    edges = (
        (left, -top, right, -bottom),
        (bottom, left, top, right),
        (-right, bottom, -left, top),
        (-top, -right, -bottom, -left),
    )
    return np.column_stack(edges[turn])


def _join(first: Boxes, last: Boxes) -> Boxes:
    """Return the boxes around two boxes each."""
    return np.concatenate((np.minimum(first, last)[..., :2], np.maximum(first, last)[..., 2:]), axis=-1)


@lru_cache(maxsize=1024)
def _style(name: bytes, flags: int) -> tuple[bool, bool]:
    """Return whether a font is bold, and whether it is monospaced."""
    text = name.decode("utf-8", "replace")
    return (
        bool(flags & _FORCE_BOLD or _BOLD_NAME.search(text)),
        bool(flags & _FIXED_PITCH or _MONOSPACED_NAME.search(text)),
    )


@cache
def _loose_char_box() -> Callable[[int, int, int], int]:
    """Return pdfium's function with numbers as pointers; conversion by pypdfium2's types takes twice the time."""
    import pypdfium2.raw as c

    pointer = ctypes.c_void_p
    address = ctypes.cast(c.FPDFText_GetLooseCharBox, pointer).value or 0
    return ctypes.CFUNCTYPE(ctypes.c_int, pointer, ctypes.c_int, pointer)(address)
