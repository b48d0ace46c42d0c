"""SCOWL's word lists (Kevin Atkinson, http://wordlist.aspell.net): the varieties and kinds of words."""

import re
from pathlib import Path

from docsight.errors import DataError
from docsight.spelling.lexicon.hashing import MAX_LETTERS
from docsight.spelling.lexicon.tables import DICTIONARY, WordSource

# SCOWL's sizes: those of ordinary dictionaries, and those that large ones add. The sizes above are for word games.
_BASE_SIZES = (10, 20, 35, 40, 50, 55, 60)
_LARGE_SIZES = (70, 80)
_MAX_ABBREVIATIONS = 70
_LISTS = re.compile(
    r"(?P<category>english|american|british|british_z|variant_[12]|american_variant_[12]|british_variant_[12])"
    r"-(?P<kind>words|upper|proper-names|contractions|abbreviations)\.(?P<size>\d+)"
)
_VARIETIES = {
    "english": WordSource.US | WordSource.UK,
    "american": WordSource.US,
    "variant": WordSource.US,
    "british": WordSource.UK,
}
# The first and last characters are letters, so that quotation marks are not taken for part of a word.
_ENTRY = re.compile(r"[a-z](?:[a-z']*[a-z])?")
_ACCENTS = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüý", "aaaaaaceeeeiiiinooooouuuuy")


class WordCollection:
    """The words of a lexicon under construction.

    Attributes:
        sources: By word, flags of `WordSource`.
        zipf: By word, the Zipf frequency.
        large: By word, the varieties whose large lists have it; without the lists of spelling variants.
        size_80: The words that no list below the largest has.
    """

    def __init__(self) -> None:
        self.sources: dict[str, int] = {}
        self.zipf: dict[str, float] = {}
        self.large: dict[str, int] = {}
        self.size_80: set[str] = set()

    def add(self, word: str, flags: int) -> None:
        """Add a word, or further flags of it."""
        self.sources[word] = self.sources.get(word, 0) | flags

    def variety_of(self, word: str) -> int:
        """Return the varieties of a word, flags US and UK: by the base dictionaries, or else by the large ones."""
        return self.sources[word] & (WordSource.US | WordSource.UK) or self.large.get(word, 0)

    def is_dictionary(self, word: str) -> bool:
        """Return whether any dictionary has the word."""
        return bool(self.sources.get(word, 0) & DICTIONARY)


def read_scowl(folder: Path, words: WordCollection) -> None:
    """Add SCOWL's lists of American and British English up to size 80, without the possessives.

    Raises:
        DataError: There are no lists in the folder.
    """
    listed = folder.iterdir() if folder.is_dir() else ()
    files = [(match, file) for file in listed if (match := _LISTS.fullmatch(file.name))]
    files.sort(key=lambda entry: (int(entry[0]["size"]), entry[1].name))
    if not files:
        raise DataError(f"{folder}: expected SCOWL's lists, such as english-words.10; found none (Debian: scowl).")
    for match, file in files:
        size, kind = int(match["size"]), match["kind"]
        if size > (_MAX_ABBREVIATIONS if kind == "abbreviations" else _LARGE_SIZES[-1]):
            continue
        is_variant = "variant" in match["category"]
        varieties = _VARIETIES[match["category"].split("_")[0]]
        is_base = size in _BASE_SIZES and not is_variant
        for entry in _decode(file).split():
            word = entry.lower().removesuffix("'s") if kind != "contractions" else entry.lower()
            word = word.translate(_ACCENTS)
            if not is_entry(word):
                continue
            if size == _LARGE_SIZES[-1] and word not in words.sources:
                words.size_80.add(word)
            words.add(
                word,
                (varieties if is_base else WordSource.LARGE)
                | (WordSource.LOWER if entry.islower() else WordSource.PROPER),
            )
            if not is_base and not is_variant:
                words.large[word] = words.large.get(word, 0) | varieties


def _decode(file: Path) -> str:
    """Read a list; SCOWL's own are in Latin-1, Debian's in UTF-8."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_entry(word: str) -> bool:
    """Return whether a word can be in the lexicon: at most `MAX_LETTERS` ASCII letters, and apostrophes inside."""
    return len(word) <= MAX_LETTERS and _ENTRY.fullmatch(word) is not None
