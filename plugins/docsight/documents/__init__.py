"""Documents in, annotated documents out: what `docsight process` runs."""

from docsight.documents.inputs import Problem
from docsight.documents.processor import process
from docsight.documents.reading import read
from docsight.documents.summary import Progress, Summary

__all__ = ["Problem", "Progress", "Summary", "process", "read"]
