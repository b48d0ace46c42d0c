"""SCOWL's word lists (Kevin Atkinson, http://wordlist.aspell.net), and the British forms of American words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
# The first and last characters are letters, so that quotation marks are not treated as part of a word.
_ENTRY = re.compile(r"[a-z](?:[a-z']*[a-z])?")
_ACCENTS = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüý", "aaaaaaceeeeiiiinooooouuuuy")

# Words that no rule covers. The rules for endings apply to them, too.
_IRREGULAR = {
    "tire": "tyre", "program": "programme", "check": "cheque", "practice": "practise", "license": "licence",
    "story": "storey", "stories": "storeys",
    "plow": "plough", "draft": "draught", "mustache": "moustache", "pajama": "pyjama", "skeptic": "sceptic",
    "skeptical": "sceptical", "skepticism": "scepticism", "aluminum": "aluminium", "airplane": "aeroplane",
    "mold": "mould", "molt": "moult", "smolder": "smoulder", "jewelry": "jewellery", "specialty": "speciality",
    "maneuver": "manoeuvre", "curb": "kerb", "ax": "axe", "advisor": "adviser", "adapter": "adaptor", "chili": "chilli",
    "flier": "flyer", "phony": "phoney", "ambiance": "ambience", "licorice": "liquorice", "omelet": "omelette",
    "tidbit": "titbit", "checkered": "chequered", "checkbook": "chequebook", "specialties": "specialities",
    "ruble": "rouble", "whiz": "whizz", "naught": "nought", "collectible": "collectable", "cozy": "cosy",
    "artifact": "artefact", "pediatric": "paediatric", "mom": "mum", "mommy": "mummy", "math": "maths",
    "filet": "fillet", "disk": "disc", "whiskey": "whisky", "yogurt": "yoghurt", "aging": "ageing", "woolen": "woollen",
    "marvelous": "marvellous", "vise": "vice", "czar": "tsar", "donut": "doughnut", "carburetor": "carburettor",
    "karat": "carat", "councilor": "councillor", "counselor": "counsellor", "fulfillment": "fulfilment",
    "installment": "instalment", "skillful": "skilful", "willful": "wilful", "enrollment": "enrolment",
    "enthrallment": "enthralment", "inquiry": "enquiry", "inquire": "enquire", "learned": "learnt", "dreamed": "dreamt",
    "burned": "burnt", "spelled": "spelt", "spoiled": "spoilt", "leaned": "leant", "leaped": "leapt",
    "smelled": "smelt", "spilled": "spilt", "kneeled": "knelt",
}  # fmt: skip

# A pattern in American forms, and what British forms may have in its place, at each match.
_RULES = [
    (re.compile(american), british)
    for american, british in (
        (r"or", "our"),
        (r"(?<=[a-z]{3}[iy])z(?=(e|ed|es|er|ers|ing|ingly|able|ation|ations|ational|ement)$)", "s"),
        (r"(?<=[a-z]{2}[cgtbpdvuh])er(?=(s|board|boards|piece|pieces|fold)?$)", "re"),
        (r"^(fib|cent|lit|met)er(?=[^s])", r"\1re"),
        (r"(?<=[ctbpg])er(?=(ed|ing)$)", "r"),
        (r"og(?=s?$)", "ogue"),
        (r"og(?=(ed|ing|er|ers)$)", "ogu"),
        (r"(?<=[aeiou])([lp])(?=(ed|ing|ings|er|ers|or|ors|able|ist|ists|ous|ously|ery|ish|ity)$)", r"\1\1"),
        (r"ll(?=(s|ment|ments|ful|fully|fulness)?$)", "l"),
        (r"ens(?=(e|es|ed|eless|er|ers|eman|emen)$)", "enc"),
        (r"(?<![aoe])e(?=[a-z]{2}|a$)", "ae"),
        (r"(?<![aoe])e(?=[a-z]{2}|a$)", "oe"),
        (r"ward$", "wards"),
        (r"ction(?=(s|al)?$)", "xion"),
        (r"dgment", "dgement"),
        (r"(?<=[kvz])able$", "eable"),
        (r"sulf", "sulph"),
        (r"gray", "grey"),
    )
]
_ENDINGS = ("s", "es", "d", "ed", "r", "rs", "er", "ers", "ing", "ings", "ly", "y", "'s")


@dataclass
class WordCollection:
    """The words of a lexicon under construction."""

    sources: dict[str, int] = field(default_factory=dict)  # by word, flags of `WordSource`
    zipf: dict[str, float] = field(default_factory=dict)
    large: dict[str, int] = field(default_factory=dict)  # by word, the varieties whose large lists contain it
    size_80: set[str] = field(default_factory=set)  # the words that no list below the largest has

    def add(self, word: str, flags: int) -> None:
        self.sources[word] = self.sources.get(word, 0) | flags

    def variety_of(self, word: str) -> int:
        """Return the varieties of a word, flags US and UK: by the base dictionaries, or else by the large ones."""
        return self.sources[word] & (WordSource.US | WordSource.UK) or self.large.get(word, 0)

    def is_dictionary(self, word: str) -> bool:
        return bool(self.sources.get(word, 0) & DICTIONARY)


def read_scowl(folder: Path, words: WordCollection) -> None:
    """Add SCOWL's lists of American and British English up to size 80, without the possessives."""
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
            case = WordSource.LOWER if entry.islower() else WordSource.PROPER
            words.add(word, case | (varieties if is_base else WordSource.LARGE))
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


def british_forms(word: str) -> Iterator[str]:
    """Yield the forms that a British dictionary may have for an American word; most of them are not words."""
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    for ending in _ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            for form in (stem, stem + "e"):
                if form in _IRREGULAR and (form == stem or not ending.startswith("e")):
                    yield _IRREGULAR[form].removesuffix("e" if form != stem else "") + ending
    for pattern, british in _RULES:
        matches = list(pattern.finditer(word))
        for match in matches:
            yield word[: match.start()] + match.expand(british) + word[match.end() :]
        if len(matches) > 1:
            yield pattern.sub(british, word)
