"""The sdist and the wheel: their size, their metadata, and whether they work in a fresh environment."""

import email
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from pathlib import Path

from release_check.outcome import ReleaseError

MAX_BYTES = 60_000_000
_LARGEST_SHOWN = 5


@dataclass(frozen=True)
class Distributions:
    """The built files."""

    sdist: Path
    wheel: Path

    @cached_property
    def metadata(self) -> Message:
        """The METADATA of the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return email.message_from_bytes(archive.read(name))


def build(root: Path, folder: Path) -> Distributions:
    """Build the sdist, and the wheel from it, into an empty folder.

    Raises:
        ReleaseError: The build failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(root)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"the build failed:\n{done.stdout}")
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Distributions(sdist, wheel)


def check_sizes(distributions: Distributions, max_bytes: int = MAX_BYTES) -> str:
    """Check the size of both files; if one is too large, name the largest files in the wheel.

    Raises:
        ReleaseError: One is too large.
    """
    sizes = {path: path.stat().st_size for path in (distributions.sdist, distributions.wheel)}
    if large := [f"{path.name} has {_megabytes(size)}" for path, size in sizes.items() if size > max_bytes]:
        with zipfile.ZipFile(distributions.wheel) as archive:
            members = sorted(archive.infolist(), key=lambda member: -member.compress_size)[:_LARGEST_SHOWN]
        largest = ", ".join(f"{member.filename} {_megabytes(member.compress_size)}" for member in members)
        raise ReleaseError(
            f"{'; '.join(large)}: expected at most {_megabytes(max_bytes)}. The largest files: {largest}"
        )
    return ", ".join(f"{path.name} {_megabytes(size)}" for path, size in sizes.items())


def check_metadata(distributions: Distributions, version: str) -> str:
    """Check the metadata of both files as the package index does, and that the wheel has the version.

    Raises:
        ReleaseError: They are invalid.
    """
    if (found := distributions.metadata["Version"]) != version:
        raise ReleaseError(f"{distributions.wheel.name}: expected version {version}; found {found}")
    files = [str(distributions.sdist), str(distributions.wheel)]
    command = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *files]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"twine check:\n{done.stdout}")
    return "twine check accepts both"


def check_installed(root: Path, distribution: Path) -> str:
    """Run the run-time tests against a distribution in a fresh environment: tests/package_test.sh.

    Raises:
        ReleaseError: A test failed.
    """
    environment = {**os.environ, "PYTHON": sys.executable}
    script = root / "tests/package_test.sh"
    done = subprocess.run(["bash", str(script), str(distribution)], env=environment, check=False)
    if done.returncode:
        raise ReleaseError("its run-time tests failed in a fresh environment; the output is above")
    return "its run-time tests pass in a fresh environment"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
