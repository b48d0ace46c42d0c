"""How names, numbers and image labels are written on the page."""

import re
from typing import Any

_MAX_CAPTIONS = 3  # components whose label is in the caption of an image

# Browsers show no control characters except tab and line ends, and lone surrogates cannot be encoded.
_CONTROL_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r\f"} | {0x7F: 0x2421}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# In a name, marks that change the direction of the text can make one name look like another.
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069]")


def visible_text(text: str) -> str:
    """Replace control characters by their symbols, and lone surrogates by their code."""
    text = text.translate(_CONTROL_PICTURES)
    return _LONE_SURROGATE.sub(_code, text)


def visible_name(text: str, max_chars: int = 300) -> str:
    """Fit a file name or a label on one line: no direction marks, and the middle of a long name is cut out."""
    text = _DIRECTION_MARKS.sub(_code, visible_text(text[: 4 * max_chars]))
    text = text.translate({9: " ", 10: "␊", 12: " ", 13: "␍"})
    return text if len(text) <= max_chars else f"{text[: max_chars * 2 // 3]} … {text[-max_chars // 4 :]}"


def short_number(number: int) -> str:
    """Write a number so that it fits into a tile: from ten million on in millions or more, such as "12.3 M"."""
    if number < 10_000_000:
        return f"{number:,}"
    size, unit = next(each for each in ((10**12, "T"), (10**9, "G"), (10**6, "M")) if number >= each[0])
    return f"{number / size:,.1f} {unit}"


def image_category(cat: dict[str, Any]) -> str:
    """Return the label that a component gave an image, "not sure" or "unreadable"."""
    if cat.get("error") is not None:
        return "unreadable"
    return "not sure" if cat.get("label") is None else str(cat["label"])[:60]


def image_caption(image: dict[str, Any]) -> str:
    """Return what the components report about an image, with their scores."""
    captions = []
    for cat in image["cats"].values():
        has_score = cat.get("label") is not None and cat.get("score") is not None
        read = f", reads {number}" if (number := number_read(cat)) else ""
        captions.append(image_category(cat) + (f" {cat['score']:.2f}" if has_score else "") + read)
    return ", ".join(captions[:_MAX_CAPTIONS])


def number_read(cat: dict[str, Any]) -> str:
    """Return the number that was read in an image and is not its label; "" if there is none."""
    text = cat.get("text")
    return "" if text is None or text == cat.get("label") else str(text)[:40]


def best_guess(cat: dict[str, Any]) -> str:
    """Return the most probable label of an image that got none."""
    scores = {label: score for label, score in cat["scores"].items() if score is not None}
    best = max(scores, key=lambda label: scores[label], default=None)
    return "" if best is None else f"most like {best}, {scores[best]:.2f}"


def _code(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
