"""Compare the records of two runs of `docsight process`.

    python benchmarks/compare_runs.py BEFORE AFTER

BEFORE and AFTER are output folders. The table counts, for each field of `documents.jsonl`, how many values both runs
have in common. Scores may differ by `--tolerance`. The exit code is 1 if anything else differs.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--tolerance", type=float, default=0.01, help="of scores (default: %(default)s)")
    args = parser.parse_args()
    before, after = read_records(args.before), read_records(args.after)
    common = [(before[key], after[key]) for key in before if key in after]
    rows = [("documents, by id", len(before), len(after), len(common))]
    rows += [compare(name, common, select) for name, select in FIELDS.items()]
    print("| records | before | after | the same |\n|---|--:|--:|--:|")
    for name, old, new, same in rows:
        print(f"| {name} | {old:,} | {new:,} | {same:,} |")
    largest = max((score_difference(old, new) for old, new in common), default=0.0)
    print(f"\nlargest score difference: {largest:.6f}")
    is_same = all(old == new == same for _, old, new, same in rows)
    return 0 if is_same and largest <= args.tolerance else 1


def read_records(folder: Path) -> dict[str, Record]:
    """Read the records of a run by their ids."""
    lines = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def compare(
    name: str, records: Iterable[tuple[Record, Record]], select: Callable[[Record], list[Any]]
) -> tuple[str, int, int, int]:
    """Count the items of a field before and after, and those that are the same at the same position."""
    old_count = new_count = same = 0
    for old, new in records:
        old_items, new_items = select(old), select(new)
        old_count += len(old_items)
        new_count += len(new_items)
        same += sum(a == b for a, b in zip(old_items, new_items, strict=False))
    return name, old_count, new_count, same


def without_scores(value: Any) -> Any:
    """Replace the numbers with a fraction in nested dicts and lists; `score_difference` compares these."""
    if isinstance(value, dict):
        return {key: without_scores(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_scores(item) for item in value]
    return None if isinstance(value, float) else value


def score_difference(old: Any, new: Any) -> float:
    """Return the largest difference between numbers at the same position of two nested values."""
    if isinstance(old, dict) and isinstance(new, dict):
        return max((score_difference(old[key], new[key]) for key in old if key in new), default=0.0)
    if isinstance(old, list) and isinstance(new, list):
        return max((score_difference(a, b) for a, b in zip(old, new, strict=False)), default=0.0)
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new)
    return 0.0


FIELDS: dict[str, Callable[[Record], list[Any]]] = {
    "texts": lambda record: [record["text"]],
    "provenance (path, part, format, encoding, title)": lambda record: [
        [record[key] for key in ("path", "part", "format", "encoding", "title")]
    ],
    "passages": lambda record: without_scores(record["passages"]),
    "entities (span, label)": lambda record: without_scores(record["entities"]),
    "corrections (span, suggestion, reason, applied)": lambda record: without_scores(record["corrections"]),
    "images (id, place, label)": lambda record: without_scores(record["images"]),
}

if __name__ == "__main__":
    sys.exit(main())
