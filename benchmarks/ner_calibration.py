"""Measure whether the probabilities of `rnn_ner` mean what they say, and what a threshold on them does.

    python benchmarks/ner_calibration.py --data FOLDER [--model MODEL] [--left-out RUNS] [--out FOLDER] [--limit N]

FOLDER of --data holds one folder for each corpus of `experiment=rnn_ner` and of `ner_left_out.yaml`, and RUNS holds
runs that each left out one corpus, as for `ner.py`. The calibration error is the mean gap between the probability of
an entity and the fraction that is right, over 15 bins of the same width (Guo et al. 2017). Even perfect probabilities
have an error on few entities: the column `perfect` is the mean of a hundred draws with such probabilities.
With --out the reliability of the test sets and of the corpora that were left out is drawn there.
"""

import argparse
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from markdown_tables import points, print_head, print_row
from ner_run import NOT_KNOWN
from ner_scores import find_left_out
from ner_sets import LABELS, LabelledSet, by_family, experiment_sets, family_of, left_out_sets

from docsight.bundle import Bundle, find_model, load_folder
from docsight.networks.calibration import read_calibration
from docsight.networks.spans import encode_words
from docsight_training.data.ner.ner_batches import BatchEncoder, NerDocument
from docsight_training.metrics import confidence_error
from docsight_training.modules.ner_calibration import (
    BINS,
    JudgedSpan,
    calibrate_judged,
    draw_reliability,
    judge_network,
    span_error,
    tensors_of,
)

THRESHOLDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
DOCUMENTS_AT_ONCE = 64
DRAWS = 100  # of the outcomes of perfect probabilities


@dataclass
class JudgedSet:
    """The spans that a model finds in a set, with its posteriors and with calibrated probabilities."""

    name: str
    posteriors: list[JudgedSpan]
    calibrated: list[JudgedSpan]
    num_gold: dict[str, int]  # by label, of those that are judged

    @classmethod
    def joined(cls, name: str, sets: Sequence["JudgedSet"]) -> "JudgedSet":
        """Join sets; each span counts once."""
        num_gold: Counter[str] = Counter()
        for part in sets:
            num_gold.update(part.num_gold)
        posteriors = [one for part in sets for one in part.posteriors]
        return cls(name, posteriors, [one for part in sets for one in part.calibrated], dict(num_gold))

    @cached_property
    def entities(self) -> list[JudgedSpan]:
        return [one for one in self.calibrated if one.is_entity]


class Model:
    """A tagger of a model folder, and its calibration."""

    def __init__(self, name: str) -> None:
        bundle: Bundle = load_folder(find_model(name), kind="tagger")
        self.network, self.vocabularies = bundle.network.eval(), bundle.vocabularies
        self.labels: list[str] = bundle.arguments["labels"]
        self.calibration = read_calibration(bundle.about.get("calibration"), self.labels)

    def judge(self, part: LabelledSet) -> JudgedSet:
        """Find the spans of a set; those of labels that it does not annotate are not judged."""
        unannotated = frozenset(self.labels) - set(part.annotates)
        encoder = BatchEncoder(
            self.vocabularies["words"],
            self.vocabularies["chars"],
            self.labels,
            unannotated={document.corpus: unannotated for document in part.documents},
            open_labels={},
        )
        documents = [encoder.document(document) for document in part.documents]
        groups = [documents[at : at + DOCUMENTS_AT_ONCE] for at in range(0, len(documents), DOCUMENTS_AT_ONCE)]
        judged = judge_network(self.network, groups, self._encode)
        num_gold = {
            label: sum(span.label == label for document in documents for span in document.spans)
            for label in self.labels
            if label not in unannotated
        }
        return JudgedSet(part.name, judged, calibrate_judged(judged, self.calibration), num_gold)

    def _encode(self, document: NerDocument) -> tuple[torch.Tensor, torch.Tensor]:
        return encode_words(self.network, document.types), document.index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the corpora")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    parser.add_argument("--left-out", type=Path, help="the folder of the runs, each with another corpus left out")
    parser.add_argument("--out", type=Path, help="the folder for the plots")
    parser.add_argument("--limit", type=int, help="the maximum number of documents of a corpus, for a quick look")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Model(options.model)
    runs = {} if options.left_out is None else find_left_out(options.left_out)
    tests, without = [], {}
    for part in by_family(experiment_sets(options.data, limit=options.limit)):
        tests.append(model.judge(part))
        if family_of(part.name) in runs:
            without[part.name] = Model(str(runs[family_of(part.name)])).judge(part)
    left_out = [model.judge(part) for part in left_out_sets(options.data, limit=options.limit)]
    labels = [label for label in LABELS if label in model.labels]
    groups = {"test set": tests, "test set, of a model without it": list(without.values()), "left out": left_out}
    for title, sets in groups.items():
        if sets:
            print_errors(title, sets, labels)
    for title, sets in groups.items():
        if sets:
            print_thresholds(title, sets, labels)
            if options.out is not None:
                options.out.mkdir(parents=True, exist_ok=True)
                path = options.out / f"reliability {title}.png".replace(",", "").replace(" ", "-")
                joined = JudgedSet.joined("all", sets)
                draw_reliability(path, {"posterior": joined.posteriors, "calibrated": joined.calibrated})


