"""Template sentences with slots for names, filled anew in each epoch, so that the context decides the label."""

import math
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from docsight.errors import ConfigError
from docsight.tags import TagSpan
from docsight.vocab import CELL_END, LINE_END
from docsight_training.data.ner.amounts import AMOUNT_LABELS
from docsight_training.data.ner.annotated_documents import Document, Sentence, names_in
from docsight_training.data.ner.augment import retokenize
from docsight_training.data.ner.slots import SlotWords

TEMPLATE_FOLDER = "template_texts"
# The labels whose names only the context distinguishes; templates teach nothing without one of them.
_NAMES = ("PER", "ORG", "LOC")
# Words that become part of the name before them: a street or a company.
_NAME_ENDINGS = {
    "LOC": ("Street", "Avenue", "Road", "Square", "Bridge", "Park", "Airport"),
    "ORG": ("Inc.", "Corp."),
}
# Characters that OCR of old print confuses.
_CONFUSED = {
    "e": "c", "c": "e", "h": "b", "b": "h", "l": "1", "i": "l", "t": "f", "f": "t", "u": "n", "n": "u", "o": "0",
    "m": "rn", "a": "o", "s": "f", "g": "q", "v": "y", "R": "E", "E": "F", "I": "l", "O": "0", "S": "8", "B": "R",
    "C": "G", "H": "II", "D": "O", "P": "F", "L": "I", "T": "I", "M": "N",
}  # fmt: skip
_OCR_ERRORS = 0.12  # the probability that OCR text has an error in a word
_VOWEL = re.compile(r"(?!eu)[aeio]", re.IGNORECASE)
_TOKEN = re.compile(r"(?:\{[^{}]*\}|[^\s{}])+")
_SLOT = re.compile(r"\{([^{}]*)\}")
_SLOT_TEXT = re.compile(r"(?:([A-Z]+)|(?=[a-z]))(?::?([a-z_]+))?(\^?)")


@dataclass(frozen=True)
class Slot:
    """A place in a template that is filled with words.

    Args:
        label: The label of the words, or None.
        kind: The kind of words, such as `city`; the empty string for any name of the label.
        upper: Whether the words are written in capitals.
        words: The words if they are always the same.
    """

    label: str | None
    kind: str = ""
    upper: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """The tokens of a template; a token is a word, a slot, or several of both that are joined."""

    section: str
    tokens: tuple[str | Slot | tuple[str | Slot, ...], ...]

    def slots(self) -> list[Slot]:
        parts = [part for token in self.tokens for part in (token if isinstance(token, tuple) else (token,))]
        return [part for part in parts if isinstance(part, Slot)]


