"""How probable a text is by its letters, in the most probable of some forty languages.

`benchmarks/letter_counts.py` makes the counts in `letters.npz`; `benchmarks/encoding_guesses.py` measures the guesses.
"""

import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

UNKNOWN_SYMBOL = "\0"  # stands for control characters, and for characters that the training text does not have
COUNT_SCALE = 12  # counts are stored as rounded logarithms to the base 2, times this

# Scripts with hundreds of characters, by the first and the last. In pairs, the first stands for all of them.
LARGE_SCRIPTS = (("\u3041", "\u309f"), ("\u30a0", "\u30ff"), ("\u4e00", "\u9fff"), ("\uac00", "\ud7a3"))

# Natural logarithms of probabilities are stored in bytes, with the opposite sign, in steps of this size.
_COST_STEP = 1 / 12
_BACKOFF_COUNT = 20.0  # how much the frequency of a symbol weighs against that of the pair, in occurrences
_FOREIGN_FRACTION = 0.03  # of pairs, such as those in names from other languages
_MIN_FREQUENCY = 1e-7

_UNKNOWN_COST = 4.0
_RARE_COSTS = {"\u3041": 9.0, "\u30a0": 8.0, "\u4e00": 11.5, "\uac00": 10.5}  # of characters a language does not use
_MIXED_ALPHABETS_COST = 5.0  # of letters of two alphabets side by side
_CAPITAL_COST = 2.0  # at the start of a word
_CAPITAL_AFTER_CAPITAL_COST = 1.0
_CAPITAL_AFTER_SMALL_COST = 4.5
_MISPLACED_QUOTE_COST = 3.0  # after a letter if it is an opening one, otherwise before a letter
_OPENING_QUOTES, _CLOSING_QUOTES = "\u2018\u201a\u201c\u201e\u00ab", "\u201d\u00bb\u2026\u2020\u2021\u2022"
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC")

_Costs = NDArray[np.uint8]


class _Character(NamedTuple):
    """What the model knows of a character; `alphabet` and `quote` are empty if it is no letter or no quote."""

    symbol: int
    is_ascii: bool
    is_capital: bool
    alphabet: str
    quote: str


def symbol_of(char: str) -> str:
    """Return what stands for a character: a letter in lower case, 0 for digits, a space for whitespace."""
    if char.isascii():
        return (
            "0" if char.isdigit() else " " if char.isspace() else char.lower() if char.isprintable() else UNKNOWN_SYMBOL
        )
    for first, last in LARGE_SCRIPTS:
        if first <= char <= last:
            return first
    if unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs"):
        return UNKNOWN_SYMBOL
    lower = char.lower()
    return lower if len(lower) == 1 else char


