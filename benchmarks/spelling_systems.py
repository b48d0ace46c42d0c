"""What `spelling.py` compares: rnn_speller, and its peers with the same care for case and punctuation around them."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from importlib.util import find_spec
from typing import ClassVar

# A run of letters, with apostrophes inside.
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
# Tokens that are none of a speller's business: numbers, codes, addresses, words with other letters than English.
FOREIGN = re.compile(r"[\d@/\\_#]|www\.|[^\W\d_a-zA-Z]")
CLITIC = re.compile(r"\W*(?:n['\u2019]t|['\u2019](?:s|m|d|re|ve|ll|em|cause))\W*", re.IGNORECASE)
MOST = 5  # answers that are judged for a word alone


class System:
    """A corrector of texts and of words alone. `spelling_eval` calls what the two factories return."""

    # At most so many rows of a set, where all would take hours.
    sentences: ClassVar[int | None] = None
    words: ClassVar[int | None] = None

    @classmethod
    def missing(cls) -> str | None:
        """Say what is not installed."""
        return None

    @classmethod
    def correct_factory(cls) -> Callable[[list[str]], list[str]]:
        """Load the system; the function corrects texts."""
        return cls().correct

    @classmethod
    def suggest_factory(cls) -> Callable[[list[str]], list[list[str]]]:
        """Load the system; the function ranks answers for each word alone."""
        return cls().suggest

    def correct(self, texts: list[str]) -> list[str]:
        """Correct texts; here: do nothing."""
        return texts

    def suggest(self, words: list[str]) -> list[list[str]]:
        """Rank at most five answers for each word, the best first; here: the word itself."""
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
        """Correct texts, each a document of its own."""
        return [doc._.corrected_text for doc in self.nlp.pipe(texts)]

    def suggest(self, words: list[str]) -> list[list[str]]:
        """Give the suggestions for a word that is flagged, and the word itself for one that is not."""
        ranked = []
        for word, doc in zip(words, self.nlp.pipe(words), strict=True):
            found = doc._.corrections
            if len(found) == 1 and found[0]["text"] == word:
                ranked.append([suggestion for suggestion, _ in found[0]["suggestions"]][:MOST])
            else:  # not flagged, or no single word
                ranked.append([doc._.corrected_text])
        return ranked


class DocsightPrecise(Docsight):
    """The setting that changes least."""

    setting = "precise"


class DocsightEager(Docsight):
    """The setting that changes most."""

    setting = "eager"


class WordByWord(System):
    """A peer that knows words only: it is asked once for each distinct word of all texts, and its answer put in place.

    What is no English word is not shown to it, 's is put aside, and the answer gets the case of the word.
    """

    lower: ClassVar[bool] = True  # the dictionary is in lower case
    contractions: ClassVar[bool] = True  # the dictionary has don't

    def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
        """Rank answers for each word: the word itself alone where it is known, none where there is no answer."""
        raise NotImplementedError

    def correct(self, texts: list[str]) -> list[str]:
        """Correct texts word by word."""
        keys = {key for text in texts for token in text.split() for key in self._keys(token)}
        asked = sorted(keys)
        answers = dict(zip(asked, (found[:1] for found in self.rank(asked, 1)), strict=True))

        return [self._mended(text, answers) for text in texts]

    def _mended(self, text: str, answers: dict[str, list[str]]) -> str:
        lower = text.islower()  # a text without capitals gets none: english is no error there

        def replace(match: re.Match[str]) -> str:
            stem, end = part_possessive(match[0])
            key = self._key(stem)
            found = answers.get(key) if key else None
            if not found:
                return match[0]
            answer = found[0].lower() if lower else found[0]
            return match[0] if answer == key else copy_case(stem, answer) + end

        return re.sub(r"\S+", lambda token: WORD.sub(replace, token[0]) if is_english(token[0]) else token[0], text)

    def suggest(self, words: list[str]) -> list[list[str]]:
        """Rank answers for each word alone."""
        keys = [word.lower() if self.lower else word for word in words]
        ranked = [found[:MOST] or [key] for key, found in zip(keys, self.rank(keys, MOST), strict=True)]
        return [[copy_case(word, answer) for answer in found] for word, found in zip(words, ranked, strict=True)]

    def _keys(self, token: str) -> Iterable[str]:
        if is_english(token):
            yield from filter(None, (self._key(part_possessive(match[0])[0]) for match in WORD.finditer(token)))

    def _key(self, word: str) -> str | None:
        """Return what is looked up for a word, None where the word is left alone: single letters, iPhone."""
        if len(word) < 2 or not (word.islower() or word.isupper() or word[1:].islower()):
            return None
        word = word.replace("\u2019", "'")
        if "'" in word and not self.contractions:
            return None
        return word.lower() if self.lower else word


def is_english(token: str) -> bool:
    """Tell whether a token may hold words to be looked up."""
    return not FOREIGN.search(token) and not CLITIC.fullmatch(token)


def part_possessive(word: str) -> tuple[str, str]:
    """Part 's from a word."""
    cut = len(word) - 2 if word[-2:].lower() in ("'s", "\u2019s") else len(word)
    return word[:cut], word[cut:]


