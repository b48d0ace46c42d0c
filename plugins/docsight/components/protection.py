"""What a speller leaves alone at its user's wish: words, whatever a pattern matches, and entities."""

import re
from collections.abc import Mapping, Sequence

from spacy.tokens import Doc

from docsight.errors import ConfigError
from docsight.spelling.tokens import read_tokens

KEYS = ("words", "patterns", "entities")
ANY = "*"
_POSSESSIVE = re.compile(r"['\u2019][sS]?$")


class Protection:
    """Finds the stretches of Docs that are left alone.

    Args:
        name: Who asks, for the messages of errors.
        protect: `words`, also of several parts (Jean-Luc, vi et armis), in any case unless they have capitals;
            `patterns`, regular expressions; `entities`, labels of `doc.ents`, or "*" for all.

    Raises:
        ConfigError: There is another key, or an entry that cannot work.
    """

    def __init__(self, name: str, protect: Mapping[str, Sequence[str]]) -> None:
        if strange := sorted(map(str, protect.keys() - set(KEYS))):
            raise ConfigError(f"{name}: expected protect to have {', '.join(KEYS)}; found {', '.join(strange)}, too.")
        self.protect = {key: _checked(name, key, protect.get(key, ())) for key in KEYS}
        words = self.protect["words"]
        self._words = frozenset(word for word in words if is_one_token(word))
        phrases = [word for word in words if word not in self._words]
        self._patterns = [_compile(name, pattern) for pattern in self.protect["patterns"]]
        if phrases:
            self._patterns.append(_any_of(phrases))
        self._labels = frozenset(self.protect["entities"])

    def spans(self, doc: Doc, text: str) -> list[tuple[int, int]]:
        """Return the stretches (start, end), in characters, that are left alone; they may overlap.

        Args:
            doc: The Doc, of which only the entities are read.
            text: Its text.
        """
        found = [match.span() for pattern in self._patterns for match in pattern.finditer(text) if match.group()]
        if self._labels:
            is_any = ANY in self._labels
            found += [(ent.start_char, ent.end_char) for ent in doc.ents if is_any or ent.label_ in self._labels]
        if self._words:
            read = read_tokens(text)
            held = {surface for surface in set(read.surfaces) if self._has(surface)}
            if held:
                places = zip(read.surfaces, read.starts.tolist(), strict=True)
                found += [(start, start + len(surface)) for surface, start in places if surface in held]
        return found

    def _has(self, surface: str) -> bool:
        bare = _POSSESSIVE.sub("", surface)
        return not self._words.isdisjoint((surface, surface.lower(), bare, bare.lower()))


def is_one_token(word: str) -> bool:
    """Tell whether a text is read as one word."""
    return read_tokens(word).surfaces == [word]


def _checked(name: str, key: str, values: Sequence[str]) -> list[str]:
    if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ConfigError(f"{name}: expected protect.{key} to be a list of strings, none empty; found {values!r}.")
    return list(values)


def _compile(name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as err:
        raise ConfigError(f"{name}: protect.patterns: {pattern!r} is no regular expression: {err}.") from err


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Match any of the phrases between word boundaries, with any white space for their spaces."""
    forms = []
    for phrase in sorted(phrases, key=len, reverse=True):
        form = r"\s+".join(map(re.escape, phrase.split()))
        forms.append(f"(?i:{form})" if phrase == phrase.lower() else form)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")
