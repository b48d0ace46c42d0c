"""Draw the plots of docs/cnn-and-rnn.md as SVG.

    python benchmarks/cnn_and_rnn_plots.py --seven IMAGE --figures DIR --out docs/images/cnn-and-rnn

IMAGE is a seven in the form of MNIST. DIR has digits.jsonl of `cnn_and_rnn_digits.py`, and words.json of
`cnn_and_rnn_words.py`. Filters, feature maps and letters come from the shipped models.
"""

import argparse
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch
from cnn_and_rnn_digits import NETWORKS, SHIFTS, SIZES, DigitRun, read_runs
from cnn_and_rnn_words import ENCODERS

from docsight import inspection
from docsight.bundle import find_model, load_folder
from docsight.networks.char_lm import CharLM

matplotlib.use("Agg")
from matplotlib import pyplot as plt

COLOURS = {
    **dict(zip(NETWORKS, ("#0072b2", "#d55e00", "#777777"), strict=True)),
    "cnn": "#0072b2",
    "lstm": "#d55e00",
    "bilstm": "#009e73",
}
NAMES = {"cnn": "window CNN", "lstm": "LSTM, left to right", "bilstm": "BiLSTM"}
SHOWN_MAPS = 8  # of a block
TEXT, WORD = "We are working on a ", "networc"
SHOWN_LETTERS, SHOWN_UNITS = 6, 40
_PAPER = "#fdfdfd"  # readable on light and dark pages


