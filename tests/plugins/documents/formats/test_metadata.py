"""The authors and dates that files state about themselves."""

import pytest

from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.office.properties import read_properties


def test_authors_are_listed_once() -> None:
    assert make_metadata(["Ada\u200b; Grace  Hopper;", None, "Ada"]).authors == ("Ada", "Grace Hopper")
    assert len(make_metadata([";".join(map(str, range(10_000)))]).authors) == 100


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05+00:00"),
        ("2024-01-02T03:04:05.123456789", "2024-01-02T03:04:05"),
        ("2024-01-02", "2024-01-02"),
        ("D:20240102030405-05'30'", "2024-01-02T08:34:05+00:00"),
        ("D:20240102030405Z", "2024-01-02T03:04:05+00:00"),
        ("D:2024", "2024-01-01"),
        ("Tue, 2 Jan 2024 03:04:05 +0100", "2024-01-02T02:04:05+00:00"),
        ("D:20249902030405", ""),
        ("D:20240102030405+99'99'", ""),
        ("soon", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_dates_are_written_as_iso_8601(written: str | None, expected: str) -> None:
    assert make_metadata([], written).created == expected


def test_properties_of_office_files_may_be_missing_or_damaged() -> None:
    pytest.importorskip("lxml")
    assert read_properties(None)[0] == read_properties(b"<broken")[0] == ""
    title, metadata = read_properties(
        b"<office:document-meta xmlns:office='o' xmlns:dc='d' xmlns:meta='m'><dc:title>Minutes</dc:title>"
        b"<meta:initial-creator>Ada</meta:initial-creator><dc:creator>Grace</dc:creator>"
        b"<meta:creation-date>2024-01-02T03:04:05</meta:creation-date></office:document-meta>"
    )
    assert (title, metadata.authors, metadata.created) == ("Minutes", ("Ada", "Grace"), "2024-01-02T03:04:05")
