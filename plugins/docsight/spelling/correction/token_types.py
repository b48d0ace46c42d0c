"""The distinct tokens of a batch of texts, looked up in the dictionary once each."""

from dataclasses import dataclass

import numpy as np

from docsight.spelling.arrays import Bools, Ints
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.tokens import is_key, key_of
from docsight.vocab import UNK, casing

_POSSESSIVE_S = "'s"
LOWER, TITLE, UPPER, INITIAL, MIXED = 1, 2, 3, 4, 5  # the casing classes of words


@dataclass
class TokenTypes:
    """The distinct tokens of texts."""

    surfaces: list[str]  # as written
    keys: list[str]  # what each is looked up as, without a possessive 's
    ids: Ints  # of the dictionary; unknown ones have the ids behind it, in the order of `unknown`
    unknown: list[str]  # their keys
    casings: Ints
    sizes: Ints  # characters as written
    letters: Ints  # of the key
    possessive: Bools
    plain: Bools  # a word that can be corrected: of ASCII letters, not in mixed case, not the user's own
    known: Bools
    suspicious: Bools  # plain, and unknown or rare


def look_up(surfaces: list[str], dictionary: Dictionary) -> TokenTypes:
    keys, ids, possessive, mine, plain = [], [], [], [], []
    unknown: dict[str, int] = {}
    casings = np.fromiter(map(casing, surfaces), np.int64, len(surfaces))
    for surface in surfaces:
        key = key_of(surface)
        at = dictionary.ids.get(key, UNK)
        owned = at == UNK and key.endswith(_POSSESSIVE_S) and len(key) > len(_POSSESSIVE_S)
        if owned:
            key = key[: -len(_POSSESSIVE_S)]
            at = dictionary.ids.get(key, UNK)
        if at == UNK:
            at = dictionary.size + unknown.setdefault(key, len(unknown))
        keys.append(key)
        ids.append(at)
        possessive.append(owned)
        mine.append(dictionary.is_users(surface) or (owned and dictionary.is_users(surface[: -len(_POSSESSIVE_S)])))
        plain.append(is_key(key) and not mine[-1])
    found = np.array(ids, dtype=np.int64)
    is_plain = np.array(plain, dtype=bool) & (casings >= LOWER) & (casings <= INITIAL)
    # A word of the user in other capitals than theirs is unknown.
    known = dictionary.known(found, casings) & ((found < dictionary.lexicon_size) | np.array(mine, dtype=bool))
    return TokenTypes(
        surfaces=surfaces,
        keys=keys,
        ids=found,
        unknown=list(unknown),
        casings=casings,
        sizes=np.fromiter(map(len, surfaces), np.int64, len(surfaces)),
        letters=np.fromiter(map(len, keys), np.int64, len(keys)),
        possessive=np.array(possessive, dtype=bool),
        plain=is_plain,
        known=known,
        suspicious=is_plain & (~known | dictionary.rare(found)),
    )