def print_errors(title: str, sets: Sequence[JudgedSet], labels: Sequence[str]) -> None:
    """Print the calibration error of the entities of each set, in percent, and that of the other spans."""
    print_head(title, "entities found", "right", "posterior", "calibrated", "perfect", *labels, "other spans")
    rows = []
    for part in [*sets, JudgedSet.joined("all", sets)]:
        errors = [
            span_error([one for one in part.posteriors if one.is_entity]),
            span_error(part.entities),
            perfect_error(part.entities),
        ]
        rows.append(errors)
        by_label = [[one for one in part.entities if one.span.label == label] for label in labels]
        cells = [points(span_error(spans)) if spans else NOT_KNOWN for spans in by_label]
        others = span_error([one for one in part.calibrated if not one.is_entity])
        right = points(sum(one.is_right for one in part.entities) / max(1, len(part.entities)))
        print_row(part.name, f"{len(part.entities):,}", right, *map(points, errors), *cells, points(others))
    means = [points(statistics.mean(column)) for column in zip(*rows[:-1], strict=True)]
    print_row("mean of the sets", "", "", *means, *[""] * (len(labels) + 1))
    print()


def perfect_error(judged: Sequence[JudgedSpan]) -> float:
    """Return the mean error that spans of these probabilities would have if the probabilities were perfect."""
    scores, _ = tensors_of(judged)
    return statistics.mean(confidence_error(scores, torch.rand_like(scores) < scores, bins=BINS) for _ in range(DRAWS))


def print_thresholds(title: str, sets: Sequence[JudgedSet], labels: Sequence[str]) -> None:
    """Print precision and recall of the entities from a threshold on, over all sets together."""
    joined = JudgedSet.joined("all", sets)
    labels = [label for label in labels if label in joined.num_gold]
    print_head(f"threshold ({title})", *(f"{label} {what}" for label in ("all", *labels) for what in ("P", "R")))
    for threshold in THRESHOLDS:
        cells = []
        for label in ("all", *labels):
            found = [one for one in joined.entities if label in ("all", one.span.label)]
            kept = [one for one in found if one.span.score >= threshold]
            right = sum(one.is_right for one in kept)
            num_gold = sum(joined.num_gold.values()) if label == "all" else joined.num_gold[label]
            cells += [points(right / len(kept)) if kept else NOT_KNOWN, points(right / max(1, num_gold))]
        print_row(f"{threshold:g}", *cells)
    print()


if __name__ == "__main__":
    main()
