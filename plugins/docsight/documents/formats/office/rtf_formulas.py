"""The formulas of an RTF file: which of their words are text, and the signs that a program draws around their parts."""

import re
from dataclasses import dataclass, field

FORMULA_SIGNS = ("mchr", "mbegChr", "msepChr", "mendChr")  # groups with a sign, in the properties of a part
_DEFAULT_SIGNS = {"mchr": "\u222b", "mbegChr": "(", "msepChr": "|", "mendChr": ")"}
_SIGNS_IN_FRONT = {"mden": "/", "mrad": "\u221a"}
_SIGNS_AFTER_PROPERTIES = {"mnaryPr": "mchr", "mdPr": "mbegChr"}
_PARTS_WITH_SIGNS = ("mnary", "md")
_OPERAND = "me"
_FORMULA_PROPERTIES = re.compile("m[A-Za-z]+Pr")
FORMULAS = ("moMath", "moMathPara")
_FORMULA_GROUPS = frozenset((*FORMULAS, *FORMULA_SIGNS, *_SIGNS_IN_FRONT, *_PARTS_WITH_SIGNS, _OPERAND))


@dataclass
class FormulaPart:
    """An operator such as a sum, or a pair of brackets, with the signs that the file states."""

    word: str
    signs: dict[str, str] = field(default_factory=dict)
    operands: int = 0

    def sign(self, name: str) -> str:
        """Return a sign; one that is stated without a value is not drawn."""
        return self.signs.get(name, _DEFAULT_SIGNS[name])


def is_formula_word(word: str) -> bool:
    """Return whether a word begins a group that is read as that of a formula."""
    return word in _FORMULA_GROUPS or is_formula_properties(word)


def is_formula_properties(word: str) -> bool:
    """Return whether a group describes a part of a formula, and has no text of it but signs."""
    return _FORMULA_PROPERTIES.fullmatch(word) is not None


def new_part(word: str) -> FormulaPart | None:
    """Return the part that a word begins; None if it has no signs of its own."""
    return FormulaPart(word) if word in _PARTS_WITH_SIGNS else None


def sign_at_begin(word: str, part: FormulaPart | None) -> str:
    """Return the sign in front of a group: of a denominator, a root, or an operand in brackets after the first.

    Args:
        word: The destination of the group.
        part: The operator or the brackets around it, if any.
    """
    if word != _OPERAND or part is None:
        return _SIGNS_IN_FRONT.get(word, "")
    part.operands += 1
    return part.sign("msepChr") if part.word == "md" and part.operands > 1 else ""


def sign_at_end(word: str, part: FormulaPart | None) -> str:
    """Return the sign after a group: an operator or opening bracket after its properties, or a closing bracket."""
    if part is None:
        return ""
    if word in _SIGNS_AFTER_PROPERTIES:
        return part.sign(_SIGNS_AFTER_PROPERTIES[word])
    return part.sign("mendChr") if word == "md" else ""
