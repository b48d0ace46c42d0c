"""Measure what settings of a training run give on few sentences, on validation data.

    python benchmarks/small_data.py --data FOLDER --out DIR --settings "" data.augment.rename=0.3 [--size 200]

FOLDER and the sentences are those of learning_curve.py. A run has the defaults and one of the settings; several keys
are separated by spaces, and "" stands for the defaults alone. Each is trained from scratch and from `rnn_ner`. The
score is the strict F1 on the validation split of the data set, of which a run sees nothing; the test split is unused.

Finished runs are read from DIR/settings.jsonl and not repeated. Prints a table of the means over the seeds.
"""

import argparse
import json
import shutil
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from learning_curve import draw_sentences, read_rows, score, train_docsight

SETS = ("e_ner", "harvey_ner")
STARTS = {"scratch": None, "rnn_ner": "rnn_ner"}


class Trial(NamedTuple):
    """A run, and its score on the validation split."""

    settings: str
    start: str
    data: str
    size: int
    seed: int
    f1: float


def main() -> None:
    """Train the missing runs, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the results")
    parser.add_argument("--settings", nargs="+", default=[""], help="settings to compare")
    parser.add_argument("--starts", nargs="+", choices=STARTS, default=list(STARTS))
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--size", type=int, default=200, help="sentences, a tenth of which the run holds out")
    parser.add_argument("--seeds", nargs="+", type=int, default=(1, 2))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    results = options.out / "settings.jsonl"
    trials = [Trial(**json.loads(line)) for line in results.read_text().splitlines()] if results.is_file() else []
    done = {trial[:5] for trial in trials}
    wanted = [
        (settings, start, data, options.size, seed)
        for seed in options.seeds
        for settings in options.settings
        for data in options.sets
        for start in options.starts
    ]
    for key in wanted:
        if key not in done:
            trials.append(Trial(*key, train_and_score(*key, folder=options.data, work=options.out.resolve() / "run")))
            with results.open("a") as file:
                file.write(json.dumps(trials[-1]._asdict()) + "\n")
    print_table([trial for trial in trials if trial[:5] in wanted], options.sets, options.starts)


def train_and_score(settings: str, start: str, data: str, size: int, seed: int, *, folder: Path, work: Path) -> float:
    """Train a model, and return its F1 on the validation split, from 0 to 1."""
    train, held_out = draw_sentences(folder / data / "train.parquet", size, seed)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    pipeline = train_docsight(train, held_out, work, seed, start=STARTS[start], settings=settings.split())
    f1 = score(pipeline, read_rows(folder / data / "validation.parquet"))
    shutil.rmtree(work)
    return f1


def print_table(trials: Iterable[Trial], sets: Sequence[str], starts: Sequence[str]) -> None:
    """Print the mean F1 over the seeds in percent, a row for each setting."""
    columns = [(data, start) for data in sets for start in starts]
    print(f"| settings | {' | '.join(f'{data}, {start}' for data, start in columns)} |")
    print(f"|---|{'--:|' * len(columns)}")
    cells: dict[str, dict[tuple[str, str], list[float]]] = {}
    for trial in trials:
        cells.setdefault(trial.settings, {}).setdefault((trial.data, trial.start), []).append(trial.f1)
    for settings, of_settings in cells.items():
        shown = [f"{100 * statistics.mean(of_settings[column]):.1f}" for column in columns]
        print(f"| {f'`{settings}`' if settings else 'defaults'} | {' | '.join(shown)} |")


if __name__ == "__main__":
    main()
