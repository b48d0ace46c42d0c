"""Runs: words that pdfium has in the order of the page."""

import numpy as np
from numpy.typing import NDArray

from docsight.documents.formats.pdf.text_runs import _directions, _Letters, _split_lines


class Letters(_Letters):
    """Letters of a page, each 10 points wide, from left to right or from right to left."""

    def __init__(self, text: str, step: int) -> None:
        self.text = text
        self._step = step

    def boxes(self, indexes: NDArray[np.int64]) -> NDArray[np.float64]:
        lefts = self._step * indexes.astype(float)
        return np.stack((lefts, lefts * 0, lefts + 10, lefts * 0 + 10), axis=-1)


def test_words_of_arabic_in_the_order_of_the_page_are_reversed() -> None:
    word, number = "\u0645\u0631\u062d\u0628\u0627", "2024"
    for text, step in ((word[::-1], 10), (word, -10)):
        letters = Letters(f"{text} {number}", step)
        letters.order_right_to_left(np.array([0, 6]), np.array([5, 10]))
        assert letters.text == f"{word} {number}"


def test_end_of_a_line_and_beginning_of_the_next_are_two_lines() -> None:
    """pdfium joins them where a browser has set each letter apart, and the way from one to the other goes upwards."""
    words = np.array([(101, 747, 107, 758), (34, 726, 49, 737), (52, 726, 83, 737)], float)  # "r," and "We invoice"
    edges = np.stack((words, words))
    edges[0, :, 2] = words[:, 0] + 6
    edges[1, :, 0] = words[:, 2] - 6
    lines = _split_lines(edges, np.zeros(3, np.int64))
    assert lines.tolist() == [0, 1, 1]
    assert _directions(edges[0], edges[1], lines).tolist() == [0, 0, 0]


def test_words_of_a_line_that_goes_up_are_one_line() -> None:
    words = np.array([(100, 100, 110, 140), (100, 144, 110, 190)], float)
    edges = np.stack((words, words))
    edges[0, :, 3] = words[:, 1] + 6
    edges[1, :, 1] = words[:, 3] - 6
    lines = _split_lines(edges, np.zeros(2, np.int64))
    assert lines.tolist() == [0, 0]
    assert _directions(edges[0], edges[1], lines).tolist() == [1, 1]
