"""Formats that only LibreOffice reads: converted by an installed LibreOffice, then read like its result.

It runs as a process of its own with an empty profile, without macros, and with limits on time and memory. The file and
the result are in a temporary folder, which is removed afterwards.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.ole import ole_kind
from docsight.documents.formats.source import Source
from docsight.errors import DataError

_PROGRAMS = ("soffice", "libreoffice")
_MAX_SECONDS = 120  # for one file, also of CPU time
_MAX_MEMORY_BYTES = 3 << 30
_TARGETS = {
    ".doc": "docx", ".dot": "docx", ".wpd": "docx", ".wps": "docx", ".sxw": "docx", ".fodt": "docx", ".abw": "docx",
    ".hwp": "docx", ".wri": "docx", ".lwp": "docx", ".ppt": "pptx", ".pps": "pptx", ".sxi": "pptx", ".fodp": "pptx",
    ".sxc": "xlsx", ".fods": "xlsx", ".wk1": "xlsx", ".wks": "xlsx", ".123": "xlsx", ".slk": "xlsx", ".dif": "xlsx",
    ".vsd": "pdf", ".vsdx": "pdf", ".odg": "pdf", ".otg": "pdf", ".sxd": "pdf", ".fodg": "pdf",
}  # fmt: skip
_SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
# The profile: no macros, no content from other places, and no updates of links.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">{}</oor:items>
"""
_PROFILE_ITEM = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_SETTINGS = (
    (_SECURITY, "MacroSecurityLevel", "3"),
    (_SECURITY, "DisableMacrosExecution", "true"),
    (_SECURITY, "DisableActiveContent", "true"),
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "1"),
)


def read(source: Source) -> Iterator[ParsedDocument | PartError]:
    """Yield the documents in the result of the conversion.

    Raises:
        DataError: LibreOffice is not installed, fails, or exceeds its limits.
        OSError: The file cannot be read.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise DataError(
            "only LibreOffice reads this format, and its program soffice is not installed; install it and repeat the "
            "run with --retry-failed"
        )
    suffix = source.suffix if source.suffix in _TARGETS else f".{ole_kind(source)}"
    target = _TARGETS.get(suffix, "pdf")
    converted = source.inner(f"{Path(source.name).stem}.{target}", _convert(program, source, suffix, target))
    note = "it was converted by LibreOffice"
    form = find_format(converted)
    if form.module == __name__:
        raise DataError("LibreOffice cannot convert it")
    for item in form.read(converted):
        yield replace(item, notes=(*item.notes, note)) if isinstance(item, ParsedDocument) else item


def _convert(program: str, source: Source, suffix: str, target: str) -> bytes:
    """Return the bytes of the result."""
    with tempfile.TemporaryDirectory(prefix="docsight-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        profile, results = folder / "profile", folder / "results"
        (profile / "user").mkdir(parents=True)
        results.mkdir()
        items = "".join(_PROFILE_ITEM.format(*setting) for setting in _SETTINGS)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items), encoding="utf-8")
        original = folder / f"document{suffix}"  # the name of the file may look like an option
        original.write_bytes(source.read_bytes())
        options = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard")
        command = [program, f"-env:UserInstallation={profile.as_uri()}", *options, "--convert-to", target]
        _run([*command, "--outdir", str(results), str(original)], folder)
        result = next(results.iterdir(), None)
        if result is None:
            raise DataError("LibreOffice cannot read it: it is damaged, or protected by a password")
        if (size := result.stat().st_size) > source.options.max_bytes:
            raise DataError(f"has {size:,} bytes when converted, too many for one document")
        return result.read_bytes()


def _run(command: list[str], folder: Path) -> None:
    """Run a program within the limits; its temporary files are in the folder, too."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"}
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it starts processes of its own, which end with it
        )
    except OSError as err:
        raise DataError(f"LibreOffice cannot be started: {err.strerror}") from err
    try:
        _limit(process.pid)
        process.wait(_MAX_SECONDS)
    except subprocess.TimeoutExpired as err:
        raise DataError(f"LibreOffice took more than {_MAX_SECONDS} seconds to read it") from err
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and, except on Windows, all that it has started."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _limit(process: int) -> None:
    """Limit the memory and the CPU time of a process and of those that it starts; works on Linux only."""
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError):  # it has ended
            resource.prlimit(process, resource.RLIMIT_DATA, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
            resource.prlimit(process, resource.RLIMIT_CPU, (_MAX_SECONDS, _MAX_SECONDS))