def copy_case(word: str, answer: str) -> str:
    """Write an answer as the word was written: TEH, Teh; capitals of the answer's own stay."""
    if len(word) > 1 and word.isupper():
        return answer.upper()
    return answer[:1].upper() + answer[1:] if word[:1].isupper() else answer


class SymSpell(WordByWord):
    """Package symspellpy: its English dictionary, two edits, `lookup`."""

    @classmethod
    def missing(cls) -> str | None:
        """Say what is not installed."""
        return missing_package("symspellpy")

    def __init__(self) -> None:
        import symspellpy

        self.verbosity = symspellpy.Verbosity
        self.speller = symspellpy.SymSpell(max_dictionary_edit_distance=2)
        self.speller.load_dictionary(str(files(symspellpy) / "frequency_dictionary_en_82_765.txt"), 0, 1)

    def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
        """Rank by distance, then frequency."""
        verbosity = self.verbosity.TOP if most == 1 else self.verbosity.ALL
        return [[item.term for item in self.speller.lookup(word, verbosity)[:most]] for word in words]


class PySpellChecker(WordByWord):
    """Package pyspellchecker: its English dictionary, two edits."""

    sentences, words = 200, 250

    @classmethod
    def missing(cls) -> str | None:
        """Say what is not installed."""
        return missing_package("spellchecker", "pyspellchecker")

    def __init__(self) -> None:
        from spellchecker import SpellChecker

        self.speller = SpellChecker()

    def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
        """Rank the candidates, which are those of the least distance, by frequency."""
        return [
            sorted(self.speller.candidates(word) or (), key=lambda found: (-self.speller[found], found))[:most]
            for word in words
        ]


class Autocorrect(WordByWord):
    """Package autocorrect: its English dictionary, two edits.

    A word that the dictionary has in any case counts as known: that changes fewer right words than its own reading of
    texts (wikipedia_clean, one edit: 1.0 for 3.1 %).
    """

    sentences: ClassVar[int | None] = 200
    words: ClassVar[int | None] = 250
    lower = False
    contractions = False
    fast: ClassVar[bool] = False

    @classmethod
    def missing(cls) -> str | None:
        """Say what is not installed."""
        return missing_package("autocorrect")

    def __init__(self) -> None:
        from autocorrect import Speller

        self.speller = Speller(fast=self.fast)

    def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
        """Rank the candidates, which are those of the least distance, by frequency."""
        known, ranked = self.speller.nlp_data, []
        for word in words:
            if word in known or word.lower() in known or word.capitalize() in known:
                ranked.append([word])
            else:
                found = sorted(self.speller.get_candidates(word.lower()), reverse=True)
                ranked.append([candidate for _, candidate in found[:most]])
        return ranked


class AutocorrectFast(Autocorrect):
    """The same with one edit."""

    sentences, words = None, None
    fast = True


class Ispell(WordByWord):
    """A program that speaks ispell's protocol over a pipe, one process for all words."""

    lower = False
    program: ClassVar[str]
    block = 100  # words a turn: few enough that neither side waits with a full pipe

    @classmethod
    def missing(cls) -> str | None:
        """Say what is not installed."""
        return None if shutil.which(cls.program) else f"there is no program {cls.program}"

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [self.program, "-a", *self.options()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        self._read()  # who it is
        self._write("!\n")  # say nothing of words that are right

    def options(self) -> list[str]:
        """Return the program's options: dictionaries, encoding."""
        raise NotImplementedError

    def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
        """Rank as the program does."""
        ranked = []
        for at in range(0, len(words), self.block):
            asked = words[at : at + self.block]
            self._write("".join(f"^{word}\n" for word in asked))
            for word in asked:
                lines = []
                while line := self._read():
                    lines.append(line)
                ranked.append(parse_ispell(word, lines)[:most])
        return ranked

    def _write(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def _read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.program} ended; does `{self.program} -a {' '.join(self.options())}` run?")
        return line.rstrip("\n")


def parse_ispell(word: str, lines: Sequence[str]) -> list[str]:
    """Read the answer for one word: the word itself if no line complains, none if it was read as several words."""
    if not lines:
        return [word]
    head, _, tail = lines[0].partition(": ")
    whole = len(lines) == 1 and head.startswith(f"& {word} ")
    return tail.split(", ") if whole else []


class Aspell(Ispell):
    """Debian package aspell, its dictionary of American and British words."""

    program = "aspell"

    def options(self) -> list[str]:
        """Return the program's options."""
        return ["--lang=en", "--encoding=utf-8"]


class Hunspell(Ispell):
    """Debian package hunspell, the American dictionary, with the British one where it is installed."""

    program = "hunspell"

    def options(self) -> list[str]:
        """Return the program's options."""
        done = subprocess.run([self.program, "-D"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        installed = {line.rpartition("/")[2] for line in done.stderr.decode(errors="replace").splitlines()}
        names = [name for name in ("en_US", "en_GB") if name in installed]
        return ["-d", ",".join(names or ["en_US"]), "-i", "utf-8"]


def missing_package(module: str, package: str | None = None) -> str | None:
    """Say which package is missing, None where the module is there."""
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
