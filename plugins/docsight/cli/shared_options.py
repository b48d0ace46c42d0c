"""Options that several subcommands have, and the types of their values."""

import argparse

from docsight.documents.pipeline import CORRECTIONS, DEFAULT_COMPONENTS, Pipeline


def add_pipeline_arguments(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the options that `make_pipeline` reads, and return their group."""
    group = command.add_argument_group("pipeline")
    group.add_argument("--pipeline", metavar="DIR", help="a saved spaCy pipeline, or the name of an installed one")
    group.add_argument(
        "--components",
        type=names,
        metavar="LIST",
        help=f"components of a blank pipeline, separated by commas (default: {','.join(DEFAULT_COMPONENTS)})",
    )
    group.add_argument("--lang", metavar="CODE", help=f"language of the blank pipeline (default: {Pipeline.lang})")
    group.add_argument(
        "--corrections",
        choices=CORRECTIONS,
        default=Pipeline.corrections,
        help="misspelled words. apply: correct those whose correction is probable enough; flag: only report them; "
        "off: leave rnn_speller out (default: %(default)s)",
    )
    group.add_argument("--code", metavar="FILE", help="a Python file to import first, with your own factories")
    devices = ("auto", "cpu", "cuda", "mps")
    group.add_argument("--device", choices=devices, help="where models run (default: auto, or as saved)")
    return group


def make_pipeline(args: argparse.Namespace) -> Pipeline:
    """Make the pipeline of the options; exits with a usage error if they contradict each other."""
    if args.pipeline and args.lang:
        args.parser.error("--lang cannot be combined with --pipeline: a saved pipeline has its own language")
    if args.pipeline and args.components is not None:
        args.parser.error("--components cannot be combined with --pipeline: a saved pipeline has its own components")
    options = {"path": args.pipeline, "components": args.components, "lang": args.lang}
    options |= {"device": args.device, "code": args.code, "corrections": args.corrections}
    return Pipeline(**{name: value for name, value in options.items() if value is not None})


def add_number(
    group: argparse._ActionsContainer, option: str, minimum: int, default: int | None, help: str, *, metavar: str = "N"
) -> None:
    """Add an option for an integer of at least `minimum`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = minimum - 1
        if number < minimum:
            raise argparse.ArgumentTypeError(f"expected an integer of at least {minimum}, found {text!r}")
        return number

    group.add_argument(option, type=parse, default=default, metavar=metavar, help=f"{help} (default: %(default)s)")


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, 0 or more, found {text!r}")
    return number


def names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)
