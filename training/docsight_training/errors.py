"""Errors of training beside those of docsight; this module imports nothing that takes long."""

from docsight.errors import DocsightError

INTERRUPTED = 130  # the exit code after Ctrl-C, 128 + SIGINT


class RunInterruptedError(DocsightError):
    """A run was ended by Ctrl-C, and its state was saved."""
