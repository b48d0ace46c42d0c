"""Running text as arrays of ids."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Ints
from docsight.spelling.correction.scorer import MAX_WORD_CHARS
from docsight.spelling.tokens import key_of, read_tokens
from docsight.vocab import PAD, UNK, Vocab, casing
from docsight_training.data.speller.open_text import Paragraph


class Keys:
    """Numbers lookup keys: those of the lexicon by their ids, the others behind them.

    Attributes:
        ids: The number of each key.
        rows: By number, the ids of the key's characters, padded to `MAX_WORD_CHARS`.
    """

    def __init__(self, words: Vocab, chars: Vocab) -> None:
        self.chars = chars
        self.ids = {key: at for at, key in enumerate(words.entries, start=2)}
        self.rows: list[list[int]] = [[UNK] + [PAD] * (MAX_WORD_CHARS - 1)] * 2
        self.rows += [self.row(key) for key in words.entries]

    def row(self, key: str) -> list[int]:
        ids = self.chars.char_ids(key, MAX_WORD_CHARS)
        return ids + [PAD] * (MAX_WORD_CHARS - len(ids))

    def id(self, key: str) -> int:
        """Return the number of a key; a new key gets the next one."""
        number = self.ids.get(key)
        if number is None:
            number = self.ids[key] = len(self.rows)
            self.rows.append(self.row(key))
        return number


@dataclass
class EncodedText:
    """Sentences as arrays."""

    surfaces: list[str]  # distinct, as written
    keys: Ints  # (surfaces,) the key of each
    casings: Ints  # (surfaces,)
    tokens: npt.NDArray[np.int32]  # (tokens,) into the surfaces
    starts: Ints  # (sentences,)
    lengths: Ints  # (sentences,)


def encode_text(paragraphs: Iterable[Paragraph], keys: Keys) -> EncodedText:
    """Encode a text; its new keys are added to `keys`."""
    ids: dict[str, int] = {}
    tokens: list[int] = []
    lengths: list[int] = []
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            read = read_tokens(sentence)
            tokens += [ids.setdefault(surface, len(ids)) for surface in read.surfaces]
            lengths += np.diff(read.bounds).tolist()
    surfaces = list(ids)
    sizes = np.array(lengths, dtype=np.int64)
    return EncodedText(
        surfaces,
        np.array([keys.id(key_of(surface)) for surface in surfaces], dtype=np.int64),
        np.array([casing(surface) for surface in surfaces], dtype=np.int64),
        np.array(tokens, dtype=np.int32),
        np.cumsum(sizes) - sizes,
        sizes,
    )
