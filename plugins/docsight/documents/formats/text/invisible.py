"""Invisible characters, such as soft hyphens: they split words for a program, but not for a reader."""

import re

# Joiners change the letters beside them in some scripts, and join emoji; elsewhere they do nothing.
_JOINABLE = "\u0600-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\uabff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_NEVER_SHOWN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f"
)
_MAY_BE_STRIPPED = re.compile(f"[{_NEVER_SHOWN}\u200c\u200d]")  # found several times faster than the next
_ZERO_WIDTH = re.compile(
    f"[{_NEVER_SHOWN}]+|(?<![{_JOINABLE}])[\u200c\u200d]+|[\u200c\u200d]+(?![\u200c\u200d{_JOINABLE}])"
)


def strip_invisible(text: str) -> str:
    """Remove soft hyphens, zero-width spaces and joiners, and marks of the writing direction.

    Joiners stay between characters that they change: those of Arabic and Indic scripts, and emoji.
    """
    return text if text.isascii() or not _MAY_BE_STRIPPED.search(text) else _ZERO_WIDTH.sub("", text)
