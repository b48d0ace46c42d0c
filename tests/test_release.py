"""`make release-check`, the workflows and the files that a release needs."""

import importlib.util
import json
import re
import sys
import zipfile
from collections.abc import Callable
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

import docsight

sys.path.append(str(Path(__file__).parents[1] / ".ci"))
if any(importlib.util.find_spec(name) is None for name in ("release_check", "cyclonedx", "check_jsonschema")):
    pytest.skip("needs a checkout and the extra release", allow_module_level=True)

from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema.validators import validator_for
from release_check import distributions, sources
from release_check.__main__ import main
from release_check.bill_of_materials import write_bill
from release_check.dependencies import Dependency, find_dependencies
from release_check.licences import check_licences, find_licence, is_accepted
from release_check.outcome import NotCheckedError, ReleaseError, exit_code, run_check
from release_check.vulnerabilities import judge_report
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SCHEMAS = {
    "CITATION.cff": "vendor.citation-file-format",
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/workflows/checks.yml": "vendor.github-workflows",
    ".github/workflows/release.yml": "vendor.github-workflows",
    ".github/ISSUE_TEMPLATE/bug_report.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/feature_request.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
}
WHEEL = """Name: docsight
Version: 1.0
License-Expression: MIT
Provides-Extra: extra
Provides-Extra: dev
Requires-Dist: base>=1
Requires-Dist: other[fast]; extra == 'extra'
Requires-Dist: pytest; extra == 'dev'
"""
INSTALLED = {
    "base": "License-Expression: MIT\nVersion: 1.5\nRequires-Dist: shared\nRequires-Dist: gone; python_version < '3'",
    "other": "License-Expression: ISC\nVersion: 2\nRequires-Dist: shared\nRequires-Dist: quick-thing; extra == 'fast'",
    "shared": "License-Expression: MIT\nVersion: 3",
    "quick-thing": "License: Apache 2.0\nVersion: 4",
}
CARD = "# tiny\n\nLicence of the weights: CC BY-SA 4.0.\n"


class Installed(metadata.Distribution):
    """A package with this metadata, and nothing else."""

    def __init__(self, fields: str) -> None:
        self._fields = f"Metadata-Version: 2.4\nName: some-package\n{fields}\n\n"

    def read_text(self, filename: str) -> str | None:
        return self._fields if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Path:
        return Path(path)


def find_installed(name: str) -> Installed:
    if name not in INSTALLED:
        raise metadata.PackageNotFoundError(name)
    return Installed(INSTALLED[name])


def metadata_of(text: str) -> Message:
    message = Message()
    for line in text.splitlines():
        name, _, value = line.partition(": ")
        message[name] = value
    return message


def wheel_at(path: Path, card: str = CARD) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("docsight/models/tiny/MODEL_CARD.md", card)
        archive.writestr("docsight/models/tiny/weights.safetensors", b"weights")
    return path


def steps_of(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def test_citation_has_the_version_of_docsight() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == docsight.__version__
    assert sources.read_version(ROOT) == docsight.__version__


def test_changelog_describes_the_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    assert docsight.__version__ in headings
    assert headings[0] in ("Unreleased", docsight.__version__)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_runs_nothing_but_targets_of_make(workflow: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.M)
    commands = [step["run"] for step in steps_of(workflow) if "run" in step]
    assert commands
    for command in commands:
        words = re.sub(r'"[^"]*"', "", command).split()
        assert words[0] == "make"
        targets = [word for word in words[1:] if "=" not in word]
        assert targets
        assert set(targets) <= set(phony.split())


def test_workflows_test_all_supported_pythons_and_systems() -> None:
    (job,) = (
        yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]["test"]
        for workflow in WORKFLOWS
        if workflow.name == "checks.yml"
    )
    matrix = job["strategy"]["matrix"]
    classifiers = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert matrix["python"] == re.findall(r'"Programming Language :: Python :: (3\.\d+)"', classifiers)
    assert {*matrix["os"], *(row["os"] for row in matrix["include"])} == {
        "ubuntu-latest",
        "macos-latest",
        "windows-latest",
    }


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_pins_actions_by_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))
    assert [line for line in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_only_the_job_that_publishes_has_an_identity_and_it_runs_no_code_of_the_repository() -> None:
    workflows = [yaml.safe_load(workflow.read_text(encoding="utf-8")) for workflow in WORKFLOWS]
    assert all(workflow["permissions"] in ({}, {"contents": "read"}) for workflow in workflows)
    jobs = {name: job for workflow in workflows for name, job in workflow["jobs"].items()}
    extended = {name: job["permissions"] for name, job in jobs.items() if "permissions" in job}
    assert extended == {"build": {"contents": "read"}, "publish": {"id-token": "write"}}
    assert jobs["publish"]["environment"] == "pypi"
    assert [step for step in jobs["publish"]["steps"] if "run" in step or "checkout" in step["uses"]] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_file_is_valid_by_its_schema(name: str) -> None:
    schema = get_builtin_schema(SCHEMAS[name])
    content = YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))  # YAML 1.2: `on` is a string
    errors = validator_for(schema)(schema).iter_errors(content)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_bug_report_requires_docsight_info_and_asks_for_the_document() -> None:
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/bug_report.yml").read_text(encoding="utf-8"))
    fields = {field["id"]: field for field in form["body"] if "id" in field}
    assert "docsight info" in fields["info"]["attributes"]["label"]
    assert fields["info"]["validations"]["required"]
    assert "make a similar one" in fields["document"]["attributes"]["description"]


