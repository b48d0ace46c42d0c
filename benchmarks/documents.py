"""Time `docsight process`: workers, overhead, words per second compared with peers, Ray actors.

    python benchmarks/documents.py [--data FOLDER] [--documents N] [--words N] [--rounds N] [--only SECTION…]

FOLDER holds Parquet files with a column `text`, or documents of any kind. Without it, the texts are random sentences of
samples/. These have few distinct words, so docsight is faster on them than on real text. Everything runs with one torch
thread. The systems run in turn, round by round, because the speed of a machine varies; the tables show medians of the
rounds.
"""

import argparse
import gc
import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from document_corpus import count_words, read_texts, write_texts
from document_process import Run, run_process

from docsight.documents.runner.settings import RunOptions

ONE_DOCUMENT = "Ada Lovelace lived in London."


class Bench:
    """The options and the texts that all sections share."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.rounds: int = options.rounds
        self._folder = folder

    @cached_property
    def texts(self) -> list[str]:
        return read_texts(self.options.data, documents=self.options.documents, words=self.options.words)

    @cached_property
    def words(self) -> int:
        return count_words(self.texts)

    @cached_property
    def inputs(self) -> Path:
        """The folder of the texts as files."""
        return write_texts(self.texts, self._folder / "texts")

    @cached_property
    def one(self) -> Path:
        """A folder of one short text: a run over it takes the time of starting and ending."""
        return write_texts([ONE_DOCUMENT], self._folder / "one")

    def out(self) -> Path:
        return self._folder / "out"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of Parquet files with a column `text`, or of documents")
    parser.add_argument("--documents", type=int, default=2000, help="texts (default: %(default)s)")
    parser.add_argument("--words", type=int, default=300, help="words per text (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds in turn (default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), help="sections to print")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        bench = Bench(options, Path(folder))
        print(f"{len(bench.texts):,} texts, {bench.words:,} words, {bench.rounds} rounds in turn\n", flush=True)
        for name in options.only:
            SECTIONS[name](bench)


def print_workers(bench: Bench) -> None:
    """Print the throughput with one and with two workers."""
    _print_throughput(bench, "worker", [("--workers", "1"), ("--workers", "2")])


def print_ray(bench: Bench) -> None:
    """Print the throughput with one and with two Ray actors, each round on a separate cluster."""
    engine = ("--engine", "ray")
    _print_throughput(bench, "Ray actor", [(*engine, "--workers", "1"), (*engine, "--workers", "2")])


def _print_throughput(bench: Bench, unit: str, commands: Sequence[tuple[str, ...]]) -> None:
    starts: list[list[Run]] = [[] for _ in commands]
    runs: list[list[Run]] = [[] for _ in commands]
    for _ in range(bench.rounds):
        for command, start, run in zip(commands, starts, runs, strict=True):
            start.append(run_process(bench.one, *command))
            run.append(run_process(bench.inputs, *command))
    print(f"| {unit}s | start, s | whole run, s | documents/s | words/s | words/s without the start | memory, MB |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    whole, steady = [], []
    for number, (start, run) in enumerate(zip(starts, runs, strict=True), start=1):
        began, took = _median(start), _median(run)
        whole.append(took)
        steady.append(statistics.median(b.seconds - a.seconds for a, b in zip(start, run, strict=True)))
        speeds = f"{len(bench.texts) / took:,.1f} | {bench.words / took:,.0f} | {bench.words / steady[-1]:,.0f}"
        memory = max(one.memory for one in run) / 1e6
        print(f"| {number} | {began:.1f} | {took:.1f} | {speeds} | {memory:,.0f} |")
    print(f"\nspeed-up with two {unit}s: {whole[0] / whole[1]:.2f}; without the start: {steady[0] / steady[1]:.2f}\n")


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def print_overhead(bench: Bench) -> None:
    """Print the time of the runner compared with plain `nlp.pipe` over the same texts, with the models already loaded.

    In this process both have seen every word before, and the time is CPU time. A worker has seen none, nor has its
    `nlp.pipe`; their time is elapsed time.
    """
    from document_systems import load_default

    from docsight.documents import Pipeline, process

    nlp, pipeline = load_default(), Pipeline(device="cpu")

    def bare() -> None:
        for _ in nlp.pipe(bench.texts, batch_size=RunOptions.batch_size):
            pass

    def run(inputs: Path, workers: int) -> None:
        process(
            inputs,
            pipeline if workers else nlp,
            bench.out(),
            workers=workers,
            batch_size=RunOptions.batch_size,
            overwrite=True,
        )

    bare()  # so that no round is the first to see a word
    run(bench.one, 0)
    alone: dict[int, list[float]] = {0: [], 1: []}
    starts: dict[int, list[float]] = {0: [], 1: []}
    wholes: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(bench.rounds):
        for workers, clock in ((0, time.process_time), (1, time.perf_counter)):
            alone[workers].append(_time_in_new_process(bench.texts) if workers else _timed(bare, clock))
            starts[workers].append(_timed(lambda workers=workers: run(bench.one, workers), clock))
            wholes[workers].append(_timed(lambda workers=workers: run(bench.inputs, workers), clock))
    print("| the same texts | nlp.pipe alone, s | start and end, s | whole run, s | without start and end, s | more |")
    print("|---|--:|--:|--:|--:|--:|")
    for workers, name in ((0, "in this process, CPU time"), (1, "one worker; nlp.pipe in a new process")):
        steady = [whole - start for whole, start in zip(wholes[workers], starts[workers], strict=True)]
        ratios = [100 * (mine / theirs - 1) for mine, theirs in zip(steady, alone[workers], strict=True)]
        columns = (alone[workers], starts[workers], wholes[workers], steady)
        seconds = " | ".join(f"{statistics.median(one):.1f}" for one in columns)
        spread = f"{min(ratios):+.1f} to {max(ratios):+.1f}"
        print(f"| {name} | {seconds} | {statistics.median(ratios):+.1f} % ({spread}) |")
    print()


def _time_in_new_process(texts: Sequence[str]) -> float:
    """Return the seconds that `nlp.pipe` takes in a process that has loaded the models but has seen no text."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_time_bare, texts).result()


