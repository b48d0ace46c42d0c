"""Clients that misbehave: slow, half-open, with huge heads, or too many."""

import contextlib
import dataclasses
import socket
import time

import pytest

from docsight.serve.web.request_gate import MAX_HEAD_BYTES

HEAD = b"POST /v1/text HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
BODY = b'{"text": "Ada lived in London."}'
TIMEOUT = 1.0  # of the server


@pytest.fixture(scope="module")
def impatient(settings, run_server):
    with run_server(dataclasses.replace(settings, body_timeout=TIMEOUT, grace=5.0)) as server:
        yield server


def status_of(answer):
    return int(answer.split()[1])


def seconds_until_closed(connection):
    started = time.monotonic()
    answer = b""
    while piece := connection.recv(1 << 16):
        answer += piece
    return time.monotonic() - started, answer


def is_healthy(server):
    return status_of(server.send(HEALTH)) == 200


@pytest.mark.parametrize("sent", [b"", b"POST /v1/te", HEAD, HEAD + b"X: y"])
def test_connection_without_a_whole_head_is_closed(impatient, sent):
    with impatient.connect() as connection:
        connection.sendall(sent)
        seconds, answer = seconds_until_closed(connection)
    assert TIMEOUT / 2 < seconds < 5 * TIMEOUT
    assert answer == b""
    assert is_healthy(impatient)


def test_head_that_comes_byte_by_byte_is_closed(impatient):
    started = time.monotonic()
    with impatient.connect() as connection, contextlib.suppress(ConnectionError):
        for byte in HEAD * 10:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
    assert time.monotonic() - started < 5 * TIMEOUT
    assert is_healthy(impatient)


def test_body_that_does_not_arrive_is_a_408(impatient):
    with impatient.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        connection.settimeout(10)
        answer = connection.recv(1 << 16)
    assert status_of(answer) == 408
    assert b"application/problem+json" in answer
    assert is_healthy(impatient)


def test_slow_bodies_do_not_stop_other_clients(impatient):
    slow = [impatient.connect() for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        status, _ = impatient.post("/v1/text", BODY, "Content-Type: application/json")
        assert status == 200
    finally:
        for connection in slow:
            connection.close()


def test_client_that_closes_its_side_gets_its_answer(impatient):
    with impatient.connect() as connection:
        connection.sendall(HEAD + f"Connection: close\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
        connection.shutdown(socket.SHUT_WR)
        _, answer = seconds_until_closed(connection)
    assert status_of(answer) == 200


def test_client_that_leaves_in_the_middle_harms_nobody(impatient):
    for _ in range(20):
        with impatient.connect() as connection:
            connection.sendall(HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
    deadline = time.monotonic() + 10
    while impatient.state.texts.admission.in_flight and time.monotonic() < deadline:
        time.sleep(0.05)
    assert impatient.state.texts.admission.in_flight == 0
    assert impatient.post("/v1/text", BODY, "Content-Type: application/json")[0] == 200


@pytest.mark.parametrize("size", [MAX_HEAD_BYTES + 1000, 10 * MAX_HEAD_BYTES])
@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
def test_huge_heads_are_refused(impatient, size, end):
    answer = impatient.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: " + b"a" * size + end)
    assert status_of(answer) == 431
    assert is_healthy(impatient)


def test_huge_addresses_are_refused(impatient):
    head = (
        b"GET /health?" + b"a" * (MAX_HEAD_BYTES + 1000) + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert status_of(impatient.send(head)) == 431
    assert is_healthy(impatient)


def test_many_headers_are_refused(impatient):
    headers = b"".join(b"X-%d: %d\r\n" % (number, number) for number in range(5000))
    answer = impatient.send(b"GET /v1/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + b"\r\n")
    assert status_of(answer) == 431
    assert is_healthy(impatient)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/text HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /v1/text HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_not_a_request_is_a_problem(impatient, sent):
    answer = impatient.send(sent)
    assert 400 <= status_of(answer) < 500
    assert b"application/problem+json" in answer
    assert is_healthy(impatient)


def test_announced_large_body_is_refused_at_once(impatient):
    with impatient.connect() as connection:
        connection.sendall(HEAD + b"Content-Length: 99999999\r\n\r\n")
        assert status_of(connection.recv(1 << 16)) == 413


def test_large_body_without_a_length_is_refused(impatient):
    chunk = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
    with impatient.connect() as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + 8 * chunk)
        assert status_of(connection.recv(1 << 16)) == 413


def test_too_many_connections_are_refused_with_an_answer(settings, run_server):
    with run_server(settings, max_connections=20) as server:
        idle = [server.connect() for _ in range(20)]
        try:
            time.sleep(0.2)
            answer = server.send(HEALTH)
            assert status_of(answer) == 429
            assert b"retry-after: 1" in answer
        finally:
            for connection in idle:
                connection.close()
        time.sleep(0.2)
        assert is_healthy(server)


def test_pipelined_requests_are_answered_in_order(impatient):
    one = HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    last = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = impatient.send(one + one + last)
    assert answer.count(b"HTTP/1.1 200") == 3
    assert answer.endswith(b'{"status":"ok"}')
