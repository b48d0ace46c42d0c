"""Read documents, and annotate whole folders of them: the Python API behind `docsight process`.

Names are imported on first use, so that `docsight --help` imports nothing slow.
"""

from typing import TYPE_CHECKING

from docsight.lazy import lazy_names

if TYPE_CHECKING:
    from docsight.documents.dry_run import Survey, survey
    from docsight.documents.formats.source import ReadOptions
    from docsight.documents.inputs import read_list
    from docsight.documents.output.summary import Summary
    from docsight.documents.pipeline import Pipeline
    from docsight.documents.problem import Problem
    from docsight.documents.processor import process
    from docsight.documents.reading import read
    from docsight.documents.runner.progress import Progress
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Pipeline": "docsight.documents.pipeline",
            "Problem": "docsight.documents.problem",
            "Progress": "docsight.documents.runner.progress",
            "ReadOptions": "docsight.documents.formats.source",
            "Summary": "docsight.documents.output.summary",
            "Survey": "docsight.documents.dry_run",
            "process": "docsight.documents.processor",
            "read": "docsight.documents.reading",
            "read_list": "docsight.documents.inputs",
            "survey": "docsight.documents.dry_run",
        },
    )

__all__ = [
    "Pipeline",
    "Problem",
    "Progress",
    "ReadOptions",
    "Summary",
    "Survey",
    "process",
    "read",
    "read_list",
    "survey",
]
