"""Read files with one tool for `document_peers.py`, in the interpreter that has it.

    python benchmarks/document_peer_reader.py TOOL PDFTOTEXT < LIST

Writes a line of JSON for each file of the list: its path, its text (null if the tool does not read it), CPU seconds.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

Reader = Callable[[str], str]


def load_docsight(_: str) -> Reader:
    from docsight.documents.formats.content import ParsedDocument
    from docsight.documents.formats.detect import find_format
    from docsight.documents.formats.source import ReadOptions, Source

    options = ReadOptions(ocr="never")

    def read(path: str) -> str:
        source = Source.of(Path(path), options)
        parts = find_format(source).read(source)
        return "\n\n".join(part.text for part in parts if isinstance(part, ParsedDocument))

    return read


def load_kreuzberg(_: str) -> Reader:
    import kreuzberg

    return lambda path: str(kreuzberg.extract_file_sync(path).content)


def load_markitdown(_: str) -> Reader:
    from markitdown import MarkItDown

    converter = MarkItDown()
    return lambda path: str(converter.convert(path).text_content)


def load_pypdf(_: str) -> Reader:
    from pypdf import PdfReader

    def read(path: str) -> str:
        if not path.endswith(".pdf"):
            raise ValueError("reads only PDF")
        return "\n\n".join(page.extract_text() for page in PdfReader(path).pages)

    return read


def load_pdftotext(command: str) -> Reader:
    def read(path: str) -> str:
        if not path.endswith(".pdf"):
            raise ValueError("reads only PDF")
        done = subprocess.run([command, path, "-"], capture_output=True, check=True)
        return done.stdout.decode("utf-8", "replace")

    return read


LOADERS: dict[str, Callable[[str], Reader]] = {
    "docsight": load_docsight,
    "kreuzberg": load_kreuzberg,
    "markitdown": load_markitdown,
    "pypdf": load_pypdf,
    "pdftotext": load_pdftotext,
}


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those that it has run."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    tool, command = sys.argv[1:]
    read = LOADERS[tool](command)
    paths = sys.stdin.read().splitlines()
    warm: set[str] = set()
    for path in paths:
        if (suffix := Path(path).suffix) not in warm:  # what a tool loads for its first file is not counted
            warm.add(suffix)
            _try(read, path)
        started = cpu_seconds()
        text = _try(read, path)
        print(json.dumps([path, text, cpu_seconds() - started]), flush=True)


def _try(read: Reader, path: str) -> str | None:
    try:
        return read(path)
    except Exception as err:  # noqa: BLE001 - whatever a tool raises, it has not read the file
        print(f"{path}: {err}", file=sys.stderr)
        return None


if __name__ == "__main__":
    main()
