"""The version in the sources: in version.py, CHANGELOG.md and CITATION.cff, and in the tag."""

import re
from pathlib import Path

from release_check.outcome import ReleaseError

_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.M)
_CITED = re.compile(r'^version: "?([^"\s]+)"?$', re.M)
_UNRELEASED = "Unreleased"


def read_version(root: Path) -> str:
    """Return the version of docsight without importing it.

    Raises:
        ReleaseError: version.py has no version, or not as a plain string.
    """
    found = _VERSION.search((root / "plugins/docsight/version.py").read_text(encoding="utf-8"))
    if found is None:
        raise ReleaseError('plugins/docsight/version.py: expected a line __version__ = "1.2.3"; found none')
    return str(found[1])


def check_versions(root: Path, tag: str | None) -> str:
    """Check that all places have the version of version.py.

    Args:
        root: The repository.
        tag: The tag that is released; None if there is none yet.

    Raises:
        ReleaseError: A place has another version, or CHANGELOG.md has unreleased changes.
    """
    version = read_version(root)
    check_changelog((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    cited = _CITED.findall((root / "CITATION.cff").read_text(encoding="utf-8"))
    if cited != [version]:
        raise ReleaseError(f"CITATION.cff: expected version {version}, as in version.py; found {', '.join(cited)}")
    if tag is not None and tag != f"v{version}":
        raise ReleaseError(f"expected the tag v{version}, as version.py says {version}; found {tag}")
    return f"version {version}"


def check_changelog(text: str, version: str) -> None:
    """Check that a changelog describes a version, and that nothing in it is unreleased.

    Raises:
        ReleaseError: It does not.
    """
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    sections = {heading.strip(): body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}
    if sections.get(_UNRELEASED):
        raise ReleaseError(
            f"CHANGELOG.md: the changes under '{_UNRELEASED}' would be released as {version}. Rename the heading to "
            "the new version, and set that version in plugins/docsight/version.py and CITATION.cff"
        )
    if not sections.get(version):
        raise ReleaseError(
            f"CHANGELOG.md: expected a section '## {version}' with entries, as version.py says {version}"
        )
