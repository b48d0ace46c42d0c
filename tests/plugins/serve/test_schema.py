"""Requests that schemathesis makes from the OpenAPI schema: no answer is a 500, and none is undocumented."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
WITHOUT_INPUT = [("GET", "/health"), ("GET", "/ready"), ("GET", "/metrics"), ("GET", "/v1/info")]
OPERATIONS = [
    ("POST", "/v1/text"),
    ("POST", "/v1/type"),
    ("DELETE", "/v1/type/{session}"),
    ("POST", "/v1/images"),
    ("POST", "/v1/compare"),
    ("POST", "/v1/redact"),
    ("POST", "/analyze"),
    ("GET", "/recognizers"),
    ("GET", "/supportedentities"),
    ("GET", "/v1/jobs/{job_id}"),
    ("DELETE", "/v1/jobs/{job_id}"),
    ("GET", "/v1/jobs/{job_id}/result"),
    ("GET", "/v1/jobs/{job_id}/report"),
    ("GET", "/v1/jobs/{job_id}/redacted"),
]
SLOW_OPERATIONS = [("POST", "/v1/documents")]  # every valid request starts a job


def run(live, method, path, mode, examples):
    schema = schemathesis.openapi.from_dict(live.app.openapi())
    schema.config.generation.update(modes=[mode])
    operation = schema[path][method]

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(data=st.data())
    def check(data):
        case = data.draw(operation.as_strategy(generation_mode=mode))
        response = case.call(base_url=f"http://127.0.0.1:{live.port}")
        assert response.status_code not in (500, 502, 503)  # 501 says that an extra is missing
        # A body that is too large is refused as such, before anybody looks at it.
        refuses = [] if response.status_code == 413 else [negative_data_rejection]
        case.validate_response(response, checks=[*CHECKS, *refuses])

    check()


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operation_answers_as_documented(live, method, path, mode):
    run(live, method, path, schemathesis.GenerationMode(mode), 15)


@pytest.mark.parametrize(("method", "path"), WITHOUT_INPUT)
def test_operation_without_input_answers_as_documented(live, method, path):
    run(live, method, path, schemathesis.GenerationMode.POSITIVE, 1)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, *SLOW_OPERATIONS])
def test_operation_answers_many_requests_as_documented(live, method, path, mode):
    run(live, method, path, schemathesis.GenerationMode(mode), 100)


def test_all_operations_are_tested(live):
    schema = live.app.openapi()
    found = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    assert found == {*OPERATIONS, *SLOW_OPERATIONS, *WITHOUT_INPUT}
