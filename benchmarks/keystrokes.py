"""Judge `rnn_speller` as one types: letters meant, keystrokes saved, right letters changed, milliseconds a keystroke.

    python benchmarks/keystrokes.py --data FOLDER [--model MODEL] [--sentences 300]

FOLDER holds `fce.parquet` and `clean.parquet` with the columns `noisy` and `clean`, word by word the same text. Every
sentence is typed letter by letter into a session of its own, as it was written; nothing is accepted on the way.

- Intended letter first: of the words written wrong, typed up to the first letter that differs from the right word, how
  often the letter that the right word has there is `letters[0]` (and how often it is `letter`, which needs to pass the
  threshold). A word that only lacks its last letters, or only has some too many at its end, has no such letter; it
  is left out.
- Right letters changed: of the letters of words written right, for how many `letter` is another.
- Words put right: of the words written wrong, how many are right in the session's text once a space or a sign has
  ended them; and how many of the right ones are not.
- Keystrokes saved: where the right word is among the first three completions after so many letters (or before the
  first), the letters that remain, less one keystroke for choosing it; as a share of all keystrokes of the right text.
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

from docsight.spelling.keystrokes.session import Session

Start = Callable[[str], Session]
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
OFFERED = 3


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of fce.parquet and clean.parquet")
    parser.add_argument("--model", default="rnn_speller", help="a shipped model or a model folder")
    parser.add_argument("--sentences", type=int, default=300, help="sentences of each file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    start = load(arguments.model)
    rows = []
    for name in ("fce", "clean"):
        pairs = read_sentences(arguments.data / f"{name}.parquet", most=arguments.sentences)
        rows.append((name, type_sentences(start, pairs)))
    print_table(rows)


def load(model: str) -> Start:
    """Make sessions of rnn_speller."""
    import spacy

    speller = spacy.blank("en").add_pipe("rnn_speller", config={"model": model})
    return speller.session  # type: ignore[attr-defined,no-any-return]


def read_sentences(file: Path, *, most: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return a sample of sentences, as written and as meant, that have the same number of words."""
    table = pq.read_table(file, columns=["noisy", "clean"])
    pairs = list(zip(table["noisy"].to_pylist(), table["clean"].to_pylist(), strict=True))
    pairs = [(noisy, clean) for noisy, clean in pairs if len(noisy.split(" ")) == len(clean.split(" "))]
    return random.Random(seed).sample(pairs, min(most, len(pairs)))


@dataclass
class Tally:
    """What was counted."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def share(self, part: str, whole: str) -> float:
        """Return a count as a share of another."""
        return self.counts[part] / max(1, self.counts[whole])

    def milliseconds(self, quantile: int) -> float:
        """Return a percentile of the time of a keystroke."""
        return 1000 * statistics.quantiles(self.seconds, n=100, method="inclusive")[quantile - 1]


def type_sentences(start: Start, pairs: list[tuple[str, str]]) -> Tally:
    """Type sentences and count."""
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
    """Print a row for each file."""
    print(
        "| file | wrong letters | intended first | returned as letter | right letters changed per 1,000 "
        "| wrong words put right | right words changed | keystrokes saved | ms median | ms 99 % |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, tally in rows:
        print(
            f"| {name} | {tally.counts['wrong']:,} | {tally.share('first', 'wrong'):.1%} "
            f"| {tally.share('returned', 'wrong'):.1%} | {1000 * tally.share('changed', 'right'):.2f} "
            f"| {tally.share('mended', 'wrong words'):.1%} | {tally.share('broken', 'right words'):.2%} "
            f"| {tally.share('saved', 'keystrokes'):.1%} "
            f"| {tally.milliseconds(50):.2f} | {tally.milliseconds(99):.2f} |"
        )


def _press(session: Session, char: str, tally: Tally) -> object:
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
            tally.counts["first"] += keystroke.letters[0][0] == meant[n]  # type: ignore[attr-defined]
            tally.counts["returned"] += keystroke.letter == meant[n]  # type: ignore[attr-defined]
        elif written == meant and char.isalpha():
            tally.counts["right"] += 1
            tally.counts["changed"] += keystroke.letter != char  # type: ignore[attr-defined]


def _first_wrong(written: str, meant: str) -> int | None:
    """Return the place of the first wrong letter, or None: no letter was typed there, or none is meant there."""
    for n, (typed, right) in enumerate(zip(written, meant, strict=False)):
        if typed != right:
            return n if typed.isalpha() and (right.isalpha() or right == "'") else None
    return None


def _compare(found: list[str], noisy: list[str], clean: list[str], tally: Tally) -> None:
    for word, written, meant in zip(found, noisy, clean, strict=False):
        if written == meant:
            tally.counts["right words"] += 1
            tally.counts["broken"] += word != meant
        else:
            tally.counts["wrong words"] += 1
            tally.counts["mended"] += word == meant


def _count_saved(session: Session, clean: str, tally: Tally) -> None:
    """Type the right text, and see how early each word was offered."""
    ends = {match.start(): match.end() for match in _WORD.finditer(clean)}
    tally.counts["keystrokes"] += len(clean)
    offered: tuple[tuple[str, float], ...] = ()
    begun, end, done = 0, 0, True
    for n, char in enumerate(clean):
        if n in ends:
            begun, end, done = n, ends[n], False
        if not done and n < end:
            word = clean[begun:end].lower()
            if word in (shown.lower() for shown, _ in offered[:OFFERED]):
                tally.counts["saved"] += max(0, end - n - 1)
                done = True
        offered = _press(session, char, tally).completions  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
