"""Split a long text at the best boundaries, such as ends of paragraphs."""

import re
from collections.abc import Iterator

from docsight.errors import ConfigError

# At least three letters before the full stop, so that initials, "Mr." and "St." do not end a sentence.
_SENTENCE_BOUNDARY = re.compile(r"""\w{3}[.!?\u2026]["'\u201d\u2019)\]]*\s+|[\u3002\uff01\uff1f]""")
_SPACE = re.compile(r"\s+")


def cut(text: str, max_chars: int) -> Iterator[tuple[int, int]]:
    """Yield chunks of at most `max_chars` characters that together are the whole text.

    Each but the last is at least half full. It ends after a paragraph if one ends in its second half, else after a
    sentence, a line or a space, and at the limit if there is no such boundary. An empty text has one empty chunk.

    Yields:
        Start and end of each chunk, in characters.
    """
    if max_chars < 1:
        raise ConfigError(f"max_chars must be at least 1, not {max_chars}")
    start = 0
    while len(text) - start > max_chars:
        end = _boundary(text, start + max_chars // 2, start + max_chars)
        yield start, end
        start = end
    yield start, len(text)


def _boundary(text: str, low: int, high: int) -> int:
    """Find the last good place to split in the interval (low, high]."""
    paragraph = text.rfind("\n\n", low, high)
    if paragraph >= 0:
        return paragraph + 2
    sentence = max((match.end() for match in _SENTENCE_BOUNDARY.finditer(text, low, high)), default=0)
    if sentence:
        return sentence
    line = text.rfind("\n", low, high)
    if line >= 0:
        return line + 1
    return max((match.end() for match in _SPACE.finditer(text, low, high)), default=high)
