"""The characters of typed text as the language model knows them."""

import unicodedata

MAX_CONTEXT = 400  # characters that the language model reads of a context
_PLAIN_CHARS = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\t": " ", "\r": "\n"}
)


def to_plain(text: str) -> str:
    """Compose accents, straighten quotes and normalise spaces; the length changes by the accents alone."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN_CHARS)
