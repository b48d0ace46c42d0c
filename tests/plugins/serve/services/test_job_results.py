import io
import zipfile

import pytest

from docsight.documents.store import DOCUMENTS, ERRORS
from docsight.serve.services import job_results
from docsight.serve.services.job_record import JobRecord
from docsight.serve.services.job_results import read_results, zip_redacted


@pytest.fixture
def job(tmp_path):
    job = JobRecord(tmp_path / "job")
    job.results.mkdir(parents=True)
    (job.results / DOCUMENTS).write_text('{"path": "a.txt"}\n{"path": "b.txt"}\n')
    (job.results / ERRORS).write_text("")
    (job.redacted / ".docsight").mkdir(parents=True)
    (job.redacted / "mail").mkdir()
    (job.redacted / "mail" / "a.txt").write_text("<PERSON>")
    (job.redacted / ".docsight" / "plan.json").write_text("{}")
    return job


def test_results_are_the_lines_of_both_files(job):
    assert read_results(job) == {"documents": [{"path": "a.txt"}, {"path": "b.txt"}], "errors": []}


def test_results_that_are_too_large_for_an_answer_are_none(job, monkeypatch):
    monkeypatch.setattr(job_results, "_MAX_ANSWERED_BYTES", 10)
    assert read_results(job) is None


def test_archive_has_the_redacted_texts_without_the_files_of_the_run(job):
    with zipfile.ZipFile(io.BytesIO(zip_redacted(job))) as archive:
        assert archive.namelist() == ["mail/a.txt"]
        assert archive.read("mail/a.txt") == b"<PERSON>"
