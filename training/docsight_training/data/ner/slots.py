"""The words that fill the slots of template sentences: names by label and kind, and words without a label."""

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import pyarrow.parquet as pq

from docsight.errors import DataError
from docsight_training.data.ner.amounts import AMOUNT_LABELS
from docsight_training.data.ner.drawn_amounts import DRAWN_AMOUNTS
from docsight_training.data.ner.drawn_words import (
    CAPITAL_LETTERS,
    DRAWN_DATES,
    DRAWN_NUMBERS,
    Draw,
    Name,
    draw_initials,
)
from docsight_training.data.ner.name_patterns import NAME_PATTERNS, PATTERN_SLOTS

WORD_LISTS = "slot_words.list"
# The kinds of names in a gazetteer, by label and kind of slot.
_GAZETTEER_KINDS = {
    ("ORG", "team"): ("sports_teams",),
    ("ORG", "company"): ("companies",),
    ("ORG", "university"): ("universities",),
    ("ORG", "agency"): ("agencies", "ngos"),
    ("ORG", "newspaper"): ("media",),
    ("LOC", "city"): ("cities",),
    ("LOC", "region"): ("regions",),
    ("LOC", "airport"): ("airports",),
    ("PER", "person"): ("people",),
    ("PER", "first"): ("first_names",),
    ("PER", "last"): ("last_names",),
}
_MAX_NAME = 6  # tokens; longer names of a gazetteer are rarely written
# Funds and shell companies, and names with additions that no text repeats.
_UNUSUAL = re.compile(r"[(/%#*\d]|ADR|Acquisition|Warrant|Notes|Trust|Fund|Holdings? [A-Z]{1,2}$")
_SPLIT = re.compile(r"'s\b|[^\s,;:']+(?:'(?!s\b)[^\s,;:']*)*|[,;:']")


