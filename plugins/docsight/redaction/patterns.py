"""Patterns of ids and names for which presidio has no recognizer, or one that misses those of private networks."""

from dataclasses import dataclass

from docsight.redaction.name_forms import PARTICLES

# A page may break an address, and others hide it from robots.
_WRITTEN_AT = r"(?:@(?:[ \t]*\n[ \t]*)?|[ \t]?[\[({]at[\])}][ \t]?)"
_WRITTEN_DOT = r"(?:\.|[ \t]?[\[({]dot[\])}][ \t]?)"
# Each pattern begins at the start of a word and gives back nothing of it: a long run of letters takes linear time.
_LOCAL_CHAR = r"[\w.!#$%&'*+/=?^`{|}~-]"
_EMAIL_ADDRESS = rf"(?<!{_LOCAL_CHAR}){_LOCAL_CHAR}++{_WRITTEN_AT}[\w-]+(?:{_WRITTEN_DOT}[\w-]+)*"
_AFTER_HEADER = r"(?im)(?<=^(?:from|to|cc|bcc|sender|reply-to):[ \t]{0,3})"
_BEFORE_ADDRESS = r"(?=\"?[ \t\n]{0,3}<[^\s<>@]{1,100}@)"
_CAPITALISED = r"\p{Lu}[\w'\u2019.\-]*+"
_WORD_START = r"(?<![\w'\u2019.\-])"
_PARTICLE = rf"(?:{'|'.join(sorted(PARTICLES, reverse=True))}|y)"  # "des" before "de"
_FULL_NAME = rf"{_WORD_START}{_CAPITALISED}(?: (?:{_CAPITALISED}|{_PARTICLE})){{0,4}}"


@dataclass(frozen=True)
class IdPattern:
    """A pattern of the package `regex`, and presidio's type of what it finds.

    Args:
        name: The name of the recognizer.
        type: As in presidio.
        pattern: The regular expression.
        score: From 0 to 1.
    """

    name: str
    type: str
    pattern: str
    score: float


ADDRESSEE = "AddresseeRecognizer"
ID_PATTERNS = (
    # presidio's looks up the top level domain in a list that it downloads.
    IdPattern("EmailRecognizer", "EMAIL_ADDRESS", _EMAIL_ADDRESS, 0.9),
    IdPattern("AddressRecognizer", "URL", r"(?i)\b[a-z][a-z0-9+.\-]{1,15}://[^\s<>\"]*[^\s<>\".,;:!?)\]}'\u2019]", 0.7),
    IdPattern("HomeFolderRecognizer", "USER", r"(?i)(?<=(?:/home|/users|[a-z]:\\users)[\\/])[\w.@\-]*\w", 0.7),
    IdPattern(ADDRESSEE, "PERSON", rf"{_FULL_NAME}{_BEFORE_ADDRESS}", 0.5),
    IdPattern(ADDRESSEE, "PERSON", rf"(?<=\")[^\"<>@\n]{{2,60}}{_BEFORE_ADDRESS}", 0.5),
    IdPattern(ADDRESSEE, "PERSON", rf"{_AFTER_HEADER}\w[^\"<>@\n]{{1,60}}{_BEFORE_ADDRESS}", 0.5),
)  # fmt: skip
