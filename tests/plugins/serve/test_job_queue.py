"""The queue of jobs, with a run that the tests control; `test_documents` runs real ones."""

import threading
import time

import pytest

from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.progress import Progress
from docsight.documents.runner.warm_worker import CancelledRunError
from docsight.errors import BundleError, ConfigError
from docsight.serve.services import job_queue
from docsight.serve.services.job_queue import JobQueue, QueueFullError


class Run:
    """Stands for `run_documents`: each run waits until it is let go, or cancelled."""

    def __init__(self):
        self.may_end, self.begun, self.error = threading.Event(), threading.Semaphore(0), None
        self.inputs = []

    def __call__(self, paths, pipeline, out, options, *, redact, worker, on_progress):
        self.inputs.append(paths)
        self.begun.release()
        while not self.may_end.wait(0.01):
            on_progress(Progress(documents=1, failed=0, words=9, files=2, fraction=0.5, seconds=1.0))
            if worker._is_closed:
                raise CancelledRunError("closed")
        if self.error is not None:
            raise self.error
        (out / "..").resolve().joinpath("results").mkdir(exist_ok=True)


@pytest.fixture
def run(monkeypatch):
    run = Run()
    monkeypatch.setattr(job_queue, "run_documents", run)
    return run


@pytest.fixture
def make_queue():
    queues = []

    def make(**options):
        queue = JobQueue(Pipeline(components=()), warm=False, **options)
        queues.append(queue)
        return queue

    yield make
    for queue in queues:
        queue.close()


def add(queue, **options):
    job = queue.make_job(**options)
    (job.input / "a.txt").write_text("Ada")
    job.files, job.bytes = 1, 3
    queue.add(job)
    return job


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_jobs_run_one_after_another(make_queue, run):
    queue = make_queue()
    first, second = add(queue), add(queue)
    assert run.begun.acquire(timeout=20)
    assert queue.position(second) == 0
    wait_for(lambda: first.progress is not None)
    assert first.progress["fraction"] == 0.5
    assert first.progress["remaining"] == 1.0
    run.may_end.set()
    wait_for(lambda: second.state == "done")
    assert first.state == "done"
    assert queue.expires(first) > time.time()


def test_full_queue_refuses_jobs(make_queue, run):
    queue = make_queue(max_jobs=2)
    add(queue)
    add(queue)
    assert queue.is_full
    with pytest.raises(QueueFullError):
        queue.make_job()
    run.may_end.set()
    wait_for(lambda: not queue.is_full)
    assert add(queue)


def test_failed_job_has_its_reason(make_queue, run):
    queue = make_queue()
    run.error = ConfigError("a setting is wrong")
    run.may_end.set()
    job = add(queue)
    wait_for(lambda: job.has_ended)
    assert (job.state, job.error) == ("failed", "a setting is wrong")


def test_unexpected_failure_does_not_show_its_message(make_queue, run):
    queue = make_queue()
    run.error = ZeroDivisionError("a secret")
    run.may_end.set()
    job = add(queue)
    wait_for(lambda: job.has_ended)
    assert job.state == "failed"
    assert "secret" not in job.error


def test_removed_jobs_end_and_leave_nothing(make_queue, run):
    queue = make_queue()
    running, waiting = add(queue), add(queue)
    assert run.begun.acquire(timeout=20)
    queue.remove(waiting)
    assert not waiting.folder.exists()
    queue.remove(running)
    wait_for(lambda: not running.folder.exists())
    assert running.state == waiting.state == "cancelled"
    assert queue.get(running.id) is None
    run.may_end.set()
    later = add(queue)
    wait_for(lambda: later.state == "done")


def test_ended_jobs_expire_and_others_do_not(make_queue, run, monkeypatch):
    monkeypatch.setattr(job_queue, "_SECONDS_BETWEEN_CLEANUPS", 0.02)
    queue = make_queue(lifetime=0.2)
    job = add(queue)
    assert run.begun.acquire(timeout=20)
    time.sleep(0.5)
    assert queue.get(job.id) is job
    run.may_end.set()
    wait_for(lambda: queue.get(job.id) is None)
    wait_for(lambda: not job.folder.exists())


def test_jobs_in_a_folder_are_kept_over_a_restart(make_queue, run, tmp_path, caplog):
    queue = make_queue(folder=tmp_path)
    running, waiting = add(queue), add(queue, redact=True)
    assert run.begun.acquire(timeout=20)
    queue.close()
    assert "before the end of 2 jobs, kept in" in caplog.text
    (tmp_path / "something else").mkdir()
    run.may_end.set()
    restarted = make_queue(folder=tmp_path)
    wait_for(lambda: restarted.get(waiting.id).state == "done")
    assert restarted.get(running.id).state == "done"
    assert restarted.get(waiting.id).redact
    assert restarted.get(running.id).secret == running.secret


def test_jobs_in_a_temporary_folder_are_said_to_be_lost(make_queue, run, caplog):
    queue = make_queue()
    job = add(queue)
    assert run.begun.acquire(timeout=20)
    queue.close()
    assert "before the end of 1 job, now lost" in caplog.text
    assert not job.folder.exists()


def test_worker_that_is_stopped_while_it_starts_is_no_warning(monkeypatch, caplog):
    is_starting = threading.Event()

    def warm_up(worker, folder):
        is_starting.set()
        while not worker._is_closed:
            time.sleep(0.01)
        raise BundleError("the process ended before it began")

    monkeypatch.setattr(job_queue.WarmWorker, "warm_up", warm_up)
    queue = JobQueue(Pipeline(components=()))
    assert is_starting.wait(20)
    queue.close()
    assert caplog.records == []


def test_folder_that_cannot_be_used_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot keep jobs"):
        JobQueue(Pipeline(components=()), folder=tmp_path / "file" / "jobs")
