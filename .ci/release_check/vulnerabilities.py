"""Known vulnerabilities of the dependencies, by pip-audit and the database OSV."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.version import Version

from release_check.dependencies import Dependency
from release_check.outcome import NotCheckedError, ReleaseError

_TIMEOUT = 30  # seconds without an answer
_UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError", "timed out", "Could not connect")


def check_vulnerabilities(dependencies: Iterable[Dependency], requirements: Path) -> str:
    """Ask whether vulnerabilities of the installed versions are known.

    Args:
        dependencies: The packages.
        requirements: A file that is written for pip-audit.

    Raises:
        ReleaseError: A vulnerability is known.
        NotCheckedError: The service cannot be reached, or does not know a package.
    """
    # The database has no local versions, such as torch 2.13.0+cpu.
    lines = [f"{dependency.name}=={Version(dependency.version).public}\n" for dependency in dependencies]
    requirements.write_text("".join(lines), encoding="utf-8")
    options = ["--no-deps", "--disable-pip", "--vulnerability-service", "osv", "--timeout", str(_TIMEOUT)]
    command = [sys.executable, "-m", "pip_audit", "-r", str(requirements), *options, "-f", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off"], capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return judge_report(done.stdout, done.stderr)


def judge_report(output: str, errors: str) -> str:
    """Judge what pip-audit printed; raises the errors of `check_vulnerabilities`.

    Its exit code is not enough: it is 0 also if every package was skipped, and 1 also if the service is not reachable.
    """
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError) as err:
        last = (errors.strip().splitlines() or ["it printed nothing"])[-1]
        if any(name in errors for name in _UNREACHABLE):
            raise NotCheckedError(f"service not reachable: {last[:200]}") from err
        raise ReleaseError(f"pip-audit failed: {last}") from err
    if found := [f"{row['name']} {row['version']}: {_ids(row['vulns'])}" for row in packages if row.get("vulns")]:
        raise ReleaseError(f"known vulnerabilities: {'; '.join(found)}. Raise the versions in constraints.txt")
    skipped = [row["name"] for row in packages if "skip_reason" in row]
    if skipped or not packages:
        shown = ", ".join(skipped[:5]) + (", …" if len(skipped) > 5 else "")
        raise NotCheckedError(f"{len(skipped)} of {len(packages)} packages are unknown to the service: {shown}")
    return f"no known vulnerability in {len(packages)} packages"


def _ids(vulnerabilities: list[dict[str, Any]]) -> str:
    return ", ".join(row["id"] for row in vulnerabilities)
