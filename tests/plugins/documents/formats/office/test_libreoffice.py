"""Formats that an installed LibreOffice converts; a script takes its place."""

import io
import sys
from pathlib import Path

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.office import libreoffice
from docsight.documents.formats.source import ReadOptions, Source
from docsight.errors import DataError

# The package test runs without the sources, so the builder is beside the tests.
sys.path.append(str(Path(__file__).parents[2]))
from hostile_files.ole_builder import ole

docx = pytest.importorskip("docx")

DOC = ole({"WordDocument": b"x" * 100})
CONVERT = """
folder = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
(folder / f"document.{sys.argv[sys.argv.index('--convert-to') + 1]}").write_bytes(pathlib.Path(RESULT).read_bytes())
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program soffice, alone on the path, which writes a Word file; beside it, it lists its arguments and files."""
    folder = tmp_path / "bin"
    folder.mkdir()
    document = docx.Document()
    document.add_paragraph("Ada Lovelace wrote.")
    document.save(str(tmp_path / "result.docx"))
    monkeypatch.setenv("PATH", str(folder))
    return write_script(folder / "soffice", CONVERT)


def write_script(path: Path, script: str) -> Path:
    result = path.parent.parent / "result.docx"
    log = "pathlib.Path(RESULT).with_name('log').write_text('\\n'.join((*sys.argv, pathlib.Path.cwd().as_posix())))"
    start = f"#!{sys.executable}\nimport pathlib, sys, time\nRESULT = {str(result)!r}\n{log}\n"
    path.write_text(start + script, encoding="utf-8")
    path.chmod(0o755)
    return path


def read(name: str = "a.doc", data: bytes = DOC, **options: int) -> ParsedDocument:
    (document,) = libreoffice.read(Source(name=name, data=data, options=ReadOptions(**options)))
    assert isinstance(document, ParsedDocument)
    return document


def test_a_file_is_converted_in_a_folder_and_a_profile_of_its_own(program: Path, tmp_path: Path) -> None:
    document = read("--option.doc")
    assert document.text == "Ada Lovelace wrote."
    assert document.notes == ("it was converted by LibreOffice",)
    _, profile, *options, original, folder = (tmp_path / "log").read_text().split("\n")
    assert profile == f"-env:UserInstallation=file://{folder}/profile"
    assert original == f"{folder}/document.doc"
    assert options[-4:-1] == ["--convert-to", "docx", "--outdir"]
    assert not Path(folder).exists()


def test_macros_are_disabled_in_the_profile(program: Path, tmp_path: Path) -> None:
    keep = "import shutil; shutil.copytree('profile', pathlib.Path(RESULT).with_name('kept'))"
    write_script(program, keep + CONVERT)
    read()
    settings = (tmp_path / "kept" / "user" / "registrymodifications.xcu").read_text()
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true<' in settings


def test_a_missing_libreoffice_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataError, match="soffice is not installed"):
        read()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_a_conversion_without_end_is_ended_with_what_it_started(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    child = "import subprocess; child = subprocess.Popen(['/bin/sleep', '60'])\n"
    write_script(program, f"{child}pathlib.Path({str(started)!r}).write_text(str(child.pid)); time.sleep(60)")
    monkeypatch.setattr(libreoffice, "_MAX_SECONDS", 1)
    with pytest.raises(DataError, match="more than 1 seconds"):
        read()
    status = Path(f"/proc/{started.read_text()}/stat")
    assert not status.exists() or status.read_text().rpartition(")")[2].split()[0] in ("Z", "X")


def test_a_conversion_that_fails_or_is_too_large_is_said(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="when converted, too many"):
        read(max_bytes=len(DOC) + 10)
    write_script(program, "sys.exit(77)")
    with pytest.raises(DataError, match="cannot read it"):
        read()
    write_script(program, CONVERT.replace("pathlib.Path(RESULT).read_bytes()", repr(DOC)))
    with pytest.raises(DataError, match="cannot convert it"):
        read()
    program.write_text("#!/no/such/program\n")
    with pytest.raises(DataError, match="cannot be started"):
        read()


@pytest.mark.skipif(sys.platform != "linux", reason="the limit works on Linux only")
def test_the_memory_of_a_conversion_is_limited(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "_MAX_MEMORY_BYTES", 200 << 20)
    write_script(program, "time.sleep(0.3); data = bytearray(400 << 20)" + CONVERT)
    with pytest.raises(DataError, match="cannot read it"):
        read()


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.doc", DOC, "doc"),
        ("a", DOC, "doc"),
        ("a.doc", b"A manual in plain text.", "text"),
        ("a", ole({"PowerPoint Document": b"x" * 100}), "ppt"),
        ("a.fodt", b'<?xml version="1.0"?><office:document/>', "libreoffice"),
        ("a.wpd", b"\xffWPC\x10\0", "libreoffice"),
    ],
)
def test_formats_are_detected(name: str, data: bytes, form: str) -> None:
    assert find_format(Source(name=name, data=data)).name == form


def test_zip_based_files_of_older_programs_are_detected() -> None:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.sun.xml.writer")
        archive.writestr("content.xml", "<x/>")
    assert find_format(Source(name="a.sxw", data=file.getvalue())).name == "libreoffice"
