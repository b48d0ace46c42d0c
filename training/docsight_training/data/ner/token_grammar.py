"""Rules over classes of tokens: regular expressions in which a class of tokens is one character."""

import re
from collections.abc import Mapping, Sequence

_NAME = re.compile("[A-Za-z_]+")
_FIRST_CHARACTER = 0x4E00  # from here on, characters have no meaning of their own in a regular expression


class TokenGrammar:
    """Encodes tokens as strings of one character for each token, and compiles rules over them.

    Args:
        words: By class, its words, separated by spaces and compared in lower case.
        shapes: By class, a regular expression for whole tokens. A token that is not among the words has the first class
            whose shape it has; the last shape must match every token.
        groups: By name, alternatives of classes and other groups that have a name of their own in the rules.
        exact: By class, words that are compared with their case; they come before `words`.
    """

    def __init__(
        self,
        *,
        words: Mapping[str, str],
        shapes: Mapping[str, str],
        groups: Mapping[str, str],
        exact: Mapping[str, str] | None = None,
    ) -> None:
        exact = exact or {}
        names = dict.fromkeys([*words, *exact, *shapes])
        self._characters = {name: chr(_FIRST_CHARACTER + n) for n, name in enumerate(names)}
        self._groups = groups
        self._words = {word: self._characters[name] for name, all_words in words.items() for word in all_words.split()}
        self._exact = {word: self._characters[name] for name, all_words in exact.items() for word in all_words.split()}
        self._shapes = [(re.compile(shape), self._characters[name]) for name, shape in shapes.items()]
        self._known: dict[str, str] = {}

    def encode(self, tokens: Sequence[str]) -> str:
        """Return the classes of tokens, (tokens,), as a string."""
        return "".join(map(self._encode, tokens))

    def compile(self, rule: str) -> re.Pattern[str]:
        """Compile a rule, a regular expression over the names of classes and groups; spaces have no meaning."""
        return re.compile(_NAME.sub(self._expand, rule).replace(" ", ""))

    def _encode(self, token: str) -> str:
        code = self._known.get(token)
        if code is None:
            code = self._exact.get(token) or self._words.get(token) or self._words.get(token.lower())
            code = code or next(code for shape, code in self._shapes if shape.fullmatch(token))
            self._known[token] = code
        return code

    def _expand(self, name: re.Match[str]) -> str:
        group = self._groups.get(name[0])
        return self._characters[name[0]] if group is None else f"(?:{_NAME.sub(self._expand, group)})"
