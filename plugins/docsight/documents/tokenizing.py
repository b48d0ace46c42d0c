"""Tokenize in a time that grows with the length of a text, whatever it holds.

spaCy's tokenizer takes punctuation off both ends of what stands between spaces, a character at a time, and copies the
rest for each: a line of 8,000 "=" takes ten seconds, one of 200,000 hours.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# No word is so long, nor an address that anybody reads; what is, is tokenized in pieces.
_LONG = re.compile(r"(?<!\S)\S{401,}")
_PIECE = 100


def tokenize(nlp: "Language", text: str) -> "Doc":
    """Make a Doc of a text as the pipeline's tokenizer does, but that long stretches without a space come in pieces.

    Tokenizers other than spaCy's own are left alone: some are for languages that are written without spaces.
    """
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]  # missing in spaCy's stubs

    if not isinstance(nlp.tokenizer, Tokenizer) or (first := _LONG.search(text)) is None:
        # The tokenizer itself, since `nlp.make_doc` refuses long texts for the sake of components.
        return nlp.tokenizer(text)
    pieces = [text[: first.start()]]
    end = first.start()
    cuts: list[int] = []
    for long in _LONG.finditer(text):
        pieces.append(text[end : long.start()])
        cuts += range(long.start() + _PIECE, long.end(), _PIECE)
        pieces.append(" ".join(long[0][at : at + _PIECE] for at in range(0, len(long[0]), _PIECE)))
        end = long.end()
    pieces.append(text[end:])
    return _without_spaces(nlp.tokenizer("".join(pieces)), cuts)


def _without_spaces(doc: "Doc", cuts: list[int]) -> "Doc":
    """Take the spaces that were put in at `cuts`, places in the text without them, off a Doc again."""
    from spacy.attrs import NORM
    from spacy.tokens import Doc

    words = [token.text for token in doc]
    spaces = [bool(token.whitespace_) for token in doc]
    due = iter(cuts)
    cut = next(due, None)
    at = 0
    for number, word in enumerate(words):
        at += len(word)
        if at == cut:
            spaces[number] = False
            cut = next(due, None)
        at += spaces[number]
    whole = Doc(doc.vocab, words=words, spaces=spaces)
    norms: Any = doc.to_array([NORM])
    return whole.from_array([NORM], norms)
