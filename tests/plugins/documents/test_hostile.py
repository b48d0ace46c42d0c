"""Reading files that try to stop, trick or misuse their reader."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pebble
import pytest
import spacy

from docsight.documents import Problem, read

# The package test runs without the sources, so the corpus is beside the tests.
sys.path.append(str(Path(__file__).parent))
if not hasattr(os, "mkfifo"):
    pytest.skip("the corpus has files that exist on Unix only", allow_module_level=True)

from hostile_files import CASES, Case, write
from hostile_files.audit import Observation, load_readers_and_audit, read_audited
from hostile_files.case import CANARY, DOCUMENT, EITHER, FAILED, PARTLY

for _package in (
    "pyarrow",
    "pypdfium2",
    "docx",
    "pptx",
    "selectolax",
    "python_calamine",
    "olefile",
):
    pytest.importorskip(_package, reason="the extra documents is not installed")

MAX_SECONDS, MAX_SECONDS_SLOW = 90, 240  # for one file, on a busy machine
MAX_MEGABYTES = 1600  # for one file
OK, NOT_OK = "ok", ("failed", "timeout")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    (root / "canary").mkdir()
    (root / "canary" / "secret.txt").write_text(CANARY)
    return root


@pytest.fixture(scope="module")
def corpus(root: Path) -> dict[str, Case]:
    """The cases by the paths in the records; their files are in the folder `in`."""
    return write(root / "in")


@pytest.fixture(scope="module")
def observed(root: Path, corpus: dict[str, Case]) -> dict[str, Observation | BaseException]:
    before = snapshot(root)
    observed = read_all(root / "in", corpus, seconds=MAX_SECONDS)
    assert snapshot(root) == before
    return observed


def read_all(folder: Path, cases: dict[str, Case], *, seconds: float) -> dict[str, Observation | BaseException]:
    """Read every file in an audited process, which may die."""
    observed: dict[str, Observation | BaseException] = {}
    with pebble.ProcessPool(max_workers=1, initializer=load_readers_and_audit) as pool:
        running = {}
        for name, case in cases.items():
            path = folder / name.removesuffix(case.path_shown) / case.name
            running[name] = pool.schedule(read_audited, args=(os.fspath(path), case.says), timeout=seconds)
        for name, future in running.items():
            observed[name] = future.exception() or future.result()
    return observed


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return what changes about files and folders when something is written."""
    stats = {}
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):  # the path is too long
                info = os.lstat(os.path.join(root, name))
                stats[os.path.join(root, name)] = (info.st_mode, info.st_size, info.st_mtime_ns)
    return stats


def check_outcome(case: Case, result: Observation | BaseException) -> None:
    """Compare the result of reading a file with the expected outcome."""
    assert isinstance(result, Observation), f"{type(result).__name__}: {result}"
    assert result.wrong == []
    assert not result.has_canary
    assert result.megabytes <= MAX_MEGABYTES
    if case.is_exact and case.outcome != EITHER:
        allowed = {case.outcome, PARTLY} if case.outcome == DOCUMENT and not result.failed else {case.outcome}
        assert result.outcome in allowed, result.messages
    if case.is_exact and case.says:
        assert result.says, result.messages


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.slow], ids=ascii)
def test_hostile_file_has_the_expected_outcome(name, observed):
    case = CASES[name]
    result = observed.get(name.removesuffix(case.name) + case.path_shown)
    if result is None:
        pytest.skip("the package that writes the file is not installed")
    check_outcome(case, result)


def test_good_files_beside_hostile_ones_are_read(corpus, observed):
    for name, case in corpus.items():
        if name.startswith("good/"):
            check_outcome(case, observed[name])


def test_problem_of_an_error_without_a_message_has_one():
    assert Problem.of("a.txt", MemoryError()).message


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.slow], ids=ascii)
def test_large_hostile_file_has_the_expected_outcome_or_hits_a_limit(name, tmp_path):
    case = CASES[name]
    written = write(tmp_path, slow=True, only=name)
    if not written.get(name.removesuffix(case.name) + case.path_shown):
        pytest.skip("the package that writes the file is not installed")
    result = read_all(
        tmp_path, {name: written[name.removesuffix(case.name) + case.path_shown]}, seconds=MAX_SECONDS_SLOW
    )[name]
    # The limits of a run: time, memory, and the death of the process by either.
    assert isinstance(result, Observation | TimeoutError | MemoryError | pebble.ProcessExpired)
    if isinstance(result, Observation):
        assert result.wrong == []
        assert result.megabytes <= 2 * MAX_MEGABYTES


def test_read_gives_docs_of_files_with_strange_names(root, corpus):
    problems: list[Problem] = []
    docs = list(read([root / "in" / "names", root / "in" / "special"], on_problem=problems.append))
    paths = {doc._.source["path"] for doc in docs}
    assert {name for name in corpus if name.startswith("names/")} <= paths
    by_path = {problem.path: problem for problem in problems}
    assert by_path["special/zero.txt"].skipped
    assert by_path["special/loop/link.txt"].error == "OSError"
    assert by_path["special/dangling.txt"].error == "FileNotFoundError"
    for doc in docs:
        doc.to_bytes()


