"""The lists that an RTF file defines, and the numbers of their items where the file does not write them itself."""

from dataclasses import dataclass, field

from docsight.documents.formats.office.numbering import Numbering, NumberingLevel

LIST_TABLES = ("listtable", "listoverridetable")
_RTF_NUMBER_FORMATS = {
    1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 5: "ordinal", 22: "decimalZero",
    23: "bullet", 255: "none",
}  # fmt: skip
_NO_SUFFIX = 2  # of `levelfollow`
_MAX_LEVELS_OF_LIST = 9
_MAX_LISTS = 10_000
_TEXT_WORDS = ("leveltext", "levelnumbers", "listname")  # after which text is one of these


@dataclass
class _RtfLevel:
    values: dict[str, int] = field(default_factory=dict)
    text: str = ""  # its length as a character, then the number with a placeholder for each level, and a semicolon

    def rules(self, level: int) -> NumberingLevel:
        number_format = self.values.get("levelnfcn", self.values.get("levelnfc", 0))
        shown = self.text[1 : 1 + ord(self.text[0])] if self.text else ""
        return NumberingLevel(
            text="".join(f"%{ord(sign) + 1}" if sign < "\t" else sign for sign in shown),
            number_format=_RTF_NUMBER_FORMATS.get(number_format, "decimal"),
            start=self.values.get("levelstartat", 1),
            restart=0 if self.values.get("levelnorestart") else level,
            style_id="",
            suffix="" if self.values.get("levelfollow") == _NO_SUFFIX else " ",
            is_decimal=bool(self.values.get("levellegal")),
        )


class RtfLists:
    """Reads the tables of lists, and counts the items."""

    def __init__(self) -> None:
        self._numbering = Numbering()
        self._definitions: dict[int, list[_RtfLevel]] = {}
        self._levels: list[_RtfLevel] = []  # of the list that is being read
        self._starts: dict[int, int] = {}  # by level, that the list being read overrides
        self._overridden_levels = 0
        self._definition = 0
        self._text_word = ""
        self._lists = 0

    def read_word(self, word: str, number: int | None) -> None:
        """Apply a word of one of the tables."""
        if word in _TEXT_WORDS:
            self._text_word = word
        elif word in ("list", "listoverride"):
            self._levels, self._starts, self._overridden_levels = [], {}, 0
        elif word == "listlevel":
            self._levels.append(_RtfLevel())
        elif word == "listid" and number is not None:
            self._definition = number
            if self._levels:
                self._definitions[number] = self._levels[:_MAX_LEVELS_OF_LIST]
        elif word == "lfolevel":
            self._overridden_levels += 1
        elif word == "levelstartat" and self._overridden_levels and number is not None:
            self._starts[self._overridden_levels - 1] = number
        elif word == "ls" and number is not None:
            self._define(number)
        elif self._levels and number is not None:
            self._levels[-1].values[word] = number

    def add_text(self, text: str) -> None:
        """Add a piece of the number of a level."""
        if self._text_word == "leveltext" and self._levels:
            self._levels[-1].text += text

    def next_number(self, list_id: int, level: int) -> str:
        """Count an item of a list at a level, from 0; return its number, or nothing if it has a bullet or none."""
        return self._numbering.next_number(str(list_id), level)

    def _define(self, list_id: int) -> None:
        self._lists += 1
        definition = self._definitions.get(self._definition)
        if definition is not None and self._lists <= _MAX_LISTS:
            levels = {number: level.rules(number) for number, level in enumerate(definition)}
            self._numbering.define(str(list_id), str(self._definition), levels, self._starts)
