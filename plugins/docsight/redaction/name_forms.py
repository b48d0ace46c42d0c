"""The forms that the name of a person takes: its words, written as one word, in user names, as initials.

"Jörg van der Müller" gives the words jorg and muller, the compound van der muller, jorgmuller, jmuller and mullerj
among the joined forms, and the initials j m. Each spelling of the name has forms of its own, here also joerg mueller.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from docsight.redaction.common_words import common_words
from docsight.redaction.folded_words import FoldedWord, folded_words, joined_over_lines

_PARTICLE_LIST = "von van de der den des di da del du la le el al bin ibn ter ten"
_TITLES = "mr mrs ms miss mx dr prof professor sir madam lord lady herr frau st jr sr phd of the and y e und et"
PARTICLES = frozenset(_PARTICLE_LIST.split())
NEVER_ALONE = PARTICLES.union(_TITLES.split())
_TIGHT_GAP = re.compile(r"[-\u2010\u2011'\u2019\u02bc\u0060\u00b4]")  # within Jean-Luc and O'Brien
_LETTER_PAIRS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "đ": "dj"}
_SPELLED_OUT = str.maketrans(_LETTER_PAIRS | {letter.upper(): pair.upper() for letter, pair in _LETTER_PAIRS.items()})
_TWO_LETTERS = re.compile(r"(?<![aeiouq])([aou])e(?=\w{2})", re.IGNORECASE)  # that may stand for ä, ö and ü
_MIN_LETTERS_OF_JOINED = 6
_MIN_LETTERS_WITH_INITIAL = 4  # jdoe
_MIN_LETTERS_OF_COMPOUND = 5
_MIN_LETTERS_OF_SECOND_SURNAME = 5

Unit = tuple[str, ...]  # the folded words of one given name or surname


@dataclass(frozen=True)
class NameForms:
    """The forms of one spelling of a name, folded.

    Args:
        words: Its words in order, the surname last, without titles and particles.
        compounds: Words of it that belong together.
        joined: Forms that are written as one word, such as user names.
        full: The joined forms that have a given name and a surname in full.
        initials: Its initials, one letter each.
        particles: Those of its words that are particles.
    """

    words: Unit
    compounds: tuple[Unit, ...]
    joined: frozenset[str]
    full: frozenset[str]
    initials: tuple[Unit, ...]
    particles: frozenset[str]


def name_forms(written: str) -> list[NameForms]:
    """Return the forms of a name, those of its own spelling first; a later spelling has as many words."""
    composed = unicodedata.normalize("NFC", written)
    spellings = (composed, composed.translate(_SPELLED_OUT), _TWO_LETTERS.sub(r"\1", composed))
    forms = [_forms(_units(spelling)) for spelling in dict.fromkeys(spellings)]
    return [each for each in forms if each.words and len(each.words) == len(forms[0].words)]


def _units(written: str) -> list[Unit]:
    """Divide a name into given names and surnames; "Keller, Maria" is read as "Maria Keller"."""
    words = joined_over_lines(folded_words(written), written)
    units: list[list[str]] = []
    surnames = 0  # units before a comma
    for number, word in enumerate(words):
        if number and _is_tight(words[number - 1], word, written):
            units[-1].append(word.key)
        else:
            units.append([word.key])
        if not surnames and written[word.end : word.end + 1] == "," and number + 1 < len(words):
            surnames = len(units)
    return [tuple(unit) for unit in (*units[surnames:], *units[:surnames])]


def _is_tight(before: FoldedWord, word: FoldedWord, written: str) -> bool:
    return before.key in PARTICLES or _TIGHT_GAP.fullmatch(written, before.end, word.start) is not None


def _forms(units: Sequence[Unit]) -> NameForms:
    cores = [core for unit in units if (core := _core(unit))]
    words = tuple(word for core in cores for word in core)
    compounds = tuple(unit for unit in units if len(unit) > 1 and _core(unit))
    joined = {"".join(unit) for unit in compounds if sum(map(len, unit)) >= _MIN_LETTERS_OF_COMPOUND}
    full: set[str] = set()
    initials: list[Unit] = []
    named = [unit for unit in units if any(len(word) > 1 for word in _core(unit))]
    if len(named) > 1:
        full = set(_full_forms(named))
        joined |= full | set(_user_names(units, named))
        initials = [tuple(word[0] for word in words), (_core(named[0])[0][0], _core(named[-1])[0][0])]
    elif len(words) > 1 and named:  # M. Keller
        joined |= set(_with_initials(units, named[-1]))
    return NameForms(
        words=words,
        compounds=compounds,
        joined=frozenset(joined - common_words()),
        full=frozenset(full),
        initials=tuple(dict.fromkeys(initials)),
        particles=PARTICLES.intersection(word for unit in units for word in unit),
    )


def _core(unit: Unit) -> Unit:
    return tuple(word for word in unit if word not in NEVER_ALONE)


def _spelled(unit: Unit) -> set[str]:
    """Return the ways in which a given name or a surname is written within one word."""
    return {"".join(unit), _core(unit)[-1]}


def _full_forms(named: Sequence[Unit]) -> Iterator[str]:
    """Yield mariakeller, kellermaria, and neighbouring names as one word."""
    for first, last in product(_spelled(named[0]), _spelled(named[-1])):
        yield from _long((first + last, last + first), _MIN_LETTERS_OF_JOINED)
    for before, after in pairwise(named):
        yield from _long(("".join(before) + "".join(after),), _MIN_LETTERS_OF_JOINED)


def _user_names(units: Sequence[Unit], named: Sequence[Unit]) -> Iterator[str]:
    """Yield mkeller, kellerm, mariak, and the same with the first of two surnames."""
    for first in _spelled(named[0]):
        yield from _long((first + _core(named[-1])[-1][0],), _MIN_LETTERS_OF_JOINED)
    yield from _with_initials(units, named[-1])
    if len(named) > 2 and len("".join(named[-2])) >= _MIN_LETTERS_OF_SECOND_SURNAME:
        yield from _with_initials(units[: units.index(named[-2]) + 1], named[-2])


def _with_initials(units: Sequence[Unit], last: Unit) -> Iterator[str]:
    """Yield a surname with the initial of the first name, and of all names, before and after it."""
    given = [word[0] for unit in units[: units.index(last)] for word in _core(unit)]
    if given:
        for surname, initials in product(_spelled(last), (given[0], "".join(given))):
            yield from _long((initials + surname, surname + initials), _MIN_LETTERS_WITH_INITIAL)


def _long(forms: Iterable[str], minimum: int) -> Iterator[str]:
    return (form for form in forms if len(form) >= minimum)
