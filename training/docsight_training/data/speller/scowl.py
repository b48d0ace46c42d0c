"""SCOWL's word lists (Kevin Atkinson, http://wordlist.aspell.net): who has a word, and as what."""

import re
from pathlib import Path

from docsight.errors import DataError
from docsight.spelling.lexicon.hashing import MAX_LETTERS
from docsight.spelling.lexicon.tables import DICTIONARY, WordSource

# SCOWL's sizes: what ordinary dictionaries hold, what large ones add, and what is left to players of word games.
_BASE_SIZES = (10, 20, 35, 40, 50, 55, 60)
_LARGE_SIZES = (70, 80)
_MAX_ABBREVIATIONS = 70
_LISTS = re.compile(
    r"(?P<category>english|american|british|british_z|variant_[12]|american_variant_[12]|british_variant_[12])"
    r"-(?P<kind>words|upper|proper-names|contractions|abbreviations)\.(?P<size>\d+)"
)
_SIDES = {
    "english": WordSource.US | WordSource.UK,
    "american": WordSource.US,
    "variant": WordSource.US,
    "british": WordSource.UK,
}
# Ends and begins with a letter, so that no quotation mark is taken for part of a word.
_CLEAN = re.compile(r"[a-z](?:[a-z']*[a-z])?")
_ACCENTS = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüý", "aaaaaaceeeeiiiinooooouuuuy")


class Words:
    """The words of a lexicon as it is being put together: their sources and frequencies, and the two varieties."""

    def __init__(self) -> None:
        self.sources: dict[str, int] = {}
        self.zipf: dict[str, float] = {}
        # The side that the large lists give a word, without the variants.
        self.large: dict[str, int] = {}
        # What stands in no list below the largest.
        self.unheard: set[str] = set()

    def add(self, word: str, flags: int) -> None:
        """Take in a word, or one more thing about it."""
        self.sources[word] = self.sources.get(word, 0) | flags

    def side(self, word: str) -> int:
        """Return whose a word is, by the base dictionaries, or else by the large ones: flags US and UK."""
        return self.sources[word] & (WordSource.US | WordSource.UK) or self.large.get(word, 0)

    def is_dictionary(self, word: str) -> bool:
        """Say whether any dictionary has the word."""
        return bool(self.sources.get(word, 0) & DICTIONARY)


def read_scowl(folder: Path, words: Words) -> None:
    """Take in SCOWL's lists of American and British English up to size 80, without the possessives."""
    listed = folder.iterdir() if folder.is_dir() else ()
    files = [(match, file) for file in listed if (match := _LISTS.fullmatch(file.name))]
    files.sort(key=lambda found: (int(found[0]["size"]), found[1].name))
    if not files:
        raise DataError(f"{folder}: expected SCOWL's lists, such as english-words.10; found none (Debian: scowl).")
    for match, file in files:
        size, kind = int(match["size"]), match["kind"]
        if size > (_MAX_ABBREVIATIONS if kind == "abbreviations" else _LARGE_SIZES[-1]):
            continue
        is_variant = "variant" in match["category"]
        sides = _SIDES[match["category"].split("_")[0]]
        is_base = size in _BASE_SIZES and not is_variant
        for entry in _decode(file).split():
            word = entry.lower().removesuffix("'s") if kind != "contractions" else entry.lower()
            word = word.translate(_ACCENTS)
            if not is_entry(word):
                continue
            if size == _LARGE_SIZES[-1] and word not in words.sources:
                words.unheard.add(word)
            words.add(
                word,
                (sides if is_base else WordSource.LARGE) | (WordSource.LOWER if entry.islower() else WordSource.PROPER),
            )
            if not is_base and not is_variant:
                words.large[word] = words.large.get(word, 0) | sides


def _decode(file: Path) -> str:
    """Read a list; SCOWL's own are in Latin-1, Debian's in UTF-8."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_entry(word: str) -> bool:
    """Say whether a word can stand in the lexicon: ASCII letters, with apostrophes inside, not too many of them."""
    return len(word) <= MAX_LETTERS and _CLEAN.fullmatch(word) is not None
