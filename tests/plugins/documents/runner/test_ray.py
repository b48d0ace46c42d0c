"""The engine "ray"."""

import json
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from docsight.documents import process
from docsight.documents.formats import FORMATS
from docsight.documents.inputs import InputFile
from docsight.documents.pipeline import Pipeline
from docsight.documents.runner import plan as planning
from docsight.documents.runner import ray as ray_engine
from docsight.documents.runner.settings import RunOptions, WorkerSettings
from docsight.documents.runner.shards import FileEntry, Shard
from docsight.documents.runner.work_items import WorkItem
from docsight.errors import BundleError, ConfigError, MissingExtraError

# What a worker runs: it records its process and its finished work, and reacts to certain words in a text.
CODE = """
import os, signal, time
from pathlib import Path
from spacy.language import Language
from spacy.tokens import Span
from docsight.errors import BundleError

FOLDER = Path(__file__).parent

def note(name, line):
    with (FOLDER / name).open("a") as file:
        file.write(f"{line}\\n")

def parent(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))

note("pids", os.getpid())

@Language.component("obeys")
def obeys(doc):
    if "crash" in doc.text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "lose" in doc.text and not (FOLDER / "lost").exists():
        (FOLDER / "lost").touch()
        os.kill(parent(parent(os.getpid())), signal.SIGKILL)  # the fork server, the actor
        time.sleep(100)
    if doc._.source:  # the text with which a worker warms up has none
        note("done", doc._.source["path"])
    doc.ents = [Span(doc, token.i, token.i + 1, label="NAME") for token in doc if token.is_title]
    return doc

@Language.factory("has_no_model_in_ray")
def make_has_no_model_in_ray(nlp, name):
    raise BundleError("no model here")
"""


@pytest.fixture
def work_item(tmp_path: Path) -> WorkItem:
    form = next(form for form in FORMATS if ".txt" in form.suffixes)
    return WorkItem(
        file=InputFile(path=tmp_path / "a\udcff.txt", name="a\\xff.txt", format=form, size=3), start=2, sha256="0f"
    )


@pytest.fixture
def settings(tmp_path: Path) -> WorkerSettings:
    return WorkerSettings(options=RunOptions(workers=2), folder=tmp_path)


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    code = tmp_path / "code" / "code.py"
    code.parent.mkdir()
    code.write_text(CODE, encoding="utf-8")
    return Pipeline(components=("obeys",), code=str(code))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of eight texts, two per job."""
    monkeypatch.setattr(planning, "MAX_JOB_FILES", 2)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text(f"Then Ada wrote letter {number} to London.", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Start a cluster with room for two actors, and stop it."""
    ray = pytest.importorskip("ray")
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def manifest(out: Path) -> list[dict[str, Any]]:
    return [{**line, "seconds": 0} for line in lines(out / "manifest.jsonl")]


def noted(pipeline: Pipeline, name: str) -> list[str]:
    return (Path(str(pipeline.code)).parent / name).read_text(encoding="utf-8").split()


