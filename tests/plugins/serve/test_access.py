"""Who may call the server, and what every answer has."""

import dataclasses
import json
import logging
import re
import warnings

import pytest

KEY = "a-key-of-the-tests-1"
SITE = "https://example.org"


@pytest.fixture(scope="module")
def guarded(settings, run_client):
    with run_client(dataclasses.replace(settings, api_key=KEY, origins=(SITE,))) as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/info", "/metrics", "/recognizers", "/v1/jobs/" + "0" * 32, "/v1/none"])
@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}, {"Authorization": f"Basic {KEY}"}, {"X-API-Key": ""}])
def test_api_needs_the_key(guarded, path, headers):
    answer = guarded.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert KEY not in answer.text


@pytest.mark.parametrize("headers", [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}])
def test_api_takes_the_key_in_two_headers(guarded, headers):
    assert guarded.get("/v1/info", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/health", "/ready"])
def test_pages_and_probes_need_no_key(guarded, path):
    assert guarded.get(path).status_code == 200


@pytest.mark.parametrize("query", ["token=", "token=wrong", "xtoken=1", "token=wrong&token="])
@pytest.mark.parametrize("name", ["result", "report", "redacted"])
def test_link_without_its_secret_is_refused(guarded, name, query):
    answer = guarded.get(f"/v1/jobs/{'0' * 32}/{name}?{query}")
    assert answer.status_code == 404


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("DELETE", "/result")])
def test_secret_of_a_link_gives_no_other_access(guarded, method, path):
    assert guarded.request(method, f"/v1/jobs/{'0' * 32}{path}?token=x").status_code == 401


def test_schema_names_the_key(guarded, client):
    schema = guarded.get("/openapi.json").json()
    assert schema["paths"]["/v1/text"]["post"]["security"] == [{"key": []}, {"bearer": []}]
    assert "security" not in client.get("/openapi.json").json()["paths"]["/v1/text"]["post"]


def test_other_sites_are_refused_unless_allowed(client, guarded):
    headers = {"X-API-Key": KEY}
    assert client.get("/v1/info", headers={"Origin": SITE}).status_code == 403
    assert client.post("/v1/text", json={"text": ""}, headers={"Origin": "null"}).status_code == 403
    assert "access-control-allow-origin" not in client.get("/v1/info").headers
    allowed = guarded.get("/v1/info", headers={"Origin": SITE, **headers})
    assert allowed.headers["access-control-allow-origin"] == SITE
    assert guarded.get("/v1/info", headers={"Origin": "https://other.example", **headers}).status_code == 403
    refused = guarded.get("/v1/info", headers={"Origin": SITE})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == SITE
    preflight = {"Origin": SITE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    assert guarded.options("/v1/text", headers=preflight).headers["access-control-allow-origin"] == SITE
    assert client.get("/v1/info", headers={"Origin": "http://localhost", "Host": "localhost"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::2]:8000"])
def test_loopback_server_answers_to_loopback_names_only(client, host):
    assert client.get("/v1/info", headers={"Host": host}).status_code == 403
    assert client.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"])
def test_loopback_server_answers_to_its_own_names(client, host):
    assert client.get("/v1/info", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/v1/info", "/none", "/docs", "/metrics"])
def test_every_answer_has_security_headers_and_an_id(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    assert "server" not in headers


def test_request_id_of_the_client_is_kept_if_it_is_valid(client):
    assert client.get("/health", headers={"X-Request-Id": "abc-1.2_3"}).headers["x-request-id"] == "abc-1.2_3"
    assert client.get("/health", headers={"X-Request-Id": 'a"b'}).headers["x-request-id"] != 'a"b'


def test_failure_in_a_route_is_a_500_without_its_message(settings, run_client, monkeypatch, caplog):
    with run_client(settings) as client:

        def fail(*_args, **_options):
            raise ZeroDivisionError("a secret")

        monkeypatch.setattr(client.app.state.server.services, "images", fail)
        with caplog.at_level(logging.ERROR, logger="docsight.serve"):
            answer = client.post("/v1/images", content=b"x")
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        assert "a secret" in caplog.text


def test_log_lines_are_json_with_the_request_id(client):
    from docsight.serve.web.json_logs import JsonFormatter
    from docsight.serve.web.request_ids import begin_request

    begin_request("id-1")
    record = logging.LogRecord("docsight.serve", logging.INFO, "x.py", 1, "%s\n", ("\u2028\x1b",), None)
    record.fields = {"status": 200}
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert line.isascii()
    row = json.loads(line)
    assert row["request_id"] == "id-1"
    assert row["status"] == 200
    assert row["level"] == "info"


@pytest.fixture
def clean_logging():
    """Restore what `configure_logging` changes."""
    loggers = [logging.getLogger(name) for name in ("", "docsight", "uvicorn", "uvicorn.access")]
    before = [(each.handlers, each.level, each.propagate, each.disabled) for each in loggers]
    yield
    logging.captureWarnings(capture=False)
    for each, (handlers, level, propagate, disabled) in zip(loggers, before, strict=True):
        each.handlers, each.propagate, each.disabled = handlers, propagate, disabled
        each.setLevel(level)


def test_log_of_other_packages_is_json_too(clean_logging, capsys):
    from docsight.serve.web.json_logs import configure_logging

    configure_logging()
    logging.getLogger("python_multipart.multipart").warning("no boundary")
    logging.getLogger("other").info("of no interest")
    logging.getLogger("docsight.serve").info("Ready.")
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    rows = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [row["logger"] for row in rows] == ["python_multipart.multipart", "docsight.serve", "py.warnings"]


def test_access_log_has_the_id_of_the_answer(client, caplog):
    with caplog.at_level(logging.INFO, logger="docsight.serve.access"):
        client.get("/health")
    (record,) = [record for record in caplog.records if record.name == "docsight.serve.access"]
    assert record.fields["path"] == "/health"
    assert record.fields["status"] == 200


def test_server_that_is_starting_answers_503(settings, monkeypatch):
    import threading

    from fastapi.testclient import TestClient

    from docsight.serve.web import server_state
    from docsight.serve.web.application import create_app

    may_load, load = threading.Event(), server_state.load_services

    def slow_load(settings):
        may_load.wait(30)
        return load(settings)

    monkeypatch.setattr(server_state, "load_services", slow_load)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        assert client.get("/health").status_code == 200
        for path in ("/ready", "/v1/info"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
        assert client.post("/v1/text", json={"text": ""}).status_code == 503
        assert client.get("/docs").status_code == 200
        may_load.set()


def test_request_that_takes_too_long_is_a_504(settings, run_client, monkeypatch):
    import time

    with run_client(dataclasses.replace(settings, timeout=0.2)) as client:
        state = client.app.state.server
        monkeypatch.setattr(state.texts.batcher, "_run", lambda items: time.sleep(0.6) or [{}] * len(items))
        answer = client.post("/v1/text", json={"text": "a"})
        assert answer.status_code == 504
        assert answer.headers["content-type"] == "application/problem+json"
        assert state.texts.admission.in_flight == 0
