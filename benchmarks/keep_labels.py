"""Measure what `rnn_ner` forgets when it learns a new label with `data.keep_labels=true`.

    python benchmarks/keep_labels.py --data FOLDER --out DIR [--rehearsal TEXT] [--size 200] [--seeds 1 2]

FOLDER holds fewnerd_sel and uner_ewt, folders of Parquet files. The new label is PRODUCT, from SIZE sentences of the
training split of fewnerd_sel, half of which have one; all other annotation is removed. Prints the F1 of PRODUCT on 800
such sentences of the validation split, and that of PER, ORG and LOC on the test split of uner_ewt, before and after.
TEXT is open text for `data.rehearsal`.
"""

import argparse
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import spacy
from learning_curve import Row, call, f1, read_rows, write_rows

NEW, OLD = ("PRODUCT",), ("PER", "ORG", "LOC")
MAX_TEST = 800  # sentences for the new label


def main() -> None:
    """Train with each seed and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of fewnerd_sel and uner_ewt")
    parser.add_argument("--out", type=Path, required=True, help="a folder for the runs")
    parser.add_argument("--rehearsal", type=Path, help="open text for data.rehearsal")
    parser.add_argument("--size", type=int, default=200, help="sentences, validation included")
    parser.add_argument("--seeds", nargs="+", type=int, default=(1, 2))
    options = parser.parse_args()
    old_rows = read_rows(options.data / "uner_ewt" / "test.parquet")
    new_rows = balanced(read_rows(options.data / "fewnerd_sel" / "validation.parquet"))[:MAX_TEST]
    train = balanced(read_rows(options.data / "fewnerd_sel" / "train.parquet"))
    before = spacy.blank("en")
    before.add_pipe("rnn_ner")
    print(f"before: {' '.join(OLD)} {100 * f1(before, old_rows, OLD):.1f}", flush=True)
    for seed in options.seeds:
        rows = random.Random(seed).sample(train, options.size)
        nlp = spacy.load(train_label(rows, options.out / f"keep-{options.size}-{seed}", seed, options.rehearsal))
        scores = f"PRODUCT {100 * f1(nlp, new_rows, NEW):.1f}, {' '.join(OLD)} {100 * f1(nlp, old_rows, OLD):.1f}"
        print(f"seed {seed}: {scores}", flush=True)


def balanced(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that have the new label, and as many without it; other annotation is removed."""
    new = [Row(row.tokens, [span for span in row.spans if span.label in NEW]) for row in rows]
    having = [row for row in new if row.spans]
    chosen = having + [row for row in new if not row.spans][: len(having)]
    random.Random(0).shuffle(chosen)
    return chosen


def train_label(rows: Sequence[Row], folder: Path, seed: int, rehearsal: Path | None) -> Path:
    """Train with the defaults, and return the folder of the pipeline."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_rows(rows, folder / "train.jsonl")
    settings = [
        f"data.path={folder.resolve()}",
        "model.init_from=rnn_ner",
        "data.keep_labels=true",
        "name=run",
        f"seed={seed}",
    ]
    if rehearsal is not None:
        settings.append(f"data.rehearsal={rehearsal.resolve()}")
    call([sys.executable, "-m", "docsight_training", *settings], folder)
    return folder / "runs" / "run" / "pipeline"


if __name__ == "__main__":
    main()