def test_read_survives_files_that_vanish_grow_and_shrink(tmp_path):
    for number in range(300):
        (tmp_path / f"{number:03}.txt").write_text("Ada Lovelace. " * 20)
    stop = threading.Event()

    def disturb() -> None:
        number = 299
        while not stop.is_set() and number > 0:
            path = tmp_path / f"{number:03}.txt"
            if number % 3 == 0:
                path.unlink()
            elif number % 3 == 1:
                path.write_text("Grown. " * 2000)
            else:
                os.truncate(path, 3)
            number -= 1

    thread = threading.Thread(target=disturb)
    problems: list[Problem] = []
    docs = []
    for at, doc in enumerate(read(tmp_path, on_problem=problems.append)):
        docs.append(doc)
        if at == 5:
            thread.start()
        if at == 50:
            thread.join()
    stop.set()
    assert len(docs) + len(problems) == 300
    assert {problem.error for problem in problems} <= {"FileNotFoundError", "DataError"}


@pytest.fixture(scope="module")
def pipeline(root: Path, tiny_imagecat: Path) -> Path:
    """A fast saved pipeline that classifies images."""
    nlp = spacy.blank("en")
    nlp.add_pipe("cnn_imagecat", config={"model": str(tiny_imagecat)})
    nlp.to_disk(root / "pipeline")
    return root / "pipeline"


@pytest.fixture
def no_network() -> list[str]:
    """A command prefix that removes network access, empty if this machine does not support it."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
        return command
    return []


def run(root: Path, pipeline: Path, out: Path, no_network: list[str], *options: str) -> tuple[dict[str, dict], int]:
    """Run `docsight process` over the corpus; return the manifest by path and the peak memory in megabytes."""
    pytest.importorskip("resource")
    # The test process has had other children, so the command itself says what it took.
    code = (
        "import resource, sys; from docsight.cli import main; code = main();"
        "kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN);"
        "print(max(resource.getrusage(kind).ru_maxrss for kind in kinds) >> 10, file=sys.stderr);"
        "sys.exit(code)"
    )
    command = [*no_network, sys.executable, "-c", code, "process", str(root / "in"), "--out", str(out)]
    command += ["--pipeline", str(pipeline), "--workers", "1", "--ocr", "never", *options]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    rows: dict[str, dict] = {}
    for line in (out / "manifest.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["part"] == "":
            assert row["path"] not in rows
            rows[row["path"]] = row
    return rows, int(done.stderr.split()[-1])


@pytest.fixture
def small_corpus(root: Path, corpus: dict[str, Case], tmp_path: Path) -> tuple[Path, dict[str, Case]]:
    """The corpus without the large files, which take a pipeline more than a few seconds."""
    folder = tmp_path / "root"
    shutil.copytree(root / "canary", folder / "canary")
    cases = {}
    for name, case in corpus.items():
        inner = folder / "in" / name.removesuffix(case.path_shown)
        inner.mkdir(parents=True, exist_ok=True)
        source = root / "in" / name.removesuffix(case.path_shown) / case.name
        if source.is_file() and not source.is_symlink() and source.stat().st_size > 300_000:
            continue
        if not name.startswith(("mail/many", "archives/many", "archives/bomb", "archives/nested", "special/deep")):
            case.write(inner)
            cases[name] = case
    return folder, cases


def test_process_reports_each_hostile_file_and_writes_only_its_output(small_corpus, pipeline, tmp_path, no_network):
    root, cases = small_corpus
    before = snapshot(root)
    rows, megabytes = run(root, pipeline, tmp_path / "out", no_network, "--timeout", "30")
    assert snapshot(root) == before
    assert not Path("/tmp/escaped-2.txt").exists()
    assert not list(tmp_path.rglob("escaped*"))
    assert not list(tmp_path.rglob("launched"))
    check_manifest(cases, rows)
    assert megabytes < 3000
    written = (tmp_path / "out" / "documents.jsonl").read_text()
    assert CANARY not in written
    assert "<script>alert(1)</script>" not in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.slow
def test_process_of_all_hostile_files_ends(root, corpus, pipeline, tmp_path, no_network):
    rows, megabytes = run(root, pipeline, tmp_path / "out", no_network, "--timeout", "180", "--format", "jsonl,spacy")
    check_manifest(corpus, rows)
    assert megabytes < 6000


def check_manifest(cases: dict[str, Case], rows: dict[str, dict]) -> None:
    """Compare a manifest with the expected outcome of each file."""
    wrong = {}
    for name, case in cases.items():
        row = rows.get(name)
        expected = case.processed or case.outcome
        if row is None:
            if name not in ("special/loop/up", "special/folder.pdf", "special/deep", "special/many"):
                wrong[name] = "not in the manifest"
        elif case.is_exact and (
            (expected == DOCUMENT and row["status"] != OK)
            or (expected == FAILED and row["status"] not in NOT_OK and not row["failed"])
            or (expected == "skipped" and row["status"] != "skipped")
        ):
            wrong[name] = f"{row['status']} {row['message']}, expected {expected}"
    assert wrong == {}


def test_parquet_with_one_text_in_every_row_is_a_bomb(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("docsight.documents.formats.source._UNPACKED_BYTES_ALWAYS_ALLOWED", 10 << 20)
    write(tmp_path, slow=True, only="dictionary-bomb.parquet")
    problems: list[Problem] = []
    docs = list(read(tmp_path / "tables", on_problem=problems.append))
    assert len(docs) == 10  # with a megabyte each
    assert any("bomb" in problem.message for problem in problems)
