"""The systems that `spelling.py` compares. The peers get the same handling of case and punctuation."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from importlib.util import find_spec
from typing import ClassVar

# A run of letters, with apostrophes inside.
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
# Tokens that are not corrected: numbers, codes, addresses, words with letters that English does not have.
NO_ENGLISH = re.compile(r"[\d@/\\_#]|www\.|[^\W\d_a-zA-Z]")
CLITIC = re.compile(r"\W*(?:n['\u2019]t|['\u2019](?:s|m|d|re|ve|ll|em|cause))\W*", re.IGNORECASE)
MAX_SUGGESTIONS = 5  # that are scored for a single word


class System:
    """A corrector of texts and of single words. `spelling_eval` calls what the two factories return."""

    # The maximum number of rows of a set, where all would take hours.
    sentences: ClassVar[int | None] = None
    words: ClassVar[int | None] = None

    @classmethod
    def missing(cls) -> str | None:
        """Return what is not installed, or None."""
        return None

    @classmethod
    def correct_factory(cls) -> Callable[[list[str]], list[str]]:
        """Load the system, and return the function that corrects texts."""
        return cls().correct

    @classmethod
    def suggest_factory(cls) -> Callable[[list[str]], list[list[str]]]:
        """Load the system, and return the function that ranks suggestions for single words."""
        return cls().suggest

    def correct(self, texts: list[str]) -> list[str]:
        """Correct texts; the default does nothing."""
        return texts

    def suggest(self, words: list[str]) -> list[list[str]]:
        """Rank at most five suggestions for each word, the best first; the default is the word itself."""
        return [[word] for word in words]


class Docsight(System):
    """The component, alone in a blank pipeline."""

    model: ClassVar[str] = "rnn_speller"
    setting: ClassVar[str] = "balanced"

    def __init__(self) -> None:
        import spacy
        import torch

        torch.set_num_threads(1)
        self.nlp = spacy.blank("en")
        self.nlp.add_pipe("rnn_speller", config={"model": self.model, "setting": self.setting})

    def correct(self, texts: list[str]) -> list[str]:
        """Correct texts, each as a separate document."""
        return [doc._.corrected_text for doc in self.nlp.pipe(texts)]

    def suggest(self, words: list[str]) -> list[list[str]]:
        """Return the suggestions for a flagged word, and the word itself for others."""
        ranked = []
        for word, doc in zip(words, self.nlp.pipe(words), strict=True):
            rows = doc._.corrections
            if len(rows) == 1 and rows[0]["text"] == word:
                ranked.append([each["text"] for each in rows[0]["suggestions"]][:MAX_SUGGESTIONS])
            else:  # not flagged, or not a single word
                ranked.append([doc._.corrected_text])
        return ranked


class DocsightPrecise(Docsight):
    """The setting that changes least."""

    setting = "precise"


class DocsightEager(Docsight):
    """The setting that changes most."""

    setting = "eager"


class WordByWord(System):
    """A peer that corrects single words: it gets each distinct word of all texts once.

    It does not get words that are not English, nor a possessive 's; the suggestion is written in the case of the word.
    """

    lower: ClassVar[bool] = True  # the dictionary is in lower case
    contractions: ClassVar[bool] = True  # the dictionary has don't

    def rank(self, words: Sequence[str], max_suggestions: int) -> list[list[str]]:
        """Rank suggestions for each word: only the word itself if it is known, none if there is no suggestion."""
        raise NotImplementedError(f"{type(self).__name__} must define rank.")

    def correct(self, texts: list[str]) -> list[str]:
        """Correct texts word by word."""
        keys = {key for text in texts for token in text.split() for key in self._keys(token)}
        words = sorted(keys)
        best = dict(zip(words, (ranked[:1] for ranked in self.rank(words, 1)), strict=True))
        return [self._corrected(text, best) for text in texts]

    def _corrected(self, text: str, best: dict[str, list[str]]) -> str:
        lower = text.islower()  # a text without capitals gets none: english is not an error there

        def replace(match: re.Match[str]) -> str:
            stem, end = split_possessive(match[0])
            key = self._key(stem)
            ranked = best.get(key) if key else None
            if not ranked:
                return match[0]
            suggestion = ranked[0].lower() if lower else ranked[0]
            return match[0] if suggestion == key else copy_case(stem, suggestion) + end

        return re.sub(r"\S+", lambda token: WORD.sub(replace, token[0]) if is_english(token[0]) else token[0], text)

    def suggest(self, words: list[str]) -> list[list[str]]:
        """Rank suggestions for single words."""
        keys = [word.lower() if self.lower else word for word in words]
        ranked = [
            suggestions[:MAX_SUGGESTIONS] or [key]
            for key, suggestions in zip(keys, self.rank(keys, MAX_SUGGESTIONS), strict=True)
        ]
        return [
            [copy_case(word, suggestion) for suggestion in suggestions]
            for word, suggestions in zip(words, ranked, strict=True)
        ]

    def _keys(self, token: str) -> Iterable[str]:
        if is_english(token):
            yield from filter(None, (self._key(split_possessive(match[0])[0]) for match in WORD.finditer(token)))

    def _key(self, word: str) -> str | None:
        """Return the lookup key of a word, or None if it is not corrected: single letters, iPhone."""
        if len(word) < 2 or not (word.islower() or word.isupper() or word[1:].islower()):
            return None
        word = word.replace("\u2019", "'")
        if "'" in word and not self.contractions:
            return None
        return word.lower() if self.lower else word


def is_english(token: str) -> bool:
    """Return whether the words of a token are looked up."""
    return not NO_ENGLISH.search(token) and not CLITIC.fullmatch(token)


def split_possessive(word: str) -> tuple[str, str]:
    """Split a word into its stem and a possessive 's."""
    cut = len(word) - 2 if word[-2:].lower() in ("'s", "\u2019s") else len(word)
    return word[:cut], word[cut:]


