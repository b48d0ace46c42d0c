"""Made-up names and ids: the same for the same name, and never one that the document contains.

With a key, a name's pseudonym depends on the key and the name alone, so it is the same in every document. If it
occurs in the document, or two names there would share it, the next one is taken. Without a key, pseudonyms are given
out in order of appearance, and are consistent within a document.
"""

import hashlib
import hmac
import itertools
from collections.abc import Callable, Collection, Iterator
from functools import partial

from docsight.redaction.folded_words import fold

_GIVEN_STEMS = (
    "Al Bel Cor Dar El Fen Gal Hal Il Jor Kel Lor Mar Nel Or Pel Quil Ral Sel Tor Ul Vel Wil Yor Zel Bran Cal Del Er "
    "Fal Gor Hel Jal Kor Lin Mel Nor Per Rin San Tal Ven War Yel"
).split()
_GIVEN_ENDS = "aris en ian ith on ody ever imo essa inor idan oly ume ace ovi arin esk ira umi axel".split()
_FAMILY_STEMS = (
    "Alder Amber Ash Bar Birk Black Bram Brink Calder Carn Cold Dal Dorn Elm Fair Falk Farn Fen Glen Grim Hafen Halm "
    "Harn Hazel Holm Horn Isen Jarn Kald Kest Lang Lark Lind Loch Marl Mere Moor Nord Oaken Oster Pell Quarn Raven "
    "Rook Rund Sand Scar Selk Silber Stam Storm Sund Tarn Thorn Ulm Varn Wald Wester Whit Wynd Yar Zell"
).split()
_FAMILY_ENDS = (
    "berry bourne brook by combe croft dale don field ford garth gate grave grove ham hart haus heim hill holt hurst "
    "ing land leigh ley low man mark mere mond mont more nick quist rick ridge roth shaw sen sted stone strand thal "
    "ton vale ville ward well wick wood worth"
).split()
_PLACE_ENDS = "mouth pool bridge haven minster borough cliff beck stead thorpe chester wich march port marsh".split()
_COMPANY_ENDS = "Works|Holdings|Partners|Trading|Systems|Foundation|Institute|Society".split("|")
_RESERVED_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737

PERSON_WORD = "word of a person's name"

Choose = Callable[[int], int]  # a number from 0 up to the argument, exclusive


class Pseudonyms:
    """The pseudonyms of one document.

    Args:
        key: A secret, or None.
        taken: The folded words of the document.
    """

    def __init__(self, key: bytes | None, taken: Collection[str]) -> None:
        self._key = key
        self._taken = taken
        self._made: dict[tuple[str, str], str] = {}
        self._used: set[str] = set()
        self._counts: dict[str, Iterator[int]] = {}

    def of(self, kind: str, name: str) -> str:
        """Return the pseudonym of a folded name.

        Args:
            kind: `PERSON_WORD` for a word of a person's name, else the type of the name or id.
            name: The folded name.
        """
        if (kind, name) not in self._made:
            make = _MAKERS.get(kind) or partial(_numbered, kind)
            numbers = itertools.count() if self._key else self._counts.setdefault(kind, itertools.count())
            made = next(
                candidate
                for number in numbers
                if not self._is_used(candidate := make(_Chooser(self._key, kind, name, number)))
            )
            self._used.add(fold(made))
            self._made[kind, name] = made
        return self._made[kind, name]

    def _is_used(self, candidate: str) -> bool:
        key = fold(candidate)
        return key in self._used or any(word in self._taken for word in key.split())


class _Chooser:
    """Chooses numbers by HMAC-SHA256 of a name, or without a key by its place in the order of names."""

    def __init__(self, key: bytes | None, kind: str, name: str, number: int) -> None:
        message = f"{kind}\0{name}\0{number}" if key else f"{kind}\0{number}"
        digest = hmac.digest(key or b"docsight", message.encode(), hashlib.sha256)
        self._rest = int.from_bytes(digest)

    def __call__(self, size: int) -> int:
        self._rest, number = divmod(self._rest, size)
        return number


def _one_of(choose: Choose, *lists: list[str]) -> str:
    return "".join(items[choose(len(items))] for items in lists)


def _numbered(kind: str, choose: Choose) -> str:
    return f"<{kind}-{choose(1 << 24):06x}>"


def _phone(choose: Choose) -> str:
    return f"{200 + choose(800)}-555-01{choose(100):02}"  # 555-0100 to 555-0199 are reserved for fiction


def _word_of_name(choose: Choose) -> str:
    """Make a given name or a surname, by chance: a word that stands alone may be either."""
    given, family = (_GIVEN_STEMS, _GIVEN_ENDS), (_FAMILY_STEMS, _FAMILY_ENDS)
    return _one_of(choose, *(family if choose(2) else given))


_MAKERS: dict[str, Callable[[Choose], str]] = {
    PERSON_WORD: _word_of_name,
    "LOCATION": lambda choose: _one_of(choose, _FAMILY_STEMS, _PLACE_ENDS),
    "ORGANIZATION": lambda choose: f"{_one_of(choose, _FAMILY_STEMS, _FAMILY_ENDS)} {_one_of(choose, _COMPANY_ENDS)}",
    "EMAIL": lambda choose: f"person-{choose(1 << 32):08x}@example.org",
    "USER": lambda choose: f"user-{choose(1 << 24):06x}",
    "PHONE": _phone,
    "IP": lambda choose: f"{_RESERVED_NETWORKS[choose(3)]}.{1 + choose(254)}",
    "URL": lambda choose: f"https://example.org/{choose(1 << 32):08x}",
}