def test_check_changelog_accepts_a_described_version() -> None:
    sources.check_changelog("# Changelog\n\n## Unreleased\n\n## 1.0\n\n- New.\n\n## 0.9\n\n- Old.\n", "1.0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Changelog\n\n## 0.9\n\n- Old.\n", "expected a section '## 1.0'"),
        ("# Changelog\n\n## 1.0\n\n## 0.9\n\n- Old.\n", "expected a section '## 1.0' with entries"),
        ("# Changelog\n\n## Unreleased\n\n- New.\n\n## 1.0\n\n- Old.\n", "would be released as 1.0"),
    ],
)
def test_check_changelog_refuses_a_version_that_is_not_described(text: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        sources.check_changelog(text, "1.0")


@pytest.mark.parametrize(
    ("version", "cited", "tag", "message"),
    [
        ("1.0", "1.0", None, None),
        ("1.0", "1.0", "v1.0", None),
        ("1.0", "0.9", None, "CITATION.cff: expected version 1.0"),
        ("1.0", "1.0", "v1.1", "expected the tag v1.0"),
    ],
)
def test_check_versions(tmp_path: Path, version: str, cited: str, tag: str | None, message: str | None) -> None:
    (tmp_path / "plugins/docsight").mkdir(parents=True)
    (tmp_path / "plugins/docsight/version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {version}\n\n- New.\n", encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text(f"cff-version: 1.2.0\nversion: {cited}\n", encoding="utf-8")
    if message is None:
        assert sources.check_versions(tmp_path, tag) == "version 1.0"
    else:
        with pytest.raises(ReleaseError, match=message):
            sources.check_versions(tmp_path, tag)


def test_check_sizes_names_the_largest_files_of_a_large_wheel(tmp_path: Path) -> None:
    wheel = wheel_at(tmp_path / "docsight-1.0-py3-none-any.whl")
    sdist = tmp_path / "docsight-1.0.tar.gz"
    sdist.write_bytes(b"x" * 10)
    built = distributions.Distributions(sdist, wheel)
    assert sdist.name in distributions.check_sizes(built)
    with pytest.raises(ReleaseError, match=rf"{wheel.name} has .*expected at most .*tiny/MODEL_CARD.md"):
        distributions.check_sizes(built, max_bytes=20)


def test_find_dependencies_follows_extras_and_markers() -> None:
    found, direct = find_dependencies(metadata_of(WHEEL), find_installed)
    assert {each.name: each.extras for each in found} == {
        "base": {""},
        "shared": {"", "extra"},
        "other": {"extra"},
        "quick-thing": {"extra"},
    }
    assert direct == {"base", "other"}
    assert {each.name: each.requires for each in found}["other"] == {"shared", "quick-thing"}


@pytest.mark.parametrize(
    ("requirement", "message"),
    [("missing", "missing is not installed"), ("base>=2", "base 1.5 is installed, and base>=2 is needed")],
)
def test_find_dependencies_names_packages_that_are_missing_or_too_old(requirement: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=re.escape(message)):
        find_dependencies(metadata_of(f"{WHEEL}Requires-Dist: {requirement}\n"), find_installed)


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("License: MIT", "MIT"),
        ("License: apache 2.0", "Apache-2.0"),
        ("License: MPL-2.0 AND MIT", "MPL-2.0 AND MIT"),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT"),
        ("License: A long text\nClassifier: License :: OSI Approved :: ISC License (ISCL)", "ISC"),
        ("Classifier: License :: Other/Proprietary License", "NOASSERTION"),
        ("License: BSD", "LicenseRef-BSD"),
        ("License: Proprietary", ""),
        ("", ""),
    ],
)
def test_find_licence_reads_all_fields_of_the_metadata(fields: str, licence: str) -> None:
    assert find_licence("some-package", Installed(fields)) == licence


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("LGPL-2.1-or-later", True),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-or-later", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("LicenseRef-Unknown", False),
        ("NOASSERTION", False),
        ("no licence", False),
        ("", False),
    ],
)
def test_is_accepted(expression: str, accepted: bool) -> None:
    assert is_accepted(expression) is accepted


