"""The reading order of runs: cells beside cells."""

import random
from time import process_time

from docsight.documents.formats.pdf.reading_order import _count_beside
from docsight.documents.formats.pdf.text_lines import TextLine
from docsight.documents.formats.pdf.text_runs import Run


def run(text: str, left: float, top: float, right: float, height: float = 10) -> Run:
    return Run(text, (left, top, right, top + height), 10, 10)


def test_lines_are_beside_others_that_overlap_and_have_any_height() -> None:
    draw = random.Random(1)

    def lines() -> list[TextLine]:
        runs = [run("Mill", 0, draw.uniform(0, 200), 40, draw.uniform(1, 40)) for _ in range(draw.randrange(9))]
        return [TextLine([one], one.box, 10) for one in runs]

    for _ in range(200):
        some, others = lines(), lines()
        middles = [(line.box[1] + line.box[3]) / 2 for line in some]
        expected = sum(any(other.box[1] < middle < other.box[3] for other in others) for middle in middles)
        assert _count_beside(some, others) == expected


def test_long_columns_take_little_time() -> None:
    runs = [run("Mill", 0, 12 * row, 40) for row in range(20_000)]
    lines = [TextLine([one], one.box, 10) for one in runs]
    start = process_time()
    assert _count_beside(lines, lines) == len(lines)
    assert process_time() - start < 5  # 0.1 on an idle core; minutes if each line were compared with all others
