"""The numbers of lists and headings in the formats of Word and PowerPoint."""

from docsight.documents.formats.text.numerals import format_roman

_MAX_LETTERS = 780  # "z" thirty times, the most that Word writes


def format_number(number: int, number_format: str) -> str:
    """Write a number in a format, by the name that Word has for it; unknown formats are decimal."""
    if number_format in ("none", "bullet"):
        return ""
    if number_format == "decimalZero":
        return f"{number:02d}"
    if number_format == "ordinal":
        return _ordinal(number)
    if number_format.endswith("Letter") and 0 < number <= _MAX_LETTERS:
        return _cased(_letters(number), number_format)
    if number_format.endswith("Roman"):
        return _cased(format_roman(number), number_format)
    return str(number)


def _cased(text: str, number_format: str) -> str:
    return text.upper() if number_format.startswith("upper") else text


def _letters(number: int) -> str:
    """Return a letter, repeated after each 26 numbers: a, b, …, z, aa, bb."""
    repeats, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (repeats + 1)


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
