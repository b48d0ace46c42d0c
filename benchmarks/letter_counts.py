"""Count pairs of letters in gettext catalogues, for the guesses of encodings.

Their licences are those of the programs that they belong to, all free. `encoding_guesses.py` tests on other catalogues.

    python benchmarks/letter_counts.py --locale /usr/share/locale
"""

import argparse
import random
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from encoding_texts import catalogues, messages
from numpy.typing import NDArray

from docsight.documents.formats.text import letter_model
from docsight.documents.formats.text.letter_model import COUNT_SCALE, UNKNOWN_SYMBOL, symbol_of

LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "ca",
    "is",
    "pl",
    "cs",
    "sk",
    "hu",
    "hr",
    "sl",
    "ro",
    "et",
    "lv",
    "lt",
    "tr",
    "sq",
    "el",
    "ru",
    "uk",
    "bg",
    "sr",
    "mk",
    "he",
    "ar",
    "fa",
    "th",
    "vi",
    "ja",
    "zh_CN",
    "zh_TW",
    "ko",
]
VARIANTS = {"pt": ("pt", "pt_BR")}
MAX_CHARS = 400_000  # of a language
MIN_COUNT = 3  # of a symbol or a character

# Programs hardly use these. The braces are replaced by words of the language.
TYPOGRAPHY = (
    "{} \u00a35 {}", "\u20ac5", "{} 5 \u20ac {}", "\u20ac 5", "\u00a35,000", "5\u20ac", "$5 \u2013 \u00a35", "\u00a55",
    "5\u00a0\u20ac", "5 \u00a3",
    "{}\u2019{}", "{}\u2019s {}", "It\u2019s", "don\u2019t", "{}\u2019 {}", "\u201c{} {}\u201d", "\u2018{}\u2019",
    "\u201e{} {}\u201c", "\u201a{}\u2018", "\u201c{},\u201d {}", "\u201c{}.\u201d", "(\u201c{}\u201d)",
    "\u00ab{}\u00bb", "\u00ab {} \u00bb", "\u00ab\u00a0{}\u00a0\u00bb", "\u00bb{}\u00ab",
    "{} \u2013 {}", "{} \u2014 {}", "{}\u2014{}", "5\u20135", "5\u20137 {}", "{}\u2026", "{} \u2026 {}", "\u2013 {}",
    "\u2022 {}", "\u2022\t{}", "\u00b7 {}", "\u00a7 5", "\u00a7 5 {}", "\u00a7\u00a7 5", "\u00a9 5 {}", "{}\u00ae {}",
    "{}\u2122 {}", "5 \u00b0C", "5\u00b0 {}", "5\u00b0C", "5 m\u00b2", "5 m\u00b3", "5 \u00b5m", "\u00b15",
    "5 \u00d7 5", "5\u00bd", "5\u00bc {}", "5\u00be", "\u00bd {}", "n\u00b0 5", "5\u00ba", "5\u00aa {}", "n\u00ba 5",
    "1\u00ba {}",
    "\u00bf{} {}?", "\u00a1{}!", "\u2020 {}", "{}\u2020", "5 \u2030", "\u00b6 {}", "5\u00a0{}", "{}\u00a0{}",
)  # fmt: skip
TYPOGRAPHY_ROUNDS = 12


def lines(locale: Path, language: str) -> list[str]:
    """Return up to `MAX_CHARS` of text in a language, in composed characters and random order."""
    if language == "en":  # the sources of the German messages
        texts: Iterable[str] = (
            line
            for catalogue in catalogues(locale, "de", held_out=False)
            for source in catalogue
            for line in source.split("\n")
        )
    else:
        variants = VARIANTS.get(language, (language,))
        texts = (line for variant in variants for line in messages(locale, variant, held_out=False))
    unique = sorted({unicodedata.normalize("NFC", text) for text in texts})
    random.Random(language).shuffle(unique)
    chosen, size = [], 0
    for text in unique:
        chosen.append(text)
        size += len(text)
        if size > MAX_CHARS:
            break
    return [*chosen, *_typography(chosen, language)]


def _typography(texts: list[str], language: str) -> Iterator[str]:
    rng = random.Random(language)
    words = [word for text in texts[:5000] for word in text.split() if word.isalpha()]
    for template in TYPOGRAPHY * TYPOGRAPHY_ROUNDS:
        yield template.format(rng.choice(words), rng.choice(words))


def count_pairs(texts: Iterable[str]) -> Counter[tuple[str, str]]:
    """Count the pairs of neighbouring symbols; a line begins and ends with a space."""
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        counts.update(pairwise([" ", *map(symbol_of, text), " "]))
    return counts


def as_arrays(texts: dict[str, list[str]]) -> dict[str, NDArray[np.generic]]:
    """Return the counts of all languages as they are stored.

    Pairs are given by the gaps between their numbers, which are language * n * n + first * n + second for n symbols.
    """
    pairs = [count_pairs(lines) for lines in texts.values()]
    totals: Counter[str] = Counter()
    for counts in pairs:
        for (first, _), count in counts.items():
            totals[first] += count
    symbols = [
        UNKNOWN_SYMBOL,
        *sorted(symbol for symbol, count in totals.items() if count >= MIN_COUNT and symbol != UNKNOWN_SYMBOL),
    ]
    number = {symbol: at for at, symbol in enumerate(symbols)}
    size = len(symbols)
    stored = {
        (language * size + number[first]) * size + number[second]: count
        for language, counts in enumerate(pairs)
        for (first, second), count in counts.items()
        if count > 1 and first in number and second in number and UNKNOWN_SYMBOL not in (first, second)
    }
    positions = sorted(stored)
    characters = [
        Counter(char for line in lines for char in line if _is_of_large_script(char)) for lines in texts.values()
    ]
    frequent = sorted(set().union(*({char for char, n in counts.items() if n >= MIN_COUNT} for counts in characters)))
    return {
        "symbols": np.frombuffer("".join(symbols).encode(), np.uint8),
        "gaps": np.diff(positions, prepend=0).astype(np.uint32),
        "counts": _quantize(np.array([stored[position] for position in positions])),
        "characters": np.frombuffer("".join(frequent).encode(), np.uint8),
        "frequencies": _quantize(np.array([[counts[char] + 1 for char in frequent] for counts in characters])),
    }


def _is_of_large_script(char: str) -> bool:
    return any(first <= char <= last for first, last in letter_model.LARGE_SCRIPTS)


def _quantize(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.rint(np.log2(counts) * COUNT_SCALE).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locale", type=Path, default=Path("/usr/share/locale"))
    parser.add_argument("--out", type=Path, default=Path(letter_model.__file__).with_name("letters.npz"))
    arguments = parser.parse_args()
    texts = {language: lines(arguments.locale, language) for language in LANGUAGES}
    np.savez_compressed(arguments.out, **as_arrays(texts))
    print(f"{arguments.out}: {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
