"""Compare what docsight reads out of documents with other tools: what each loses, and its CPU time.

    python benchmarks/document_peers.py FOLDER [--peers-python PYTHON] [--pdftotext COMMAND] [--rounds N]

FOLDER holds files (.pdf, .docx, .pptx, .html, .eml) at any depth. kreuzberg, markitdown and pypdf run in the
interpreter PYTHON, so that their packages need not be installed beside docsight's; tools that are missing are left out.

The first table compares small files with known content, which this script writes. The second compares the files of
FOLDER without a gold text: a word counts as lost if most of the other tools have it. The third shows CPU seconds.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from document_peer_cases import CASES
from markdown_tables import print_row

READER = Path(__file__).with_name("document_peer_reader.py")
SUFFIXES = (".pdf", ".docx", ".pptx", ".html", ".eml")
TOOLS = ("docsight", "kreuzberg", "markitdown", "pypdf", "pdftotext")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_BROKEN = re.compile(r"([a-z])-\r?\n(?=[a-z])")
_HYPHENATED = re.compile(r"([^\W\d_]{2,})-[\s|]*([^\W\d_]{2,})")
_TARGET = re.compile(r"\]\([^()]*\)")  # of a link or an image in Markdown, which some tools write
_SOFT_HYPHEN = "\u00ad"
_MIN_WITNESSES = 2  # other tools that have a word


class Results:
    """The texts and the CPU seconds of one tool, by file."""

    def __init__(self, rounds: Sequence[dict[str, tuple[str | None, float]]]) -> None:
        self.texts = {name: text for name, (text, _) in rounds[0].items() if text is not None}
        self.seconds = {name: median([one[name][1] for one in rounds]) for name in rounds[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="documents")
    parser.add_argument("--peers-python", default=sys.executable, help="the interpreter that has the peers")
    parser.add_argument("--pdftotext", default=shutil.which("pdftotext"), help="the command of poppler")
    parser.add_argument("--rounds", type=int, default=3, help="rounds in turn (default: %(default)s)")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        cases = [Path(folder) / name for name in CASES]
        for path in cases:
            path.write_bytes(CASES[path.name].content())
        print_cases(run_tools(options, cases, rounds=1))
    files = sorted(path for path in options.folder.rglob("*") if path.suffix in SUFFIXES)
    results = run_tools(options, files, rounds=options.rounds)
    print_losses(results, files)
    print_seconds(results, files)


def run_tools(options: argparse.Namespace, files: Sequence[Path], *, rounds: int) -> dict[str, Results]:
    """Return the results of each tool that is installed; the tools run in turn."""
    measured: dict[str, list[dict[str, tuple[str | None, float]]]] = {tool: [] for tool in TOOLS}
    for _ in range(rounds):
        for tool in TOOLS:
            if (found := _run(tool, options, files)) is not None:
                measured[tool].append(found)
    return {tool: Results(found) for tool, found in measured.items() if found}


def _run(tool: str, options: argparse.Namespace, files: Sequence[Path]) -> dict[str, tuple[str | None, float]] | None:
    python = sys.executable if tool == "docsight" else options.peers_python
    if tool == "pdftotext" and options.pdftotext is None:
        return None
    command = [python, str(READER), tool, options.pdftotext or ""]
    done = subprocess.run(command, input="\n".join(map(str, files)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{tool} is left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return {name: (text, seconds) for name, text, seconds in map(json.loads, done.stdout.splitlines())}


def print_cases(results: dict[str, Results]) -> None:
    """Print which texts of the small files each tool has as they are meant."""
    print_row("what the file has", *results)
    for name, case in CASES.items():
        cells = []
        for found in results.values():
            text = next((text for path, text in found.texts.items() if path.endswith(f"/{name}")), None)
            cells.append("" if text is None else "yes" if case.is_read(text) else "no")
        print_row(case.label, *cells)
    print()


def print_losses(results: dict[str, Results], files: Sequence[Path]) -> None:
    """Print what each tool loses of the files of each format."""
    print_row("format", "what", *results)
    for suffix in SUFFIXES:
        names = [str(path) for path in files if path.suffix == suffix]
        rows: dict[str, dict[str, int | float]] = {}
        for tool, found in results.items():
            texts = {name: found.texts[name] for name in names if name in found.texts}
            if not texts:
                continue
            others = [other for one, other in results.items() if one != tool]
            lost, total = _lost_words(texts, others)
            rows[tool] = {
                "files read": len(texts),
                "words lost, %": round(100 * lost / max(1, total), 2),
                "soft hyphens": sum(text.count(_SOFT_HYPHEN) for text in texts.values()),
                "ligatures": sum(len(_LIGATURE.findall(text)) for text in texts.values()),
                "broken words": sum(_broken_words(text) for text in texts.values()),
            }
        for what in next(iter(rows.values()), {}):
            print_row(f"{suffix} ({len(names)})", what, *(str(rows.get(tool, {}).get(what, "")) for tool in results))
    print()


def _lost_words(texts: dict[str, str], others: Sequence[Results]) -> tuple[int, int]:
    """Return how many distinct words are missing that other tools have, and how many they have.

    A word that one tool joins and another leaves divided by a hyphen is lost by neither.
    """
    lost = total = 0
    for name, text in texts.items():
        words = set(_words(text))
        words |= {first + second for first, second in _divided(text)}
        theirs = [other.texts[name] for other in others if name in other.texts]
        witnesses = Counter(word for other in theirs for word in set(_words(other)))
        expected = {word for word, count in witnesses.items() if count >= _MIN_WITNESSES}
        joined = {part for other in theirs for pair in _divided(other) if "".join(pair) in words for part in pair}
        lost += len(expected - words - joined)
        total += len(expected)
    return lost, total


def _divided(text: str) -> set[tuple[str, str]]:
    """Return the two parts of each word with a hyphen, also at a line end."""
    return {(match[1].lower(), match[2].lower()) for match in _HYPHENATED.finditer(unicodedata.normalize("NFKC", text))}


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text, without line ends, ligatures and soft hyphens in them, and without addresses."""
    text = _TARGET.sub("]", text)
    joined = _BROKEN.sub(r"\1", unicodedata.normalize("NFKC", text).replace(_SOFT_HYPHEN, ""))
    return (match[0].lower() for match in _WORD.finditer(joined))


def _broken_words(text: str) -> int:
    """Count the hyphens at line ends before a line that goes on in lower case."""
    return len(_BROKEN.findall(text))


def print_seconds(results: dict[str, Results], files: Sequence[Path]) -> None:
    """Print the CPU seconds of each tool for the files of each format."""
    print_row("CPU seconds", *results)
    for suffix in SUFFIXES:
        names = [str(path) for path in files if path.suffix == suffix]
        cells = [
            f"{sum(found.seconds[name] for name in names):.2f}" if any(name in found.texts for name in names) else ""
            for found in results.values()
        ]
        print_row(f"{suffix} ({len(names)})", *cells)


if __name__ == "__main__":
    main()
