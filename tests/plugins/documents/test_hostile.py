"""Files that try to stop, trick or misuse whoever reads them."""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pebble
import pytest
import spacy

from docsight.documents import Problem, read

sys.path.append(str(Path(__file__).parent))  # away from the sources, too, the generator lies beside the tests

from hostile_files import CASES, Case, write
from hostile_files.case import CANARY, DOCUMENT, EITHER, FAILED, PARTLY
from hostile_files.watching import Seen, prepare_watching, read_watched

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the corpus has files that only Unix has")
for _package in ("pyarrow", "pypdfium2", "docx", "pptx", "selectolax", "charset_normalizer"):
    pytest.importorskip(_package, reason="the extra documents is not installed")

SECONDS, SLOW_SECONDS = 30, 240
MEGABYTES = 1600  # that reading a file may take
OK, OTHER = "ok", ("failed", "timeout")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile")
    (place / "canary").mkdir()
    (place / "canary" / "secret.txt").write_text(CANARY)
    return place


@pytest.fixture(scope="module")
def corpus(place: Path) -> dict[str, Case]:
    """The files by the paths that records tell; they lie in the folder `in`."""
    return write(place / "in")


@pytest.fixture(scope="module")
def outcomes(place: Path, corpus: dict[str, Case]) -> dict[str, Seen | BaseException]:
    before = snapshot(place)
    outcomes = read_all(place / "in", corpus, seconds=SECONDS)
    assert snapshot(place) == before
    return outcomes


def read_all(folder: Path, cases: dict[str, Case], *, seconds: float) -> dict[str, Seen | BaseException]:
    """Read every file in a process that is watched, and may die."""
    outcomes: dict[str, Seen | BaseException] = {}
    with pebble.ProcessPool(max_workers=1, initializer=prepare_watching) as pool:
        running = {}
        for name, case in cases.items():
            path = folder / name.removesuffix(case.path_shown) / case.name
            running[name] = pool.schedule(read_watched, args=(os.fspath(path), case.says), timeout=seconds)
        for name, future in running.items():
            outcomes[name] = future.exception() or future.result()
    return outcomes


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Tell files and folders by what changes when something is written."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):  # of a path that is too long
                info = os.lstat(os.path.join(root, name))
                found[os.path.join(root, name)] = (info.st_mode, info.st_size, info.st_mtime_ns)
    return found


def judge(case: Case, seen: Seen | BaseException) -> None:
    """Hold what came of a file against what must come."""
    assert isinstance(seen, Seen), f"{type(seen).__name__}: {seen}"
    assert seen.wrong == []
    assert not seen.has_canary
    assert seen.megabytes <= MEGABYTES
    if case.is_exact and case.outcome != EITHER:
        allowed = {case.outcome, PARTLY} if case.outcome == DOCUMENT and not seen.failed else {case.outcome}
        assert seen.outcome in allowed, seen.messages
    if case.is_exact and case.says:
        assert seen.says, seen.messages


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.slow], ids=ascii)
def test_hostile_file_gives_what_it_should(name, outcomes):
    case = CASES[name]
    seen = outcomes.get(name.removesuffix(case.name) + case.path_shown)
    if seen is None:
        pytest.skip("what makes the file is not installed")
    judge(case, seen)


def test_good_files_beside_hostile_ones_are_read(corpus, outcomes):
    for name, case in corpus.items():
        if name.startswith("good/"):
            judge(case, outcomes[name])


def test_problem_of_an_error_without_a_message_has_one():
    assert Problem.of("a.txt", MemoryError()).message


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.slow], ids=ascii)
def test_large_hostile_file_costs_no_more_than_itself(name, tmp_path):
    case = CASES[name]
    written = write(tmp_path, slow=True, only=name)
    if not written.get(name.removesuffix(case.name) + case.path_shown):
        pytest.skip("what makes the file is not installed")
    seen = read_all(tmp_path, {name: written[name.removesuffix(case.name) + case.path_shown]}, seconds=SLOW_SECONDS)[
        name
    ]
    assert isinstance(seen, Seen | TimeoutError | pebble.ProcessExpired)  # a run has limits for the last two
    if isinstance(seen, Seen):
        assert seen.wrong == []
        assert seen.megabytes <= 2 * MEGABYTES


def test_read_gives_docs_of_files_with_strange_names_and_places(place, corpus):
    problems: list[Problem] = []
    docs = list(read([place / "in" / "names", place / "in" / "places"], on_problem=problems.append))
    paths = {doc._.source["path"] for doc in docs}
    assert {name for name in corpus if name.startswith("names/")} <= paths
    told = {problem.path: problem for problem in problems}
    assert told["places/zero.txt"].skipped
    assert told["places/loop/link.txt"].error == "OSError"
    assert told["places/dangling.txt"].error == "FileNotFoundError"
    for doc in docs:
        doc.to_bytes()


