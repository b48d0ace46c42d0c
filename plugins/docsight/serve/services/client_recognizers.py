"""What a client of presidio finds or allows with its own regular expressions, within a limited time.

A regular expression may take for ever. Those of a request together get `MAX_PATTERN_SECONDS`: the package `regex`,
which presidio uses, stops by itself, and lets other threads run meanwhile.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docsight.errors import DataError

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer, RecognizerResult

MAX_PATTERN_SECONDS = 2.0
# Of the recognizers of a request: the time to merge overlapping results grows with the square of their number.
MAX_CLIENT_MATCHES = 2000
_SHORTEST = 1e-3  # seconds; `regex` reads 0 as no limit


@dataclass(frozen=True)
class ClientPatterns:
    """The recognizers and the allowed words of a request.

    Args:
        recognizers: The fields of presidio's `PatternRecognizer`, of each recognizer.
        allowed: Regular expressions; what one of them is found in is no result.
        flags: The flags for `allowed`; those of presidio by default.
    """

    recognizers: Sequence[dict[str, Any]] = ()
    allowed: Sequence[str] = ()
    flags: int | None = None

    def __bool__(self) -> bool:
        return bool(self.recognizers or self.allowed)

    def entity_types(self) -> set[str]:
        return {each["supported_entity"] for each in self.recognizers}


@dataclass
class _Budget:
    """What is left for the regular expressions of a request."""

    seconds: float = field(default_factory=lambda: MAX_PATTERN_SECONDS)
    matches: int = field(default_factory=lambda: MAX_CLIENT_MATCHES)

    def find(self, compiled: Any, text: str) -> list[tuple[int, int]]:
        """Return the places of all matches that are not empty; raises a DataError if they take too long or are many."""
        found = []
        for place in self._search(compiled, text):
            found.append(place)
            self.matches -= 1
            if self.matches < 0:
                raise DataError(
                    f"the regular expressions match more than {MAX_CLIENT_MATCHES:,} times; send less text, or "
                    "expressions that match less often"
                )
        return found

    def is_found(self, compiled: Any, text: str) -> bool:
        """Return whether there is a match that is not empty; raises a DataError if this takes too long."""
        return next(self._search(compiled, text), None) is not None

    def _search(self, compiled: Any, text: str) -> Iterator[tuple[int, int]]:
        started = time.monotonic()
        try:
            for match in compiled.finditer(text, timeout=max(self.seconds, _SHORTEST)):
                if match.end() > match.start():
                    yield match.span()
        except TimeoutError as err:
            raise DataError(
                f"the regular expressions take longer than {MAX_PATTERN_SECONDS:g} seconds; send less text, or simpler "
                "ones"
            ) from err
        finally:
            self.seconds -= time.monotonic() - started


@dataclass
class ClientMatcher:
    """Finds what a request asks for in its texts; made once for a request, in the thread of its lane.

    Raises:
        DataError: A regular expression is not valid. The methods raise it, too, if they take too long.
    """

    patterns: ClientPatterns
    recognizers: list["PatternRecognizer"] = field(init=False)

    def __post_init__(self) -> None:
        budget = _Budget()
        self._budget = budget
        self.recognizers = [_make_recognizer(each, budget) for each in self.patterns.recognizers]
        allowed = [each for each in self.patterns.allowed if each]
        flags = _presidio_flags() if self.patterns.flags is None else self.patterns.flags
        self._allowed = _compile("|".join(allowed), flags) if allowed else None

    def without_allowed(self, text: str, results: Iterable["RecognizerResult"]) -> list["RecognizerResult"]:
        """Leave out the results that an allowed expression is found in."""
        if self._allowed is None:
            return list(results)
        return [each for each in results if not self._budget.is_found(self._allowed, text[each.start : each.end])]


def _make_recognizer(fields: dict[str, Any], budget: _Budget) -> "PatternRecognizer":
    from presidio_analyzer import Pattern, PatternRecognizer, RecognizerResult

    base: Any = PatternRecognizer  # presidio's types are incomplete

    class ClientRecognizer(base):  # type: ignore[misc]
        """A pattern recognizer whose regular expressions share a budget."""

        def analyze(self, text: str, *_: Any, **__: Any) -> list[RecognizerResult]:
            return [
                self._result(pattern, start, end)
                for pattern in self.patterns
                for start, end in budget.find(_compile(pattern.regex, self.global_regex_flags), text)
            ]

        def _result(self, pattern: Pattern, start: int, end: int) -> RecognizerResult:
            explanation = self.build_regex_explanation(
                self.name, pattern.name, pattern.regex, pattern.score, None, self.global_regex_flags
            )
            explanation.score = pattern.score
            metadata = {
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            }
            return RecognizerResult(self.supported_entities[0], start, end, pattern.score, explanation, metadata)

    patterns = [Pattern(each["name"], _checked(each["regex"]), each["score"]) for each in fields.get("patterns", ())]
    recognizer: PatternRecognizer = ClientRecognizer(**{**fields, "patterns": patterns})
    return recognizer


def _presidio_flags() -> int:
    import regex

    return int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)


def _checked(expression: str) -> str:
    _compile(expression, 0)
    return expression


def _compile(expression: str, flags: int) -> Any:
    import regex

    try:
        return regex.compile(expression, flags & ~regex.DEBUG)  # which prints
    except (regex.error, RecursionError, ValueError, OverflowError, KeyError, TypeError) as err:
        raise DataError(f"the regular expression {expression[:80]!r} is not valid: {err}") from err
