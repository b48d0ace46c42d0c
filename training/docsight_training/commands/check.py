"""`docsight-train check data.path=PATH`: show what a data set holds, and what in it may be a mistake."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from docsight.terminal import say
from docsight_training.commands.check_images import image_report
from docsight_training.commands.check_texts import text_report
from docsight_training.commands.overrides import IMAGE_TARGET, NER_TARGET, compose_config
from docsight_training.data.images.image_data import ImageData
from docsight_training.data.images.image_survey import survey_images
from docsight_training.data.ner.corpus_reader import READER_KEYS, CorpusReader
from docsight_training.data.ner.held_out import HoldOut
from docsight_training.data.ner.survey import survey

_MAX_SHOWN_DOUBTS = 5  # of each kind, unless all are asked for


def main(arguments: Sequence[str]) -> None:
    """Run the command.

    Raises:
        DocsightError: An argument is invalid, or the data cannot be read.
    """
    args = make_parser().parse_intermixed_args(arguments)
    overrides = [each if "=" in each else f'data.path="{each}"' for each in args.override]
    config = compose_config(overrides, targets=(NER_TARGET, IMAGE_TARGET))["data"]
    report = _check_images if config["_target_"] == IMAGE_TARGET else _check_texts
    for line in report(config, None if args.all else _MAX_SHOWN_DOUBTS):
        say(line, sys.stdout)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="docsight-train check",
        description="Show what annotated texts or labeled images hold, and what may be a mistake. Trains nothing.",
    )
    parser.add_argument("--all", action="store_true", help="list every place, not only the first ones")
    parser.add_argument(
        "override",
        metavar="KEY=VALUE",
        nargs="+",
        help="the keys of a training run: data.path=PATH, or experiment=cnn_imagecat data.path=FOLDER",
    )
    return parser


def _check_texts(config: Mapping[str, Any], limit: int | None) -> Iterator[str]:
    reader = CorpusReader.from_config(**{key: config[key] for key in READER_KEYS})
    read = replace(reader, hold_out=HoldOut()).read()
    return text_report(survey(read.documents), read.findings, limit=limit)


def _check_images(config: Mapping[str, Any], limit: int | None) -> Iterator[str]:
    data = ImageData(**{key: value for key, value in config.items() if key != "_target_"})
    return image_report(survey_images(data.load_rows(), data.columns), limit=limit)