def copy_case(word: str, suggestion: str) -> str:
    """Write a suggestion in the case of the word: TEH, Teh; its own capitals stay."""
    if len(word) > 1 and word.isupper():
        return suggestion.upper()
    return suggestion[:1].upper() + suggestion[1:] if word[:1].isupper() else suggestion


class SymSpell(WordByWord):
    """Package symspellpy: its English dictionary, two edits, `lookup`."""

    @classmethod
    def missing(cls) -> str | None:
        return missing_package("symspellpy")

    def __init__(self) -> None:
        import symspellpy

        self.verbosity = symspellpy.Verbosity
        self.speller = symspellpy.SymSpell(max_dictionary_edit_distance=2)
        self.speller.load_dictionary(str(files(symspellpy) / "frequency_dictionary_en_82_765.txt"), 0, 1)

    def rank(self, words: Sequence[str], max_suggestions: int) -> list[list[str]]:
        """Rank by distance, then frequency."""
        verbosity = self.verbosity.TOP if max_suggestions == 1 else self.verbosity.ALL
        return [[item.term for item in self.speller.lookup(word, verbosity)[:max_suggestions]] for word in words]


class PySpellChecker(WordByWord):
    """Package pyspellchecker: its English dictionary, two edits."""

    sentences, words = 200, 250

    @classmethod
    def missing(cls) -> str | None:
        return missing_package("spellchecker", "pyspellchecker")

    def __init__(self) -> None:
        from spellchecker import SpellChecker

        self.speller = SpellChecker()

    def rank(self, words: Sequence[str], max_suggestions: int) -> list[list[str]]:
        """Rank the candidates, all of the minimum distance, by frequency."""
        return [
            sorted(self.speller.candidates(word) or (), key=lambda candidate: (-self.speller[candidate], candidate))[
                :max_suggestions
            ]
            for word in words
        ]


