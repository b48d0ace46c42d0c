"""Compare taggers whose encoders see different words: a BiLSTM, an LSTM from left to right, and a window CNN.

    docsight-train data.path=UNER_EWT data.templates=6000 +data.template_weights.everyday=3 epochs=12 \
        model/encoder=ENCODER seed=SEED name=ENCODER-SEED
    python benchmarks/cnn_and_rnn_words.py --test UNER_EWT/test.parquet --runs runs --out DIR [--seeds 1]

The first command trains a tagger; it is run for each ENCODER of bilstm, lstm and cnn, which have as many weights. The
second one measures the F1 on the test sentences. On the sentences of `data/cnn_and_rnn.yaml`, it measures how often a
name that can be a person or a place gets the right label when only the words after it, or only those before it, say
which; how often when those words come later and later; and how much each word contributes. It also measures the time of
each encoder by the length of the text. Writes DIR/words.json, which `cnn_and_rnn_plots.py` draws, and prints the
tables.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import spacy
import torch
import yaml
from learning_curve import read_rows, score
from spacy.language import Language
from spacy.tokens import Doc

from docsight.networks.tagger import Encoder

ENCODERS = ("bilstm", "lstm", "cnn")
SENTENCES = Path(__file__).parent / "data" / "cnn_and_rnn.yaml"
ROOSEVELT = (
    "President Roosevelt was one of the most influential presidents in American history. "
    "However, Roosevelt Street in Manhattan was not named after him."
)
LABELS = ("PER", "LOC")
LENGTHS = (8, 32, 128, 512, 2048)  # words
MIN_SECONDS, REPEATS = 0.5, 5  # for which, and times that, each time is measured
MIN_POSTERIOR = 1e-6


def main() -> None:
    """Measure, write the figures and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--test", type=Path, required=True, help="test.parquet of the data that the taggers learned")
    parser.add_argument("--runs", type=Path, required=True, help="the folder of the runs, ENCODER-SEED")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the figures")
    parser.add_argument("--seeds", nargs="+", type=int, default=(1,))
    options = parser.parse_args()
    torch.set_num_threads(1)
    sentences = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    test = read_rows(options.test)
    taggers = {}
    for encoder in ENCODERS:
        runs = []
        for seed in options.seeds:
            folder = options.runs / f"{encoder}-{seed}" / "pipeline"
            nlp = spacy.load(
                folder, config={"components": {"rnn_ner": {"spans_key": "all", "min_score": MIN_POSTERIOR}}}
            )
            runs.append(measure(nlp, sentences) | {"f1": score(folder, test)})
        taggers[encoder] = mean_of(runs)
    figures = {"seeds": len(options.seeds), "taggers": taggers, "cost": measure_cost()}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "words.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print_tables(figures)


