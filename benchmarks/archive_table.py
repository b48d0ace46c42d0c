"""Print what `docsight process` read: files, documents and words by format, and what it skipped and why.

    python benchmarks/archive_table.py OUT

OUT is the folder of the results, with documents.jsonl, manifest.jsonl and errors.jsonl.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_READABLE = re.compile(r" \(readable: .*")
_MAX_REASONS = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the folder of the results")
    out = parser.parse_args().out
    print_formats(out)
    print_statuses(out)


def print_formats(out: Path) -> None:
    """Print a row for each format; a file with documents of several formats counts in each, but once in the last."""
    files: defaultdict[str, set[str]] = defaultdict(set)
    noted: defaultdict[str, set[str]] = defaultdict(set)
    documents: Counter[str] = Counter()
    words: Counter[str] = Counter()
    found: Counter[str] = Counter()  # by what the components found
    for record in _records(out / "documents.jsonl"):
        for name in (record["format"], "all"):
            files[name].add(record["path"])
            documents[name] += 1
            words[name] += len(record["text"].split())
            if record["notes"]:
                noted[name].add(record["path"])
        found["entities"] += len(record["entities"])
        found["corrections"] += sum(each["applied"] for each in record["corrections"])
        found["images"] += len(record["images"])
    print("| format | files read | documents | words | files with notes |\n|---|--:|--:|--:|--:|")
    for name in sorted(files, key=lambda name: (name == "all", -len(files[name]), name)):
        counts = (len(files[name]), documents[name], words[name], len(noted[name]))
        print(f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |")
    print(f"\n{len(files) - 1} formats; {', '.join(f'{count:,} {name}' for name, count in found.items())}\n")


def print_statuses(out: Path) -> None:
    """Print how many files have each status, and the reasons for what is not ok."""
    manifest = list(_records(out / "manifest.jsonl"))
    statuses = Counter(line["status"] for line in manifest if not line["part"])
    print(f"{sum(statuses.values()):,} files: {', '.join(f'{count:,} {name}' for name, count in statuses.items())}")
    reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in _records(out / "errors.jsonl"):
        reasons[line["status"]][_READABLE.sub("", line["message"])] += 1
    for status, counts in reasons.items():
        print(f"\n{status} (files and parts):")
        for message, count in counts.most_common(_MAX_REASONS if status == "skipped" else None):
            print(f"{count:6,}  {message}")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    main()
