"""`docsight serve` as a process of its own, with real documents; and what it does over time."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

httpx = pytest.importorskip("httpx")
pytestmark = pytest.mark.slow

SECONDS = 240
LETTER = "Ada Lovelace wrote to Charles Babbage from London on 8 May 1843. She had recieved teh notes."


@contextmanager
def served(folder, *options):
    """Run the command as long as the block runs; yields a client and the process."""
    command = [sys.executable, "-m", "docsight", "serve", "--port", "0", *options]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            line = process.stdout.readline()
            assert line.startswith("Serving on http://127.0.0.1:"), (folder / "log").read_text()
            with httpx.Client(base_url=f"http://{urlsplit(line.split()[-1]).netloc}", timeout=SECONDS) as client:
                yield client, process
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), "--wait", "60") as (client, process):
        yield client, process


def wait_for(client, job):
    deadline = time.monotonic() + SECONDS
    while (body := client.get(job["links"]["self"]).json())["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return body


def test_small_documents_are_answered(server):
    client, _ = server
    files = [("files", ("letter.txt", LETTER)), ("files", ("broken.pdf", b"%PDF-1.7 broken"))]
    answer = client.post("/v1/documents", files=files)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    (document,) = [each for each in body["documents"] if each["path"] == "letter.txt"]
    assert "PER" in [entity["label"] for entity in document["entities"]]
    assert [error["path"] for error in body["errors"]] == ["broken.pdf"]
    report = client.get(body["job"]["links"]["report"])
    assert report.headers["content-type"].startswith("text/html")
    assert report.headers["content-security-policy"].startswith("sandbox allow-scripts;")
    lines = client.get(body["job"]["links"]["result"]).text.splitlines()
    assert len(lines) == len(body["documents"])


def test_redacted_documents_hold_no_names(server):
    pytest.importorskip("presidio_analyzer")
    client, _ = server
    answer = client.post("/v1/documents?redact=true", files=[("files", ("letter.txt", LETTER))])
    assert answer.status_code == 200, answer.text
    assert "Lovelace" not in answer.text
    archive = client.get(answer.json()["job"]["links"]["redacted"])
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        texts = [opened.read(name).decode() for name in opened.namelist() if name.endswith(".txt")]
    assert len(texts) == 1
    assert "Lovelace" not in texts[0]


def test_documents_without_waiting_are_a_job_that_can_be_removed(server):
    client, _ = server
    answer = client.post("/v1/documents?wait=false", files=[("files", ("letter.txt", LETTER))])
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert answer.headers["location"] == job["links"]["self"]
    assert wait_for(client, job)["state"] == "done"
    assert client.delete(job["links"]["self"]).status_code == 204
    assert client.get(job["links"]["self"]).status_code == 404


def test_ten_thousand_small_files_are_read(server):
    client, process = server
    files = [("files", (f"{number}.txt", f"Note {number}: Ada lived in London.")) for number in range(10_000)]
    answer = client.post("/v1/documents?wait=false", files=files)
    assert answer.status_code == 202, answer.text
    job = wait_for(client, answer.json()["job"])
    assert job["state"] == "done"
    assert job["progress"]["documents"] == 10_000
    assert client.post("/v1/text", json={"text": "Ada"}).status_code == 200
    client.delete(job["links"]["self"])
    assert len(os.listdir(f"/proc/{process.pid}/fd")) < 100


def resident_megabytes(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_memory_is_flat_over_many_requests(server):
    client, process = server

    def send(first, count):
        for number in range(first, first + count, 8):
            texts = [f"Person{at} Name{at} sent qx{at}zt to Place{at} in {at}." for at in range(number, number + 8)]
            assert client.post("/v1/text", json={"texts": texts}).status_code == 200

    send(0, 2000)
    before = resident_megabytes(process.pid)
    send(2000, 6000)
    assert resident_megabytes(process.pid) - before < 25


def test_process_ends_at_a_signal_and_says_what_is_lost(tmp_path):
    with served(tmp_path) as (client, process):
        big = LETTER * 2000
        for _ in range(3):
            assert client.post("/v1/documents?wait=false", files=[("files", ("a.txt", big))]).status_code == 202
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert any(re.search(r"before the end of \d jobs?, now lost", line["message"]) for line in lines)


def test_jobs_in_a_folder_survive_a_restart(tmp_path):
    options = ["--jobs", str(tmp_path / "jobs")]
    with served(tmp_path, *options) as (client, process):
        job = client.post("/v1/documents?wait=false", files=[("files", ("a.txt", LETTER * 500))]).json()["job"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    with served(tmp_path, *options) as (client, process):
        assert wait_for(client, job)["state"] == "done"


def test_address_in_use_is_an_error_of_one_line(server):
    client, _ = server
    command = [sys.executable, "-m", "docsight", "serve", "--port", str(client.base_url.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("docsight: error: cannot listen on 127.0.0.1")
