"""Read one file in a process of its own, and tell what went wrong beyond what may."""

import contextlib
import importlib
import json
import os
import resource
import traceback
import warnings
from pathlib import Path

MEMORY = 3 << 30  # bytes that a process may have for its data


def prepare(memory: int = MEMORY) -> None:
    """Load the readers, and bound the memory of this process."""
    from docsight.documents.formats import FORMATS

    for module in {one.module for one in FORMATS}:
        importlib.import_module(module)
    for name in (
        "docsight.documents.reading",
        "docsight.images",
        "PIL.Image",
        "selectolax.lexbor",
        "pypdfium2",
        "docx",
        "pptx",
        "pyarrow.parquet",
        "charset_normalizer",
    ):
        with contextlib.suppress(ImportError):  # of an extra
            importlib.import_module(name)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    warnings.simplefilter("ignore")  # Pillow has one for each damaged tag


def read_one(path: str, ocr: str = "never") -> tuple[int, list[str]]:
    """Read a file, and decode its pictures.

    Returns:
        How many documents it gave, and what went wrong as "class at innermost frame".
    """
    from docsight.documents.formats.content import SkipError
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import find_files
    from docsight.documents.problem import Problem
    from docsight.documents.reading import Document, read_file
    from docsight.errors import DocsightError

    documents = 0
    wrong: list[str] = []
    tell = Problem.of.__func__  # type: ignore[attr-defined]

    def told(cls: type[Problem], path: str, error: Exception, **options: object) -> Problem:
        if not isinstance(error, DocsightError | OSError | SkipError):
            wrong.append(describe(error))
        return tell(cls, path, error, **options)

    Problem.of = classmethod(told)  # type: ignore[assignment, method-assign]
    try:
        for file in find_files(path):
            if isinstance(file, Problem):
                continue
            for one in read_file(file, ReadOptions(ocr=ocr)):  # type: ignore[arg-type]
                if isinstance(one, Document):
                    documents += 1
                    wrong += check(one) + decode(one)
                elif not one.message.strip() and not wrong:
                    wrong.append(f"{one.error} without a message")
    finally:
        Problem.of = classmethod(tell)  # type: ignore[assignment, method-assign]
    return documents, wrong


def check(document: object) -> list[str]:
    """Tell what of a document no writer can write, or is no place in its text."""
    wrong = []
    record = {
        name: getattr(document, name) for name in ("text", "part", "title", "encoding", "format", "path", "notes")
    }
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except (UnicodeEncodeError, TypeError, ValueError) as err:
        wrong.append(f"{type(err).__name__} of the record: {str(err)[:60]}")
    size = len(document.text)  # type: ignore[attr-defined]
    at = 0
    for passage in document.passages:  # type: ignore[attr-defined]
        if not at <= passage.start <= passage.end <= size:
            wrong.append(f"passages out of order or bounds: {passage.start} to {passage.end} of {size}"[:40])
            break
        at = passage.start
    for image in document.images:  # type: ignore[attr-defined]
        if image.start is not None and not 0 <= image.start <= size:
            wrong.append("a picture's place is out of bounds")
            break
    return wrong


def decode(document: object) -> list[str]:
    """Tell what decoding the pictures of a document raises beyond what it may."""
    from docsight.errors import DataError
    from docsight.images import open_image

    wrong = []
    for image in document.images[:20]:  # type: ignore[attr-defined]
        try:
            open_image(image.data if image.data is not None else image.path)
        except DataError:
            pass
        except Exception as err:  # noqa: BLE001 - any other is what is looked for
            wrong.append(describe(err))
    return wrong


def describe(error: BaseException) -> str:
    """Name an error by its class and the innermost frame, in our code or that of a library."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}docsight{os.sep}" in frame.filename] or frames
    if not frames:
        return type(error).__name__
    last, own = frames[-1], ours[-1]
    inner = "" if last is own else f" < {Path(last.filename).name}:{last.name}"
    return f"{type(error).__name__} at {Path(own.filename).name}:{own.lineno} {own.name}{inner}"