class LetterModel:
    """Bigrams of letters by language.

    Args:
        symbols: The symbols; the first is unknown.
        pairs: How often each pair of symbols occurs, of shape (languages, symbols, symbols).
        characters: The characters of large scripts.
        frequencies: How often each of them occurs, of shape (languages, characters).
    """

    def __init__(
        self, symbols: str, pairs: NDArray[np.float32], characters: str, frequencies: NDArray[np.float32]
    ) -> None:
        self._symbols = {symbol: number for number, symbol in enumerate(symbols)}
        self._pair_costs = _pair_costs(pairs)
        self._character_costs = dict(zip(characters, _character_costs(characters, frequencies).T, strict=True))
        self._known: dict[str, _Character] = {}

    @staticmethod
    @cache
    def load() -> "LetterModel":
        """Return the model that is part of the package."""
        with (files(__package__) / "letters.npz").open("rb") as file, np.load(file) as arrays:
            symbols, characters = (arrays[name].tobytes().decode() for name in ("symbols", "characters"))
            pairs = np.zeros((len(arrays["frequencies"]), len(symbols), len(symbols)), np.float32)
            pairs.reshape(-1)[np.cumsum(arrays["gaps"], dtype=np.int64)] = np.exp2(arrays["counts"] / COUNT_SCALE)
            frequencies = np.exp2(arrays["frequencies"] / COUNT_SCALE) - 1
        return LetterModel(symbols, pairs, characters, frequencies.astype(np.float32))

    def log_probability(self, text: str) -> float:
        """Return the natural logarithm of the probability of a text in the language that suits it best."""
        characters = [self._character(char) for char in text]
        space = self._symbols[" "]
        numbers = np.array([space, *(character.symbol for character in characters), space])
        costs = self._pair_costs[:, numbers[:-1], numbers[1:]].sum(1, dtype=np.int64) * _COST_STEP
        for char, character in zip(text, characters, strict=True):
            if not character.is_ascii:
                costs += self._cost_within_symbol(char, character)
        return -float(costs.min()) - sum(map(_spelling_cost, characters, characters[1:]))

    def _character(self, char: str) -> _Character:
        if (known := self._known.get(char)) is None:
            name = unicodedata.name(char, "") if char.isalpha() else ""
            known = self._known[char] = _Character(
                self._symbols.get(symbol_of(char), 0),
                char.isascii(),
                char != char.lower(),
                next((alphabet for alphabet in _ALPHABETS if name.startswith(alphabet)), ""),
                "opening" if char in _OPENING_QUOTES else "closing" if char in _CLOSING_QUOTES else "",
            )
        return known

    def _cost_within_symbol(self, char: str, character: _Character) -> Any:
        """Return the cost of a character beyond that of its symbol, by language or for all of them."""
        if not character.symbol:
            return _UNKNOWN_COST
        if (costs := self._character_costs.get(char)) is not None:
            return costs
        return _RARE_COSTS.get(symbol_of(char), 0.0)


def _pair_costs(pairs: NDArray[np.float32]) -> _Costs:
    """Return the negative logarithm of the probability of each symbol after another, in each language."""
    pooled = sum(counts / counts.sum() for counts in pairs)
    known = pooled.sum(0) / len(pairs)
    known = 0.98 * known + 0.02 / len(known)
    before = pooled.sum(1, keepdims=True)
    foreign = np.where(before > 0, pooled / np.maximum(before, _MIN_FREQUENCY), known)
    foreign = 0.9 * foreign + 0.1 * known
    costs = np.empty(pairs.shape, np.uint8)
    for language, counts in enumerate(pairs):
        frequency = 0.998 * counts.sum(0) / counts.sum() + 0.002 * known
        own = (counts + _BACKOFF_COUNT * frequency) / (counts.sum(1, keepdims=True) + _BACKOFF_COUNT)
        probability = (1 - _FOREIGN_FRACTION) * own + _FOREIGN_FRACTION * foreign
        probability[:, 0] = _MIN_FREQUENCY
        costs[language] = np.clip(np.rint(-np.log(probability) / _COST_STEP), 0, 255)
    return costs


def _character_costs(characters: str, frequencies: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the negative logarithm of the probability of each character among those with the same symbol."""
    symbols = np.array([symbol_of(char) for char in characters])
    costs = np.empty(frequencies.shape, np.float32)
    for symbol, rare in _RARE_COSTS.items():
        same = frequencies[:, symbols == symbol]
        fraction = same / np.maximum(1, same.sum(1, keepdims=True))
        costs[:, symbols == symbol] = np.minimum(rare, -np.log(np.maximum(fraction, _MIN_FREQUENCY)))
    return costs


def _spelling_cost(before: _Character, char: _Character) -> float:
    """Return the cost of two characters side by side by their case, their alphabets and quotation marks."""
    if (before.alphabet and char.quote == "opening") or (before.quote == "closing" and char.alphabet):
        return _MISPLACED_QUOTE_COST
    if not char.alphabet or (before.is_ascii and char.is_ascii):
        return 0.0
    cost = _MIXED_ALPHABETS_COST if before.alphabet and before.alphabet != char.alphabet else 0.0
    if char.is_capital:
        if not before.alphabet:
            cost += _CAPITAL_COST
        else:
            cost += _CAPITAL_AFTER_CAPITAL_COST if before.is_capital else _CAPITAL_AFTER_SMALL_COST
    return cost
