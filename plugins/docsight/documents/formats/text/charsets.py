"""Guess the encoding of text by what its bytes say in each of the common encodings."""

import codecs
import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from docsight.documents.formats.text.charset_names import SUPERSETS, decode_ascii_compatible
from docsight.documents.formats.text.letter_model import LetterModel

# How rare each encoding is: natural logarithms of its probability relative to that of Windows-1252.
# fmt: off
RARITY: Mapping[str, float] = {
    "cp1252": 0, "iso8859-15": 3.5, "mac-roman": 3, "cp850": 2.5, "cp437": 3,
    "cp1250": 2, "iso8859-2": 2.5, "cp852": 3, "iso8859-16": 8, "mac-latin2": 5,
    "cp1251": 1, "koi8-r": 1.5, "koi8-u": 2, "cp866": 1.5, "iso8859-5": 2, "mac-cyrillic": 4, "cp855": 6,
    "cp1253": 1.5, "iso8859-7": 2, "cp737": 4, "mac-greek": 5,
    "cp1254": 2.5, "iso8859-9": 3.5, "cp857": 5, "mac-turkish": 6,
    "cp1257": 6, "iso8859-13": 7, "iso8859-4": 7, "cp775": 7, "cp865": 6,
    "cp1255": 2, "iso8859-8": 3, "cp1256": 2, "iso8859-6": 4, "cp874": 2.5, "cp1258": 4,
    "cp932": 1.5, "euc_jp": 1.5, "gb18030": 1.5, "big5": 2, "cp949": 2,
}
# fmt: on

# A few thousand bytes are as informative as all of them.
_MAX_SAMPLE_BYTES = 1500
_MAX_LINE_BYTES = 1000
# Neighbouring letters depend on one another, so they are weaker evidence than as many independent ones.
_EVIDENCE = 0.5
# The log-probability per byte of binary data is lower than this. That of text is about -2.5.
MIN_MEAN_LOG_PROBABILITY = -6.0

_NON_ASCII = re.compile(rb"[\x80-\xff]")


class Guess(NamedTuple):
    """A text as one encoding reads it, and the probability from 0 to 1 that it is the right one."""

    text: str
    encoding: str
    confidence: float


def guess_encoding(data: bytes, rarity: Mapping[str, float] = RARITY) -> Guess | None:
    """Return the most probable reading of bytes that are not ASCII; None if they are not text in any encoding.

    Args:
        data: The bytes.
        rarity: The encodings to choose from, and how rare each is.
    """
    sample = _sample(data)
    readings = {encoding: text for encoding in rarity if (text := _decode_sample(sample, encoding)) is not None}
    model = LetterModel.load()
    probabilities = {text: model.log_probability(text) for text in set(readings.values())}
    scores = {encoding: probabilities[text] - rarity[encoding] for encoding, text in readings.items()}
    for encoding in sorted(scores, key=lambda encoding: -scores[encoding]):
        if probabilities[readings[encoding]] < MIN_MEAN_LOG_PROBABILITY * len(sample):
            return None
        for name in _with_superset(encoding):
            try:
                text = decode_ascii_compatible(data, name)
            except UnicodeDecodeError:  # in the sample, or after it
                continue
            return Guess(text, name, _confidence(encoding, readings, scores))
    return None


def _with_superset(encoding: str) -> tuple[str, ...]:
    return (encoding, SUPERSETS[encoding]) if encoding in SUPERSETS else (encoding,)


def _confidence(encoding: str, readings: Mapping[str, str], scores: Mapping[str, float]) -> float:
    """Return the probability of a reading among all that differ from it."""
    others: dict[str, float] = {}
    for other, text in readings.items():
        if text != readings[encoding]:
            others[text] = max(scores[other], others.get(text, -math.inf))
    odds = sum(math.exp(min(0.0, _EVIDENCE * (score - scores[encoding]))) for score in others.values())
    return 1 / (1 + odds)


def _sample(data: bytes) -> bytes:
    """Return lines that are not ASCII; the last character may be incomplete."""
    lines: list[bytes] = []
    size = end = 0
    while size < _MAX_SAMPLE_BYTES and (match := _NON_ASCII.search(data, end)):
        start = max(end, match.start() - _MAX_LINE_BYTES // 4)
        start = max(start, data.rfind(b"\n", start, match.start()) + 1, data.rfind(b"\r", start, match.start()) + 1)
        line = data[start : match.start() + _MAX_LINE_BYTES].splitlines()[0]
        end = start + len(line)
        lines.append(line)
        size += len(line)
        if end == match.start() + _MAX_LINE_BYTES:
            break
    return b"\n".join(lines)


def _decode_sample(sample: bytes, encoding: str) -> str | None:
    for name in _with_superset(encoding):
        try:
            return codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeDecodeError:
            continue
    return None
