"""The licences of the dependencies as SPDX expressions, and which of them are accepted."""

import re
from collections.abc import Iterable
from importlib import metadata

from license_expression import AND, OR, get_spdx_licensing
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from release_check.dependencies import Dependency
from release_check.outcome import ReleaseError

# Licences that allow any use with a notice.
_PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "HPND", "ISC", "MIT",
    "MIT-0", "MIT-CMU", "PDDL-1.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "LicenseRef-public-domain",
}  # fmt: skip
# Licences that bind changes to the package itself. docsight imports these packages as they are and ships no copy.
_WEAK_COPYLEFT = {
    "MPL-2.0", "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later",
}  # fmt: skip
# Clause counts are read from the text of the licence; a package without a text keeps this.
_SOME_BSD = "LicenseRef-BSD"
_OTHERS = {"Apache-2.0 WITH LLVM-exception", "LicenseRef-PDFium-third-party", _SOME_BSD}
ACCEPTED = frozenset(_PERMISSIVE | _WEAK_COPYLEFT | _OTHERS)

# Packages whose metadata is wrong or ambiguous. Each was read in the licence files of the package.
_READ = {
    "locate": "MIT",  # the metadata says "Other/Proprietary License"
    "pebble": "LGPL-3.0-only",  # "LGPL"
    "pycryptodomex": "BSD-2-Clause AND LicenseRef-public-domain",
    # PDFium's libraries (FreeType, libpng, ICU, …) have permissive licences, whose texts are in the wheel. Wheels for
    # musl also hold the runtime of GCC, whose exception allows it.
    "pypdfium2": "(BSD-3-Clause OR Apache-2.0) AND LicenseRef-PDFium-third-party",
}
# What the metadata of older packages says, in lower case.
_NAMES = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": _SOME_BSD,
    "bsd license": _SOME_BSD,
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.0-or-later",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "lgpl-2.1+": "LGPL-2.1-or-later",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(?!OSI Approved$)(.+)")
_SPDX = get_spdx_licensing()


def find_licence(name: str, distribution: metadata.Distribution) -> str:
    """Return the licence of an installed package as an SPDX expression; "" if its metadata does not say.

    The field License-Expression counts first, then what was read in the package, the field License, and classifiers.
    """
    if expression := _read_field(distribution, "License-Expression") or _READ.get(name):
        return expression
    stated = _to_spdx(_read_field(distribution, "License"))
    if not stated:
        classifiers = filter(None, map(_CLASSIFIER.fullmatch, distribution.metadata.get_all("Classifier") or ()))
        stated = " AND ".join(sorted({_to_spdx(found[1]) or "NOASSERTION" for found in classifiers}))
    return _count_clauses(distribution) if stated == _SOME_BSD else stated


def check_licences(dependencies: Iterable[Dependency]) -> str:
    """Check that the licence of each dependency is known and accepted.

    Raises:
        ReleaseError: One is not.
    """
    counts: dict[str, int] = {}
    problems = []
    for dependency in dependencies:
        licence = find_licence(dependency.name, dependency.distribution)
        counts[licence] = counts.get(licence, 0) + 1
        if not is_accepted(licence):
            what = f"has the licence {licence}, which is not accepted" if licence else "does not state its licence"
            problems.append(f"{dependency.name} {dependency.version} {what}")
    if problems:
        raise ReleaseError(f"{'; '.join(problems)}. Replace the package, or read its licence and add it to licences.py")
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return f"{sum(counts.values())} packages: {', '.join(f'{count} {licence}' for licence, count in most)}"


def is_accepted(expression: str) -> bool:
    """Return whether an SPDX expression allows the use under accepted licences: all of an AND, one of an OR."""
    try:
        return _allows(_SPDX.parse(canonicalize_license_expression(expression)))
    except InvalidLicenseExpression:
        return False


def _allows(expression: object) -> bool:
    if isinstance(expression, AND):
        return all(map(_allows, expression.args))
    if isinstance(expression, OR):
        return any(map(_allows, expression.args))
    return str(expression) in ACCEPTED


def _read_field(distribution: metadata.Distribution, name: str) -> str:
    """Return a field of the metadata; "" if there is none."""
    return next(iter(distribution.metadata.get_all(name) or ()), "")


def _to_spdx(text: str) -> str:
    """Return the SPDX expression for a licence in the metadata; "" if it is a whole text, or unknown."""
    if name := _NAMES.get(text.strip().lower()):
        return name
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return ""


def _count_clauses(distribution: metadata.Distribution) -> str:
    """Return which BSD licence a package has, by the texts in it."""
    texts = [_read_field(distribution, "License")]
    for file in distribution.files or ():
        if re.search(r"licen[cs]e|copying", file.name, re.I) and ".dist-info" in str(file):
            texts.append(file.read_text(encoding="utf-8"))
    text = " ".join(" ".join(texts).split())
    if "Redistributions in binary form must reproduce" not in text:
        return _SOME_BSD
    return "BSD-3-Clause" if re.search(r"Neither the names? ", text) else "BSD-2-Clause"
