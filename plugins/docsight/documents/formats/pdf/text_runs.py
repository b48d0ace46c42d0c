"""Read the text of a page as runs: pieces of lines without a wide gap, with their boxes and fonts.

Boxes of all letters would double the time for a page, because each is a call into pdfium. So pdfium's own lines and
words are used, and only the first and the last letter of each word are located; letters in between are located where
words seem to be glued.
"""

import ctypes
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from ctypes import c_double, c_float, c_int, c_ulong, c_void_p
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, repeat
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from docsight.documents.formats.pdf.fast_calls import address_of, fast_call
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
_RTL_WORD = re.compile(rf"{_RTL.pattern}+")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+[.,;:!?]?")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_FIXED_PITCH, _FORCE_BOLD = 1 << 0, 1 << 18  # flags of a font
_MONOSPACED_NAME = re.compile("mono|courier|typewriter|consol|cmtt", re.IGNORECASE)
_BOLD_NAME = re.compile("bold|black|heavy|demi|cmbx|[-,]bd", re.IGNORECASE)

_WIDE_PITCH = 0.65  # em from letter to letter: no font is wider
_SPACED_WORD_SPACES = 3  # a space of spaced letters is as wide as these gaps between its letters
_MIN_LETTERS_PER_WORD = 2.5  # of glued words, on average
_MAX_FONT_NAME = 128  # bytes
# em, of the letters of a font whose size means something; some fonts have boxes that are no higher than the letters
_MIN_HEIGHT, _MAX_HEIGHT = 0.4, 2.5
_FAR_MOVE = 1.5  # em, across and along: from the end of one line to the beginning of another, whatever their direction
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
        size: The height of its letters in points, with what their font leaves free above and below them.
        font_size: The size of its font in points; unlike the height, it compares across fonts.
        bold: Whether the font is bold, at the start.
        ends_bold: Whether the font is bold at the end.
        monospaced: Whether all letters have one width.
        words: The boxes of its words, (words, 4), in the order of the text; None if they are not known.
    """

    text: str
    box: Rect
    size: float
    font_size: float
    bold: bool = False
    monospaced: bool = False
    ends_bold: bool = False
    words: "Boxes | None" = field(default=None, compare=False, repr=False)


def join_word_boxes(runs: Sequence[Run], text: str) -> "Boxes | None":
    """Return the boxes of the words of runs that are joined to a text; None if they are not known."""
    known = [run.words for run in runs if run.words is not None]
    if len(known) < len(runs) or sum(map(len, known)) != text.count(" ") + 1:
        return None
    return np.concatenate(known)


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
    letters.order_right_to_left(starts, ends)
    edges = letters.boxes(np.stack((starts, ends - 1)))
    lines = _split_lines(edges, lines)
    turns = _directions(edges[0], edges[1], lines)
    counts = np.bincount(turns, minlength=4).tolist()
    found: dict[int, list[Run]] = {}
    for turn in sorted(set(turns.tolist()), key=lambda turn: -counts[turn]):
        chosen = slice(None) if counts[turn] == len(turns) else turns == turn
        first, last = _turned(edges[:, chosen], turn)
        heights = first[:, 3] - first[:, 1]
        words = _Words(starts[chosen], ends[chosen], lines[chosen], _join(first, last), heights)
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
        self._handle = address_of(textpage.raw)
        self._name, self._flags = ctypes.create_string_buffer(_MAX_FONT_NAME), ctypes.c_int()  # of a font
        self._font_arguments = ctypes.addressof(self._name), _MAX_FONT_NAME, ctypes.addressof(self._flags)
        self._get_font = fast_call("FPDFText_GetFontInfo", None, c_void_p, c_int, c_void_p, c_ulong, c_void_p)
        self._get_font_size = fast_call("FPDFText_GetFontSize", c_double, c_void_p, c_int)
        self._matrix = (c_float * 6)()  # of a letter
        self._matrix_address = ctypes.addressof(self._matrix)
        self._get_matrix = fast_call("FPDFText_GetMatrix", c_int, c_void_p, c_int, c_void_p)
        count = textpage.count_chars()
        self.text: str = textpage.get_text_range() if count else ""
        if len(self.text) != count:  # pdfium leaves out letters without a code
            self.text = self._spell(count)

    def boxes(self, indexes: Indexes) -> Boxes:
        """Return the boxes of letters as pdfium has them: left, top, right, bottom; y grows upwards."""
        get_box = fast_call("FPDFText_GetLooseCharBox", None, c_void_p, c_int, c_void_p)
        boxes = np.zeros((*indexes.shape, 4), np.float32)
        addresses = range(boxes.ctypes.data, boxes.ctypes.data + boxes.nbytes, 16)
        deque(map(get_box, repeat(self._handle), indexes.ravel().tolist(), addresses), maxlen=0)
        boxes[np.isnan(boxes)] = 0
        return boxes.astype(np.float64).clip(-_FAR, _FAR)

    def order_right_to_left(self, starts: Indexes, ends: Indexes) -> None:
        """Reverse the words of Hebrew and Arabic that pdfium has in the order of the page, from the left."""
        if self.text.isascii() or not _RTL.search(self.text):
            return
        text = list(self.text)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if end - start > 1 and _RTL_WORD.fullmatch(self.text, start, end):
                boxes = self.boxes(np.arange(start, end))
                steps = np.sign(np.diff(boxes[:, 0] + boxes[:, 2]))
                if steps.sum() > 0:
                    text[start:end] = reversed(text[start:end])
        self.text = "".join(text)

    def runs(self, words: _Words) -> Iterator[Run]:
        """Yield the runs of words in one direction."""
        boxes, heights = words.boxes, words.heights
        tallest = np.maximum(heights[:-1], heights[1:])
        gaps = boxes[1:, 0] - boxes[:-1, 2]
        is_apart = gaps > (RUN_GAP + _SPACED_WORD_SPACES * _letter_spacing(words)) * tallest
        is_apart |= (gaps < -tallest) | (np.abs(boxes[1:, 1] - boxes[:-1, 1]) > tallest)
        is_other_line = words.lines[1:] != words.lines[:-1]
        rtl = {words.lines[word] for word in self._words_from_right(words)}
        if rtl:  # pdfium has put their letters in reading order
            is_apart &= ~np.isin(words.lines[1:], list(rtl))
        cuts = np.concatenate(([0], np.flatnonzero(is_apart | is_other_line) + 1))
        ends = np.append(cuts[1:], len(boxes))
        lows, highs = np.minimum.reduceat(boxes, cuts), np.maximum.reduceat(boxes, cuts)
        joined = np.column_stack((lows[:, :2], highs[:, 2:])).tolist()
        sizes = np.maximum.reduceat(heights, cuts).tolist()
        text, starts, stops = self.text, words.starts.tolist(), words.ends.tolist()
        lengths = [0, *np.cumsum(words.ends - words.starts).tolist()]  # of all words before each
        for first, end, box, size in zip(cuts.tolist(), ends.tolist(), joined, sizes, strict=True):
            start, stop = starts[first], stops[end - 1]
            word_boxes: Boxes | None = boxes[first:end]
            if end - first >= _MIN_SPACED_LETTERS and lengths[end] - lengths[first] == end - first:
                spaced = [text[starts[word] : stops[word]] for word in range(first, end)]
                run_text = _join_spaced(spaced, gaps[first : end - 1].tolist())
                word_boxes = None
            elif stop - start == lengths[end] - lengths[first] + end - first - 1:
                run_text = text[start:stop]  # there is one space between the words
            else:
                run_text = " ".join(text[starts[word] : stops[word]] for word in range(first, end))
            if text[stop : stop + 1] == LINE_END_HYPHEN:
                run_text += LINE_END_HYPHEN
            is_bold, is_monospaced = self._font(start)
            ends_bold = is_bold
            if end - first > 1:
                ends_bold, ends_monospaced = self._font(starts[end - 1])
                # A line of prose may begin with a word that is set like code.
                is_monospaced = is_monospaced and ends_monospaced and self._font(starts[(first + end) // 2])[1]
            font_size = self._font_size(start, size)
            yield Run(run_text, tuple(box), size, font_size, is_bold, is_monospaced, ends_bold, word_boxes)

    def _words_from_right(self, words: _Words) -> Iterator[int]:
        if not self.text.isascii() and _RTL.search(self.text):
            for word, (start, end) in enumerate(zip(words.starts.tolist(), words.ends.tolist(), strict=True)):
                if _RTL.search(self.text, start, end):
                    yield word

    def _font(self, index: int) -> tuple[bool, bool]:
        """Return whether the font of a letter is bold, and whether it is monospaced."""
        self._get_font(self._handle, index, *self._font_arguments)
        return _style(self._name.value, self._flags.value)

    def _font_size(self, index: int, height: float) -> float:
        """Return the size of the font of a letter; its height where pdfium cannot tell, as in fonts of drawings."""
        size = self._get_font_size(self._handle, index)
        if self._get_matrix(self._handle, index, self._matrix_address):
            size *= math.hypot(self._matrix[2], self._matrix[3])
        return size if size > 0 and _MIN_HEIGHT <= height / size <= _MAX_HEIGHT else height

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
    gaps = (boxes[1:, 0] - boxes[:-1, 2]).tolist()
    limit = max(0.0, median(gaps)) + _GLUED_GAP * median((boxes[:, 3] - boxes[:, 1]).tolist())
    cuts = [0, *(number for number, gap in enumerate(gaps, start=1) if gap > limit), len(boxes)]
    if len(cuts) - 2 > len(boxes) / _MIN_LETTERS_PER_WORD:  # the gaps are those of spaced letters
        cuts = [0, len(boxes)]
    for first, end in pairwise(cuts):
        yield start + first, start + end, _join(boxes[first], boxes[end - 1])


def _letter_spacing(words: _Words) -> Boxes:
    """Return by how much the letters of each word and of the next one are spaced, about, in em."""
    widths = words.boxes[:, 2] - words.boxes[:, 0]
    pitch = widths / ((words.ends - words.starts) * np.maximum(words.heights, 1e-6))
    spacing: Boxes = np.maximum(np.minimum(pitch[:-1], pitch[1:]) - _WIDE_PITCH, 0)
    return spacing


def _join_spaced(letters: list[str], gaps: list[float]) -> str:
    """Return the text that spaced letters with these gaps between them are meant to be."""
    limit = _SPACED_WORD_GAP * max(0.0, median(gaps))
    spaces = [" " if gap > limit else "" for gap in gaps]
    found = letters[0] + "".join(space + letter for space, letter in zip(spaces, letters[1:], strict=True))
    longest = max(found.split(" "), key=len)
    is_word = found.replace(" ", "").isalpha() and (
        len(longest) >= _MIN_UNKNOWN_SPACED_LETTERS or (len(longest) >= _MIN_SPACED_LETTERS and is_known_word(longest))
    )
    return found if is_word else " ".join(letters)


def _split_lines(edges: Boxes, lines: Indexes) -> Indexes:
    """Return the number of the line of each word, where lines that pdfium takes for one are several.

    pdfium joins the end of a line to the beginning of another one where a program has set each letter apart.

    Args:
        edges: The boxes of the first and of the last letter of each word, (2, words, 4).
        lines: The number of pdfium's line of each word.
    """
    sizes = np.abs(edges[..., 2:] - edges[..., :2]).max(axis=-1)
    moves = np.abs(edges[0, 1:, :2] - edges[1, :-1, :2])
    is_far = moves > _FAR_MOVE * np.maximum(sizes[0, 1:], sizes[1, :-1])[:, None]
    jumps: Indexes = np.concatenate(([0], np.cumsum(is_far.all(axis=-1))))
    return lines + jumps


def _directions(first: Boxes, last: Boxes, lines: Indexes) -> Indexes:
    """Return the direction of the line of each word, in anticlockwise quarter turns."""
    begins = np.flatnonzero(lines[1:] != lines[:-1]) + 1
    heads, tails = np.concatenate(([0], begins)), np.append(begins, len(lines)) - 1
    moves = last[tails] - first[heads]
    across, upward = moves[:, 0] + moves[:, 2], moves[:, 1] + moves[:, 3]
    if (across >= np.abs(upward)).all():
        return np.zeros(len(lines), np.int64)
    is_flat = np.abs(across) >= np.abs(upward)
    # A line from the right to the left is one of Hebrew or Arabic unless its letters hang upside down.
    is_turned = (across < 0) & (first[heads, 1] < first[heads, 3])
    turns = np.where(is_flat, np.where(is_turned, 2, 0), np.where(upward > 0, 1, 3))
    return np.repeat(turns, tails - heads + 1)


def _turned(boxes: Boxes, turn: int) -> Boxes:
    """Return boxes of pdfium in the coordinates of runs of a direction."""
    lows, highs = np.minimum(boxes[..., :2], boxes[..., 2:]), np.maximum(boxes[..., :2], boxes[..., 2:])
    left, bottom, right, top = lows[..., 0], lows[..., 1], highs[..., 0], highs[..., 1]
    edges = (
        (left, -top, right, -bottom),
        (bottom, left, top, right),
        (-right, bottom, -left, top),
        (-top, -right, -bottom, -left),
    )
    return np.stack(edges[turn], axis=-1)


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
