"""Documents in, annotated documents out: what `docsight process` runs."""

from docsight.documents.formats.source import ReadOptions
from docsight.documents.inputs import read_list
from docsight.documents.output.summary import Summary
from docsight.documents.pipeline import Pipeline
from docsight.documents.problem import Problem
from docsight.documents.processor import process
from docsight.documents.progress import Progress
from docsight.documents.reading import read

__all__ = ["Pipeline", "Problem", "Progress", "ReadOptions", "Summary", "process", "read", "read_list"]
