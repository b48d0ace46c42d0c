"""Loads, when it is imported by the fork server, what all workers then share without loading it again."""

from contextlib import suppress

from docsight.documents.analysis.language import load_identifier

with suppress(OSError):  # each worker tries again, and reports the error
    load_identifier()
