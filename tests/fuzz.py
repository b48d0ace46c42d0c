"""Read mutated files of each format: python tests/fuzz.py --seconds 120 --seed 1 [--format pdf] [--out DIR].

A damaged file may give documents, an error of docsight or an error of the operating system. Anything else is a finding,
as are a crash, more than 20 seconds and too much memory. Findings are kept, and `--replay FILE` reads one again.
"""

import argparse
import collections
import concurrent.futures
import random
import sys
import tempfile
import time
from pathlib import Path

# The package test runs without the sources, so the corpus is next to the tests.
sys.path.insert(0, str(Path(__file__).parent / "plugins" / "documents"))

import pebble
from hostile_files import CASES, GOOD, RICH
from hostile_files.checks import load_readers, read_one
from hostile_files.mutations import mutate

MAX_SECONDS = 20  # for one file
MAX_SEED_BYTES = 8 << 10
MAX_PENDING = 32
# Not mutated, since they already take much time or memory.
EXPENSIVE = ("form-loop", "bomb", "many-", "quadratic", "deep-", "function-loop")


def seeds(suffix: str, folder: Path) -> list[bytes]:
    """Return the files to mutate: the valid one of a format, and small hostile ones."""
    files = [GOOD[suffix]()]
    whole = [RICH[suffix]() if suffix in RICH else files[0]]
    files += whole
    for name, case in CASES.items():
        is_expensive = any(word in name for word in EXPENSIVE) or name.startswith("special")
        if name.endswith(suffix) and not case.slow and not is_expensive:
            path = folder / f"seed{suffix}"
            case.make(path)
            if 0 < path.stat().st_size <= MAX_SEED_BYTES:
                files += [path.read_bytes(), *whole]  # so that half of the seeds are valid
            path.unlink()
    return files


def main() -> int:
    args = arguments()
    if args.replay:
        load_readers()
        documents, errors = read_one(str(args.replay), args.ocr)
        for line in (f"{documents} documents", *(errors or ["no findings"])):
            say(line)
        return 0
    args.out.mkdir(parents=True, exist_ok=True)
    suffixes = [suffix for suffix in GOOD if args.format in (None, suffix.lstrip("."))]
    findings: collections.Counter[tuple[str, str]] = collections.Counter()
    examples: dict[tuple[str, str], str] = {}
    counts: collections.Counter[str] = collections.Counter()
    readable: collections.Counter[str] = collections.Counter()
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as temporary,
        pebble.ProcessPool(max_workers=args.workers, max_tasks=2000, initializer=load_readers) as pool,
    ):
        folder = Path(temporary)
        sources = {suffix: seeds(suffix, folder) for suffix in suffixes}
        running: dict[concurrent.futures.Future, Path] = {}
        number = args.first
        while running or time.monotonic() - started < args.seconds:
            while len(running) < MAX_PENDING and time.monotonic() - started < args.seconds:
                suffix = suffixes[number % len(suffixes)]
                rng = random.Random(f"{args.seed}-{suffix}-{number}")
                path = folder / f"{args.seed}-{number}{suffix}"
                path.write_bytes(mutate(rng.choice(sources[suffix]), suffix, sources[suffix], rng))
                running[pool.schedule(read_one, args=(str(path), args.ocr), timeout=MAX_SECONDS)] = path
                number += 1
            done, _ = concurrent.futures.wait(running, timeout=1, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                path = running.pop(future)
                counts[path.suffix] += 1
                documents, errors = result_of(future)
                readable[path.suffix] += documents > 0
                for error in errors:
                    key = (path.suffix, error)
                    findings[key] += 1
                    if findings[key] <= 3:
                        (args.out / path.name).write_bytes(path.read_bytes())
                        examples.setdefault(key, path.name)
                path.unlink()
    say(f"{counts.total():,} files in {time.monotonic() - started:.0f} s; by format (with a document):")
    say(", ".join(f"{suffix} {count:,} ({readable[suffix]:,})" for suffix, count in counts.items()))
    for (suffix, error), count in findings.most_common():
        say(f"{count:6}  {suffix:9} {error}  ({examples[suffix, error]})")
    if findings:
        say(f"{len(findings)} kinds of finding; the files are in {args.out}")
    return 1 if findings else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def result_of(future: concurrent.futures.Future) -> tuple[int, list[str]]:
    """Return the number of documents and the findings of a file."""
    try:
        return future.result()
    except TimeoutError:
        return 0, [f"more than {MAX_SECONDS} seconds"]
    except pebble.ProcessExpired as err:
        return 0, [f"the process died: exit code {err.exitcode}"]
    except MemoryError:
        return 0, ["too much memory"]
    except Exception as err:  # noqa: BLE001 - any error that `read_file` does not catch is a finding
        return 0, [f"{type(err).__name__} escaped from read_file: {err}"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120, help="how long to run (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the mutations (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first file (default: %(default)s)")
    parser.add_argument("--format", help="the only format to mutate", choices=[suffix.lstrip(".") for suffix in GOOD])
    parser.add_argument("--ocr", default="never", choices=("never", "auto", "always"))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--out", type=Path, default=Path("build/fuzz"), help="folder for findings (default: %(default)s)"
    )
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read one finding again, and report what is wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
