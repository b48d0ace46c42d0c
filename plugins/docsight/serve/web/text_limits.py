"""Checks that several routes of texts share."""

from collections.abc import Sequence

from docsight.serve.web.problem_details import ProblemError
from docsight.serve.web.server_state import ServerState


def check_texts(texts: Sequence[str], state: ServerState) -> None:
    """Raise a 413 if a request has too many texts, or one that is too long."""
    if len(texts) > (most := state.settings.max_texts):
        raise ProblemError(413, f"the request has {len(texts):,} texts; send at most {most:,}")
    for text in texts:
        check_length(text, state)


def check_length(text: str, state: ServerState) -> None:
    """Raise a 413 if a text is too long."""
    if len(text) > (most := state.settings.max_text_chars):
        raise ProblemError(
            413, f"a text has {len(text):,} characters; send at most {most:,}, or a file to /v1/documents"
        )