def _time_bare(texts: Sequence[str]) -> float:
    from document_systems import load_default

    torch.set_num_threads(1)
    nlp = load_default()
    nlp(ONE_DOCUMENT)

    def bare() -> None:
        for _ in nlp.pipe(texts, batch_size=RunOptions.batch_size):
            pass

    return _timed(bare)


def print_peers(bench: Bench) -> None:
    """Print words per second on one core; each round has other texts."""
    from document_systems import SYSTEMS

    systems = {name: make() for name, make in SYSTEMS.items()}
    size = len(bench.texts) // (bench.rounds + 1)
    speeds: dict[str, list[float]] = {name: [] for name in systems}
    for turn in range(bench.rounds + 1):
        texts = bench.texts[turn * size : (turn + 1) * size]
        for name, nlp in systems.items():
            seconds = _timed(
                lambda nlp=nlp, texts=texts: [None for _ in nlp.pipe(texts, batch_size=RunOptions.batch_size)],
                time.process_time,
            )
            if turn:  # the first is to warm up
                speeds[name].append(count_words(texts) / seconds)
    ours = next(iter(speeds.values()))
    print(f"| one core, {size:,} texts per round | words/s (median) | time relative to docsight |")
    print("|---|--:|--:|")
    for name, measured in speeds.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, measured, strict=True))
        print(f"| {name} | {statistics.median(measured):,.0f} | {ratio:.2f} |")
    print()


def _timed(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    gc.collect()  # what earlier calls left is not this one's time
    start = clock()
    call()
    return clock() - start


SECTIONS: dict[str, Callable[[Bench], None]] = {
    "workers": print_workers,
    "overhead": print_overhead,
    "peers": print_peers,
    "ray": print_ray,
}

if __name__ == "__main__":
    main()
