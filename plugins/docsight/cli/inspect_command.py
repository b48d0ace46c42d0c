"""`docsight inspect`."""

import argparse
import sys

from docsight.cli.arguments import Commands, whole_number
from docsight.cli.exit_codes import ExitCode
from docsight.terminal import ProgressLine, say


def add_inspect(commands: Commands) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "inspect",
        help="show how an image classifier sees an image",
        description="Show how a model of cnn_imagecat sees an image: its scores, the filters before and after "
        "training, the feature maps, and which pixels decided. Writes index.html and each view as a PNG. "
        "Needs the extra 'plots'.",
    )
    command.add_argument("model", metavar="MODEL", help="a shipped model's name, or a model folder")
    command.add_argument("--image", required=True, metavar="FILE", help="the image")
    command.add_argument("-o", "--out", required=True, metavar="DIR", help="folder for the results; created if missing")
    command.add_argument("--label", help="explain the score of this label (default: the most probable label)")
    command.add_argument("--data", metavar="DIR", help="a folder of images: show those that activate a filter most")
    command.add_argument("--layer", help="with --data: the layer of the filters, such as block1 (default: the last)")
    command.add_argument(
        "--filter", type=int, action="append", metavar="N", help="with --data: only this filter; may be repeated"
    )
    command.add_argument(
        "--top",
        type=whole_number(1),
        default=9,
        metavar="N",
        help="with --data: images per filter (default: %(default)s)",
    )
    command.set_defaults(run=_inspect, parser=command, after_stop="nothing was written")


def _inspect(args: argparse.Namespace) -> int:
    if args.data is None and (args.layer is not None or args.filter is not None):
        args.parser.error("--layer and --filter need --data, a folder of images")
    from docsight.inspection import inspect

    progress_line = ProgressLine()
    try:
        inspection = inspect(
            args.model,
            args.image,
            args.out,
            label=args.label,
            data=args.data,
            layer=args.layer,
            filters=args.filter,
            top=args.top,
            on_progress=progress_line,
        )
    finally:
        progress_line.close()
    prediction = inspection.prediction
    label = f"{prediction.label} (" if prediction.label is not None else f"no label (most like {prediction.best}, "
    label += f"{prediction.scores[prediction.best]:.3f})"
    say(f"{args.image}: {label}, in_domain {prediction.in_domain:.2f}", sys.stdout)
    say(f"Written to {args.out}: {', '.join(inspection.files)}", sys.stdout)
    return ExitCode.ALL_DONE
