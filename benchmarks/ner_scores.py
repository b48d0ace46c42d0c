"""The tables of `ner.py` on corpora: F1 by corpus and by label, and what changed text costs."""

import random
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml
from markdown_tables import points, print_head, print_row
from ner_noise import changed, misspell
from ner_run import NOT_KNOWN, Run, count, f1, merged, prf
from ner_sets import (
    NAMES,
    OTHERS,
    LabelledSet,
    by_family,
    experiment_sets,
    family_of,
    gold_spans,
    left_out_sets,
)
from ner_systems import Docsight, System

from docsight_training.data.ner.annotated_documents import Document
from docsight_training.metrics import SpanScore

MISSPELLED = 0.1  # of the words
DRAWS = 3  # of the misspelled words


def print_scores(run: Run) -> None:
    """Print strict F1 by corpus: of the test sets, of corpora that were left out, and of the other labels."""
    data, limit = run.options.data, run.options.limit
    left_out = list(left_out_sets(data, limit=limit))
    if test_sets := by_family(experiment_sets(data, limit=limit)):
        print_test_sets(run, test_sets)
    if left_out:
        print_left_out(run, left_out)
    validation = experiment_sets(data, "validation", limit=limit)
    print_other_labels(run, [*(part for part in validation if part.others), *left_out])


def print_test_sets(run: Run, sets: Sequence[LabelledSet]) -> None:
    """Print F1 over PER, ORG and LOC on the test sets, and that of models which were trained without the corpus."""
    runs = {} if run.options.left_out is None else find_left_out(run.options.left_out)
    print_head("test set", "entities", "rnn_ner F1", *NAMES, "without this corpus", *_peer_heads(run))
    rows, without = [], []
    for part in sets:
        scores = [run.score(system, part, part.names) for system in run.systems]
        rows.append(scores)
        family = family_of(part.name)
        left = NOT_KNOWN
        if family in runs:
            without.append(_tagged(Docsight(str(runs[family])), part))
            left = f1(without[-1])
        _print_names_row(part, scores, [left], "crossner (every fifth of validation)" if family == "crossner" else "")
    _print_mean_row(rows, [_mean(without)])


def print_left_out(run: Run, sets: Sequence[LabelledSet]) -> None:
    """Print F1 over PER, ORG and LOC on corpora that the shipped model was never trained on."""
    print_head("left out of training", "entities", "rnn_ner F1", *NAMES, *_peer_heads(run))
    rows = [[run.score(system, part, part.names) for system in run.systems] for part in sets]
    for part, scores in zip(sets, rows, strict=True):
        _print_names_row(part, scores, [])
    _print_mean_row(rows, [])


def print_other_labels(run: Run, sets: Sequence[LabelledSet]) -> None:
    """Print precision, recall and F1 of the other labels on the corpora that annotate them."""
    heads = [f"{system.name} {what}" for system in run.systems for what in ("P", "R", "F1")]
    print_head("corpus", "label", "entities", *heads, text=2)
    for label in (each for each in OTHERS if each in run.ours.labels):
        for part in sets:
            if label not in part.others:
                continue
            cells: list[str] = []
            for system in run.systems:
                score = run.score(system, part, [label])
                cells += prf(score) if label in system.labels else [NOT_KNOWN] * 3
            print_row(part.name, label, f"{score.num_gold:,}", *cells)
    print()


def _print_names_row(part: LabelledSet, scores: Sequence[SpanScore], more: Sequence[str], name: str = "") -> None:
    """Print the scores of a set: ours by label, then more cells, then the peers'."""
    ours, *peers = scores
    by_label = [f1(ours, label) if label in part.names else NOT_KNOWN for label in NAMES]
    print_row(name or part.name, f"{ours.num_gold:,}", f1(ours), *by_label, *more, *(f1(peer) for peer in peers))


def _print_mean_row(rows: Sequence[Sequence[SpanScore]], more: Sequence[str]) -> None:
    """Print the mean F1 of the sets, of which each counts the same."""
    ours, *peers = (_mean(column) for column in zip(*rows, strict=True))
    print_row("mean", f"{sum(row[0].num_gold for row in rows):,}", ours, "", "", "", *more, *peers)
    print()


def _peer_heads(run: Run) -> list[str]:
    return [f"{peer.name} F1" for peer in run.peers]


def _mean(scores: Sequence[SpanScore]) -> str:
    return points(statistics.mean(score.f1 for score in scores)) if scores else NOT_KNOWN


def find_left_out(folder: Path) -> dict[str, Path]:
    """Map the family of the corpora that a run left out to its model folder."""
    runs = {}
    for config in folder.glob("*/config.yaml"):
        left_out = yaml.safe_load(config.read_text())["data"]["leave_out"]
        families = {family_of(name) for name in left_out}
        if len(families) == 1 and (config.parent / "model").is_dir():
            runs[families.pop()] = config.parent / "model"
    return runs


def print_robustness(run: Run) -> None:
    """Print F1 on the test sets in lower case, in capitals and misspelled, and the share of the clean F1 it keeps."""
    heads = ("clean F1", *(cell for name in CHANGES for cell in (f"{name} F1", "kept")))
    print_head("test set", "system", "entities", *heads, text=2)
    rows: dict[str, list[list[SpanScore]]] = {system.name: [] for system in run.systems}
    for part in by_family(experiment_sets(run.options.data, limit=run.options.limit)):
        copies = [part.documents, *(change(part.name, part.documents) for change in CHANGES.values())]
        for system in run.systems:
            scores = [_tagged(system, part.with_documents(copy)) for copy in copies]
            rows[system.name].append(scores)
            _print_robustness_row(part.name, system, scores)
    for system in run.systems:
        _print_robustness_row("all entities", system, [merged(part) for part in zip(*rows[system.name], strict=True)])
    print()


def _print_robustness_row(name: str, system: System, scores: Sequence[SpanScore]) -> None:
    clean, *noisy = scores
    shares = (100 * score.f1 / clean.f1 if clean.f1 else 0.0 for score in noisy)
    cells = [cell for score, share in zip(noisy, shares, strict=True) for cell in (f1(score), f"{share:.0f} %")]
    print_row(name, system.name, f"{clean.num_gold:,}", f1(clean), *cells)


def _tagged(system: System, part: LabelledSet) -> SpanScore:
    gold = [gold_spans(document) for document in part.documents]
    return count(gold, list(system.tag(part.documents)), part.names)


def _misspelled(name: str, documents: Sequence[Document]) -> list[Document]:
    draws = (random.Random(f"{name} {n}") for n in range(DRAWS))
    return [document for rng in draws for document in misspell(documents, MISSPELLED, "all", rng)]


# The changes by name; each is given the name of the set, which seeds the draws, and its documents.
CHANGES: dict[str, Callable[[str, Sequence[Document]], list[Document]]] = {
    "lower case": lambda name, documents: changed(documents, str.lower),
    "capitals": lambda name, documents: changed(documents, str.upper),
    f"{100 * MISSPELLED:.0f} % misspelled": _misspelled,
}
