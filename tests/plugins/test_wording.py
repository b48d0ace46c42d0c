"""How messages are worded."""

import pytest

from docsight.cli.survey_text import describe_survey
from docsight.documents import Progress
from docsight.documents.dry_run import FormatVolume, Survey
from docsight.wording import count_of


@pytest.mark.parametrize(
    ("number", "written"), [(0, "0 documents"), (1, "1 document"), (2, "2 documents"), (2000, "2,000 documents")]
)
def test_count_of_has_the_plural_of_all_numbers_but_one(number: int, written: str) -> None:
    assert count_of(number, "document") == written


def test_count_of_takes_an_irregular_plural() -> None:
    assert [count_of(number, "entity", "entities") for number in (1, 2)] == ["1 entity", "2 entities"]


def test_progress_counts_one_document() -> None:
    progress = Progress(documents=1, failed=0, words=3, files=1, fraction=1.0, seconds=2.0)
    assert str(progress).startswith("100%  1 document  0 failed  ")


def test_survey_counts_one_file_of_one_byte() -> None:
    survey = Survey(volumes={"text": FormatVolume(files=1, bytes=1)})
    assert [*describe_survey(survey)][:2] == ["Would read 1 file, 1 byte", "  text: 1 file, 1 byte"]
