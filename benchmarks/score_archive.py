"""Score `rnn_speller` and `rnn_ner` on real documents that were judged by a reader; prints JSON.

    python benchmarks/score_archive.py --data FOLDER [--pipeline default|PATH] [--threshold X] [--new FILE]

FOLDER holds archive.parquet, corrections_gold.jsonl and entities_gold.jsonl. An applied correction is right if its
place (doc_id, start, end) is in the gold and its suggestion equals `meant`; half if `meant` is another word; wrong if
`meant` is null; new if the place is not in the gold. `errors` are gold places with a `meant`, `fixed` those that were
corrected rightly, `left` those that were not touched. Entities are counted if they lie wholly in a passage.
"""

import argparse
import collections
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow.parquet as pq
import spacy
import torch
from spacy.language import Language

CLASSES = ("prose", "technical", "code", "foreign")
LABELS = ("PER", "ORG", "LOC")
Place = TypeVar("Place")  # a key of the judged places
Entity = tuple[int, int, str]  # start and end in characters of the document, label


class Passage(NamedTuple):
    """A part of a document in which all entities are marked: the whole text, where the part begins and ends."""

    text: str
    start: int
    end: int
    entities: list[Entity]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the archive")
    parser.add_argument("--pipeline", default="default", help="the folder of a pipeline; default: the shipped models")
    parser.add_argument("--threshold", type=float, help="the threshold of the speller in the default pipeline")
    parser.add_argument("--new", type=Path, help="write the applied corrections that are not in the gold to this file")
    options = parser.parse_args()
    torch.set_num_threads(1)
    speller, ner = load_pipelines(options.pipeline, options.threshold)
    corrections, new = score_corrections(options.data, speller)
    if options.new:
        options.new.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in new), "utf-8")
    print(json.dumps({"corrections": corrections, "entities": score_entities(options.data, ner)}, indent=1))


def load_pipelines(name: str, threshold: float | None) -> tuple[Language, Language]:
    """Return the pipelines that correct and that find entities."""
    if name != "default":
        nlp = spacy.load(name)
        return nlp, nlp
    speller, ner = spacy.blank("en"), spacy.blank("en")
    speller.add_pipe("rnn_speller", config={"threshold": threshold} if threshold is not None else {})
    ner.add_pipe("rnn_ner")
    return speller, ner


def read_passages(data: Path) -> list[Passage]:
    """Read the passages of the archive with the texts of their documents."""
    texts = {row["doc_id"]: row["text"] for row in _read_documents(data)}
    return [
        Passage(
            texts[row["doc_id"]],
            row["start"],
            row["end"],
            [(entity["start"], entity["end"], entity["label"]) for entity in row["entities"]],
        )
        for row in _read_lines(data / "entities_gold.jsonl")
    ]


def spans_inside(passage: Passage, spans: Iterable[Entity]) -> list[Entity]:
    """Return the entities with PER, ORG or LOC that lie wholly in a passage."""
    return [
        (start, end, label)
        for start, end, label in spans
        if passage.start <= start and end <= passage.end and label in LABELS
    ]


def score_entities(data: Path, nlp: Language) -> dict[str, Any]:
    """Return strict precision, recall and F1 by label and of all."""
    passages = read_passages(data)
    right, found, wanted = collections.Counter[str](), collections.Counter[str](), collections.Counter[str]()
    for passage, doc in zip(passages, nlp.pipe(passage.text for passage in passages), strict=True):
        marked = set(passage.entities)
        got = set(spans_inside(passage, ((ent.start_char, ent.end_char, ent.label_) for ent in doc.ents)))
        for counter, spans in ((right, marked & got), (found, got), (wanted, marked)):
            counter.update(label for _, _, label in spans)
    by_label = {label: _prf(right[label], found[label], wanted[label]) for label in LABELS}
    return {**by_label, "all": _prf(right.total(), found.total(), wanted.total()), "passages": len(passages)}


def _prf(right: int, found: int, wanted: int) -> dict[str, float]:
    p, r = right / found if found else 0.0, right / wanted if wanted else 0.0
    return {
        "p": round(100 * p, 1),
        "r": round(100 * r, 1),
        "f1": round(200 * p * r / (p + r), 1) if p + r else 0.0,
        "right": right,
        "found": found,
        "gold": wanted,
    }


def score_corrections(data: Path, nlp: Language) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the counts by class of document, and the applied corrections that nobody judged."""
    rows = _read_documents(data)
    gold = {(g["doc_id"], g["start"], g["end"]): g["meant"] for g in _read_lines(data / "corrections_gold.jsonl")}
    counts: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in CLASSES}
    verdicts: dict[tuple[str, int, int], str] = {}
    new = []
    for row, doc in zip(rows, nlp.pipe(row["text"] for row in rows), strict=True):
        count = counts[row["class"]]
        count.update(documents=1, words=len(row["text"].split()))
        for correction in doc._.corrections:
            if not correction["applied"]:
                continue
            key = row["doc_id"], correction["start"], correction["end"]
            verdicts[key] = verdict(gold, key, correction["suggestion"])
            count.update({"applied": 1, verdicts[key]: 1})
            if verdicts[key] == "new":
                kept = {name: correction[name] for name in ("start", "end", "text", "suggestion", "score", "reason")}
                new.append({"doc_id": row["doc_id"], "class": row["class"], **kept})
    kinds = {row["doc_id"]: row["class"] for row in rows}
    for key, meant in gold.items():
        if meant is not None:
            fixed, left = verdicts.get(key) == "right", key not in verdicts
            counts[kinds[key[0]]].update(errors=1, fixed=int(fixed), left=int(left))
    return {name: _rates(count) for name, count in counts.items()}, new


def verdict(gold: Mapping[Place, str | None], key: Place, suggestion: str) -> str:
    """Return whether a correction is right, half right, wrong or new, by what was meant at the judged places."""
    if key not in gold:
        return "new"
    if gold[key] is None:
        return "wrong"
    return "right" if suggestion == gold[key] else "half"


def _rates(count: collections.Counter[str]) -> dict[str, float | None]:
    names = ("documents", "words", "applied", "right", "half", "wrong", "new", "errors", "fixed", "left")
    judged = count["right"] + count["half"] + count["wrong"]
    return {
        **{name: count[name] for name in names},
        "applied_per_10k_words": round(1e4 * count["applied"] / max(1, count["words"]), 1),
        "wrong_per_10k_words": round(1e4 * count["wrong"] / max(1, count["words"]), 1),
        "precision": round(100 * count["right"] / judged, 1) if judged else None,
    }


def _read_documents(data: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(data / "archive.parquet").to_pylist()
    return rows


def _read_lines(path: Path) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
