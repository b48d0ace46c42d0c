"""Docs as rows of words for `rnn_ner`: without white space, as corrected, with the ends of lines and cells.

A token that contains markup is several words; see `docsight.components.token_splits`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from spacy.attrs import ORTH, SENT_START, SPACY
from spacy.tokens import Doc

from docsight import attributes
from docsight.components.address_tokens import address_tokens, is_address_part
from docsight.components.corrected_words import corrected_words
from docsight.components.token_splits import TokenPiece, markup_pieces
from docsight.text_layout import text_layout
from docsight.vocab import CELL_END, LINE_END, Vocab

# Every text of several lines or cells, or with quote marks, has a token that matches; few other texts have.
_LAYOUT = re.compile(r"[\t-\r\x1c-\x1e\x85\xa0\u2028\u2029]|  |^>")
_UNWRAPPED_FORMATS = ("docx", "pptx")  # their readers write line breaks only where lines end

WordAt = Callable[[int], str]  # returns a word of a row


class WordRow(NamedTuple):
    """A Doc as the network reads it."""

    words: np.ndarray  # (words,), indices into the distinct words of all Docs
    tokens: np.ndarray  # (words,), the token of each word; -1 for one that stands for the end of a line or a cell
    breaks: list[int]  # the words that no entity continues beyond, in order
    outside: list[int]  # the words that are in no entity, in order
    pieces: dict[int, TokenPiece]  # the characters of its token that a word covers, of words that are a part of one


class _WordNumbers(dict[str, int]):
    """The number of each distinct word; a word that is looked up and has none is appended to the list of words."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> int:
        if not self:  # most Docs have no word to look up
            self.update((known, number) for number, known in enumerate(self._words))
        if word not in self:
            self[word] = len(self._words)
            self._words.append(word)
        return self[word]


class _Ends(NamedTuple):
    """The tokens before which something ends."""

    lines: list[int]
    cells: list[int]


class _WordKinds(NamedTuple):
    """Which of the distinct words of some Docs are what, (words,) each."""

    is_space: np.ndarray
    is_bar: np.ndarray  # between the cells of a table
    is_mark: np.ndarray  # before quoted lines
    is_hash: np.ndarray  # before headings of Markdown
    has_layout: np.ndarray  # a text that has one of them may have several lines or cells
    in_address: np.ndarray


def collect_rows(
    docs: Sequence[Doc], vocab: Vocab, *, use_corrections: bool, split_markup: bool, skip_addresses: bool = False
) -> tuple[list[str], list[WordRow]]:
    """Return the distinct words of Docs, and each Doc as a row of them.

    If the vocabulary contains `LINE_END`, it is a word of the rows where a line ends, and `CELL_END` where a cell ends;
    without `CELL_END`, cells end like lines. Without either, the word before is in `breaks`.

    Args:
        docs: The Docs.
        vocab: The words of the network.
        use_corrections: Whether words are read as corrected.
        split_markup: Whether a token that contains markup is several words, except in a Doc that was made of words.
        skip_addresses: Whether no entity contains a token of an address, a path or a reference to a manual page.
    """
    words, index = _distinct_words(docs)
    kinds = _kinds_of(words, skip_addresses=skip_addresses)
    # What texts consist of: each word, and each word with the space after it. `Doc.text` makes an object of each token.
    texts = [*words, *(f"{word} " for word in words)] if kinds.has_layout.any() else []
    num_distinct, sizes = len(words), np.array([len(text) for text in texts], dtype=np.int64)
    pieces_of = _pieces_of(words) if split_markup else {}
    layout_words = _add_layout_words(words, vocab)
    numbers = _WordNumbers(words)
    rows: list[WordRow] = []
    offsets = accumulate((len(doc) for doc in docs), initial=0)
    for doc, start in zip(docs, offsets, strict=False):
        row = np.array(index[start : start + len(doc)])
        is_word, bars, ends = ~kinds.is_space[row], np.flatnonzero(kinds.is_bar[row]), _Ends([], [])
        marks = _heading_marks(doc, np.flatnonzero(kinds.is_hash[row]).tolist())
        addresses = address_tokens(doc, np.flatnonzero(kinds.in_address[row]).tolist())
        outside = sorted({*bars.tolist(), *marks, *addresses})
        if kinds.has_layout[row].any():
            with_space = row + num_distinct * doc.to_array(SPACY).astype(np.int64)
            text = "".join([texts[at] for at in with_space.tolist()])
            ends, is_quoting = _read_layout(doc, text, sizes[with_space])
            is_word &= ~(is_quoting & kinds.is_mark[row])
        if use_corrections and (corrected := corrected_words(doc, vocab)):
            for token, word in corrected:
                row[token] = numbers[word]
        if layout_words is not None:
            row[bars] = layout_words[1]
        word_row = _make_row(row, is_word, outside, ends, _sentence_starts(doc), layout_words)
        is_split = bool(pieces_of) and not _has_own_tokens(doc)
        rows.append(_split_words(word_row, pieces_of, words, numbers) if is_split else word_row)
    return words, rows


