"""The packages that docsight needs, directly and indirectly, with all extras for users."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import Message
from importlib import metadata
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release_check.outcome import ReleaseError

# Extras for those who change docsight.
_DEVELOPMENT = frozenset({"dev", "release", "docs"})
Find = Callable[[str], metadata.Distribution]


@dataclass
class Dependency:
    """An installed package.

    Attributes:
        name: Its name in canonical form.
        distribution: Its installed metadata.
        extras: The extras of docsight that need it; "" if docsight itself does.
        requires: The names of the packages that it needs.
    """

    name: str
    distribution: metadata.Distribution
    extras: set[str] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)

    @property
    def version(self) -> str:
        return self.distribution.version

    @property
    def is_required(self) -> bool:
        return "" in self.extras


class _Walk:
    """Follows requirements through the installed packages, with the markers of this Python and this platform."""

    def __init__(self, find: Find) -> None:
        self.found: dict[str, Dependency] = {}
        self.problems: set[str] = set()
        self._find = find
        self._seen: set[tuple[str, str, str]] = set()

    def follow(self, requirements: Iterable[str], extra: str, origin: str) -> set[str]:
        """Follow the requirements of a package's extra, "" for none; return the names that they have."""
        names: set[str] = set()
        for requirement in map(Requirement, requirements):
            if requirement.marker is None:
                applies = extra == ""
            else:
                without = bool(extra) and requirement.marker.evaluate({"extra": ""})  # it has been followed before
                applies = not without and requirement.marker.evaluate({"extra": extra})
            if applies and self._add(requirement, origin):
                names.add(canonicalize_name(requirement.name))
        return names

    def _add(self, requirement: Requirement, origin: str) -> bool:
        name = canonicalize_name(requirement.name)
        try:
            dependency = self.found.get(name) or Dependency(name, self._find(name))
        except metadata.PackageNotFoundError:
            self.problems.add(f"{name} is not installed")
            return False
        self.found[name] = dependency
        dependency.extras.add(origin)
        if not requirement.specifier.contains(dependency.version, prereleases=True):
            self.problems.add(f"{name} {dependency.version} is installed, and {requirement} is needed")
        for extra in ("", *map(canonicalize_name, requirement.extras)):
            if (name, extra, origin) not in self._seen:
                self._seen.add((name, extra, origin))
                dependency.requires |= self.follow(dependency.distribution.requires or (), extra, origin)
        return True


def find_dependencies(wheel: Message, find: Find = metadata.distribution) -> tuple[list[Dependency], set[str]]:
    """Return all packages that docsight and its extras need, by name, and the names of those it names itself.

    Args:
        wheel: The metadata of docsight.
        find: Returns the metadata of an installed package.

    Raises:
        ReleaseError: A package is missing, or too old or new.
    """
    walk, direct = _Walk(find), set()
    requirements: list[Any] = wheel.get_all("Requires-Dist", [])
    for extra in ("", *sorted(set(wheel.get_all("Provides-Extra", [])) - _DEVELOPMENT)):
        direct |= walk.follow(requirements, extra, extra)
    if walk.problems:
        raise ReleaseError(f"{'; '.join(sorted(walk.problems))}. Run `make install`")
    return sorted(walk.found.values(), key=lambda dependency: dependency.name), direct
