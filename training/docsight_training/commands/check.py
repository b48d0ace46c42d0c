"""`docsight-train check data.path=PATH`: show what annotated texts hold, and what in them may be a mistake."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docsight.terminal import say
from docsight_training.commands.overrides import compose_config
from docsight_training.data.ner.corpora import READER_KEYS, CorpusReader
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.held_out import HoldOut
from docsight_training.data.ner.survey import LENGTHS, MIN_EXAMPLES, Doubt, Survey, survey

_MAX_SHOWN_DOUBTS = 5  # of each kind, unless all are asked for
_MAX_BAR = 40  # characters


def main(arguments: Sequence[str]) -> None:
    """Run the command.

    Raises:
        DocsightError: An argument is invalid, or the texts cannot be read.
    """
    args = make_parser().parse_intermixed_args(arguments)
    overrides = [each if "=" in each else f'data.path="{each}"' for each in args.override]
    config = compose_config(overrides)["data"]
    reader = CorpusReader.from_config(**{key: config[key] for key in READER_KEYS})
    read = replace(reader, hold_out=HoldOut()).read()
    limit = None if args.all else _MAX_SHOWN_DOUBTS
    for line in report_lines(survey(read.documents), read.findings, limit=limit):
        say(line, sys.stdout)


def report_lines(found: Survey, findings: Findings, *, limit: int | None) -> Iterator[str]:
    """Yield the lines of the report; each kind of doubt lists at most `limit` places, or all of them."""
    yield from _table(found)
    yield ""
    yield "Sentences by length in tokens:"
    yield from _histogram(found)
    doubts = [*_label_lines(found), *findings.lines(limit=limit)]
    for title, listed in (
        ("sentences that occur again in their own split", found.repeated),
        ("sentences that also occur in another split (scores are then too high)", found.leaked),
        ("spans that begin with a title (data.strip_titles=true removes it from PER)", found.titles),
        ("names with several labels", found.ambiguous),
    ):
        doubts += _doubt_lines(title, listed, limit=limit)
    yield ""
    yield "To look at:" if doubts else "Nothing looks like a mistake."
    yield from doubts


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="docsight-train check",
        description="Show what annotated texts hold, and what in them may be a mistake. Trains nothing.",
    )
    parser.add_argument("--all", action="store_true", help="list every place, not only the first ones")
    parser.add_argument(
        "override", metavar="KEY=VALUE", nargs="+", help="the keys of a training run: data.path=PATH data.source=conll"
    )
    return parser


def _table(found: Survey) -> Iterator[str]:
    roles = list(found.splits)
    rows = [["", *roles]]
    for name in ("texts", "sentences", "tokens"):
        rows.append([name, *(f"{getattr(found.splits[role], name):,}" for role in roles)])
    rows.append(["spans", *(f"{found.splits[role].spans.total():,}" for role in roles)])
    for label in found.labels:
        rows.append([f"  {label}", *(f"{found.splits[role].spans[label]:,}" for role in roles)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(roles) + 1)]
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *numbers])


def _histogram(found: Survey) -> Iterator[str]:
    counts = [sum(split.lengths[at] for split in found.splits.values()) for at in range(len(LENGTHS) + 1)]
    names = [f"{low + 1}-{high}" for low, high in zip((0, *LENGTHS), LENGTHS, strict=False)]
    for name, count in zip([*names, f"over {LENGTHS[-1]}"], counts, strict=True):
        bar = "#" * -(-count * _MAX_BAR // max(counts))
        yield f"{name:>8}  {count:>9,}  {bar}".rstrip()


def _label_lines(found: Survey) -> Iterator[str]:
    for role, labels in found.lone_labels().items():
        missed = "" if role == "train" else " (they are not learned, and their spans count as missed)"
        yield f"labels only in the split for {role}{missed}: {', '.join(labels)}"
    rare = found.rare_labels()
    if rare:
        shown = ", ".join(f"{label} ({count})" for label, count in rare.items())
        yield f"labels with fewer than {MIN_EXAMPLES} spans for training: {shown}"


def _doubt_lines(title: str, listed: Sequence[Doubt], *, limit: int | None) -> Iterator[str]:
    if not listed:
        return
    yield f"{title}: {len(listed):,}"
    yield from (f"  {doubt.place}: {doubt.detail}" for doubt in listed[:limit])
    if limit is not None and len(listed) > limit:
        yield f"  and {len(listed) - limit:,} more"