class SlotWords:
    """Draws the words for slots.

    Args:
        names: The names of the training data by label, each as its tokens.
        gazetteer: The path of a Parquet file with columns `name` and `kind`, or None. A kind that only it has is filled
            with any name of the label without it.
    """

    def __init__(self, names: Mapping[str, Sequence[Name]], gazetteer: str | None = None) -> None:
        self._sources: dict[tuple[str | None, str], list[Sequence[Name] | Draw]] = {}
        for key, words in _word_lists().items():
            self._sources[key] = [words]
        for key, draw in self._drawn().items():
            self._sources.setdefault(key, []).append(draw)
        for key, words in _read_gazetteer(gazetteer).items():
            self._sources.setdefault(key, []).append(words)
        for label, known in names.items():
            if label == "DATE":
                continue  # a drawn date fits every template
            if label == "NORP":  # adjectives, because the templates have adjectives there
                known = [name for name in known if len(name) == 1 and name[0][-1] != "s"]
            self._sources[label, ""] = [*self._sources.get((label, ""), ()), *([known] if known else ())]
        self.labels = frozenset(names)

    def has(self, label: str | None, kind: str) -> bool:
        """Return whether a slot can be filled; raise ValueError if no kind of slot has this name."""
        if label is not None and kind and (label, kind) not in self._sources and (label, kind) not in _GAZETTEER_KINDS:
            raise ValueError(f"Expected a kind of {label} that has words; found {kind!r}.")
        if label is None and (label, kind) not in self._sources:
            raise ValueError(f"Expected a kind of slot that has words; found {kind!r}.")
        return label in (None, "DATE", "NORP", *AMOUNT_LABELS) or label in self.labels

    def draw(self, label: str | None, kind: str, rng: random.Random) -> Name:
        sources = self._sources.get((label, kind)) or self._sources[label, ""]
        source = sources[0] if len(sources) == 1 else rng.choice(sources)
        return source(rng) if callable(source) else rng.choice(source)

    def _text(self, label: str | None, kind: str, rng: random.Random) -> str:
        return " ".join(self.draw(label, kind, rng))

    def _drawn(self) -> dict[tuple[str | None, str], Draw]:
        """Return the kinds of words that are composed of others."""
        return {
            **{slot: self._pattern(patterns) for slot, patterns in NAME_PATTERNS.items()},
            ("PER", "name"): self._full_name,
            ("PER", "inverted"): self._inverted_name,
            ("PER", "cited"): lambda rng: (*self.draw("PER", "last", rng), ",", *draw_initials(rng)),
            ("PER", "initials"): lambda rng: (*draw_initials(rng), *self.draw("PER", "last", rng)),
            ("PER", "regnal"): lambda rng: (*self.draw("PER", "first", rng), *self.draw(None, "roman", rng)),
            ("ORG", "company"): self._company,
            ("ORG", "acronym"): lambda rng: ("".join(rng.choices(CAPITAL_LETTERS, k=rng.choice((3, 3, 3, 4, 4, 5)))),),
            **{("DATE", kind): draw for kind, draw in DRAWN_DATES.items()},
            **{(None, kind): draw for kind, draw in DRAWN_NUMBERS.items()},
            **DRAWN_AMOUNTS,
            (None, "email"): self._email,
            (None, "identifier"): self._identifier,
            (None, "file"): self._file,
            (None, "url"): lambda rng: (
                f"https://{self._text(None, 'host', rng)}/{'/'.join(self._words(rng, rng.randint(0, 3)))}",
            ),
            (None, "path"): lambda rng: (f"/{'/'.join(self._words(rng, 2))}/{self._text(None, 'file', rng)}",),
            (None, "option"): lambda rng: (f"--{'-'.join(self._words(rng, rng.randint(1, 2)))}",),
        }

    def _pattern(self, patterns: Sequence[str]) -> Draw:
        """Return a function that draws a pattern and fills its slots."""
        split = [[PATTERN_SLOTS.get(word, word) for word in re.split(r"(\{\w+\}| )", p) if word] for p in patterns]

        def draw(rng: random.Random) -> Name:
            parts = [part if isinstance(part, str) else self._text(part[0], part[1], rng) for part in rng.choice(split)]
            return tuple("".join(parts).split())

        return draw

    def _words(self, rng: random.Random, count: int) -> list[str]:
        return [self._text(None, "word", rng) for _ in range(count)]

    def _full_name(self, rng: random.Random) -> Name:
        middle: Name = (f"{rng.choice(CAPITAL_LETTERS)}.",) if rng.random() < 0.15 else ()
        return (*self.draw("PER", "first", rng), *middle, *self.draw("PER", "last", rng))

    def _inverted_name(self, rng: random.Random) -> Name:
        first, middle, *_ = *self._full_name(rng)[:2], ""
        middle = middle if len(middle) == 2 else ""
        return tuple(word for word in (*self.draw("PER", "last", rng), ",", first, middle) if word)

    def _company(self, rng: random.Random) -> Name:
        draw, last = rng.random(), self._text("PER", "last", rng)
        if draw < 0.2:
            start = f"{last} & {self._text('PER', 'last', rng)}"
        elif draw < 0.8:
            place = self._text("LOC", "city", rng) if rng.random() < 0.3 else last
            start = f"{place} {self._text(None, 'trade', rng)}"
        else:
            start = last
        if draw >= 0.8 or rng.random() < 0.5:
            start = f"{start} {self._text(None, 'company_form', rng)}"
        return tuple(start.split())

    def _email(self, rng: random.Random) -> Name:
        first, last = (re.sub(r"\W", "", self._text("PER", kind, rng)).lower() for kind in ("first", "last"))
        user = rng.choice((f"{first}.{last}", f"{first[:1]}{last}", first, last, f"{first}{rng.randint(1, 99)}"))
        return (f"{user}@{self._text(None, 'host', rng)}",)

    def _identifier(self, rng: random.Random) -> Name:
        words = self._words(rng, rng.randint(2, 3))
        style = rng.randrange(4)
        if style == 0:
            return ("_".join(words),)
        if style == 1:
            return ("_".join(words).upper(),)
        camel = "".join(word.capitalize() for word in words)
        return (camel if style == 2 else words[0] + camel[len(words[0]) :],)

    def _file(self, rng: random.Random) -> Name:
        return (f"{'_'.join(self._words(rng, rng.randint(1, 2)))}.{self._text(None, 'suffix', rng)}",)


@cache
def _word_lists() -> dict[tuple[str | None, str], list[Name]]:
    """Read the word lists: lines such as `LOC:city: Leeds | New York`; lines of one kind are joined."""
    lists: dict[tuple[str | None, str], list[Name]] = {}
    text = (files("docsight_training.data.ner") / "template_texts" / WORD_LISTS).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, _, words = line.partition(": ")
            label, colon, inner = kind.partition(":")
            key = (label, inner) if colon else (label, "") if label.isupper() else (None, label)
            lists.setdefault(key, []).extend(tuple(word.split()) for word in words.split(" | "))
    return lists


@cache
def _read_gazetteer(path: str | None) -> dict[tuple[str | None, str], list[Name]]:
    """Read the names of a gazetteer by label and kind of slot.

    Raises:
        DataError: The file cannot be read or has other columns.
    """
    if path is None:
        return {}
    try:
        table = pq.read_table(path, columns=["name", "kind"])
    except (OSError, ValueError, KeyError) as err:
        raise DataError(f"{path}: expected a Parquet file with columns name and kind; {err}") from err
    slots = {kind: slot for slot, kinds in _GAZETTEER_KINDS.items() for kind in kinds}
    names: dict[tuple[str | None, str], list[Name]] = {}
    for text, kind in zip(table["name"].to_pylist(), table["kind"].to_pylist(), strict=True):
        if kind in slots and not _UNUSUAL.search(text):
            name = tuple(_SPLIT.findall(text))
            if 0 < len(name) <= _MAX_NAME and name[0][0].isupper():
                names.setdefault(slots[kind], []).append(name)
    return names
