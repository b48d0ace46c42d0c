"""Train the recipe of `rnn_ner` on annotated text alone, with one thing changed at a time, and score each network.

    python benchmarks/ner_levers.py --data FOLDER --gazetteer FILE [--vectors FILE] [--out RUNS] [--epochs 1]
        [--only LEVER…] [--seeds 1]

FOLDER of --data holds one folder for each corpus of `experiment=rnn_ner` and of `ner_left_out.yaml`. --gazetteer is
the file of `data.gazetteer`, and --vectors a text file of word vectors. Prints the mean F1 over PER, ORG and LOC on the
corpora that are left out of training, F1 on conll2003, and the mean F1 on the test sets; with several seeds, their
means. A network that RUNS already has is not trained again. One epoch takes 8 to 15 minutes on one core.
"""

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from markdown_tables import points, print_head, print_row
from ner_run import count
from ner_sets import LabelledSet, by_family, experiment_sets, gold_spans, left_out_sets
from ner_systems import Docsight
from training_config import compose_config

from docsight.networks.document_memory import DOCUMENT_MEMORY
from docsight_training.train import train


class Lever(NamedTuple):
    """A change to the recipe: what it overrides, and the document memory of the component."""

    overrides: Sequence[str] = ()
    document_memory: float = DOCUMENT_MEMORY


# By the name in the table. The first one is the recipe, and the others differ from it in one thing.
LEVERS = {
    "the recipe": Lever(),
    "no document memory": Lever(document_memory=0.0),
    "adversarial training": Lever(["model.module.adversarial=0.02"]),
    "two layers": Lever(["model.network.encoder.num_layers=2"]),
    "320 units": Lever(["model.network.encoder.hidden_dim=320"]),
    "EMA": Lever(["trainer.ema=0.999"]),
    "vectors of 100 dimensions": Lever(["data.vectors=VECTORS"]),
    "no gazetteer": Lever(["data.gazetteer=null"]),
    "no templates": Lever(["data.templates=0"]),
    "no margin for ORG": Lever(["model.module.margins=null"]),
    "no line ends": Lever(["data.augment.lines=0"]),
}
CONLL = "conll2003"


def main() -> None:
    options = parse_options()
    torch.set_num_threads(1)
    tests = by_family(experiment_sets(options.data))
    left_out = list(left_out_sets(options.data))
    print_head("lever", "left out: mean F1", "conll2003 F1", "test sets: mean F1")
    for name in options.only:
        scores = [score(name, seed, options, tests, left_out) for seed in options.seeds]
        print_row(name, *(points(statistics.mean(column)) for column in zip(*scores, strict=True)))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--gazetteer", type=Path, required=True, help="the names that fill templates, too")
    parser.add_argument("--vectors", type=Path, help="a text file of word vectors; without it, their row is left out")
    parser.add_argument("--out", type=Path, default=Path("runs/ner_levers"), help="the folder of the runs")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--only", nargs="+", choices=list(LEVERS), default=list(LEVERS), help="the rows to print")
    options = parser.parse_args()
    if options.vectors is None:
        options.only = [name for name in options.only if not _needs_vectors(LEVERS[name])]
    return options


def score(
    name: str,
    seed: int,
    options: argparse.Namespace,
    tests: Sequence[LabelledSet],
    left_out: Sequence[LabelledSet],
) -> tuple[float, float, float]:
    """Train the network of a lever, unless it is there, and return the three figures of its row."""
    lever = LEVERS[name]
    trained = name if lever.overrides else "the recipe"  # document memory needs no network of its own
    folder = options.out / f"{trained.replace(' ', '_')}-{seed}"
    if not (folder / "model" / "config.json").exists():
        train(config(lever, seed, options), folder)
    system = Docsight(str(folder / "model"), document_memory=lever.document_memory)
    by_test = {part.name: f1(system, part) for part in tests}
    return statistics.mean(f1(system, part) for part in left_out), by_test[CONLL], statistics.mean(by_test.values())


def config(lever: Lever, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Compose the recipe without silver text, and with the changes of a lever."""
    overrides = [
        "experiment=rnn_ner",
        f"data.path={options.data}",
        f"data.gazetteer={options.gazetteer}",
        f"epochs={options.epochs}",
        f"seed={seed}",
        "threads=1",
        "overwrite=true",
        *(override.replace("VECTORS", str(options.vectors)) for override in lever.overrides),
    ]
    return compose_config(overrides)


def f1(system: Docsight, part: LabelledSet) -> float:
    gold = [gold_spans(document) for document in part.documents]
    return count(gold, list(system.tag(part.documents)), part.names).f1


def _needs_vectors(lever: Lever) -> bool:
    return any("VECTORS" in override for override in lever.overrides)


if __name__ == "__main__":
    main()
