"""Tokens of mail and web addresses, paths and references to manual pages: they are in no entity.

spaCy's tokenizer divides some of them, so that a part such as `Rob` in `Rob.Hooft@EMBL-Heidelberg.DE` looks like a
name.
"""

import re
from collections.abc import Sequence

import numpy as np
from spacy.attrs import SPACY
from spacy.tokens import Doc

# The parts are limited in length, and each text matches in one way only, so that searching takes linear time.
_MAIL = r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
_WEB = r"""(?:[A-Za-z][A-Za-z0-9+.-]{0,30}://|www\.)[^\s<>\[\]{}|"'`\u201c\u201d]+(?<![.,;:!?)])"""
_PATH = r"(?<![\w.~/)])(?:~|\.{1,2})?/(?:[\w.+-]+/)+[\w.+-]*"
# printf(3), EVP_PKEY(3ssl) and FC-MATCH(1), but not Lindt(1), which has a footnote.
_MANUAL_PAGE = r"(?<![\w.-])(?:[a-z_][\w.:+-]{0,60}|[A-Z][A-Z\d_]{0,60}(?:[-:.][A-Z\d_]{1,60}){0,9})\([1-9][a-z]{0,4}\)"
_ADDRESS_PATTERN = re.compile("|".join((_MAIL, _WEB, _PATH, _MANUAL_PAGE)))
_ADDRESS_PART = re.compile(r"@|//|^www\.|^(?:~|\.{1,2})?/|\(\d")
_MAX_TOKENS = 60  # of a string without a space, on either side of the part of an address


def is_address_part(word: str) -> bool:
    """Return whether a token may be part of an address; each address that is divided has one of these tokens."""
    return _ADDRESS_PART.search(word) is not None


def address_tokens(doc: Doc, parts: Sequence[int]) -> list[int]:
    """Return the tokens that are whole within an address, in order.

    Args:
        doc: The Doc.
        parts: The tokens that may be part of an address, in order.
    """
    if not parts:
        return []
    has_space = doc.to_array(SPACY)
    found: list[int] = []
    end = 0  # of the last string, in tokens
    for part in parts:
        if part < end:
            continue
        start, end = _string_around(doc, has_space, part)
        words = [token.text for token in doc[start:end]]
        edges = np.cumsum([0, *map(len, words)])
        for match in _ADDRESS_PATTERN.finditer("".join(words)):
            first, last = np.searchsorted(edges, match.start()), np.searchsorted(edges, match.end(), side="right") - 1
            found.extend(range(start + int(first), start + int(last)))
    return found


def _string_around(doc: Doc, has_space: np.ndarray, part: int) -> tuple[int, int]:
    """Return the first token, and the one after the last, of the string without a space that contains a token."""
    start, end = part, part + 1
    while start > max(0, part - _MAX_TOKENS) and not has_space[start - 1] and not doc[start - 1].is_space:
        start -= 1
    while end < min(len(doc), part + _MAX_TOKENS) and not has_space[end - 1] and not doc[end].is_space:
        end += 1
    return start, end