class TemplateFiller:
    """Fills templates with names of the training data, of a gazetteer and of the word lists.

    Args:
        documents: The training data.
        borrow: The probability that a slot for any name of a label is filled with one word from the names of another.
        labels: The labels to learn; slots of others are filled, too, but have no span. None for those of `documents`.
        gazetteer: The path of a Parquet file with columns `name` and `kind`, or None.
        weights: By section, how many times as often a template of it is drawn as one of another section; 1 for the
            sections that it does not list.
        annotate: Annotates a filled sentence by rule; None for no rule.
        split: The probability that a sentence is tokenized as by spaCy, not as in the Penn Treebank.

    Raises:
        ConfigError: `weights` names an unknown section, or has a value that is not a number from 0 up.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        borrow: float = 0.6,
        labels: Sequence[str] | None = None,
        gazetteer: str | None = None,
        weights: Mapping[str, float] | None = None,
        annotate: Callable[[Sentence], Sentence] | None = None,
        split: float = 0.5,
    ) -> None:
        self.borrow, self.split, self.annotate = borrow, split, annotate
        names: dict[str, list[tuple[str, ...]]] = {}
        self._borrowed: dict[str, list[str]] = {}
        for label, name in names_in(documents):
            if _is_capitalised(name):
                names.setdefault(label, []).append(name)
                if label in _NAMES:
                    self._borrowed.setdefault(label, []).extend(w for w in name if w.istitle() and w.isalpha())
        self._borrowed = {label: words for label, words in self._borrowed.items() if words}
        self.labels = frozenset(names if labels is None else labels)
        self._words = SlotWords(names, gazetteer)
        self._sections, self._shares = self._choose_sections(weights or {})

    def _choose_sections(self, weights: Mapping[str, float]) -> tuple[list[list[Template]], list[float]]:
        """Group the templates that can be filled by section; return the groups and the share of each."""
        sections: dict[str, list[Template]] = {template.section: [] for template in read_templates()}
        if unknown := sorted(set(weights) - set(sections)):
            raise ConfigError(
                f"data.template_weights: unknown section {', '.join(unknown)}; expected {', '.join(sections)}."
            )
        if wrong := {name: weight for name, weight in weights.items() if not _is_weight(weight)}:
            raise ConfigError(f"data.template_weights: expected finite numbers from 0 up; found {wrong}.")
        if not self.labels & self._words.labels & set(_NAMES):
            return [], []
        for template in read_templates():
            if any(slot.label in AMOUNT_LABELS and slot.label not in self.labels for slot in template.slots()):
                continue  # other numbers in these sentences are not annotated, so they teach nothing else
            if all(self._words.has(slot.label, slot.kind) for slot in template.slots() if not slot.words):
                sections[template.section].append(template)
        shares = {name: len(group) * weights.get(name, 1.0) for name, group in sections.items()}
        used = [name for name, share in shares.items() if share]
        return [sections[name] for name in used], [shares[name] for name in used]

    @property
    def annotated_labels(self) -> frozenset[str]:
        """The labels that the sentences annotate; of others they say nothing."""
        slots = (slot for group in self._sections for template in group for slot in template.slots())
        return frozenset(slot.label for slot in slots if slot.label is not None)

    @property
    def layout_words(self) -> set[str]:
        """The ends of lines and cells that the sentences may have."""
        tokens = {token for group in self._sections for template in group for token in template.tokens}
        return {end for end in (LINE_END, CELL_END) if end in tokens}

    def fill(self, count: int, rng: random.Random) -> list[Sentence]:
        """Draw `count` templates that can be filled with names of the labels to learn, and fill them."""
        if not self._sections:
            return []
        groups = rng.choices(self._sections, self._shares, k=count)
        return [self._fill(rng.choice(group), rng) for group in groups]

    def _fill(self, template: Template, rng: random.Random) -> Sentence:
        tokens: list[str] = []
        spans: list[TagSpan] = []
        for token in template.tokens:
            if isinstance(token, str):
                tokens.append(token)
            elif isinstance(token, tuple):
                parts = [part if isinstance(part, str) else "".join(self._draw(part, rng)) for part in token]
                tokens.append("".join(parts))
            else:
                words = self._draw(token, rng)
                if tokens and tokens[-1] in ("a", "an"):
                    tokens[-1] = "an" if _VOWEL.match(words[0]) else "a"
                if token.label in self.labels:
                    spans.append(TagSpan(len(tokens), len(tokens) + len(words), str(token.label)))
                tokens += words
        sentence = Sentence(tokens, [_extended(tokens, span) for span in spans])
        if self.annotate is not None:
            sentence = self.annotate(sentence)
        if rng.random() < self.split:
            sentence = retokenize(sentence)
        if change := _CHANGES.get(template.section):
            sentence = Sentence([change(token, rng) for token in sentence.tokens], sentence.spans)
        return sentence

    def _draw(self, slot: Slot, rng: random.Random) -> Sequence[str]:
        words: Sequence[str] = slot.words
        if not words:
            others = [label for label in self._borrowed if label != slot.label] if slot.label in _NAMES else []
            if not slot.kind and others and rng.random() < self.borrow:
                words = (rng.choice(self._borrowed[rng.choice(others)]),)
            else:
                words = self._words.draw(slot.label, slot.kind, rng)
        return [word.upper() for word in words] if slot.upper else words


@cache
def read_templates() -> tuple[Template, ...]:
    """Read the templates of all sections; the section of a template is the name of its file.

    Raises:
        ValueError: A slot is written wrongly; the message names it.
    """
    folder = files("docsight_training.data.ner") / TEMPLATE_FOLDER
    templates = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        section, _, suffix = path.name.rpartition(".")
        if suffix == "txt":
            lines = path.read_text(encoding="utf-8").splitlines()
            templates += [parse_template(line, section) for line in lines if line and not line.startswith("# ")]
    return tuple(templates)


def parse_template(line: str, section: str) -> Template:
    """Parse a template: tokens separated by spaces, with slots in braces.

    `{PER}` is filled with any name of the label, `{LOC:city}` with one of a kind, `{LOC:city^}` with one in capitals,
    `{number}` with words that have no label; `{DATE=last week}` are words that have a label.

    Raises:
        ValueError: A slot is written wrongly; the message names it.
    """
    tokens: list[str | Slot | tuple[str | Slot, ...]] = []
    for text in _TOKEN.findall(line):
        parts = [_parse_slot(part, line) if n % 2 else part for n, part in enumerate(_SLOT.split(text))]
        parts = [part for part in parts if part != ""]
        if len(parts) > 1 and any(isinstance(part, Slot) and part.label for part in parts):
            raise ValueError(f"Expected spaces around a slot with a label; found {text!r} in {line!r}.")
        tokens.append(parts[0] if len(parts) == 1 else tuple(parts))
    return Template(section, tuple(tokens))


def _parse_slot(text: str, line: str) -> Slot:
    label, equals, words = text.partition("=")
    if equals:
        return Slot(label, words=tuple(words.split()))
    match = _SLOT_TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"Expected a slot such as PER, LOC:city or number; found {text!r} in {line!r}.")
    return Slot(match[1], match[2] or "", bool(match[3]))


def _is_weight(weight: object) -> bool:
    return isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight < math.inf


def _is_capitalised(name: Sequence[str]) -> bool:
    """Whether each end of a name is capitalised or has no letters, as in Bank of England."""
    return all(word[0].isupper() or not (word[0].isalpha() or word[0] in "@#") for word in (name[0], name[-1]))


def _extended(tokens: list[str], span: TagSpan) -> TagSpan:
    """Extend a span over the word after it, if that makes the name a street or a company."""
    start, end, label = span
    following = tokens[end] if end < len(tokens) else ""
    return TagSpan(start, end + (following in _NAME_ENDINGS.get(label, ())), label)


def _misread(token: str, rng: random.Random) -> str:
    """Make an error of OCR in some words."""
    if len(token) < 2 or rng.random() > _OCR_ERRORS:
        return token
    at = rng.randrange(len(token))
    return token[:at] + _CONFUSED.get(token[at], token[at]) + token[at + 1 :]


# How the words of a section are changed after filling.
_CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "capitals": lambda token, rng: token.upper(),
    "chat": lambda token, rng: token.lower(),
    "ocr": _misread,
}
