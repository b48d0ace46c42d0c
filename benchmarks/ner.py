"""Compare `rnn_ner` with other recognizers: F1 by corpus and label, changed text, short texts, documents, speed.

    python benchmarks/ner.py --data FOLDER [--text FOLDER] [--archive FOLDER] [--model MODEL] [--memory NUMBER]
        [--left-out RUNS] [--gliner PATH] [--flair PATH] [--only SECTION…] [--limit N]

FOLDER of --data holds one folder for each corpus of `experiment=rnn_ner` and of `ner_left_out.yaml`; those that are
missing are skipped. RUNS holds the runs of `docsight-train --multirun experiment=rnn_ner
'data.leave_out=[uner_ewt],[wnut17],…'`. On corpora, all systems get the same tokens and sentences, document by
document if the corpus marks documents; on texts, each system splits them itself. The labels of the peers are mapped to
ours.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from markdown_tables import print_head, print_row
from ner_run import Run
from ner_scores import print_robustness, print_scores
from ner_sets import read_running_text
from ner_systems import Docsight
from ner_texts import print_archive, print_context, print_short

from docsight.networks.document_memory import DOCUMENT_MEMORY


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder of the corpora")
    parser.add_argument("--text", type=Path, help="a folder of Parquet files with a column `text`, for the speed test")
    parser.add_argument("--archive", type=Path, help="the folder of the judged documents; see score_archive.py")
    parser.add_argument("--model", default="rnn_ner", help="a shipped model or a model folder")
    parser.add_argument("--memory", type=float, default=DOCUMENT_MEMORY, help="document_memory of rnn_ner")
    parser.add_argument("--left-out", type=Path, help="the folder of the runs, each with another corpus left out")
    parser.add_argument("--gliner", type=Path, help="the folder of the weights of GLiNER, which must be installed")
    parser.add_argument("--flair", type=Path, help="the weights of a tagger of flair, which must be installed")
    parser.add_argument("--alone", action="store_true", help="do not run en_core_web_sm")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), help="the sections to print (all)")
    parser.add_argument("--limit", type=int, help="the maximum number of documents of a corpus, for a quick look")
    parser.add_argument("--tokens", type=int, default=150_000, help="tokens of the speed test")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the speed test")
    options = parser.parse_args()
    chosen = options.only or list(SECTIONS)
    missing = {name: NEEDS[name] for name in chosen if name in NEEDS and getattr(options, NEEDS[name]) is None}
    if options.only and missing:
        parser.error("; ".join(f"section {name} needs --{option} FOLDER" for name, option in missing.items()))
    torch.set_num_threads(1)
    run = Run(options)
    for name, section in SECTIONS.items():
        if name not in chosen:
            continue
        if name in missing:
            print(f"Skipped {name}: it needs --{missing[name]} FOLDER.\n")
        else:
            section(run)


def print_speed(run: Run) -> None:
    """Print tokens per second on one core; the systems alternate over the same distinct texts."""
    texts = read_running_text(run.options.text, run.options.tokens)
    size = sum(len(run.ours.nlp.make_doc(text)) for text in texts)
    for system in run.systems:
        system.process(texts[:20])
    speeds: dict[str, list[float]] = {system.name: [] for system in run.systems}
    for _ in range(run.options.rounds):
        for system in run.systems:
            start = time.process_time()
            system.process(texts)
            speeds[system.name].append(size / (time.process_time() - start))
    title = f"speed: {size:,} tokens in {len(texts):,} texts, one core, {run.options.rounds} alternating rounds"
    print_head(title, "tokens/s (median)")
    for name, measured in speeds.items():
        print_row(name, f"{statistics.median(measured):,.0f}")
    for peer in run.peers:
        ratios = [mine / theirs for mine, theirs in zip(speeds[run.ours.name], speeds[peer.name], strict=True)]
        title = f"ratio to {peer.name}, median ({min(ratios):.1f} to {max(ratios):.1f})"
        print_row(title, f"{statistics.median(ratios):.1f}")
    print_row("model folder, MB", f"{run.ours.folder_size / 1e6:.1f}")
    print()
    print_fork(run.ours)


def print_fork(ours: Docsight) -> None:
    """Print how long `n_process=2` takes after torch has run with two threads in the parent process."""
    torch.set_num_threads(2)
    torch.randn(512, 512) @ torch.randn(512, 512)
    start = time.perf_counter()
    count = sum(1 for _ in ours.nlp.pipe([f"Ada Lovelace lived in London, {n}." for n in range(200)], n_process=2))
    print(f"n_process=2 after torch has run with two threads: {count} documents, {time.perf_counter() - start:.1f} s")
    torch.set_num_threads(1)


SECTIONS: dict[str, Callable[[Run], None]] = {
    "scores": print_scores,
    "robustness": print_robustness,
    "context": print_context,
    "short": print_short,
    "archive": print_archive,
    "speed": print_speed,
}
# The option that a section needs.
NEEDS = {"scores": "data", "robustness": "data", "archive": "archive", "speed": "text"}

if __name__ == "__main__":
    main()
