"""`docsight-train review MODEL DATA --out review.html`: a page to correct what a model finds, least sure first."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from docsight.errors import ConfigError
from docsight.terminal import say
from docsight.wording import count_of
from docsight_training.commands.overrides import compose_config
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import Columns
from docsight_training.data.ner.formats.registry import ReadSettings, check_source
from docsight_training.pages.review_page import render_review
from docsight_training.pages.review_texts import find_spans_to_review, load_recognizer, read_review_texts

_FINDINGS_OF_A_KIND = 5  # that are shown
_FOLDERS_OF_RUNS = ("model", "pipeline")  # which training writes


def main(arguments: Sequence[str]) -> None:
    """Run the command.

    Raises:
        DocsightError: An argument is invalid, or something cannot be read.
    """
    args = make_parser().parse_intermixed_args(arguments)
    config = compose_config(args.override)["data"]
    check_source(config["source"])
    if args.out.exists():
        raise ConfigError(f"{args.out} exists and is not overwritten; pass another path with --out.")
    findings = Findings()
    settings = ReadSettings(Columns(**config["columns"]), config["conll_columns"])
    texts = read_review_texts(args.data, config["source"], settings, findings)
    nlp, recognizer = load_recognizer(args.model)
    reviewed = list(find_spans_to_review(nlp, texts, findings))
    page = render_review(
        reviewed,
        labels=recognizer.labels,
        model=_shown_name(args.model),
        source=args.data.name,
        name=f"{args.out.stem}.jsonl",
    )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("x", encoding="utf-8", errors="surrogatepass", newline="") as file:
        file.write(page)
    for line in findings.lines(limit=_FINDINGS_OF_A_KIND):
        say(line, sys.stderr)
    say(f"{args.out}: {count_of(len(texts), 'text')}. Open it in a browser.", sys.stdout)


def _shown_name(model: str) -> str:
    """Return the name of a model; of a folder in a run, such as runs/mine/model, that of the run."""
    path = Path(model)
    if path.name in _FOLDERS_OF_RUNS and path.is_dir():
        return path.resolve().parent.name
    return path.name


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="docsight-train review",
        description="Write a page to accept, correct and add spans, least certain first. The page saves JSON lines "
        "that data.path reads. With annotated texts, it also shows where the model and the annotation disagree.",
    )
    parser.add_argument("model", metavar="MODEL", help="a shipped model, a model folder, or a pipeline with rnn_ner")
    parser.add_argument(
        "data", metavar="DATA", type=Path, help="a file or folder of annotations, JSON lines, or plain text"
    )
    parser.add_argument("--out", type=Path, required=True, help="the page; it must not exist")
    parser.add_argument("override", metavar="KEY=VALUE", nargs="*", default=[], help="such as data.columns.text=body")
    return parser
