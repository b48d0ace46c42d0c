"""Compare `cnn_imagecat` with other networks: digits, corruptions, out-of-domain images, figures and speed.

    python benchmarks/images.py --data FOLDER [--digits MODEL…] [--figures MODEL] [--left-out RUNS] [--only SECTION…]

FOLDER holds mnist, fashion_mnist, cifar10_small and docfig, each with train.parquet and test.parquet. RUNS holds the
runs of `docsight-train --multirun experiment=cnn_figures 'data.leave_out=[…],[…]'`. The peers are trained here on the
same images, decoded the same way, but without augmentation. `nlp.pipe` classifies the images, which `corruptions.py`
and `image_sets.py` describe.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from image_digits import print_accuracy, print_corruptions, print_mnist_corruptions, print_unknown
from image_drawn import print_drawn
from image_figures import print_figures, print_left_out
from image_pictures import print_pictures
from image_refusals import print_refusals
from image_run import Run
from image_systems import Docsight
from markdown_tables import print_row

BATCH_SIZES = (8, 32, 128)  # the fastest one is used to call the network directly


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument(
        "--digits", nargs="+", default=["digits"], help="shipped models or model folders, one for each seed"
    )
    parser.add_argument("--figures", default="figures", help="a shipped model or a model folder")
    parser.add_argument("--pictures", type=Path, help="the folder that gather_pictures.py wrote")
    parser.add_argument("--plots", type=Path, help="a folder for the plots of the sections drawn and pictures")
    parser.add_argument("--left-out", type=Path, help="the folder of the runs, each with other sources left out")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), help="sections to print")
    parser.add_argument("--epochs", type=int, default=10, help="training epochs of the peers")
    parser.add_argument("--svm-images", type=int, help="the number of training images of the SVM (all)")
    parser.add_argument("--sample", type=int, help="the maximum number of images of each set, including training sets")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the speed test")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch; the speed test always uses one")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    run = Run(options)
    for name, section in SECTIONS.items():
        if name in options.only:
            section(run)
    if options.left_out:
        print_left_out(run)


def print_speed(run: Run) -> None:
    """Print images per second on one core: `nlp.pipe`, and the same network called directly."""
    torch.set_num_threads(1)
    title = f"one core, medians of {run.options.rounds} alternating rounds"
    print(f"| {title} | images | nlp.pipe, images/s | direct call, images/s | time of nlp.pipe / direct call |")
    print("|---|--:|--:|--:|--:|")
    for name, ours, examples in (
        ("digits, PNG of 28 pixels", run.digits[0], run.mnist.drawn(4000)),
        ("figures, JPEG of up to 160 pixels", run.figures, run.examples("docfig")),
    ):
        size = _best_batch(ours, examples.images)
        piped, direct = _race(ours, examples.images, size, rounds=run.options.rounds)
        ratios = [a / b for a, b in zip(piped, direct, strict=True)]
        speeds = [f"{len(examples) / statistics.median(times):,.0f}" for times in (piped, direct)]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print_row(name, f"{len(examples):,}", speeds[0], f"{speeds[1]} (batches of {size})", ratio)
    torch.set_num_threads(run.options.threads)
    print()


def _race(ours: Docsight, images: Sequence[bytes], size: int, *, rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each round, of `nlp.pipe` and of direct calls; a first round warms up."""
    docs = ours.documents(images)
    piped, direct = [], []
    for _ in range(rounds + 1):
        piped.append(_timed(lambda: list(ours.nlp.pipe(docs))))
        direct.append(_timed(lambda: _classify_directly(ours, images, size)))
    return piped[1:], direct[1:]


def _classify_directly(ours: Docsight, images: Sequence[bytes], size: int) -> None:
    with torch.inference_mode():
        for start in range(0, len(images), size):
            ours.decision.probabilities(ours.classify_directly(images[start : start + size]).logits).tolist()


def _best_batch(ours: Docsight, images: Sequence[bytes]) -> int:
    sample = images[:512]
    _classify_directly(ours, sample, BATCH_SIZES[0])
    return min(
        BATCH_SIZES, key=lambda size: min(_timed(lambda: _classify_directly(ours, sample, size)) for _ in range(2))
    )


def _timed(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


SECTIONS: dict[str, Callable[[Run], None]] = {
    "accuracy": print_accuracy,
    "corruptions": print_corruptions,
    "mnist_corruptions": print_mnist_corruptions,
    "unknown": print_unknown,
    "figures": print_figures,
    "drawn": print_drawn,
    "refusals": print_refusals,
    "pictures": print_pictures,
    "speed": print_speed,
}

if __name__ == "__main__":
    main()
