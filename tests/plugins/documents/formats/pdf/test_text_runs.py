"""Runs: words that pdfium has in the order of the page."""

import numpy as np
from numpy.typing import NDArray

from docsight.documents.formats.pdf.text_runs import _Letters


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