def test_check_licences_names_each_package_whose_licence_is_not_accepted() -> None:
    fields = {"good": "License: MIT", "bad": "License: GPL-3.0-only", "silent": ""}
    packages = [Dependency(name, Installed(f"Version: 1\n{text}")) for name, text in fields.items()]
    assert check_licences(packages[:1]) == "1 packages: 1 MIT"
    with pytest.raises(ReleaseError) as raised:
        check_licences(packages)
    message = str(raised.value)
    assert "bad 1 has the licence GPL-3.0-only, which is not accepted; silent 1 does not state its licence" in message


def test_bill_of_materials_has_all_dependencies_and_models(tmp_path: Path) -> None:
    about = metadata_of(WHEEL)
    path = tmp_path / "bill" / "docsight.cdx.json"
    found = find_dependencies(about, find_installed)
    assert "4 packages and 1 models" in write_bill(path, wheel_at(tmp_path / "docsight.whl"), about, *found)
    bill = json.loads(path.read_text(encoding="utf-8"))
    components = {row["name"]: row for row in bill["components"]}
    assert set(components) == {"base", "other", "shared", "quick-thing", "tiny"}
    assert components["quick-thing"]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert components["quick-thing"]["properties"] == [{"name": "docsight:extra", "value": "extra"}]
    assert (components["shared"]["scope"], components["other"]["scope"]) == ("required", "optional")
    assert components["tiny"]["type"] == "machine-learning-model"
    assert components["tiny"]["licenses"] == [{"license": {"id": "CC-BY-SA-4.0"}}]
    needs = {row["ref"]: row.get("dependsOn", []) for row in bill["dependencies"]}
    assert needs["docsight==1.0"] == ["base==1.5", "model:tiny", "other==2"]
    assert needs["other==2"] == ["quick-thing==4", "shared==3"]


def test_bill_of_materials_refuses_a_model_without_a_licence(tmp_path: Path) -> None:
    wheel = wheel_at(tmp_path / "docsight.whl", card="# tiny\n")
    with pytest.raises(ReleaseError, match=r"tiny/MODEL_CARD\.md: expected one line"):
        write_bill(tmp_path / "bill.json", wheel, metadata_of(WHEEL), [], set())


def test_judge_report_of_packages_without_vulnerabilities() -> None:
    report = {"dependencies": [{"name": "base", "version": "1", "vulns": []}]}
    assert judge_report(json.dumps(report), "") == "no known vulnerability in 1 packages"


@pytest.mark.parametrize(
    ("output", "errors", "error", "message"),
    [
        (
            '{"dependencies": [{"name": "base", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}',
            "",
            ReleaseError,
            "base 1: PYSEC-1",
        ),
        (
            '{"dependencies": [{"name": "base", "skip_reason": "not found"}]}',
            "No known vulnerabilities found",  # which pip-audit says, with the exit code 0
            NotCheckedError,
            "1 of 1 packages are unknown to the service: base",
        ),
        ('{"dependencies": []}', "", NotCheckedError, "0 of 0 packages"),
        ("", "Traceback\nrequests.exceptions.ConnectionError: no route", NotCheckedError, "service not reachable"),
        ("", "error: invalid requirement", ReleaseError, "pip-audit failed: error: invalid requirement"),
        ("", "", ReleaseError, "it printed nothing"),
    ],
)
def test_judge_report_never_passes_what_was_not_checked(
    output: str, errors: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        judge_report(output, errors)


@pytest.mark.parametrize(
    ("error", "status", "code", "strict_code"),
    [(None, "passed", 0, 0), (NotCheckedError("no"), "not checked", 0, 1), (ReleaseError("no"), "FAILED", 1, 1)],
)
def test_outcomes_and_exit_codes(error: Exception | None, status: str, code: int, strict_code: int) -> None:
    def check() -> str:
        if error is not None:
            raise error
        return "fine"

    outcome = run_check("some", check)
    assert outcome.status == status
    assert (exit_code([outcome], require_all=False), exit_code([outcome], require_all=True)) == (code, strict_code)


def test_command_prints_the_outcome_of_the_wanted_checks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable() -> str:
        raise NotCheckedError("service not reachable")

    checks: dict[str, Callable[[], str]] = {"versions": lambda: "version 1.0", "vulnerabilities": unreachable}
    monkeypatch.setattr("release_check.__main__.make_checks", lambda tag: checks)
    assert main([]) == 0
    assert "vulnerabilities  not checked: service not reachable" in capsys.readouterr().out
    assert main(["--require-all"]) == 1
    assert main(["--require-all", "--only", "versions"]) == 0
    with pytest.raises(SystemExit):
        main(["--only", "everything"])
    assert "unknown checks: everything" in capsys.readouterr().err