def _distinct_words(docs: Sequence[Doc]) -> tuple[list[str], np.ndarray]:
    """Return the distinct words of Docs, and which of them each token of all Docs is, (tokens,)."""
    joined = np.concatenate([*(doc.to_array(ORTH) for doc in docs), np.zeros(0, np.uint64)])
    distinct, first, index = np.unique(joined, return_index=True, return_inverse=True)
    # The string of a word is looked up in its own Doc, which after pickling may have its own vocabulary.
    owners = np.searchsorted(np.cumsum([len(doc) for doc in docs]), first, side="right")
    return [docs[owner].vocab.strings[int(key)] for key, owner in zip(distinct, owners, strict=True)], index


def _kinds_of(words: Sequence[str], *, skip_addresses: bool) -> _WordKinds:
    kinds = np.zeros((len(_WordKinds._fields), len(words)), dtype=bool)
    is_space, is_bar, is_mark, is_hash, has_layout, in_address = kinds
    for at, word in enumerate(words):
        if not word.isalnum():  # most words are
            is_space[at] = word.isspace() or not word
            is_bar[at] = word[:1] == "|" and not word.strip("|")
            is_mark[at] = word[:1] == ">" and not word.strip(">")
            is_hash[at] = word[:1] == "#" and not word.strip("#")
            has_layout[at] = _LAYOUT.search(word) is not None
            in_address[at] = skip_addresses and is_address_part(word)
    return _WordKinds(*kinds)


def _add_layout_words(words: list[str], vocab: Vocab) -> tuple[int, int] | None:
    """Add the words for the end of a line and of a cell; return their numbers, or None if the network reads neither."""
    if LINE_END not in vocab:
        return None
    line_end = len(words)
    words += [LINE_END, CELL_END] if CELL_END in vocab else [LINE_END]
    return line_end, len(words) - 1


def _make_row(
    row: np.ndarray,
    is_word: np.ndarray,
    outside_tokens: Sequence[int],
    ends: _Ends,
    sentences: Sequence[int],
    layout_words: tuple[int, int] | None,
) -> WordRow:
    """Make the row of a Doc.

    Args:
        row: (tokens,), indices into the distinct words.
        is_word: (tokens,), whether the network reads a token.
        outside_tokens: The tokens that no entity contains.
        ends: The tokens before which lines and cells end.
        sentences: The tokens with which sentences begin.
        layout_words: The distinct words for the end of a line and of a cell, or None if the network does not read them.
    """
    before = np.concatenate([[0], np.cumsum(is_word)])  # (tokens + 1,), the number of words before each token
    lines, cells, begins = (_inner_places(before, tokens) for tokens in (ends.lines, ends.cells, sentences))
    words, tokens, outside = row[is_word], np.flatnonzero(is_word), np.sort(before[list(outside_tokens)])
    places = np.array(sorted(lines | cells), dtype=np.int64)
    if layout_words is None or not len(places):
        return WordRow(words, tokens, [place - 1 for place in sorted(lines | cells | begins)], outside.tolist(), {})
    line_end, cell_end = layout_words
    layout = [line_end if place in lines else cell_end for place in places.tolist()]
    breaks = np.array(sorted(begins), dtype=np.int64) - 1
    return WordRow(
        words=np.insert(words, places, layout),
        tokens=np.insert(tokens, places, -1),
        breaks=(breaks + np.searchsorted(places, breaks, side="right")).tolist(),
        outside=sorted(
            [
                *(places + np.arange(len(places))).tolist(),
                *(outside + np.searchsorted(places, outside, side="right")).tolist(),
            ]
        ),
        pieces={},
    )


