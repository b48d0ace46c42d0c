"""The distinct tokens of a batch of texts, each looked up in the dictionary once."""

from dataclasses import dataclass

import numpy as np

from docsight.spelling.arrays import Bools, Ints
from docsight.spelling.lexicon.dictionary import Dictionary
from docsight.spelling.tokens import INITIAL, LOWER, is_key, key_of
from docsight.vocab import UNK, casing

_POSSESSIVE_S = "'s"


@dataclass
class TokenTypes:
    """Distinct tokens; the arrays are (types,)."""

    surfaces: list[str]  # as written
    keys: list[str]  # lookup keys, without a possessive 's
    ids: Ints  # word ids; unknown words have the ids from `dictionary.size` up, in the order of `unknown`
    unknown: list[str]  # the keys of the unknown words
    casings: Ints
    sizes: Ints  # characters of the surface
    letters: Ints  # letters of the key
    possessive: Bools
    plain: Bools  # can be corrected: ASCII letters, not in mixed case, not a word of the user
    known: Bools
    suspicious: Bools  # plain, and unknown or rare


def look_up(surfaces: list[str], dictionary: Dictionary) -> TokenTypes:
    """Look distinct tokens up in the dictionary."""
    keys, ids, possessive, of_user, plain = [], [], [], [], []
    unknown: dict[str, int] = {}
    casings = np.fromiter(map(casing, surfaces), np.int64, len(surfaces))
    for surface in surfaces:
        key = key_of(surface)
        at = dictionary.ids.get(key, UNK)
        is_possessive = at == UNK and key.endswith(_POSSESSIVE_S) and len(key) > len(_POSSESSIVE_S)
        if is_possessive:
            key = key[: -len(_POSSESSIVE_S)]
            at = dictionary.ids.get(key, UNK)
        if at == UNK:
            at = dictionary.size + unknown.setdefault(key, len(unknown))
        keys.append(key)
        ids.append(at)
        possessive.append(is_possessive)
        of_user.append(
            dictionary.is_users(surface) or (is_possessive and dictionary.is_users(surface[: -len(_POSSESSIVE_S)]))
        )
        plain.append(is_key(key) and not of_user[-1])
    word_ids = np.array(ids, dtype=np.int64)
    is_plain = np.array(plain, dtype=bool) & (casings >= LOWER) & (casings <= INITIAL)
    # A word of the user is unknown in any other casing.
    in_lexicon = word_ids < dictionary.lexicon_size
    known = dictionary.known(word_ids, casings) & (in_lexicon | np.array(of_user, dtype=bool))
    return TokenTypes(
        surfaces=surfaces,
        keys=keys,
        ids=word_ids,
        unknown=list(unknown),
        casings=casings,
        sizes=np.fromiter(map(len, surfaces), np.int64, len(surfaces)),
        letters=np.fromiter(map(len, keys), np.int64, len(keys)),
        possessive=np.array(possessive, dtype=bool),
        plain=is_plain,
        known=known,
        suspicious=is_plain & (~known | dictionary.rare(word_ids)),
    )
