"""The lines and directions of words on a page, by their boxes."""

import numpy as np

from docsight.documents.formats.pdf.text_boxes import split_lines, text_directions


def test_end_of_a_line_and_beginning_of_the_next_are_two_lines() -> None:
    """pdfium joins them where a browser has set each letter apart, and the way from one to the other goes upwards."""
    words = np.array([(101, 747, 107, 758), (34, 726, 49, 737), (52, 726, 83, 737)], float)  # "r," and "We invoice"
    edges = np.stack((words, words))
    edges[0, :, 2] = words[:, 0] + 6
    edges[1, :, 0] = words[:, 2] - 6
    lines = split_lines(edges, np.zeros(3, np.int64))
    assert lines.tolist() == [0, 1, 1]
    assert text_directions(edges[0], edges[1], lines).tolist() == [0, 0, 0]


def test_words_of_a_line_that_goes_up_are_one_line() -> None:
    words = np.array([(100, 100, 110, 140), (100, 144, 110, 190)], float)
    edges = np.stack((words, words))
    edges[0, :, 3] = words[:, 1] + 6
    edges[1, :, 1] = words[:, 3] - 6
    lines = split_lines(edges, np.zeros(2, np.int64))
    assert lines.tolist() == [0, 0]
    assert text_directions(edges[0], edges[1], lines).tolist() == [1, 1]
