"""Read one file in a worker process, and find unexpected errors and invalid documents."""

import contextlib
import importlib
import json
import os
import resource
import traceback
import warnings
from pathlib import Path

MAX_DATA_BYTES = 3 << 30  # of the data segment, beyond what the process has before it reads


def load_readers(max_bytes: int = MAX_DATA_BYTES) -> None:
    """Import the readers, then limit the memory of this process to so much more than it has then."""
    from docsight.documents.formats import FORMATS

    for module in {form.module for form in FORMATS}:
        importlib.import_module(module)
    for name in (
        "docsight.documents.reading",
        "docsight.image_decoding",
        "PIL.Image",
        "selectolax.lexbor",
        "pypdfium2",
        "docx",
        "pptx",
        "pyarrow.parquet",
        "python_calamine",
        "olefile",
        "py7zr",
        "ftfy.badness",
    ):
        with contextlib.suppress(ImportError):  # of an extra
            importlib.import_module(name)
    from docsight.documents.analysis.language import load_identifier
    from docsight.documents.formats.text.letter_model import LetterModel

    LetterModel.load()
    load_identifier()
    # A forked process has the data of its parent, which may have run hundreds of tests before.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    limit = max_bytes + next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:"))
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    warnings.simplefilter("ignore")  # Pillow warns of each damaged tag


def read_one(path: str, ocr: str = "never") -> tuple[int, list[str]]:
    """Read a file and decode its images.

    Returns:
        The number of documents, and each unexpected error as "class at innermost frame".
    """
    from docsight.documents.formats.content import SkipError
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import find_files
    from docsight.documents.problem import Problem
    from docsight.documents.reading import Document, read_file
    from docsight.errors import DocsightError

    documents = 0
    findings: list[str] = []
    make_problem = Problem.of.__func__  # type: ignore[attr-defined]

    def record_unexpected(cls: type[Problem], path: str, error: Exception, **options: object) -> Problem:
        if not isinstance(error, DocsightError | OSError | SkipError):
            findings.append(describe(error))
        return make_problem(cls, path, error, **options)

    Problem.of = classmethod(record_unexpected)  # type: ignore[assignment, method-assign]
    try:
        for file in find_files(path):
            if isinstance(file, Problem):
                continue
            for item in read_file(file, ReadOptions(ocr=ocr)):  # type: ignore[arg-type]
                if isinstance(item, Document):
                    documents += 1
                    findings += check_document(item) + decode_images(item)
                elif not item.message.strip() and not findings:
                    findings.append(f"{item.error} without a message")
    finally:
        Problem.of = classmethod(make_problem)  # type: ignore[assignment, method-assign]
    return documents, findings


def check_document(document: object) -> list[str]:
    """Return what makes a document invalid: values that cannot be written, or offsets outside its text."""
    from docsight.documents.output.markdown_text import to_markdown

    findings = []
    record = document.record(corrections=[], entities=[], images=[])  # type: ignore[attr-defined]
    try:
        json.dumps(record, ensure_ascii=False).encode()
        to_markdown(record)
    except (UnicodeEncodeError, TypeError, ValueError) as err:
        findings.append(f"{type(err).__name__} of the record: {str(err)[:60]}")
    size = len(document.text)  # type: ignore[attr-defined]
    at = 0
    for passage in document.passages:  # type: ignore[attr-defined]
        if not at <= passage.start <= passage.end <= size:
            findings.append(f"passages out of order or bounds: {passage.start} to {passage.end} of {size}"[:40])
            break
        at = passage.start
    for image in document.images:  # type: ignore[attr-defined]
        if image.start is not None and not 0 <= image.start <= size:
            findings.append("the offset of an image is out of bounds")
            break
    return findings


def decode_images(document: object) -> list[str]:
    """Decode the images of a document; return the errors other than `DataError`."""
    from docsight.errors import DataError
    from docsight.image_decoding import open_image

    findings = []
    for image in document.images[:20]:  # type: ignore[attr-defined]
        try:
            open_image(image.data if image.data is not None else image.path)
        except DataError:
            pass
        except Exception as err:  # noqa: BLE001 - any other error is a finding
            findings.append(describe(err))
    return findings


def describe(error: BaseException) -> str:
    """Return the class of an error with the innermost frames in docsight and in a library."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}docsight{os.sep}" in frame.filename] or frames
    if not frames:
        return type(error).__name__
    last, own = frames[-1], ours[-1]
    inner = "" if last is own else f" < {Path(last.filename).name}:{last.name}"
    return f"{type(error).__name__} at {Path(own.filename).name}:{own.lineno} {own.name}{inner}"
