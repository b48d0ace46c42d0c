"""The spans that the user protects from correction: words, matches of patterns, and entities."""

import re
from collections.abc import Mapping, Sequence

from spacy.tokens import Doc

from docsight.errors import ConfigError
from docsight.spelling.tokens import read_tokens

PROTECT_KEYS = ("words", "patterns", "entities")
ANY_LABEL = "*"
_POSSESSIVE_ENDING = re.compile(r"['\u2019][sS]?$")


class Protection:
    """Finds the protected spans of Docs.

    Args:
        protect: `words`, also phrases (Jean-Luc, vi et armis), in any case unless they have capitals; `patterns`,
            regular expressions; `entities`, labels of `doc.ents`, or "*" for all.

    Raises:
        ConfigError: There is another key, or an invalid entry.
    """

    def __init__(self, name: str, protect: Mapping[str, Sequence[str]]) -> None:
        if unknown := sorted(map(str, protect.keys() - set(PROTECT_KEYS))):
            raise ConfigError(
                f"{name}: expected protect to have the keys {', '.join(PROTECT_KEYS)}; also found {', '.join(unknown)}."
            )
        self.protect = {key: _checked(name, key, protect.get(key, ())) for key in PROTECT_KEYS}
        words = self.protect["words"]
        self._words = frozenset(word for word in words if is_one_token(word))
        phrases = [word for word in words if word not in self._words]
        self._patterns = [_compile(name, pattern) for pattern in self.protect["patterns"]]
        if phrases:
            self._patterns.append(_any_of(phrases))
        self._labels = frozenset(self.protect["entities"])

    def spans(self, doc: Doc, text: str) -> list[tuple[int, int]]:
        """Return the protected spans (start, end) of a Doc and its text, in characters; they may overlap."""
        spans = [match.span() for pattern in self._patterns for match in pattern.finditer(text) if match.group()]
        if self._labels:
            is_any = ANY_LABEL in self._labels
            spans += [(ent.start_char, ent.end_char) for ent in doc.ents if is_any or ent.label_ in self._labels]
        if self._words:
            tokens = read_tokens(text)
            protected = {surface for surface in set(tokens.surfaces) if self._has(surface)}
            if protected:
                places = zip(tokens.surfaces, tokens.starts.tolist(), strict=True)
                spans += [(start, start + len(surface)) for surface, start in places if surface in protected]
        return spans

    def _has(self, surface: str) -> bool:
        bare = _POSSESSIVE_ENDING.sub("", surface)
        return not self._words.isdisjoint((surface, surface.lower(), bare, bare.lower()))


def is_one_token(word: str) -> bool:
    return read_tokens(word).surfaces == [word]


def _checked(name: str, key: str, values: Sequence[str]) -> list[str]:
    if isinstance(values, str) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ConfigError(
            f"{name}: expected protect.{key} to be a list of strings that are not empty; found {values!r}."
        )
    return list(values)


def _compile(name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as err:
        raise ConfigError(f"{name}: protect.patterns: {pattern!r} is not a regular expression: {err}.") from err


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern of any of the phrases between word boundaries, with any white space for their spaces."""
    forms = []
    for phrase in sorted(phrases, key=len, reverse=True):
        form = r"\s+".join(map(re.escape, phrase.split()))
        forms.append(f"(?i:{form})" if phrase == phrase.lower() else form)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")
