"""Documents in, annotated documents out: the Python API behind `docsight process`.

Names are imported on first use, so that `docsight --help` imports nothing slow.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import read_list
    from docsight.documents.output.summary import Summary
    from docsight.documents.pipeline import Pipeline
    from docsight.documents.problem import Problem
    from docsight.documents.processor import process
    from docsight.documents.progress import Progress
    from docsight.documents.reading import read

__all__ = ["Pipeline", "Problem", "Progress", "ReadOptions", "Summary", "process", "read", "read_list"]

_MODULES = {
    "Pipeline": "pipeline",
    "Problem": "problem",
    "Progress": "progress",
    "ReadOptions": "formats.source",
    "Summary": "output.summary",
    "process": "processor",
    "read": "reading",
    "read_list": "inputs",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
