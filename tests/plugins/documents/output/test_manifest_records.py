"""The records of the manifest: what several shards hold of a file, in one record."""

from docsight.documents.output.manifest_records import file_record, problem_record
from docsight.documents.problem import Problem
from docsight.documents.runner.shards import FileEntry


def test_file_record_adds_the_counts_of_all_shards_of_a_file() -> None:
    entries = [
        FileEntry(name="a.zip", size=9, next=2, documents=2, words=5, seconds=0.5, title="A"),
        FileEntry(name="a.zip", size=9, start=2, documents=1, words=3, seconds=0.25),
    ]
    record = file_record(entries, modified="2024-01-01T00:00:00+00:00", duplicate_of="b.zip")
    assert (record["path"], record["size"], record["title"], record["status"]) == ("a.zip", 9, "A", "ok")
    assert (record["documents"], record["words"], record["seconds"]) == (3, 8, 0.75)
    assert (record["modified"], record["duplicate_of"]) == ("2024-01-01T00:00:00+00:00", "b.zip")


def test_file_record_has_the_failure_of_any_shard() -> None:
    failed = FileEntry(name="a.zip", size=9, next=1, status="failed", error="DataError", message="It is damaged.")
    record = file_record([failed, FileEntry(name="a.zip", size=9, start=1)])
    assert (record["status"], record["error"], record["message"]) == ("failed", "DataError", "It is damaged.")


def test_file_record_counts_nothing_of_a_file_that_changed_while_it_was_read() -> None:
    entries = [FileEntry(name="a", size=1, next=1, documents=1), FileEntry(name="a", size=1, start=1, stale=True)]
    assert file_record(entries)["documents"] == 0


def test_problem_record_has_the_size_of_a_file_and_not_of_a_part() -> None:
    whole = problem_record(Problem(path="a", error="SkipError", message="no reader", skipped=True, size=7))
    part = problem_record(Problem(path="a", part="b.txt", error="DataError", message="damaged", size=7))
    assert (whole["size"], whole["part"], whole["status"]) == (7, "", "skipped")
    assert (part["size"], part["part"], part["status"]) == (0, "b.txt", "failed")