def main() -> None:
    """Draw all plots whose figures are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seven", type=Path, required=True, help="an image of a seven, such as one of MNIST")
    parser.add_argument("--figures", type=Path, required=True, help="the folder of digits.jsonl and words.json")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the plots")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    # The same input gives the same file.
    plt.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "docsight", "font.size": 9, "savefig.facecolor": _PAPER}
    )
    words = json.loads((options.figures / "words.json").read_text(encoding="utf-8"))
    plots = {
        "filters": draw_filters(),
        "seven": draw_seven(options.seven),
        "digits": draw_digits(read_runs(options.figures / "digits.jsonl")),
        "words": draw_words(words["taggers"]),
        "influence": draw_influence(words["taggers"]),
        "networc": draw_letters(load_folder(find_model("rnn_speller"), kind="speller").network.typing),
        "cost": draw_cost(words["cost"]),
    }
    for name, figure in plots.items():
        figure.savefig(options.out / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")


def draw_filters() -> Any:
    """Draw the filters of the first layer of `digits`, before and after training."""
    before, after = inspection.filters_before_and_after(inspection.load("digits"))
    limit = max(np.abs(before).max(), np.abs(after).max())
    figure, axes = plt.subplots(4, len(before) // 2, figsize=(9, 3.4))
    for row, (filters, title) in enumerate(((before, "before training"), (after, "after training"))):
        for at, weights in enumerate(filters[:, 0]):
            axis = axes[2 * row + at // axes.shape[1], at % axes.shape[1]]
            axis.imshow(weights, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
            _bare(axis)
        axes[2 * row, 0].set_title(title, loc="left", fontsize=9)
    return figure


def draw_seven(image: Path) -> Any:
    """Draw an image and the first feature maps of each block of `digits`."""
    model = inspection.load("digits")
    maps = inspection.feature_maps(model, image)
    figure, axes = plt.subplots(len(maps), SHOWN_MAPS + 1, figsize=(9, 3.2))
    for row, (name, blocks) in zip(axes, maps.items(), strict=True):
        # The maps that vary most; a map that is zero everywhere says nothing.
        chosen = np.argsort(-blocks.std(axis=(1, 2)))[:SHOWN_MAPS]
        for axis, index in zip(row[1:], sorted(chosen), strict=True):
            axis.imshow(blocks[index], cmap="magma", interpolation="nearest")
            _bare(axis)
        row[1].set_title(f"{name}: {blocks.shape[1]} x {blocks.shape[2]}", loc="left", fontsize=8)
        row[0].axis("off")
    axes[0, 0].imshow(inspection.pixel_values(model, image).squeeze(), cmap="gray_r")
    axes[0, 0].set_title("the image", loc="left", fontsize=8)
    return figure


def draw_digits(runs: Sequence[DigitRun]) -> Any:
    """Draw the accuracy by the number of images, by shift, and with shuffled pixels."""
    figure, (by_size, by_shift, shuffled) = plt.subplots(1, 3, figsize=(9, 2.8), constrained_layout=True)
    for at, network in enumerate(NETWORKS):
        plain = [run for run in runs if run.network == network and not run.shuffled]
        most = [run for run in plain if run.images == SIZES[-1]]
        sizes = [_percent(run.accuracy for run in plain if run.images == size) for size in SIZES]
        by_size.plot(SIZES, sizes, marker="o", color=COLOURS[network], label=network)
        moved = [_percent(run.shifted[str(pixels)] for run in most) for pixels in SHIFTS]
        by_shift.plot([0, *SHIFTS], [sizes[-1], *moved], marker="o", color=COLOURS[network])
        mixed = _percent(run.accuracy for run in runs if run.network == network and run.shuffled)
        shuffled.bar([at - 0.2, at + 0.2], [sizes[-1], mixed], width=0.36, color=[COLOURS[network], "#cccccc"])
        for x, height in ((at - 0.2, sizes[-1]), (at + 0.2, mixed)):
            shuffled.text(x, height, f"{height:.1f}", ha="center", va="bottom", fontsize=7)
    by_size.set(xscale="log", xlabel="training images", ylabel="accuracy (%)", xticks=SIZES)
    by_size.set_xticklabels([f"{size:,}" for size in SIZES])
    by_size.minorticks_off()
    by_size.legend(frameon=False, fontsize=8)
    by_shift.set(xlabel="test digits moved by (pixels)", xticks=[0, *SHIFTS])
    shuffled.set(ylim=(80, 102), xticks=range(len(NETWORKS)), xlabel="grey: pixels shuffled")
    shuffled.set_xticklabels(["CNN", "LSTM", "perceptron"])
    return _with_grid(figure)


def draw_words(taggers: dict[str, Any]) -> Any:
    """Draw how often names are right: by the position and the distance of the words that decide."""
    figure, (sides, distance) = plt.subplots(1, 2, figsize=(9, 2.9), constrained_layout=True)
    for at, name in enumerate(ENCODERS):
        values = [100 * taggers[name][key] for key in ("precedes", "follows")]
        bars = sides.bar(np.arange(2) + 0.27 * (at - 1), values, width=0.25, color=COLOURS[name], label=NAMES[name])
        sides.bar_label(bars, fmt="%.0f", fontsize=7)
        by_distance = taggers[name]["by_distance"]
        xs = [int(words) for words in by_distance]
        distance.plot(xs, [100 * value for value in by_distance.values()], marker="o", color=COLOURS[name])
    sides.set(ylabel="names with the right label (%)", xticks=range(2), ylim=(0, 105))
    sides.set_xticklabels(["decided by the words before", "decided by the words after"])
    sides.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncol=3)
    distance.set(xlabel="words between the name and the deciding word (it follows)", ylim=(0, 105))
    return _with_grid(figure)


def draw_influence(taggers: dict[str, Any]) -> Any:
    """Draw by how much each word moves a name towards PER (red) or LOC (blue)."""
    texts = taggers["bilstm"]["influence"]
    figure, axes = plt.subplots(len(texts), 1, figsize=(9, 1.35 * len(texts)), constrained_layout=True)
    for axis, each, at in zip(axes, texts, range(len(texts)), strict=True):
        changes = np.array([taggers[name]["influence"][at]["change"] for name in ENCODERS])
        axis.pcolormesh(changes[::-1], cmap="RdBu_r", vmin=-4, vmax=4, edgecolors=_PAPER, linewidth=1)
        axis.set_xticks(np.arange(len(each["words"])) + 0.5, each["words"])
        axis.get_xticklabels()[each["name"]].set_fontweight("bold")
        axis.set_yticks(np.arange(len(ENCODERS)) + 0.5, [NAMES[name] for name in reversed(ENCODERS)])
        axis.tick_params(length=0, labelsize=7)
        axis.set_frame_on(False)
    return figure


@torch.inference_mode()
def draw_letters(char_lm: CharLM) -> Any:
    """Draw what the character LSTM expects, and its state, after each letter of a word."""
    log_probs, state = char_lm.begin(TEXT)
    expected, states = [], []
    for letter in WORD:
        expected.append(log_probs[0].exp().numpy())
        log_probs, state = char_lm.step(char_lm.encode(letter), state)
        states.append(state.hidden[0].numpy())
    figure, (guesses, strip) = plt.subplots(
        2, 1, figsize=(9, 4.4), constrained_layout=True, gridspec_kw={"height_ratios": (2, 1)}
    )
    for x, (letter, probabilities) in enumerate(zip(WORD, expected, strict=True)):
        best = np.argsort(-probabilities[1:])[:SHOWN_LETTERS] + 1  # 0 is the unknown character
        for y, index in enumerate(best):
            char = char_lm.chars[index - 1]
            guesses.barh(y, probabilities[index], left=x, height=0.8, color="#009e73" if char == letter else "#bbbbbb")
            shown = "space" if char == " " else char
            guesses.text(x + 0.02, y, f"{shown}  {100 * probabilities[index]:.0f} %", va="center", fontsize=8)
    guesses.set(xlim=(0, len(WORD)), ylim=(SHOWN_LETTERS - 0.5, -0.6), yticks=[])
    guesses.set_xticks(np.arange(len(WORD)) + 0.5, [f"typed: {letter}" for letter in WORD])
    guesses.xaxis.tick_top()
    guesses.set_title(f'What the network expects next, after "{TEXT}" and the letters so far', fontsize=9)
    guesses.tick_params(length=0)
    guesses.set_frame_on(False)
    matrix = np.array(states)
    units = np.argsort(-matrix.std(axis=0))[:SHOWN_UNITS]
    extent = (0, len(WORD), 0, SHOWN_UNITS)
    strip.imshow(
        matrix[:, units].T, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest", extent=extent
    )
    strip.set(yticks=[], ylabel=f"{SHOWN_UNITS} of {matrix.shape[1]} units")
    strip.set_xticks(np.arange(len(WORD)) + 0.5, [f"after {WORD[: n + 1]}" for n in range(len(WORD))])
    strip.tick_params(length=0)
    return figure


def draw_cost(cost: dict[str, dict[str, float]]) -> Any:
    """Draw the time for a word by the length of the text."""
    figure, axis = plt.subplots(figsize=(4.6, 2.8), constrained_layout=True)
    for name in ENCODERS:
        axis.plot(
            [int(words) for words in cost[name]],
            list(cost[name].values()),
            "o-",
            color=COLOURS[name],
            label=NAMES[name],
        )
    axis.set(xscale="log", xlabel="words of the text", ylabel="microseconds a word")
    axis.set_xticks([int(words) for words in cost["cnn"]], list(cost["cnn"]))
    axis.minorticks_off()
    axis.set_ylim(bottom=0)
    axis.legend(frameon=False, fontsize=8)
    return _with_grid(figure)


def _percent(values: Any) -> float:
    return 100 * statistics.mean(values)


def _bare(axis: Any) -> None:
    axis.set(xticks=[], yticks=[], aspect="equal")


def _with_grid(figure: Any) -> Any:
    for axis in figure.axes:
        axis.grid(alpha=0.3)
        axis.set_axisbelow(True)
    return figure


if __name__ == "__main__":
    main()
