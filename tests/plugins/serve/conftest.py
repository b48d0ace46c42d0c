"""A server with tiny models: in this process for the routes, and on a real socket for everything about connections."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import spacy

from docsight.documents.pipeline import Pipeline

try:
    import uvicorn
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from docsight.serve.server_settings import ServerSettings
    from docsight.serve.web.application import create_app
    from docsight.serve.web.server import make_config
    from docsight.serve.web.server_state import ServerState
except ImportError:
    collect_ignore_glob = ["*.py"]  # without the extra "serve"

READY_SECONDS = 180
API_KEY = "a-key-of-the-tests-1"


@pytest.fixture(scope="session")
def tiny_pipeline(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, tiny_speller: Path) -> Pipeline:
    """Make a saved pipeline with the tiny speller and the tiny tagger."""
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_speller", config={"model": str(tiny_speller)})
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    folder = tmp_path_factory.mktemp("pipelines") / "tiny"
    nlp.to_disk(folder)
    return Pipeline(path=str(folder))


@contextmanager
def running_client(settings: "ServerSettings") -> Iterator["TestClient"]:
    """Run an application in this process as long as the block runs, from the moment on that it is ready."""
    with TestClient(create_app(settings), base_url="http://localhost", raise_server_exceptions=False) as client:
        deadline = time.monotonic() + READY_SECONDS
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < deadline, "the models were not loaded in time"
            time.sleep(0.05)
        yield client


@pytest.fixture(scope="session")
def settings(tiny_pipeline: Pipeline) -> "ServerSettings":
    """Return settings with small limits."""
    return ServerSettings(
        pipeline=tiny_pipeline,
        max_text_chars=2000,
        max_texts=8,
        max_body_bytes=20_000,
        max_image_bytes=50_000,
        max_upload_bytes=100_000,
        max_files=20,
        max_jobs=2,
        wait=0.2,
    )


@pytest.fixture(scope="session")
def client(settings: "ServerSettings") -> Iterator["TestClient"]:
    with running_client(settings) as client:
        yield client


@pytest.fixture(scope="session")
def run_client() -> Callable[..., Any]:
    return running_client


@pytest.fixture(scope="session")
def run_server() -> Callable[..., Any]:
    return running_server


@dataclass
class LiveServer:
    """A server on a socket, in a thread of this process."""

    port: int
    app: "FastAPI"
    state: "ServerState"
    stop: Callable[[], None]

    def connect(self, timeout: float = 10.0) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def send(self, data: bytes, timeout: float = 10.0) -> bytes:
        """Send bytes on a new connection, and return all that comes back until it is closed."""
        with self.connect(timeout) as connection:
            connection.sendall(data)
            return read_all(connection)

    def post(self, path: str, body: bytes, *headers: str) -> tuple[int, bytes]:
        """Send a request and return the status and the body of the answer."""
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(body)}"]
        answer = self.send("\r\n".join([*lines, *headers, "", ""]).encode() + body)
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content


def read_all(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.fixture(scope="session")
def live(settings: "ServerSettings") -> Iterator["LiveServer"]:
    with running_server(settings) as server:
        yield server


@contextmanager
def running_server(settings: "ServerSettings", **options: Any) -> Iterator[LiveServer]:
    """Run a server in a thread as long as the block runs, from the moment on that it is ready."""
    app = create_app(settings)
    state: ServerState = app.state.server
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(make_config(app, settings, **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join(timeout=READY_SECONDS)

    try:
        deadline = time.monotonic() + READY_SECONDS
        while state.phase != "ready":
            assert time.monotonic() < deadline, "the models were not loaded in time"
            time.sleep(0.05)
        yield LiveServer(listening.getsockname()[1], app, state, stop)
    finally:
        stop()
        listening.close()
