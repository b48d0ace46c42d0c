"""Compare `rnn_speller` with its peers: errors in context, clean text, single words, words per CPU second.

    python benchmarks/spelling.py --data FOLDER

FOLDER holds one folder for each test set: Parquet files with `noisy` and `clean`, or `misspelling` and `correction`.
The peers are in the extra `dev` and in Debian's packages aspell, hunspell, hunspell-en-us and hunspell-en-gb; a peer
that is not installed is left out. The systems run one after another, each set in a new process on one core. One
sentence warms the caches, and loading is not timed. `spelling_eval.py` computes the scores and explains them. A peer
with fewer rows than the others got a random sample, since all rows would take hours.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import spelling_eval
import spelling_systems
from markdown_tables import percent, print_head, print_row
from spelling_systems import SYSTEMS, Docsight, System

NOISY = {
    "bea_wi_fce/all": "learner errors in context, the development set",
    "holbrook": "children's errors in context",
    "neuspell_bea4660": "errors that only the context reveals",
}
CLEAN = ("wikipedia_clean", "bea_wi_fce/clean")
ALONE = {"norvig_testset1": None, "birkbeck": 1000}  # the size of the sample
SEED = 13
ALL_EXAMPLES = 1_000_000
MIN_CPU_SECONDS = 0.1  # of a speed; the clock of other processes has a resolution of 0.01 s
Result = dict[str, Any]


@dataclass
class Run:
    """The arguments of all evaluations, and their results: results[set][system]."""

    data: Path
    wordlist: Path
    model: str
    sample: int | None
    results: dict[str, dict[str, Result]] = field(default_factory=dict)

    def evaluate(self, name: str, data_set: str) -> Result:
        """Evaluate one system on one set in a new process, with cold caches."""
        system = SYSTEMS[name]
        limits = (self.sample, ALONE.get(data_set), system.words if data_set in ALONE else system.sentences)
        sample = min((limit for limit in limits if limit is not None), default=None)
        examples = ALL_EXAMPLES if issubclass(system, Docsight) and data_set not in ALONE else 0
        path = self.data / f"{data_set}.parquet" if "/" in data_set else self.data / data_set / "data.parquet"
        arguments = [str(path), "--wordlist", str(self.wordlist), "--seed", str(SEED), "--warmup", "--quiet"]
        arguments += ["--label", name, "--examples", str(examples)]
        arguments += [] if sample is None else ["--sample", str(sample)]
        arguments += ["--callable", factory(system, "suggest" if data_set in ALONE else "correct")]
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            result = pool.submit(evaluate, arguments, self.model).result()
        self.results.setdefault(data_set, {})[name] = result
        return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the test sets")
    parser.add_argument(
        "--wordlist", type=Path, help="one word per line; errors in this list are real words (FOLDER/wordlist.txt)"
    )
    parser.add_argument("--model", default="rnn_speller", help="a shipped model or a model folder")
    parser.add_argument("--only", help="some of: docsight, " + ", ".join(n for n in SYSTEMS if "docsight" not in n))
    parser.add_argument("--settings", default="precise,balanced,eager", help="of docsight (all three)")
    parser.add_argument("--sample", type=int, help="the maximum number of rows of each set")
    parser.add_argument(
        "--errors", type=int, default=0, help="the number of frequent failures to print, by kind and set"
    )
    parser.add_argument("--json", type=Path, help="a file for all figures")
    arguments = parser.parse_args()
    names = choose(parser, arguments.only, arguments.settings)
    run = Run(
        data=arguments.data,
        wordlist=arguments.wordlist or arguments.data / "wordlist.txt",
        model=arguments.model,
        sample=arguments.sample,
    )
    for data_set, title in NOISY.items():
        print_noisy(run, names, data_set, title)
    print_clean(run, names)
    print_alone(run, names)
    if arguments.errors:
        print_errors(run, max_errors=arguments.errors)
    if arguments.json:
        for by_system in run.results.values():
            for result in by_system.values():
                result.pop("examples", None)
        arguments.json.write_text(json.dumps(run.results, indent=1) + "\n")


def choose(parser: argparse.ArgumentParser, only: str | None, settings: str) -> list[str]:
    """Return the requested systems that are installed, and report the others."""
    ours = [f"docsight {setting}" for setting in settings.split(",")]
    peers = [name for name in SYSTEMS if not name.startswith("docsight")]
    wanted = ["docsight", *peers] if only is None else ["does nothing", *only.split(",")]
    if unknown := set(wanted) - {"docsight", *peers} | {name for name in ours if name not in SYSTEMS}:
        parser.error(f"unknown system {', '.join(sorted(unknown))}; expected docsight, {', '.join(peers)}")
    chosen = [name for name in SYSTEMS if name in wanted or (name in ours and "docsight" in wanted)]
    for name in list(chosen):
        if missing := SYSTEMS[name].missing():
            print(f"Without {name}: {missing}\n", flush=True)
            chosen.remove(name)
    return chosen


def factory(system: type[System], what: str) -> str:
    """Return the name of a system's factory for `spelling_eval`."""
    return f"{spelling_systems.__name__}:{system.__name__}.{what}_factory"


