"""Runs that are killed at any moment by `kill -9` and continued: the results are those of an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

DRIVER = """
import functools, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background jobs of a shell
from docsight.documents import Pipeline, process, processor
from docsight.documents.runner import plan as planning

if __name__ == "__main__":
    folder, out, saved, code, workers = sys.argv[1:]
    processor.WorkerSettings = functools.partial(processor.WorkerSettings, shard_seconds=0.3)  # small shards
    planning.MAX_JOB_FILES = 8
    process(folder, Pipeline(path=saved, code=code), out, workers=int(workers), timeout=60, recycle=200)
"""

CODE = """
import os, time
from spacy.language import Language

@Language.component("slow")
def slow(doc):
    time.sleep(0.004)
    if "EXIT3" in doc.text:
        os._exit(3)
    return doc
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make small files of several formats, one large one with parts, and some that yield nothing."""
    folder = tmp_path / "in"
    folder.mkdir()
    texts = [f"Number {number} went from London to Paris. " * (1 + number % 7) for number in range(900)]
    for number in range(160):
        (folder / f"t{number}.{'txt' if number % 2 else 'md'}").write_text(texts[number], encoding="utf-8")
    for number in range(160, 180):
        message = EmailMessage()
        message["Subject"] = f"Mail {number}"
        message.set_content(texts[number])
        message.add_attachment(texts[number + 20], filename="a.txt")
        (folder / f"m{number}.eml").write_bytes(message.as_bytes())
    rows = [json.dumps({"text": text}) for text in texts[200:]]
    rows[300] = "{ no JSON"
    rows[500] = json.dumps({"text": "EXIT3"})
    (folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (folder / "rows.csv").write_text("text\n" + "\n".join(texts[:100]), encoding="utf-8")
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for number, text in enumerate(texts[:120]):
            archive.writestr(f"{number % 10}/{number}.txt", text if number != 60 else "EXIT3")
    (folder / "damaged.zip").write_bytes(b"PK\3\4 and no more")
    (folder / "crash.txt").write_text("EXIT3", encoding="utf-8")
    (folder / "other.xyz").write_bytes(bytes(range(256)))
    return folder


@pytest.fixture
def arguments(corpus: Path, tiny_model: Path, tmp_path: Path) -> list[str]:
    """Return all arguments except the output folder, which is inserted at 3."""
    nlp = spacy.blank("en")
    code = tmp_path / "code.py"
    code.write_text(CODE, encoding="utf-8")
    if not Language.has_factory("slow"):
        exec(CODE, {})
    nlp.add_pipe("slow")
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "LOC", "pattern": "London"}])
    nlp.to_disk(tmp_path / "saved")
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER, encoding="utf-8")
    return [sys.executable, str(driver), str(corpus), str(tmp_path / "saved"), str(code)]


def start(arguments: list[str], out: Path, *, workers: int = 2) -> "subprocess.Popen[bytes]":
    command = [*arguments[:3], str(out), *arguments[3:], str(workers)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)


def members(group: int) -> list[int]:
    """Find the processes of a group: the driver, the fork server and its workers."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="latin-1").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[2]) == group:
            found.append(int(path.parent.name))
    return sorted(found)


def wait_until_gone(group: int, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while members(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members(group) == []


def kill(run: "subprocess.Popen[bytes]", how: str, rng: random.Random) -> None:
    if how == "group":
        os.killpg(run.pid, signal.SIGKILL)
    elif how == "driver":
        os.kill(run.pid, signal.SIGKILL)
    else:  # a worker or the fork server, and the driver somewhat later
        if others := [one for one in members(run.pid) if one != run.pid]:
            os.kill(rng.choice(others), signal.SIGKILL)
        time.sleep(rng.uniform(0, 2))
        os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert run.stderr is not None
    run.stderr.close()


def wait_for_shards(run: "subprocess.Popen[bytes]", out: Path) -> None:
    shards = out / ".docsight" / "shards"
    before = {path.name for path in shards.glob("*.json")}
    while run.poll() is None and {path.name for path in shards.glob("*.json")} <= before:
        time.sleep(0.02)


def results(out: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what must be the same: everything but seconds and scores."""
    found = {}
    for name in ("documents", "manifest", "errors"):
        rows = [json.loads(line) for line in (out / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        for row in rows:
            row.pop("seconds", None)
            for entity in row.get("entities") if isinstance(row.get("entities"), list) else []:
                entity["score"] = entity["score"] and pytest.approx(entity["score"], abs=0.01)
        found[name] = rows
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
@pytest.mark.slow
def test_killed_runs_give_the_results_of_an_undisturbed_run(arguments: list[str], tmp_path: Path) -> None:
    kills = 24
    undisturbed = start(arguments, tmp_path / "whole")
    assert undisturbed.communicate()[1] == b""
    wait_until_gone(undisturbed.pid)
    expected = results(tmp_path / "whole")
    ids = [row["id"] for row in expected["documents"]]
    assert len(ids) == len(set(ids)) > 1000
    assert {row["path"] for row in expected["errors"]} == {
        "all.zip",
        "crash.txt",
        "damaged.zip",
        "other.xyz",
        "rows.jsonl",
    }
    rng = random.Random(5)
    killed = rounds = 0
    while killed < kills:
        rounds += 1
        out = tmp_path / f"out{rounds}"
        is_whole = False
        while not is_whole:
            run = start(arguments, out)
            if killed == kills:
                assert run.communicate()[1] == b""
                is_whole = True
            else:
                if rng.random() < 0.8:
                    wait_for_shards(run, out)
                    time.sleep(rng.uniform(0, 0.6))
                else:
                    time.sleep(rng.uniform(0, 4))
                is_whole = run.poll() is not None
                if not is_whole:
                    kill(run, rng.choice(["group", "driver", "worker"]), rng)
                    killed += 1
                elif run.stderr is not None:
                    run.stderr.close()
            wait_until_gone(run.pid)
            if is_whole:
                assert run.returncode == 0
                assert results(out) == expected


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
@pytest.mark.parametrize("how", ["SIGINT", pytest.param("SIGTERM", marks=pytest.mark.slow)])
def test_terminated_run_leaves_no_process(arguments: list[str], tmp_path: Path, how: str) -> None:
    run = start(arguments, tmp_path / "out")
    wait_for_shards(run, tmp_path / "out")
    os.killpg(run.pid, getattr(signal, how))  # as a terminal does
    _, stderr = run.communicate(timeout=90)
    assert run.returncode != 0
    wait_until_gone(run.pid)
    if how == "SIGINT":
        assert stderr.rstrip().endswith(b"KeyboardInterrupt")
        assert b"leaked" not in stderr
        assert list((tmp_path / "out" / ".docsight" / "shards").glob("*.json"))
