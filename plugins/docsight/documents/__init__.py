"""Documents in, annotated documents out: the Python API behind `docsight process`.

Names are imported on first use, so that `docsight --help` imports nothing slow.
"""

from typing import TYPE_CHECKING

from docsight.lazy import lazy_names

if TYPE_CHECKING:
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import read_list
    from docsight.documents.output.summary import Summary
    from docsight.documents.pipeline import Pipeline
    from docsight.documents.problem import Problem
    from docsight.documents.processor import process
    from docsight.documents.progress import Progress
    from docsight.documents.reading import read
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Pipeline": "docsight.documents.pipeline",
            "Problem": "docsight.documents.problem",
            "Progress": "docsight.documents.progress",
            "ReadOptions": "docsight.documents.formats.source",
            "Summary": "docsight.documents.output.summary",
            "process": "docsight.documents.processor",
            "read": "docsight.documents.reading",
            "read_list": "docsight.documents.inputs",
        },
    )

__all__ = ["Pipeline", "Problem", "Progress", "ReadOptions", "Summary", "process", "read", "read_list"]
