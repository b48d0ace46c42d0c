"""Detect the format of a file: by its content if that is unambiguous, then by its suffix, then by its name."""

import re
from pathlib import Path, PurePath

from docsight.documents.formats import FORMATS, Format, signatures
from docsight.documents.formats.archives.safe_zip import zip_kind
from docsight.documents.formats.content import SkipError
from docsight.documents.formats.lock_files import lock_file_reason
from docsight.documents.formats.ole import ole_kind
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_BY_NAME = {form.name: form for form in FORMATS}
_BY_SUFFIX = {suffix: form for form in FORMATS for suffix in form.suffixes}
_TEXT_SAMPLE_BYTES = 8192

# The suffix decides for these, unless the content is binary.
_NEVER_OVERRIDDEN = frozenset(("text", "markdown", "rst", "asciidoc", "org", "latex", "html"))
# Programs write these files, so the suffix is right, unless the content is HTML: then it is an error page.
_OVERRIDDEN_BY_HTML = frozenset(("mail", "mbox", "ics", "vcf", "csv", "tsv", "jsonl", "json", "ipynb"))
# These are zip files; if one is damaged, its reader reports the reason.
_ZIP_BASED = frozenset(("docx", "pptx", "xlsx", "odt", "ods", "odp", "epub"))
_EXCEL = frozenset(("xls", "xlsx"))

# Suffixes of text files and of other files: the content decides.
_MAYBE_TEXT = re.compile(r"\.(info(-\d+)?|nfo|me|man|old|orig|utf-?8|u8)", re.I)
# Beginnings of the names of text files, whatever follows: README.Debian, LICENSE-MIT, changelog.old.
_TEXT_NAMES = re.compile(
    r"(readme|licen[cs]e|copying|copyright|changelog|changes|history|news|authors|contributors|credits|thanks|todo|install|"
    r"notice|about|faq|metadata|pkg-info|hacking|bugs|announce|release|upgrading)(?![a-z])",
    re.I,
)
_CODE_NAMES = re.compile(r"(gnu)?makefile(\..*)?|dockerfile|rakefile|gemfile|jenkinsfile|vagrantfile|sconstruct", re.I)
# The dot in "version 1.2", "printf.3" or "Dr. Who" does not begin a suffix.
_SUFFIX = re.compile(r"\.[a-z][a-z0-9_+-]{0,9}", re.I)
# fmt: off
_CODE_SUFFIXES = frozenset((
    ".py", ".pyi", ".pyx", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".java", ".js", ".ts", ".css", ".go", ".rs", ".rb",
    ".php", ".pl", ".pm", ".sh", ".bat", ".ps1", ".lua", ".r", ".m", ".sql", ".yaml", ".yml", ".toml",
    ".ini", ".cfg", ".in", ".am", ".ac", ".mk", ".po", ".pot", ".sig", ".crt", ".pem", ".el", ".vim", ".scm",
))
# fmt: on


def format_of(path: Path) -> Format | None:
    """Return the format of a file by its suffix, ignoring case; None if no format has it."""
    return _BY_SUFFIX.get(path.suffix.lower())


def format_within(source: Source) -> Format | None:
    """Return the format detected in the content of a file; None if its suffix decides.

    Raises:
        SkipError: The content is of a kind that no reader supports, whatever the suffix.
        OSError: The file cannot be read.
    """
    head = source.head(signatures.HEAD_BYTES)
    by_suffix = _BY_SUFFIX.get(source.suffix)
    name = signatures.binary_format(head)
    if name == "zip":
        name = _zip_format(source, by_suffix)
    elif name == "ole":
        name = ole_kind(source)
    if name is None and (by_suffix is None or by_suffix.name not in _NEVER_OVERRIDDEN):
        name = signatures.text_format(head)
        if name is None and by_suffix is not None and by_suffix.name in _EXCEL and signatures.is_text(head):
            name = "tsv"  # programs export such tables under the suffix of Excel
        if name is None and by_suffix is not None and by_suffix.name == "doc" and signatures.is_text(head):
            name = "text"  # a suffix of manuals, too
        if name == "xml" and by_suffix is not None and by_suffix.name == "libreoffice":
            name = None  # OpenDocument in one XML file
        if by_suffix is not None and by_suffix.name in _OVERRIDDEN_BY_HTML and name != "html":
            return None
    return None if name is None else _BY_NAME[name]


def find_format(source: Source, *, named: bool = False) -> Format:
    """Return the format of a file by its content, its suffix, or because it is text.

    Args:
        source: The file.
        named: Whether the user named this file explicitly; then text with any suffix is read as plain text.

    Raises:
        SkipError: No reader supports the file.
        OSError: The file cannot be read.
    """
    if (reason := lock_file_reason(PurePath(source.name).name, source.size)) is not None:
        raise SkipError(reason)
    form = format_within(source) or _BY_SUFFIX.get(source.suffix)
    may_be_text = _has_text_name(source.name)
    # Programs keep data in zip and XML files with their own suffixes; those are not archives or documents.
    is_program_data = form is not None and form.name in ("zip", "xml") and source.suffix not in _BY_SUFFIX
    if form is not None and (named or may_be_text or not is_program_data):
        return form
    kind = signatures.unreadable_kind(source.head(signatures.HEAD_BYTES))
    allowed_kinds = (None, *signatures.PLAIN_TEXT_KINDS) if named else (None,)
    if (named or may_be_text) and kind in allowed_kinds and signatures.is_text(source.head(_TEXT_SAMPLE_BYTES)):
        return _BY_NAME["text"]
    kind = kind or (f"{source.suffix} files" if source.suffix else "files without a suffix")
    readable = ", ".join(form.suffixes[0] for form in FORMATS)
    raise SkipError(f"no reader for {kind} (readable: {readable})")


def _has_text_name(name: str) -> bool:
    """Return whether a file name suits text: no suffix, a suffix that text files have, or a name such as README."""
    suffix = PurePath(name).suffix.lower()
    if _CODE_NAMES.fullmatch(name) or suffix in _CODE_SUFFIXES:
        return False
    return (
        not _SUFFIX.fullmatch(suffix)
        or _MAYBE_TEXT.fullmatch(suffix) is not None
        or _TEXT_NAMES.match(name) is not None
        or _TEXT_NAMES.fullmatch(suffix[1:]) is not None  # Debian.README
    )


def _zip_format(source: Source, by_suffix: Format | None) -> str | None:
    """Return the format of a zip file by its members, or raise `SkipError` if it is, for example, a spreadsheet."""
    try:
        name, description = zip_kind(source)
    except DataError:
        return None if by_suffix is not None and by_suffix.name in _ZIP_BASED else "zip"
    if by_suffix is not None and by_suffix.name == "libreoffice" and name in (None, "zip"):
        return None  # older OpenDocument files, and drawings
    if name is None:
        raise SkipError(f"no reader for {description}")
    return name
