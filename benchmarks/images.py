"""Judge `cnn_imagecat` beside other networks: digits, corruptions, what it refuses, figures, pictures per second.

    python benchmarks/images.py --data FOLDER [--digits MODEL…] [--figures MODEL] [--left-out RUNS] [--only SECTION…]

FOLDER holds mnist, fashion_mnist, cifar10_small and docfig, each with train.parquet and test.parquet. RUNS holds the
runs of `docsight-train --multirun experiment=cnn_figures 'data.leave_out=[…],[…]'`. The peers are trained here, on the
same pictures, decoded the same way, but as MNIST has them: none is changed in training. Pictures are read by
`nlp.pipe`; `corruptions.py` and `image_sets.py` tell what they are.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from image_digits import print_accuracy, print_corruptions, print_unknown
from image_figures import print_figures, print_left_out
from image_run import Run, print_row
from image_systems import Docsight

BATCHES = (8, 32, 128)  # of which the quickest is taken for the network called by hand


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--digits", nargs="+", default=["digits"], help="shipped models or model folders, one a seed")
    parser.add_argument("--figures", default="figures", help="a shipped model or a model folder")
    parser.add_argument("--left-out", type=Path, help="the folder of the runs that each left sources out")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), help="sections to print")
    parser.add_argument("--epochs", type=int, default=10, help="of the peers")
    parser.add_argument("--svm-images", type=int, help="training pictures of the SVM (all)")
    parser.add_argument("--sample", type=int, help="at most so many pictures of each set, those of training too")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the speed")
    parser.add_argument("--threads", type=int, default=1, help="of torch; the speed is always that of one")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    run = Run(options)
    for name, section in SECTIONS.items():
        if name in options.only:
            section(run)
    if options.left_out:
        print_left_out(run)


def print_speed(run: Run) -> None:
    """Print pictures a second on one core: `nlp.pipe`, and the same network called by hand."""
    torch.set_num_threads(1)
    title = f"one core, medians of {run.options.rounds} rounds in turn"
    print(f"| {title} | pictures | nlp.pipe, pictures/s | by hand, pictures/s | time of nlp.pipe / by hand |")
    print("|---|--:|--:|--:|--:|")
    for name, ours, examples in (
        ("digits, PNG of 28 pixels", run.digits[0], run.mnist.drawn(4000)),
        ("figures, JPEG of up to 160 pixels", run.figures, run.examples("docfig")),
    ):
        size = _best_batch(ours, examples.pictures)
        mine, theirs = _race(ours, examples.pictures, size, rounds=run.options.rounds)
        ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
        speeds = [f"{len(examples) / statistics.median(times):,.0f}" for times in (mine, theirs)]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print_row(name, f"{len(examples):,}", speeds[0], f"{speeds[1]} (batches of {size})", ratio)
    torch.set_num_threads(run.options.threads)
    print()


def _race(ours: Docsight, pictures: Sequence[bytes], size: int, *, rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each round of `nlp.pipe`, and by hand; a first round is to warm up."""
    docs = ours.documents(pictures)
    mine, theirs = [], []
    for _ in range(rounds + 1):
        mine.append(_timed(lambda: list(ours.nlp.pipe(docs))))
        theirs.append(_timed(lambda: _by_hand(ours, pictures, size)))
    return mine[1:], theirs[1:]


def _by_hand(ours: Docsight, pictures: Sequence[bytes], size: int) -> None:
    with torch.inference_mode():
        for start in range(0, len(pictures), size):
            ours.decision.probabilities(ours.read_by_hand(pictures[start : start + size]).logits).tolist()


def _best_batch(ours: Docsight, pictures: Sequence[bytes]) -> int:
    few = pictures[:512]
    _by_hand(ours, few, BATCHES[0])
    return min(BATCHES, key=lambda size: min(_timed(lambda: _by_hand(ours, few, size)) for _ in range(2)))


def _timed(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


SECTIONS: dict[str, Callable[[Run], None]] = {
    "accuracy": print_accuracy,
    "corruptions": print_corruptions,
    "unknown": print_unknown,
    "figures": print_figures,
    "speed": print_speed,
}

if __name__ == "__main__":
    main()
