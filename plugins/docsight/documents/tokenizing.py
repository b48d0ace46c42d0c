"""Tokenize any text in linear time.

spaCy's tokenizer strips punctuation from both ends of each string between spaces, one character at a time, and copies
the rest each time. That is quadratic: a line of 8,000 "=" takes ten seconds, and one of 200,000 takes hours.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# Longer than any word or relevant address. Longer strings are tokenized in pieces.
_LONG_STRING = re.compile(r"(?<!\S)\S{401,}")
_CHARS_PER_PIECE = 100


def tokenize(nlp: "Language", text: str) -> "Doc":
    """Tokenize a text with the pipeline's tokenizer, but split long strings without a space into pieces first.

    Tokenizers other than spaCy's own get the text unchanged: some are for languages that are written without spaces.
    """
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]  # missing in spaCy's stubs

    if not isinstance(nlp.tokenizer, Tokenizer) or _LONG_STRING.search(text) is None:
        # Not `nlp.make_doc`, which refuses long texts for the sake of some components.
        return nlp.tokenizer(text)
    cuts: set[int] = set()

    def split(match: re.Match[str]) -> str:
        cuts.update(range(match.start() + _CHARS_PER_PIECE, match.end(), _CHARS_PER_PIECE))
        starts = range(0, len(match[0]), _CHARS_PER_PIECE)
        return " ".join(match[0][start : start + _CHARS_PER_PIECE] for start in starts)

    return _remove_spaces(nlp.tokenizer(_LONG_STRING.sub(split, text)), cuts)


def _remove_spaces(doc: "Doc", cuts: set[int]) -> "Doc":
    """Remove the spaces that were inserted at `cuts`, which are offsets in the text without them."""
    from spacy.attrs import NORM
    from spacy.tokens import Doc

    words = [token.text for token in doc]
    spaces = [bool(token.whitespace_) for token in doc]
    offset = 0
    for number, word in enumerate(words):
        offset += len(word)
        if offset in cuts:
            spaces[number] = False
        offset += spaces[number]
    joined = Doc(doc.vocab, words=words, spaces=spaces)
    norms: Any = doc.to_array([NORM])
    return joined.from_array([NORM], norms)