def wait_for(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while not is_so() and time.monotonic() < until:
        time.sleep(0.1)
    return is_so()


def are_gone(pipeline: Pipeline) -> bool:
    """Return whether all processes that ever loaded the pipeline are gone; zombies count as gone."""

    def is_gone(pid: str) -> bool:
        try:
            return "State:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except OSError:
            return True

    return wait_for(lambda: all(is_gone(pid) for pid in noted(pipeline, "pids") if int(pid) != os.getpid()))


def test_rows_round_trip_a_job(work_item: WorkItem) -> None:
    row = ray_engine.encode(7, (work_item,))
    assert {type(value) for value in row.values()} == {int, bytes}
    assert ray_engine.decode(row) == (7, (work_item,))


def test_rows_round_trip_the_shards_of_a_job() -> None:
    entry = FileEntry(name="a\\xff.txt", size=3, sha256=None, next=4, status="failed", error="OSError", seconds=0.25)
    shards = [
        Shard(name="00ff", fingerprint="f", has_docs=True, entries=[entry]),
        Shard(name="1", fingerprint="", has_docs=False),
    ]
    row = ray_engine.encode(7, shards)
    assert {type(value) for value in row.values()} == {int, bytes}
    assert ray_engine.decode(row) == (7, shards)


@pytest.mark.parametrize("error", [BundleError("no model"), MissingExtraError("This", "ocr")])
def test_rows_round_trip_an_error(error: Exception) -> None:
    number, decoded = ray_engine.decode(ray_engine.encode(7, error))
    assert (number, type(decoded), str(decoded)) == (7, type(error), str(error))


def test_run_ray_names_the_missing_extra(
    work_item: WorkItem, settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"docsight\[ray\]"):
        next(ray_engine.run_ray(iter([(work_item,)]), Pipeline(), settings, workers=2, address=None))


def test_run_ray_starts_nothing_without_jobs(settings: WorkerSettings) -> None:
    assert list(ray_engine.run_ray(iter([]), Pipeline(), settings, workers=2, address=None)) == []


def test_run_ray_refuses_an_address_without_a_cluster() -> None:
    for address in ("127.0.0.1:1", "ray://127.0.0.1:1", "127.0.0.1:99999"):
        with pytest.raises(ConfigError, match="is the cluster running"):
            ray_engine._check_address(address)
    ray_engine._check_address("auto")


def test_run_ray_reports_an_error_of_ray_in_one_line() -> None:
    ray = SimpleNamespace(exceptions=SimpleNamespace(RayError=RuntimeError))
    with (
        pytest.raises(ConfigError, match=r"^Ray failed: ModuleNotFoundError: No module named 'docsight'; "),
        ray_engine._one_line_errors(ray),
    ):
        raise RuntimeError("The actor died\n  in a file\nModuleNotFoundError: No module named 'docsight'\n\n")


def test_run_ray_requires_a_folder_that_all_nodes_share(
    settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_engine, "_MAX_SHARD_DELAY", 0.0)
    with pytest.raises(ConfigError, match="all nodes share"):
        ray_engine._wait_for(settings.folder, Shard(name="elsewhere", fingerprint="", has_docs=False))


def test_run_ray_sends_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved").mkdir()
    settings = WorkerSettings(options=RunOptions(workers=2), folder=Path("out"))
    sent = ray_engine._with_absolute_paths(Pipeline(path="saved", code="code.py"), settings)
    assert sent[1].folder == tmp_path / "out"
    assert (sent[0].path, sent[0].code) == (str(tmp_path / "saved"), str(tmp_path / "code.py"))
    package = Pipeline(path="en_package")
    assert ray_engine._with_absolute_paths(package, sent[1]) == (package, sent[1])
    assert pickle.loads(pickle.dumps(sent)) == sent


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_process_with_ray_equals_process_without(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    (folder / "damaged.txt").write_bytes(b"a\0b")
    plain, ray = tmp_path / "plain", tmp_path / "ray"
    process(folder, pipeline, plain)
    summary = process(folder, pipeline, ray, workers=2, engine="ray")
    assert (summary.documents, summary.failed) == (8, 1)
    for name in ("documents.jsonl", "errors.jsonl"):
        assert (ray / name).read_bytes() == (plain / name).read_bytes()
    assert manifest(ray) == manifest(plain)
    assert len(lines(ray / "documents.jsonl")[0]["entities"]) == 3
    assert are_gone(pipeline)


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_process_with_ray_fails_only_what_kills_its_process(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    (folder / "3.txt").write_text("Now crash.", encoding="utf-8")
    summary = process(folder, pipeline, tmp_path / "out", workers=2, engine="ray")
    assert (summary.documents, summary.failed) == (7, 1)
    (error,) = lines(tmp_path / "out" / "errors.jsonl")
    assert (error["path"], error["error"]) == ("3.txt", "WorkerDied")


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="finds the actor in /proc")
def test_process_with_ray_repeats_a_job_whose_actor_is_lost(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    (folder / "3.txt").write_text("Now lose the actor.", encoding="utf-8")
    summary = process(folder, pipeline, tmp_path / "out", workers=2, engine="ray")
    assert (summary.documents, summary.failed) == (8, 0)
    assert [line["path"] for line in lines(tmp_path / "out" / "documents.jsonl")] == [f"{n}.txt" for n in range(8)]
    assert noted(pipeline, "done").count("3.txt") == 1
    assert len(noted(pipeline, "pids")) == 3
    assert are_gone(pipeline)


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_process_with_ray_continues_an_interrupted_run(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        process(folder, pipeline, out, workers=2, engine="ray", on_progress=interrupt)
    assert are_gone(pipeline)
    before = noted(pipeline, "done")
    summary = process(folder, pipeline, out, workers=2, engine="ray")
    assert (summary.documents, summary.failed) == (8, 0)
    assert summary.kept >= 2  # at least the job that was reported
    assert len(noted(pipeline, "done")) == len(before) + 8 - summary.kept


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_process_with_ray_raises_what_the_pipeline_raises(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    for component, error, message in (
        ("has_no_model_in_ray", BundleError, "^no model here$"),
        ("unheard_of", ConfigError, "cannot load a pipeline"),
    ):
        broken = Pipeline(components=(component,), code=pipeline.code)
        with pytest.raises(error, match=message):
            process(folder, broken, tmp_path / "out", workers=2, engine="ray")


@pytest.mark.slow
def test_process_with_ray_starts_a_cluster_and_stops_it(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    ray.shutdown()  # that of earlier tests; this one is the last to need it
    summary = process(folder, pipeline, tmp_path / "out", workers=2, engine="ray")
    assert (summary.documents, summary.failed) == (8, 0)
    assert not ray.is_initialized()
    assert are_gone(pipeline)