def measure(nlp: Language, sentences: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a tagger on the sentences."""
    names = sentences["names"]
    distance = sentences["distance"]
    by_filler = {}
    for filler in distance["fillers"]:
        words = filler.split()
        filled = {
            label: [text.replace("{}{}", " ".join(["{}", *words])) for text in distance[label]] for label in LABELS
        }
        by_filler[str(len(words))] = accuracy(nlp, names, filled)
    return {
        "weights": sum(p.numel() for p in nlp.get_pipe("rnn_ner").bundle.network.encoder.layers.parameters()),
        "follows": accuracy(nlp, names, sentences["follows"]),
        "precedes": accuracy(nlp, names, sentences["precedes"]),
        "by_distance": by_filler,
        "influence": [influence(nlp, each["text"].split(), each["name"]) for each in sentences["influence"]],
        "roosevelt": [[ent.text, ent.label_, round(ent._.score, 3)] for ent in nlp(ROOSEVELT).ents],
    }


def accuracy(nlp: Language, names: Sequence[str], contexts: dict[str, Sequence[str]]) -> float:
    """Return how often a name in a context is exactly an entity of the label of the context."""
    items = [(text.split(), name, label) for label in LABELS for text in contexts[label] for name in names]
    docs = nlp.pipe([Doc(nlp.vocab, [name if word == "{}" else word for word in words]) for words, name, _ in items])
    hits = 0
    for doc, (words, _, label) in zip(docs, items, strict=True):
        at = words.index("{}")
        hits += any((ent.start, ent.end, ent.label_) == (at, at + 1, label) for ent in doc.ents)
    return hits / len(items)


def influence(nlp: Language, words: list[str], name: int) -> dict[str, Any]:
    """Return, for each word but the name, how far the log odds of PER against LOC fall if it is left out."""
    whole = _log_odds(nlp, words, name)
    changes = []
    for left_out in range(len(words)):
        kept = [word for at, word in enumerate(words) if at != left_out]
        change = 0.0 if left_out == name else whole - _log_odds(nlp, kept, name - (left_out < name))
        changes.append(round(change, 3))
    return {"words": words, "name": name, "log_odds": round(whole, 3), "change": changes}


def _log_odds(nlp: Language, words: list[str], name: int) -> float:
    doc = nlp(Doc(nlp.vocab, words))
    posterior = dict.fromkeys(LABELS, MIN_POSTERIOR)
    for span, score_of_span in zip(doc.spans["all"], doc.spans["all"].attrs["scores"], strict=True):
        if (span.start, span.end) == (name, name + 1) and span.label_ in posterior:
            posterior[span.label_] = float(score_of_span)
    return math.log(posterior["PER"] / posterior["LOC"])


def measure_cost() -> dict[str, dict[str, float]]:
    """Return the microseconds for a word of one text, by encoder and length of the text in words."""
    encoders = {name: _encoder(name) for name in ENCODERS}
    cost: dict[str, dict[str, float]] = {name: {} for name in ENCODERS}
    for length in LENGTHS:
        inputs = torch.randn(1, length, encoders["bilstm"].input_dim)
        times: dict[str, list[float]] = {name: [] for name in ENCODERS}
        for _ in range(REPEATS):  # in turns, so that what else the machine does meets all of them
            for name, encoder in encoders.items():
                times[name].append(_seconds(encoder, inputs))
        for name in ENCODERS:
            cost[name][str(length)] = round(1e6 * statistics.median(times[name]) / length, 2)
    return cost


def _encoder(name: str) -> Encoder:
    config = yaml.safe_load((Path(__file__).parents[1] / f"conf/docsight_conf/model/encoder/{name}.yaml").read_text())
    return Encoder(num_words=2, num_chars=2, **config).eval()


@torch.inference_mode()
def _seconds(encoder: Encoder, inputs: torch.Tensor) -> float:
    lengths = torch.tensor([inputs.shape[1]])
    count, start, passed = 0, time.perf_counter(), 0.0
    while not count or passed < MIN_SECONDS / REPEATS:
        encoder(inputs, lengths)
        count, passed = count + 1, time.perf_counter() - start
    return passed / count


def mean_of(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Average the figures of several seeds; the lists are those of the first."""
    first = runs[0]
    mean: dict[str, Any] = {}
    for key, value in first.items():
        if isinstance(value, dict):
            mean[key] = mean_of([run[key] for run in runs])
        elif isinstance(value, float):
            mean[key] = statistics.mean(run[key] for run in runs)
        else:
            mean[key] = value
    return mean


def print_tables(figures: dict[str, Any]) -> None:
    """Print the figures as Markdown."""
    taggers = figures["taggers"]
    fillers = list(taggers["bilstm"]["by_distance"])
    print("| encoder | weights | test F1 | decided by the words after | decided by the words before |")
    print("|---|--:|--:|--:|--:|")
    for name, found in taggers.items():
        cells = [f"{100 * found[key]:.1f}" for key in ("f1", "follows", "precedes")]
        print(f"| {name} | {found['weights']:,} | {' | '.join(cells)} |")
    print("\n| words between | " + " | ".join(fillers) + " |\n|---|" + "--:|" * len(fillers))
    for name, found in taggers.items():
        print(f"| {name} | " + " | ".join(f"{100 * found['by_distance'][filler]:.0f}" for filler in fillers) + " |")
    print("\n| microseconds a word, by words | " + " | ".join(f"{length:,}" for length in LENGTHS) + " |")
    print("|---|" + "--:|" * len(LENGTHS))
    for name, times in figures["cost"].items():
        print(f"| {name} | " + " | ".join(f"{times[str(length)]:.1f}" for length in LENGTHS) + " |")
    for name, found in taggers.items():
        print(
            f"\n{name}: "
            + ", ".join(f"{text} {label} {probability:.2f}" for text, label, probability in found["roosevelt"])
        )
    for line in _influences(taggers):
        print(line)


def _influences(taggers: dict[str, Any]) -> Iterator[str]:
    for name, found in taggers.items():
        for each in found["influence"]:
            shown = zip(each["words"], each["change"], strict=True)
            yield f"\n{name} ({each['log_odds']:+.1f}): " + " ".join(f"{word}{change:+.1f}" for word, change in shown)


if __name__ == "__main__":
    main()