class Autocorrect(WordByWord):
    """Package autocorrect: its English dictionary, two edits.

    A word that is in the dictionary in any case counts as known. That changes fewer right words than the package's own
    reading of texts (wikipedia_clean, one edit: 1.0 instead of 3.1 %).
    """

    sentences: ClassVar[int | None] = 200
    words: ClassVar[int | None] = 250
    lower = False
    contractions = False
    fast: ClassVar[bool] = False

    @classmethod
    def missing(cls) -> str | None:
        return missing_package("autocorrect")

    def __init__(self) -> None:
        from autocorrect import Speller

        self.speller = Speller(fast=self.fast)

    def rank(self, words: Sequence[str], max_suggestions: int) -> list[list[str]]:
        """Rank the candidates, all of the minimum distance, by frequency."""
        known, ranked = self.speller.nlp_data, []
        for word in words:
            if word in known or word.lower() in known or word.capitalize() in known:
                ranked.append([word])
            else:
                candidates = sorted(self.speller.get_candidates(word.lower()), reverse=True)
                ranked.append([candidate for _, candidate in candidates[:max_suggestions]])
        return ranked


class AutocorrectFast(Autocorrect):
    """The same with one edit."""

    sentences, words = None, None
    fast = True


class Ispell(WordByWord):
    """A program that speaks ispell's protocol over a pipe, one process for all words."""

    lower = False
    program: ClassVar[str]
    block = 100  # words at a time: few enough that no pipe is full while both sides wait

    @classmethod
    def missing(cls) -> str | None:
        return None if shutil.which(cls.program) else f"program {cls.program} not found"

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [self.program, "-a", *self.options()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        self._read()  # the version
        self._write("!\n")  # do not report correct words

    def options(self) -> list[str]:
        """Return the options of the program: dictionaries, encoding."""
        raise NotImplementedError(f"{type(self).__name__} must define options.")

    def rank(self, words: Sequence[str], max_suggestions: int) -> list[list[str]]:
        """Return the ranking of the program."""
        ranked = []
        for at in range(0, len(words), self.block):
            sent = words[at : at + self.block]
            self._write("".join(f"^{word}\n" for word in sent))
            for word in sent:
                lines = []
                while line := self._read():
                    lines.append(line)
                ranked.append(parse_ispell(word, lines)[:max_suggestions])
        return ranked

    def _write(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def _read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.program} exited; does `{self.program} -a {' '.join(self.options())}` run?")
        return line.rstrip("\n")


def parse_ispell(word: str, lines: Sequence[str]) -> list[str]:
    """Parse the suggestions for a word: itself if nothing is reported, none if it was read as several words."""
    if not lines:
        return [word]
    head, _, tail = lines[0].partition(": ")
    is_whole = len(lines) == 1 and head.startswith(f"& {word} ")
    return tail.split(", ") if is_whole else []


class Aspell(Ispell):
    """Debian package aspell with its dictionary of American and British words."""

    program = "aspell"

    def options(self) -> list[str]:
        return ["--lang=en", "--encoding=utf-8"]


class Hunspell(Ispell):
    """Debian package hunspell with the American dictionary, and the British one if it is installed."""

    program = "hunspell"

    def options(self) -> list[str]:
        done = subprocess.run([self.program, "-D"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        installed = {line.rpartition("/")[2] for line in done.stderr.decode(errors="replace").splitlines()}
        names = [name for name in ("en_US", "en_GB") if name in installed]
        return ["-d", ",".join(names or ["en_US"]), "-i", "utf-8"]


def missing_package(module: str, package: str | None = None) -> str | None:
    """Return how to install a package, or None if the module is there."""
    return None if find_spec(module) else f"pip install {package or module}"


SYSTEMS: dict[str, type[System]] = {
    "does nothing": System,
    "docsight precise": DocsightPrecise,
    "docsight balanced": Docsight,
    "docsight eager": DocsightEager,
    "symspellpy": SymSpell,
    "pyspellchecker": PySpellChecker,
    "autocorrect": Autocorrect,
    "autocorrect fast": AutocorrectFast,
    "aspell": Aspell,
    "hunspell": Hunspell,
}
