"""Measure `rnn_speller` letter by letter: intended letters, keystrokes saved, right letters changed, keystroke times.

    python benchmarks/keystrokes.py --data FOLDER [--model MODEL] [--sentences 300] [--only learners keyboards]

FOLDER holds `fce.parquet` and `clean.parquet` with the columns `noisy` and `clean`, the same text word by word. Every
sentence is typed as written, letter by letter, into a separate session; no completion is accepted.

- Intended letter first: a misspelled word is typed up to the first letter that differs from the right word. The
  score is how often the right letter is `letters[0]`, and how often it is `letter`, which must pass the threshold.
  Words that differ only in missing or extra letters at the end are left out.
- Right letters changed: the fraction of the letters of correct words for which `letter` differs.
- Words corrected: the fraction of the misspelled words that are right in the session's text after a space or a
  punctuation mark; and the fraction of the correct words that are not.
- Keystrokes saved: if the right word is among the first three completions after some letters, or before the first, the
  remaining letters less one keystroke for choosing it; as a fraction of all keystrokes of the right text.

Slips of the finger have a table of their own: in the right text of `clean.parquet`, one letter in `SLIP_RATE` of the
longer words is replaced by a letter beside it on a keyboard. Each text is typed into sessions that know the keyboard,
and into others that don't.
"""

import argparse
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq
import torch

from docsight.spelling.keystrokes.keystroke import Keystroke
from docsight.spelling.keystrokes.layouts import LAYOUTS, neighbours
from docsight.spelling.keystrokes.letter_error_model import LETTERS
from docsight.spelling.keystrokes.session import Session

Start = Callable[..., Session]  # the context, and `layout`
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
MAX_OFFERED = 3
SLIP_RATE = 0.1  # of the words of at least `MIN_LETTERS` letters
MIN_LETTERS = 4
TABLES = ("learners", "keyboards")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of fce.parquet and clean.parquet")
    parser.add_argument("--model", default="rnn_speller", help="a shipped model or a model folder")
    parser.add_argument("--sentences", type=int, default=300, help="sentences of each file")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=TABLES, help="the tables to print")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    start = load(arguments.model)
    pairs = {
        name: read_sentences(arguments.data / f"{name}.parquet", max_sentences=arguments.sentences)
        for name in ("fce", "clean")
    }
    if "learners" in arguments.only:
        print_table([(name, type_sentences(start, pairs[name])) for name in pairs])
    if "keyboards" in arguments.only:
        print_keyboards(start, [clean for _, clean in pairs["clean"]])


def load(model: str) -> Start:
    """Return the function that starts sessions of rnn_speller."""
    import spacy

    speller = spacy.blank("en").add_pipe("rnn_speller", config={"model": model})
    return speller.session  # type: ignore[attr-defined,no-any-return]