def test_read_survives_files_that_vanish_grow_and_shrink_meanwhile(tmp_path):
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
def pipeline(place: Path, tiny_imagecat: Path) -> Path:
    """A saved pipeline that is fast, and looks at pictures."""
    nlp = spacy.blank("en")
    nlp.add_pipe("cnn_imagecat", config={"model": str(tiny_imagecat)})
    nlp.to_disk(place / "pipeline")
    return place / "pipeline"


@pytest.fixture
def alone() -> list[str]:
    """What to put before a command for it to have no network, if this machine can do that."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
        return command
    return []


def run(place: Path, pipeline: Path, out: Path, alone: list[str], *options: str) -> tuple[dict[str, dict], int]:
    """Run `docsight process` over the corpus; return the manifest by path, and the peak of memory in megabytes."""
    code = "import sys; from docsight.cli import main; sys.exit(main())"
    command = [*alone, sys.executable, "-c", code, "process", str(place / "in"), "--out", str(out)]
    command += ["--pipeline", str(pipeline), "--workers", "1", "--ocr", "never", *options]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    rows: dict[str, dict] = {}
    for line in (out / "manifest.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["part"] == "":
            assert row["path"] not in rows
            rows[row["path"]] = row
    return rows, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


@pytest.fixture
def small_place(place: Path, corpus: dict[str, Case], tmp_path: Path) -> tuple[Path, dict[str, Case]]:
    """The corpus without what is large: in a few seconds no pipeline reads that."""
    folder = tmp_path / "place"
    shutil.copytree(place / "canary", folder / "canary")
    cases = {}
    for name, case in corpus.items():
        inner = folder / "in" / name.removesuffix(case.path_shown)
        inner.mkdir(parents=True, exist_ok=True)
        made = place / "in" / name.removesuffix(case.path_shown) / case.name
        if made.is_file() and not made.is_symlink() and made.stat().st_size > 300_000:
            continue
        if not name.startswith(("mails/many", "archives/many", "archives/bomb", "archives/nested", "places/deep")):
            case.write(inner)
            cases[name] = case
    return folder, cases


def test_process_over_hostile_files_tells_of_each_and_writes_nowhere_else(small_place, pipeline, tmp_path, alone):
    place, cases = small_place
    before = snapshot(place)
    rows, megabytes = run(place, pipeline, tmp_path / "out", alone, "--timeout", "30")
    assert snapshot(place) == before
    assert not Path("/tmp/escaped-2.txt").exists()
    assert not list(tmp_path.rglob("escaped*"))
    assert not list(tmp_path.rglob("launched"))
    hold_against(cases, rows)
    assert megabytes < 3000
    written = (tmp_path / "out" / "documents.jsonl").read_text()
    assert CANARY not in written
    assert "<script>alert(1)</script>" not in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.slow
def test_process_over_all_hostile_files_ends(place, corpus, pipeline, tmp_path, alone):
    rows, megabytes = run(place, pipeline, tmp_path / "out", alone, "--timeout", "60", "--format", "jsonl,spacy")
    hold_against(corpus, rows)
    assert megabytes < 6000


def hold_against(cases: dict[str, Case], rows: dict[str, dict]) -> None:
    """Hold a manifest against what must come of each file."""
    wrong = {}
    for name, case in cases.items():
        row = rows.get(name)
        wanted = case.processed or case.outcome
        if row is None:
            if name not in ("places/loop/up", "places/folder.pdf", "places/deep", "places/many"):
                wrong[name] = "not in the manifest"
        elif case.is_exact and (
            (wanted == DOCUMENT and row["status"] != OK)
            or (wanted == FAILED and row["status"] not in OTHER and not row["failed"])
            or (wanted == "skipped" and row["status"] != "skipped")
        ):
            wrong[name] = f"{row['status']} {row['message']}, expected {wanted}"
    assert wrong == {}


def test_parquet_of_one_text_in_every_row_is_found_to_be_a_bomb(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("docsight.documents.formats.source._UNPACKED_BYTES_ALWAYS_ALLOWED", 10 << 20)
    write(tmp_path, slow=True, only="dictionary-bomb.parquet")
    problems: list[Problem] = []
    docs = list(read(tmp_path / "tables", on_problem=problems.append))
    assert len(docs) == 10  # of a megabyte each
    assert any("bomb" in problem.message for problem in problems)