def _heading_marks(doc: Doc, hashes: Sequence[int]) -> list[int]:
    """Return which of the tokens of `#` signs begin a Markdown heading; in a Doc that was made of words, none does.

    spaCy makes several tokens of most marks such as `##`.
    """
    if not hashes or _has_own_tokens(doc):
        return []
    marks: list[int] = []
    mark: list[int] = []  # the tokens of the mark that begins the current line
    for at in hashes:
        if at == 0 or "\n" in doc[at - 1].text:
            mark = [at]
        elif mark and at == mark[-1] + 1:
            mark.append(at)
        else:
            mark = []
        if mark and doc[at].whitespace_:
            marks += mark
            mark = []
    return marks


def _has_own_tokens(doc: Doc) -> bool:
    """Return whether each token is followed by a space, as in a Doc that was made of words.

    Whoever made it counts on its tokens, so none is split.
    """
    return len(doc) > 1 and bool(doc.to_array(SPACY)[:-1].all())


def _pieces_of(words: Sequence[str]) -> dict[int, list[TokenPiece]]:
    """Return the pieces of the words that contain markup, by their number."""
    pieces = ((number, markup_pieces(word)) for number, word in enumerate(words) if not word.isalnum())
    return {number: found for number, found in pieces if found}


def _split_words(
    row: WordRow, pieces_of: Mapping[int, Sequence[TokenPiece]], words: Sequence[str], numbers: Mapping[str, int]
) -> WordRow:
    """Replace the words of a row that contain markup by their pieces.

    Args:
        row: The row.
        pieces_of: The pieces of distinct words.
        words: The distinct words.
        numbers: The number of each distinct word; a new one gets a number.
    """
    split = np.flatnonzero(np.isin(row.words, list(pieces_of)))
    if not len(split):
        return row
    counts = np.ones(len(row.words), dtype=np.int64)  # the words that each word becomes
    counts[split] = [len(pieces_of[int(row.words[at])]) for at in split]
    ends = np.cumsum(counts)
    new_words, pieces = np.repeat(row.words, counts), dict[int, TokenPiece]()
    for at in split:
        number = int(row.words[at])
        for place, piece in enumerate(pieces_of[number], start=int(ends[at] - counts[at])):
            new_words[place], pieces[place] = numbers[words[number][piece.start : piece.end]], piece
    markup = [place for place, piece in pieces.items() if piece.is_markup]
    return WordRow(
        words=new_words,
        tokens=np.repeat(row.tokens, counts),
        breaks=(ends[row.breaks] - 1).tolist(),
        outside=sorted({*chain.from_iterable(range(ends[at] - counts[at], ends[at]) for at in row.outside), *markup}),
        pieces=pieces,
    )


def _inner_places(before: np.ndarray, tokens: Sequence[int]) -> set[int]:
    """Return the numbers of words before the given tokens, without those that have no word before or after them."""
    places: set[int] = set(before[list(tokens)].tolist())
    return places - {0, int(before[-1])}


def _read_layout(doc: Doc, text: str, sizes: np.ndarray) -> tuple[_Ends, np.ndarray]:
    """Return where lines and cells end, and whether each token begins in the marks before a quoted line, (tokens,).

    Args:
        doc: The Doc.
        text: Its text.
        sizes: (tokens,), the characters of each token and the space after it.
    """
    is_unwrapped = attributes.read_source(doc).get("format") in _UNWRAPPED_FORMATS
    layout = text_layout(text, may_wrap=not is_unwrapped)
    starts = np.cumsum(sizes) - sizes  # (tokens,), in characters
    ends = _Ends(*(np.searchsorted(starts, offsets).tolist() for offsets in (layout.line_ends, layout.cell_ends)))
    is_quoting = np.zeros(len(sizes), dtype=bool)
    for first, last in np.searchsorted(starts, layout.quote_marks).tolist():
        is_quoting[first:last] = True
    return ends, is_quoting


def _sentence_starts(doc: Doc) -> list[int]:
    """Return the tokens with which sentences begin, where sentence boundaries are annotated, but not the first."""
    if not doc.has_annotation("SENT_START"):
        return []
    starts: list[int] = np.flatnonzero(doc.to_array(SENT_START) == 1).tolist()
    return starts
