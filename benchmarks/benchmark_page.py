"""Run the benchmarks one after another, and write their tables into docs/benchmarks.md.

    python benchmarks/benchmark_page.py --data FOLDER --logs FOLDER [--only NAME…] [--out docs/benchmarks.md]

FOLDER of --data holds the folders `ner`, `spelling`, `text`, `archive` and `vision` that the single benchmarks read.
The page states the commit, the machine and the date, so the work tree must be clean, except for documentation. What
each benchmark printed is kept in --logs, in a folder for the commit: a second start runs only what is missing or failed
there. Everything runs on one core with nothing else beside it; about half an hour.
"""

import argparse
import datetime
import os
import platform
import shlex
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("docsight", "torch", "spacy", "numpy")
GIB = 2**30


@dataclass(frozen=True)
class Benchmark:
    """A benchmark of the page.

    Args:
        name: Its name on the command line.
        title: The title of its section.
        page: The page that explains it.
        command: The command, with FOLDER for the data.
        note: A sentence before its results.
        is_plain: Whether it prints plain text, not Markdown.
    """

    name: str
    title: str
    page: str
    command: str
    note: str = ""
    is_plain: bool = False


BENCHMARKS = (
    Benchmark("ner", "Entities", "ner.md", "ner.py --data FOLDER/ner --text FOLDER/text --archive FOLDER/archive"),
    Benchmark("archive", "Corrections in real documents", "spelling.md", "archive.py --data FOLDER/archive"),
    Benchmark(
        "judged",
        "Corrections in documents of packages that were held out",
        "spelling.md",
        "archive.py --data benchmarks/data/judged --held-out",
    ),
    Benchmark(
        "spelling",
        "Corrections in text with many errors",
        "spelling.md",
        "spelling.py --data FOLDER/spelling --only docsight",
    ),
    Benchmark(
        "keystrokes",
        "Corrections while typing",
        "spelling.md",
        "keystrokes.py --data FOLDER/spelling/bea_wi_fce --sentences 200",
    ),
    Benchmark(
        "digits",
        "Handwritten digits",
        "images.md",
        "images.py --data FOLDER/vision --only mnist_corruptions corruptions unknown --sample 1000",
    ),
    Benchmark("fields", "Numbers in fields", "images.md", "number_fields.py --data FOLDER/vision --count 100"),
    Benchmark(
        "figures",
        "Figures of documents",
        "images.md",
        "images.py --data FOLDER/vision --only figures drawn refusals speed --sample 300",
    ),
    Benchmark("redaction", "Redaction", "redaction.md", "redaction.py"),
    Benchmark("documents", "`docsight process`", "scaling.md", "documents.py --data FOLDER/text --only overhead"),
    Benchmark(
        "serving",
        "`docsight serve`",
        "serving.md",
        "serving.py --requests 400 --seconds 10",
        note="In parentheses are the numbers of answers by HTTP status.",
        is_plain=True,
    ),
)


def main() -> None:
    options = parse_options()
    commit = read_commit()
    logs = options.logs / commit[:12]
    logs.mkdir(parents=True, exist_ok=True)
    chosen = [each for each in BENCHMARKS if not options.only or each.name in options.only]
    results = [(each, measure(each, options.data, logs)) for each in chosen]
    sections = [section(each, printed) for each, printed in results]
    options.out.write_text("\n\n".join([head(commit), *sections]) + "\n", "utf-8")
    print(options.out)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with ner, spelling, text, archive, vision")
    parser.add_argument("--logs", type=Path, required=True, help="where to keep what the benchmarks print")
    parser.add_argument("--only", nargs="+", choices=[each.name for each in BENCHMARKS], help="run only these")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md", help="the page")
    return parser.parse_args()


def read_commit() -> str:
    """Return the commit of the work tree.

    Raises:
        SystemExit: Files outside of docs/ have changes, which the commit does not have.
    """
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    if changed:
        sys.exit(f"Expected no changes outside of docs/, since the page names the commit; found:\n{changed}")
    return git("rev-parse", "HEAD")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def measure(benchmark: Benchmark, data: Path, logs: Path) -> str:
    """Run a benchmark, unless its log is there; return what it printed.

    Raises:
        SystemExit: The benchmark failed.
    """
    log = logs / f"{benchmark.name}.txt"
    if not log.exists():
        script, *arguments = shlex.split(benchmark.command.replace("FOLDER", str(data.resolve())))
        print(f"{benchmark.name} …", file=sys.stderr, flush=True)
        command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(f"{benchmark.name}: {shlex.join(command)} ended with {done.returncode}.")
        log.write_text(done.stdout, "utf-8")
    return log.read_text("utf-8")


def head(commit: str) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    machine = f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory"
    return f"""# Benchmarks

All tables of this page come from one commit, one machine and one day. The other pages explain them, compare with other
systems, and say what was tried. P, R and F1 are precision, recall and F1, in percent; the linked pages explain the
other columns.

| | |
|---|---|
| commit | `{commit[:12]}` |
| date | {datetime.date.today().isoformat()} |
| machine | {machine}; {platform.system()} {platform.machine()} |
| versions | Python {platform.python_version()}, {versions} |

```sh
python benchmarks/benchmark_page.py --data FOLDER --logs LOGS     # writes this page
```"""


def processor() -> str:
    """Return the name of the processor, as Linux or Python knows it."""
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def section(benchmark: Benchmark, printed: str) -> str:
    results = f"```text\n{printed.strip()}\n```" if benchmark.is_plain else printed.strip()
    parts = [
        f"## {benchmark.title}",
        f"Explained in [{benchmark.page}]({benchmark.page}).",
        f"```sh\npython benchmarks/{benchmark.command}\n```",
        benchmark.note,
        results,
    ]
    return "\n\n".join(filter(None, parts))


if __name__ == "__main__":
    main()
