"""Read mutated files of each format: python tests/fuzz.py --seconds 120 --seed 1 [--format pdf] [--out DIR].

What may come of a damaged file is a document, or an error of docsight's own or of the system. Anything else, a crash,
more than 20 seconds or too much memory is a finding: it is kept with its number, and `--replay FILE` reads it again.
"""

import argparse
import collections
import concurrent.futures
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parent / "plugins" / "documents")
)  # away from the sources, tests run from there alone

import pebble
from hostile_files import CASES, GOOD, RICH
from hostile_files.mutations import mutate
from hostile_files.reading import prepare, read_one

SECONDS = 20  # for a file
SEED_BYTES = 8 << 10
AT_ONCE = 32
# These need long, or much, as they are: what is mutated of them tells nothing new.
KNOWN = ("form-loop", "bomb", "many-", "quadratic", "deep-", "function-loop")


def seeds(suffix: str, folder: Path) -> list[bytes]:
    """Give the files that are mutated: the good one of a format, and small hostile ones."""
    found = [GOOD[suffix]()]
    whole = [RICH[suffix]() if suffix in RICH else found[0]]
    found += whole
    for name, case in CASES.items():
        known = any(one in name for one in KNOWN) or name.startswith("places")
        if name.endswith(suffix) and not case.slow and not known:
            path = folder / f"seed{suffix}"
            case.make(path)
            if 0 < path.stat().st_size <= SEED_BYTES:
                found += [path.read_bytes(), *whole]  # half of the files are made of what is good
            path.unlink()
    return found


def main() -> int:
    args = arguments()
    if args.replay:
        prepare()
        documents, wrong = read_one(str(args.replay), args.ocr)
        for line in (f"{documents} documents", *(wrong or ["nothing is wrong"])):
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
        pebble.ProcessPool(max_workers=args.workers, max_tasks=2000, initializer=prepare) as pool,
    ):
        folder = Path(temporary)
        sources = {suffix: seeds(suffix, folder) for suffix in suffixes}
        running: dict[concurrent.futures.Future, Path] = {}
        number = args.first
        while running or time.monotonic() - started < args.seconds:
            while len(running) < AT_ONCE and time.monotonic() - started < args.seconds:
                suffix = suffixes[number % len(suffixes)]
                rng = random.Random(f"{args.seed}-{suffix}-{number}")
                path = folder / f"{args.seed}-{number}{suffix}"
                path.write_bytes(mutate(rng.choice(sources[suffix]), suffix, sources[suffix], rng))
                running[pool.schedule(read_one, args=(str(path), args.ocr), timeout=SECONDS)] = path
                number += 1
            done, _ = concurrent.futures.wait(running, timeout=1, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                path = running.pop(future)
                counts[path.suffix] += 1
                documents, wrong = outcome(future)
                readable[path.suffix] += documents > 0
                for what in wrong:
                    key = (path.suffix, what)
                    findings[key] += 1
                    if findings[key] <= 3:
                        (args.out / path.name).write_bytes(path.read_bytes())
                        examples.setdefault(key, path.name)
                path.unlink()
    say(
        f"{counts.total():,} files in {time.monotonic() - started:.0f} s; of each format, and how many gave a document:"
    )
    say(", ".join(f"{suffix} {count:,} ({readable[suffix]:,})" for suffix, count in counts.items()))
    for (suffix, what), count in findings.most_common():
        say(f"{count:6}  {suffix:9} {what}  ({examples[suffix, what]})")
    if findings:
        say(f"{len(findings)} kinds of finding; the files are in {args.out}")
    return 1 if findings else 0


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


def outcome(future: concurrent.futures.Future) -> tuple[int, list[str]]:
    """Give how many documents a file gave, and what was wrong with the reading."""
    try:
        return future.result()
    except TimeoutError:
        return 0, [f"more than {SECONDS} seconds"]
    except pebble.ProcessExpired as err:
        return 0, [f"the process died: exit code {err.exitcode}"]
    except MemoryError:
        return 0, ["too much memory"]
    except Exception as err:  # noqa: BLE001 - whatever gets past the reading of a file
        return 0, [f"{type(err).__name__} got out of read_file: {err}"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120, help="how long to go on (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another one makes other files (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the number to begin at (default: %(default)s)")
    parser.add_argument("--format", help="no other than this, such as pdf", choices=[one.lstrip(".") for one in GOOD])
    parser.add_argument("--ocr", default="never", choices=("never", "auto", "always"))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"), help="where findings go (default: %(default)s)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read one finding again, and tell what is wrong")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
