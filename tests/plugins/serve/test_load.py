"""Many clients at once, and a server that is stopped while it works."""

import dataclasses
import http.client
import json
import threading
import time
from collections import Counter

import pytest

from docsight.serve.services.uploaded_files import UploadedFiles

TEXT = json.dumps({"text": "Ada Lovelace lived in London."}).encode()
JSON = "Content-Type: application/json"


def upload_of(count, content=b"Ada"):
    part = '--b\r\nContent-Disposition: form-data; name="files"; filename="{}.txt"\r\n\r\n'
    return b"".join(part.format(number).encode() + content + b"\r\n" for number in range(count)) + b"--b--\r\n"


def run_clients(port, clients, requests):
    """Let clients send requests one after another, and return the number of each outcome."""
    outcomes = Counter()

    def run():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(requests):
            try:
                connection.request("POST", "/v1/text", TEXT, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                body = json.loads(answer.read())
            except (OSError, http.client.HTTPException) as err:
                outcomes[type(err).__name__] += 1
                connection.close()
                continue
            outcomes[answer.status] += 1
            if answer.status == 200:
                assert body["documents"][0]["text"] == "Ada Lovelace lived in London."
            elif answer.status == 429:
                assert int(answer.headers["Retry-After"]) >= 1
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_clients_up_to_the_capacity_are_all_answered(settings, run_server):
    with run_server(dataclasses.replace(settings, max_waiting=8)) as server:
        assert run_clients(server.port, clients=8, requests=15) == {200: 120}
        assert server.state.texts.admission.in_flight == 0


def test_clients_at_four_times_the_capacity_get_200_or_429_and_none_is_lost(settings, run_server):
    with run_server(dataclasses.replace(settings, max_waiting=8)) as server:
        outcomes = run_clients(server.port, clients=32, requests=15)
        assert outcomes.keys() <= {200, 429}
        assert outcomes.total() == 32 * 15
        assert outcomes[200] >= 15
        assert server.state.texts.admission.in_flight == 0
        metrics = server.state.metrics.page().decode()
        refused = f'docsight_requests_total{{method="POST",route="/v1/text",status="429"}} {float(outcomes[429])}'
        assert refused in metrics or not outcomes[429] or 'route="other",status="429"' in metrics


def test_short_text_does_not_wait_behind_a_large_request(live, monkeypatch):
    run, begun, may_go = live.state.bulk.batcher._run, threading.Event(), threading.Event()

    def slow_run(items):
        begun.set()
        may_go.wait(60)
        return run(items)

    monkeypatch.setattr(live.state.bulk.batcher, "_run", slow_run)
    large, answers = json.dumps({"texts": ["Ada Lovelace lived in London. " * 60] * 3}).encode(), []
    thread = threading.Thread(target=lambda: answers.append(live.post("/v1/text", large, JSON)))
    thread.start()
    assert begun.wait(20)
    assert live.post("/v1/text", TEXT, JSON)[0] == 200
    assert not answers
    may_go.set()
    thread.join(60)
    status, body = answers[0]
    assert (status, len(json.loads(body)["documents"])) == (200, 3)


def test_large_request_is_read_while_too_many_short_texts_wait(live):
    large = json.dumps({"texts": ["Ada Lovelace lived in London. " * 60] * 3}).encode()
    admission = live.state.texts.admission
    admission.in_flight += admission.maximum
    try:
        assert live.post("/v1/text", TEXT, JSON)[0] == 429
        assert live.post("/v1/text", large, JSON)[0] == 200
        not_large = json.dumps({"text": "Ada" + " " * 1000, "min_score": None}).encode() + b" " * 4000
        assert live.post("/v1/text", not_large, JSON)[0] == 429  # only its body is
    finally:
        admission.in_flight -= admission.maximum


def test_ten_thousand_small_files_in_one_body_are_received(tmp_path):
    files = UploadedFiles(b"b", tmp_path, max_files=10_000)
    body = upload_of(10_000)
    for start in range(0, len(body), 1 << 16):
        files.write(body[start : start + (1 << 16)])
    files.finish()
    assert files.count == 10_000
    assert sum(1 for _ in tmp_path.iterdir()) == 10_000


def test_ten_thousand_small_files_beyond_the_limits_are_refused(live):
    status, body = live.post("/v1/documents", upload_of(10_000), "Content-Type: multipart/form-data; boundary=b")
    assert status == 413
    assert b"problem" not in body
    few = upload_of(21)
    assert live.post("/v1/documents", few, "Content-Type: multipart/form-data; boundary=b")[0] == 413
    assert live.state.jobs.counts == (0, 0)
    assert live.post("/v1/text", TEXT, JSON)[0] == 200


def test_request_in_flight_is_answered_when_the_server_stops(settings, run_server, monkeypatch):
    with run_server(dataclasses.replace(settings, grace=20.0)) as server:
        run, begun = server.state.texts.batcher._run, threading.Event()

        def slow_run(items):
            begun.set()
            time.sleep(1)
            return run(items)

        monkeypatch.setattr(server.state.texts.batcher, "_run", slow_run)
        answers = []
        thread = threading.Thread(target=lambda: answers.append(server.post("/v1/text", TEXT, JSON)))
        thread.start()
        assert begun.wait(20)
        server.stop()
        thread.join(20)
        assert answers[0][0] == 200
        assert json.loads(answers[0][1])["documents"]
        with pytest.raises(OSError, match="refused"):
            server.connect(timeout=1)


def test_request_longer_than_the_grace_does_not_stop_the_end(settings, run_server, monkeypatch):
    with run_server(dataclasses.replace(settings, grace=1.0)) as server:
        begun = threading.Event()

        def very_slow_run(items):
            begun.set()
            time.sleep(6)
            return [{}] * len(items)

        monkeypatch.setattr(server.state.texts.batcher, "_run", very_slow_run)
        with server.connect() as connection:
            head = f"POST /v1/text HTTP/1.1\r\nHost: localhost\r\n{JSON}\r\nContent-Length: {len(TEXT)}\r\n\r\n"
            connection.sendall(head.encode() + TEXT)
            assert begun.wait(20)
            started = time.monotonic()
            server.stop()
            assert time.monotonic() - started < 30