def read_sentences(file: Path, *, max_sentences: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return a sample of sentences, as written and as intended, that have the same number of words."""
    table = pq.read_table(file, columns=["noisy", "clean"])
    pairs = list(zip(table["noisy"].to_pylist(), table["clean"].to_pylist(), strict=True))
    pairs = [(noisy, clean) for noisy, clean in pairs if len(noisy.split(" ")) == len(clean.split(" "))]
    return random.Random(seed).sample(pairs, min(max_sentences, len(pairs)))


@dataclass
class Tally:
    """Counts and times."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def fraction(self, part: str, whole: str) -> float:
        """Return a count as a fraction of another."""
        return self.counts[part] / max(1, self.counts[whole])

    def milliseconds(self, quantile: int) -> float:
        """Return a percentile of the time per keystroke."""
        return 1000 * statistics.quantiles(self.seconds, n=100, method="inclusive")[quantile - 1]


def type_sentences(start: Start, pairs: list[tuple[str, str]], *, layout: str | None = None) -> Tally:
    """Type sentences, and count."""
    tally = Tally()
    for noisy, clean in pairs:
        session = start("", layout=layout)
        for n, (written, meant) in enumerate(zip(noisy.split(" "), clean.split(" "), strict=True)):
            if n:
                _press(session, " ", tally)
            _type_word(session, written, meant, tally)
        _press(session, " ", tally)
        _compare(session.text.split(" "), noisy.split(" "), clean.split(" "), tally)
        _count_saved(start(""), clean, tally)
    return tally


def print_table(rows: list[tuple[str, Tally]]) -> None:
    print(
        "| file | wrong letters | intended first | returned as letter | right letters changed per 1,000 "
        "| misspelled words corrected | right words changed | keystrokes saved | ms median | ms 99 % |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, tally in rows:
        print(
            f"| {name} | {tally.counts['wrong']:,} | {tally.fraction('first', 'wrong'):.1%} "
            f"| {tally.fraction('returned', 'wrong'):.1%} | {1000 * tally.fraction('changed', 'right'):.2f} "
            f"| {tally.fraction('corrected', 'wrong words'):.1%} | {tally.fraction('broken', 'right words'):.2%} "
            f"| {tally.fraction('saved', 'keystrokes'):.1%} "
            f"| {tally.milliseconds(50):.2f} | {tally.milliseconds(99):.2f} |"
        )


def print_keyboards(start: Start, sentences: list[str]) -> None:
    """Print what knowing the keyboard gives, for slips of the finger on each."""
    print(
        "\n| keyboard | session | wrong letters | intended first | returned as letter "
        "| right letters changed per 1,000 | misspelled words corrected | right words changed |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for layout in LAYOUTS:
        rng = random.Random(1)
        pairs = [(with_slips(sentence, layout, rng), sentence) for sentence in sentences]
        for known in (None, layout):
            tally = type_sentences(start, pairs, layout=known)
            print(
                f"| {layout} | {'knows it' if known else 'does not'} | {tally.counts['wrong']:,} "
                f"| {tally.fraction('first', 'wrong'):.1%} | {tally.fraction('returned', 'wrong'):.1%} "
                f"| {1000 * tally.fraction('changed', 'right'):.2f} "
                f"| {tally.fraction('corrected', 'wrong words'):.1%} "
                f"| {tally.fraction('broken', 'right words'):.2%} |",
                flush=True,
            )


def with_slips(sentence: str, layout: str, rng: random.Random) -> str:
    """Return a sentence with letters replaced by letters beside them on a keyboard, at most one in a word."""
    near = neighbours(layout)
    words = sentence.split(" ")
    for n, word in enumerate(words):
        if len(word) < MIN_LETTERS or not (word.isascii() and word.isalpha()) or rng.random() >= SLIP_RATE:
            continue
        at = rng.randrange(len(word))
        weights = near[LETTERS.index(word[at].lower())]
        typed = rng.choices(LETTERS, weights)[0] if weights.any() else word[at]
        words[n] = word[:at] + (typed.upper() if word[at].isupper() else typed) + word[at + 1 :]
    return " ".join(words)


def _press(session: Session, char: str, tally: Tally) -> Keystroke:
    began = time.perf_counter()
    keystroke = session.type(char)
    tally.seconds.append(time.perf_counter() - began)
    return keystroke


def _type_word(session: Session, written: str, meant: str, tally: Tally) -> None:
    wrong = _first_wrong(written, meant)
    for n, char in enumerate(written):
        keystroke = _press(session, char, tally)
        if n == wrong:
            tally.counts["wrong"] += 1
            tally.counts["first"] += keystroke.letters[0][0] == meant[n]
            tally.counts["returned"] += keystroke.letter == meant[n]
        elif written == meant and char.isalpha():
            tally.counts["right"] += 1
            tally.counts["changed"] += keystroke.letter != char


def _first_wrong(written: str, meant: str) -> int | None:
    """Return the index of the first wrong letter, or None if no letter was typed or intended there."""
    for n, (typed, right) in enumerate(zip(written, meant, strict=False)):
        if typed != right:
            return n if typed.isalpha() and (right.isalpha() or right == "'") else None
    return None


def _compare(corrected: list[str], noisy: list[str], clean: list[str], tally: Tally) -> None:
    for word, written, meant in zip(corrected, noisy, clean, strict=False):
        if written == meant:
            tally.counts["right words"] += 1
            tally.counts["broken"] += word != meant
        else:
            tally.counts["wrong words"] += 1
            tally.counts["corrected"] += word == meant


def _count_saved(session: Session, clean: str, tally: Tally) -> None:
    """Type the right text, and count the letters that completions would save."""
    ends = {match.start(): match.end() for match in _WORD.finditer(clean)}
    tally.counts["keystrokes"] += len(clean)
    offered: tuple[tuple[str, float], ...] = ()
    begun, end, done = 0, 0, True
    for n, char in enumerate(clean):
        if n in ends:
            begun, end, done = n, ends[n], False
        if not done and n < end:
            word = clean[begun:end].lower()
            if word in (shown.lower() for shown, _ in offered[:MAX_OFFERED]):
                tally.counts["saved"] += max(0, end - n - 1)
                done = True
        offered = _press(session, char, tally).completions


if __name__ == "__main__":
    main()
