"""Measure `rnn_speller` letter by letter: intended letters, keystrokes saved, right letters changed, keystroke times.

    python benchmarks/keystrokes.py --data FOLDER [--model MODEL] [--sentences 300]

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
from docsight.spelling.keystrokes.session import Session

Start = Callable[[str], Session]
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
MAX_OFFERED = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of fce.parquet and clean.parquet")
    parser.add_argument("--model", default="rnn_speller", help="a shipped model or a model folder")
    parser.add_argument("--sentences", type=int, default=300, help="sentences of each file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    start = load(arguments.model)
    rows = []
    for name in ("fce", "clean"):
        pairs = read_sentences(arguments.data / f"{name}.parquet", max_sentences=arguments.sentences)
        rows.append((name, type_sentences(start, pairs)))
    print_table(rows)


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


def type_sentences(start: Start, pairs: list[tuple[str, str]]) -> Tally:
    """Type sentences, and count."""
    tally = Tally()
    for noisy, clean in pairs:
        session = start("")
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
