"""Tell which files without a format of their own are read as plain text."""

import codecs
import re
from pathlib import PurePath

from docsight.documents.formats.source import Source

# fmt: off
TEXT_SUFFIXES = (
    ".txt", ".text", ".rst", ".log", ".asc", ".adoc", ".asciidoc", ".org", ".textile", ".pod", ".tex", ".texi",
    ".texinfo", ".srt", ".vtt",
)
# fmt: on
# These may also be something else, which their content tells.
_MAYBE_TEXT = re.compile(r"\.(info(-\d+)?|nfo|me|man|doc|old|orig|utf-?8|u8)", re.I)
# Files that say in front what they are, whatever comes behind: README.Debian, LICENSE-MIT, changelog.old.
_TEXT_NAMES = re.compile(
    r"(readme|licen[cs]e|copying|copyright|changelog|changes|history|news|authors|contributors|credits|thanks|todo|install|"
    r"notice|about|faq|metadata|pkg-info|hacking|bugs|announce|release|upgrading)(?![a-z])",
    re.I,
)
_CODE_NAMES = re.compile(r"(gnu)?makefile(\..*)?|dockerfile|rakefile|gemfile|jenkinsfile|vagrantfile|sconstruct", re.I)
_SUFFIX = re.compile(r"\.[a-z][a-z0-9_+-]{0,9}", re.I)  # a point in "version 1.2", "printf.3" or "Dr. Who" begins none
# fmt: off
_CODE_SUFFIXES = frozenset((
    ".py", ".pyi", ".pyx", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".java", ".js", ".ts", ".css", ".go", ".rs", ".rb",
    ".php", ".pl", ".pm", ".sh", ".bat", ".ps1", ".lua", ".r", ".m", ".sql", ".json", ".xml", ".yaml", ".yml", ".toml",
    ".ini", ".cfg", ".in", ".am", ".ac", ".mk", ".svg", ".po", ".pot", ".sig", ".crt", ".pem", ".el", ".vim", ".scm",
))
# fmt: on

_SAMPLE_BYTES = 8192
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\f\v\b\x1b")
_MAX_CONTROL = 0.01
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # that of UTF-32-LE begins as the first


def named_as_text(name: str) -> bool:
    """Tell whether a name may be that of a text: no suffix, one that texts have, or a word such as README in front."""
    suffix = PurePath(name).suffix.lower()
    if _CODE_NAMES.fullmatch(name) or suffix in _CODE_SUFFIXES:
        return False
    return (
        not _SUFFIX.fullmatch(suffix)
        or _MAYBE_TEXT.fullmatch(suffix) is not None
        or _TEXT_NAMES.match(name) is not None
        or _TEXT_NAMES.fullmatch(suffix[1:]) is not None  # Debian.README
    )


def looks_like_text(source: Source) -> bool:
    """Tell whether a file begins with text: hardly a control character and no NUL, or a byte order mark.

    Raises:
        OSError: The file cannot be read.
    """
    head = source.head(_SAMPLE_BYTES)
    if head.startswith(_MARKS):
        return True
    return b"\0" not in head and len(head) - len(head.translate(None, _CONTROL)) <= _MAX_CONTROL * len(head)
