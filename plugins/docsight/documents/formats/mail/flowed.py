"""Text of the format "flowed" (RFC 3676), whose lines a mailer wrapped."""

import re

_MARKS = re.compile(r">*")
_SIGNATURE_MARK = "-- "


def join_flowed(text: str, *, delete_space: bool) -> str:
    """Join the lines that end with a space to the next, if both are quoted equally deeply.

    Args:
        text: A text of the format "flowed".
        delete_space: Whether the space at the end of the line is not part of the text (DelSp=yes).
    """
    joined: list[str] = []
    open_depth: int | None = None  # of the last line if it goes on
    for line in text.split("\n"):
        marks = _MARKS.match(line)
        depth = marks.end() if marks is not None else 0
        content = line[depth:].removeprefix(" ")
        is_signature_mark = content == _SIGNATURE_MARK
        if open_depth == depth and not is_signature_mark:
            joined[-1] += content
        else:
            joined.append(f"{'>' * depth} {content}" if depth and content else ">" * depth + content)
        open_depth = None
        if content.endswith(" ") and not is_signature_mark:
            open_depth = depth
            joined[-1] = joined[-1][:-1] if delete_space else joined[-1]
    return "\n".join(joined)
