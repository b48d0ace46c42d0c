"""The words of RTF that the reader knows, and the markers of items."""

import re

from docsight.documents.formats.office.rtf_formulas import FORMULAS

# What is left out, unless it is marked with `\*`: then all but `SHOWN_WORDS` is left out.
LEFT_OUT_WORDS = frozenset((
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "xe", "tc", "rxe", "txe", "sp", "nonshppict", "nonesttables",
    "pntext", "listtext", "filetbl", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "objdata",
    "atrfstart", "atrfend", "atnid", "atnauthor", "template", "bkmkstart", "bkmkend", "shprslt", "mmathPict",
))  # fmt: skip
SHOWN_WORDS = frozenset(("shpinst", "shptxt", "nesttableprops", "do", *FORMULAS))
TEXT_BOXES = ("shptxt", "dptxbxtext")  # the latter in the drawings of Word 95, which newer versions add to their own
CHARACTERS = {
    "tab": "\t", "emdash": "\u2014", "endash": "\u2013", "emspace": "\u2003", "enspace": "\u2002", "bullet": "\u2022",
    "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "~": "\xa0", "_": "\u2011",
    "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip
MARKER_GROUPS = ("pntext", "listtext")  # with the number or the bullet of an item
_NUMBER_MARKER = re.compile(
    r"(?=.*\d)[\w.()\[\]-]{1,20}|[(（]?[^\W\d_]{1,8}[.):、．）]+|[(（][^\W\d_]{1,8}[)）]"  # noqa: RUF001
)


def is_number_marker(text: str) -> bool:
    """Return whether the marker of an item is a number, in any script, and not a bullet."""
    return _NUMBER_MARKER.fullmatch(text) is not None or text.isnumeric()  # such as an ideograph
