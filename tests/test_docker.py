"""Checks `Dockerfile`, `.dockerignore` and `compose.yaml` without docker."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from docsight.cli.arguments import make_parser
from docsight.serve.server_settings import KEY_VARIABLE, ServerSettings

ROOT = Path(__file__).parents[1]
KNOWN = {"FROM", "ARG", "ENV", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "VOLUME", "HEALTHCHECK", "ENTRYPOINT"}


def read_stages() -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage, as name and arguments."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\s*\n\s*", " ", "\n".join(lines))
    stages: list[list[tuple[str, str]]] = []
    for line in filter(str.strip, joined.splitlines()):
        name, _, arguments = line.partition(" ")
        assert name in KNOWN, f"unknown instruction: {line}"
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, arguments.strip()))
    return stages


def only(stage: list[tuple[str, str]], name: str) -> str:
    (found,) = [arguments for each, arguments in stage if each == name]
    return found


@pytest.fixture(scope="module")
def build() -> list[tuple[str, str]]:
    return read_stages()[0]


@pytest.fixture(scope="module")
def final() -> list[tuple[str, str]]:
    return read_stages()[-1]


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"].values()
    return dict(service)


def test_base_images_have_a_version():
    for stage in read_stages():
        assert re.fullmatch(r"python:3\.\d+-slim( AS \w+)?", stage[0][1])


def test_copied_files_exist_and_are_sent_to_docker(build):
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    sent = {line[1:] for line in ignored if line.startswith("!")}
    copied = {name for each, arguments in build if each == "COPY" for name in arguments.split()[:-1]}
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_torch_is_that_for_the_cpu_and_nothing_is_cached(build):
    installs = re.findall(r"pip install [^&]*", " && ".join(each for name, each in build if name == "RUN"))
    assert len(installs) == 3
    assert all("--no-cache" in each for each in installs)
    assert all("--torch-backend cpu" in each and "-c constraints.txt" in each for each in installs[1:])


def test_image_serves_on_all_addresses_without_root(final):
    assert int(only(final, "USER")) >= 1000
    program, *arguments = json.loads(only(final, "ENTRYPOINT"))
    assert program == "docsight"
    args = make_parser().parse_args(arguments)
    assert (args.host, str(args.port)) == ("0.0.0.0", only(final, "EXPOSE"))
    assert [args.jobs] == json.loads(only(final, "VOLUME"))


def test_health_check_asks_whether_the_server_is_ready(final):
    check = only(final, "HEALTHCHECK")
    program, option, code = json.loads(check.partition("CMD ")[2])
    assert (program, option) == ("python", "-c")
    ast.parse(code)
    assert f":{only(final, 'EXPOSE')}/ready" in code
    assert re.search(r"--timeout=\d+s", check)


def test_compose_gives_the_server_no_more_rights_than_it_needs(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_compose_requires_a_key_and_waits_for_requests_in_flight(final, service):
    assert service["environment"][KEY_VARIABLE].startswith("${" + KEY_VARIABLE + ":?")
    assert service["ports"][0].endswith(f":{only(final, 'EXPOSE')}")
    assert int(service["stop_grace_period"].removesuffix("s")) > ServerSettings.grace
    (volume,) = service["volumes"]
    assert [volume.partition(":")[2]] == json.loads(only(final, "VOLUME"))
