"""The tables of `ner.py` on texts: short texts, names that need context, and passages of real documents."""

import statistics
from collections.abc import Sequence

from markdown_tables import print_head, print_row
from ner_run import NOT_KNOWN, Run, count, f1, prf
from ner_sets import NAMES, TEXT_LABELS, ShortText, read_short_texts
from ner_systems import System
from score_archive import read_passages, spans_inside

from docsight.tags import TagSpan
from docsight_training.metrics import SpanScore


def print_short(run: Run) -> None:
    """Print the scores on short texts, by kind over PER, ORG and LOC, by label, and on the texts without an entity."""
    texts = read_short_texts("short_texts.jsonl")
    found = {system.name: list(system.find(text.text for text in texts)) for system in run.systems}
    kinds = list(dict.fromkeys(text.kind for text in texts))
    peers = [f"{peer.name} F1" for peer in run.peers]
    print_head("short texts", "texts", "entities", "rnn_ner P", "R", "F1", *peers)
    for kind in [*kinds, None]:
        chosen = [n for n, text in enumerate(texts) if kind in (None, text.kind)]
        scores = [_count(texts, found[system.name], chosen, NAMES) for system in run.systems]
        cells = [f"{scores[0].num_gold:,}", *prf(scores[0]), *(f1(score) for score in scores[1:])]
        print_row(kind or "all, PER, ORG and LOC", f"{len(chosen):,}", *cells)
    for label in TEXT_LABELS:
        _print_label_row(run, texts, found, label)
    _print_empty_row(run, texts, found)
    print()


def _print_label_row(run: Run, texts: Sequence[ShortText], found: dict[str, list[list[TagSpan]]], label: str) -> None:
    everything = range(len(texts))
    scores = {system.name: _count(texts, found[system.name], everything, [label]) for system in run.systems}
    ours, *peers = (prf(scores[system.name]) if label in system.labels else [NOT_KNOWN] * 3 for system in run.systems)
    entities = f"{scores[run.ours.name].num_gold:,}"
    print_row(f"all, {label}", f"{len(texts):,}", entities, *ours, *(peer[-1] for peer in peers))


def _print_empty_row(run: Run, texts: Sequence[ShortText], found: dict[str, list[list[TagSpan]]]) -> None:
    empty = [n for n, text in enumerate(texts) if not text.entities]
    wrong = [
        sum(any(span.label in TEXT_LABELS for span in found[system.name][n]) for n in empty) for system in run.systems
    ]
    for system, number in zip(run.systems, wrong, strict=True):
        labels = ", ".join(label for label in TEXT_LABELS if label in system.labels)
        print(f"\n{system.name} finds an entity ({labels}) in {number} of the {len(empty)} texts that have none.")


def _count(
    texts: Sequence[ShortText], found: Sequence[list[TagSpan]], chosen: Sequence[int], labels: Sequence[str]
) -> SpanScore:
    return count([texts[n].entities for n in chosen], [found[n] for n in chosen], labels)


def print_context(run: Run) -> None:
    """Print the fraction of names in context with exactly the right span and label."""
    items = read_short_texts("names_in_context.jsonl")
    print_head("names that need context", "number", *(system.name for system in run.systems))
    right = [_hits(system, items) for system in run.systems]
    for label in (*NAMES, None):
        of_label = [[hit for kind, hit in hits if label in (None, kind)] for hits in right]
        print_row(label or "all", str(len(of_label[0])), *(f"{100 * statistics.mean(hits):.0f} %" for hits in of_label))
    print()


def _hits(system: System, items: Sequence[ShortText]) -> list[tuple[str, bool]]:
    """Return the label of each target, and whether it was found."""
    hits = []
    for item, found in zip(items, system.find(item.text for item in items), strict=True):
        targets = [item.entities[n] for n in item.targets]
        hits += [(target.label, target in found) for target in targets]
    return hits


def print_archive(run: Run) -> None:
    """Print precision and recall on the passages of the archive, as `score_archive.py` counts them."""
    passages = read_passages(run.options.archive)[: run.options.limit]
    gold = [[TagSpan(*span) for span in passage.entities] for passage in passages]
    heads = [f"{system.name} {what}" for system in run.systems for what in ("P", "R", "F1")]
    print_head(f"archive, {len(passages)} passages", "entities", *heads)
    scores = []
    for system in run.systems:
        found = system.find(passage.text for passage in passages)
        inside = [
            [TagSpan(*span) for span in spans_inside(passage, spans)]
            for passage, spans in zip(passages, found, strict=True)
        ]
        scores.append(count(gold, inside, NAMES))
    for label in (*NAMES, None):
        entities = sum(span.label == label or label is None for spans in gold for span in spans)
        print_row(label or "all", f"{entities:,}", *(cell for score in scores for cell in prf(score, label)))
    print()