def evaluate(arguments: Sequence[str], model: str) -> Result:
    """Run the evaluator; called in the new process of each evaluation."""
    Docsight.model = model
    return spelling_eval.main(arguments)


def _speed(result: Result) -> str:
    return f"{result['words_per_cpu_second']:,.0f}" if result["cpu_seconds"] > MIN_CPU_SECONDS else "-"


def _print_table(head: Sequence[str], names: Sequence[str], row: Callable[[str], Sequence[str]]) -> None:
    print_head(*head)
    for name in names:
        print_row(name, *row(name))
    print()


def print_noisy(run: Run, names: Sequence[str], data_set: str, title: str) -> None:
    """Print how many errors are corrected, and how many right words are changed."""

    def row(name: str) -> list[str]:
        result = run.evaluate(name, data_set)
        return [
            f"{result['rows']:,}",
            f"{100 * result['correction']['f0.5']:.1f}",
            percent(result["correction_rate"], 1),
            percent(result["false_positive_rate"]),
            percent(result["real_word_errors"]["corrected"], 1),
            percent(result["nonword_errors"]["corrected"], 1),
            _speed(result),
        ]

    print(f"{data_set}: {title}\n")
    head = [data_set, "rows", "F0.5", "correction rate", "right words changed", "real-word errors fixed"]
    _print_table([*head, "non-word errors fixed", "words per CPU second"], names, row)


def print_clean(run: Run, names: Sequence[str]) -> None:
    """Print how much of a text without errors is changed."""

    def row(name: str) -> list[str]:
        cells = []
        for data_set in CLEAN:
            result = run.evaluate(name, data_set)
            cells += [f"{result['rows']:,}", percent(result["false_positive_rate"]), _speed(result)]
        return cells

    columns = [[f"{data_set}: rows", "right words changed", "words per CPU second"] for data_set in CLEAN]
    print("Texts without errors; wikipedia_clean is full of names\n")
    _print_table(["clean", *columns[0], *columns[1]], names, row)


def print_alone(run: Run, names: Sequence[str]) -> None:
    """Print how often the right word is the first suggestion, and among the first five, without context."""

    def row(name: str) -> list[str]:
        cells = []
        for data_set in ALONE:
            result = run.evaluate(name, data_set)
            cells += [
                f"{result['rows']:,}",
                percent(result["top1_ci"], 1),
                percent(result["top5_ci"], 1),
                _speed(result),
            ]
        return cells

    columns = [[f"{data_set}: rows", "first", "first five", "words per CPU second"] for data_set in ALONE]
    print(f"Single words, ignoring case; birkbeck is a sample of {ALONE['birkbeck']:,} pairs with seed {SEED}\n")
    _print_table(["words alone", *columns[0], *columns[1]], names, row)


def print_errors(run: Run, *, max_errors: int) -> None:
    """Print the most frequent failures of docsight: typed → meant, and what it returned instead."""
    for data_set, by_system in run.results.items():
        for name, result in by_system.items():
            for kind, examples in result.get("examples", {}).items():
                counts = Counter(map(tuple, examples))
                print(f"\n{data_set}, {name}: {kind}, {len(examples)} tokens, {len(counts)} different")
                for (typed, meant, given), count in counts.most_common(max_errors):
                    print(f"  {count:4}  {typed} → {meant}" + ("" if given == typed else f", returned {given}"))


if __name__ == "__main__":
    main()
