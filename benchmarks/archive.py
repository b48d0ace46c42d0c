"""Measure how often an applied correction of `rnn_speller` is right on real documents.

    python benchmarks/archive.py --data FOLDER [--model MODEL] [--held-out] [--read] [--folder] [--remaining]

FOLDER holds archive.parquet (doc_id, class, text, package) and corrections_gold.jsonl (doc_id, start, end, meant, which
is null where the text is right). A correction is right if it is what was meant, half right if the word is wrong but
something else was meant, and new if nobody judged its place. `benchmarks/data/judged` has this form; the judge is
trained on it, except for the packages that --held-out measures. With --read, each document is read from a text file, as
by `docsight process`, which knows its passages and their languages. With --folder, the documents are read as one
folder: an unknown word that two other documents have is not corrected, and the names of files (in the column `path`, if
there is one) count.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import spacy
import torch
from markdown_tables import print_head, print_row
from score_archive import CLASSES, verdict
from spacy.language import Language
from spacy.tokens import Doc

import docsight
from docsight.components.rnn_speller import THRESHOLDS, RnnSpeller
from docsight.documents.analysis.shared_words import SharedWords, count_corrected, leave_shared_words
from docsight_training.data.speller.judge_data import is_held_out
from docsight_training.data.speller.judged_documents import JudgedDocument, read_judged

HEAD = ("class", "setting", "words", "applied", "right", "half", "wrong", "new", "precision", "wrong per 10,000 words",
        "applied per 10,000 words", "errors fixed")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the documents")
    parser.add_argument("--model", default="rnn_speller", help="a model folder, or the name of a shipped model")
    parser.add_argument("--held-out", action="store_true", help="only packages that no judge is trained on")
    parser.add_argument("--read", action="store_true", help="read the documents from files, with their passages")
    parser.add_argument("--folder", action="store_true", help="read the documents as one folder")
    parser.add_argument("--remaining", action="store_true", help="print what the setting balanced corrects wrongly")
    options = parser.parse_args()
    torch.set_num_threads(1)
    documents = [
        document for document in read_judged(options.data) if not options.held_out or is_held_out(document.package)
    ]
    nlp = spacy.blank("en")
    # Applied is what no rule leaves alone; the scores decide below.
    nlp.add_pipe("rnn_speller", config={"model": options.model, "threshold": 0.0})
    corrections = correct(nlp, documents, with_passages=options.read, with_names=options.folder)
    if options.folder:
        speller = cast(RnnSpeller, nlp.get_pipe("rnn_speller"))
        corrections = without_shared_words(documents, corrections, speller.is_listed_misspelling)
    print_head(*HEAD, text=2)
    for kind in CLASSES:
        for setting, threshold in THRESHOLDS.items():
            print_counts(kind, setting, *count(documents, corrections, kind, threshold))
    if options.remaining:
        print_remaining(documents, corrections, THRESHOLDS["balanced"])


def correct(
    nlp: Language, documents: list[JudgedDocument], *, with_passages: bool = False, with_names: bool = False
) -> list[list[dict[str, Any]]]:
    """Return the corrections of each document, applied or not; with names, those of the files are evidence."""
    docs = read_docs(nlp, documents) if with_passages else [nlp.make_doc(document.text) for document in documents]
    if with_names:
        for doc, document in zip(docs, documents, strict=True):
            doc._.source = (doc._.source or {}) | {"path": document.path, "part": ""}
    return [doc._.corrections for doc in nlp.pipe(docs)]


def read_docs(nlp: Language, documents: list[JudgedDocument]) -> list[Doc]:
    """Read the documents as text files, so that their passages and languages are known."""
    with TemporaryDirectory() as folder:
        for number, document in enumerate(documents):
            (Path(folder) / f"{number:05}.txt").write_text(document.text, encoding="utf-8", newline="")
        read = {int(Path(doc._.source["path"]).stem): doc for doc in docsight.read(folder, nlp=nlp)}
    docs = []
    for number, document in enumerate(documents):
        doc = read.get(number)
        # What is judged has offsets in the text as it is, which reading may change.
        docs.append(doc if doc is not None and doc.text == document.text else nlp.make_doc(document.text))
    return docs


def without_shared_words(
    documents: list[JudgedDocument],
    corrections: list[list[dict[str, Any]]],
    is_misspelling: Callable[[str], bool],
) -> list[list[dict[str, Any]]]:
    """Return the corrections of each document that a run over all of them may apply."""
    candidates = [[row for row in rows if row["applied"]] for rows in corrections]
    shared = SharedWords(word for rows in candidates for word in count_corrected(rows, is_misspelling))
    for document in documents:
        shared.add(document.text)
    return [[row for row in leave_shared_words(rows, shared.found) or rows if row["applied"]] for rows in candidates]


def verdicts_of(document: JudgedDocument, rows: list[dict[str, Any]]) -> list[str]:
    """Return the verdict on each correction; in another language, those that nobody judged are wrong."""
    gold = {(start, end): meant for start, end, meant in document.verdicts}
    found = [verdict(gold, (row["start"], row["end"]), row["suggestion"]) for row in rows]
    return ["wrong" if each == "new" and document.is_foreign else each for each in found]


def applied(rows: list[dict[str, Any]], threshold: float) -> list[dict[str, Any]]:
    return [row for row in rows if row["applied"] and row["score"] >= threshold]


def count(
    documents: list[JudgedDocument], corrections: list[list[dict[str, Any]]], kind: str, threshold: float
) -> tuple[Counter[str], int, int]:
    """Return the verdicts of what is applied at a threshold, the words, and the errors of the documents of a class."""
    verdicts, words, errors = Counter[str](), 0, 0
    for document, rows in zip(documents, corrections, strict=True):
        if document.kind == kind:
            words += len(document.text.split())
            errors += sum(meant is not None for _, _, meant in document.verdicts)
            verdicts.update(verdicts_of(document, applied(rows, threshold)))
    return verdicts, words, errors


def print_counts(kind: str, setting: str, verdicts: Counter[str], words: int, errors: int) -> None:
    judged = verdicts["right"] + verdicts["half"] + verdicts["wrong"]
    per_10_000 = 10_000 / max(words, 1)
    cells = [kind, setting, f"{words:,}", str(verdicts.total())]
    cells += [str(verdicts[name]) for name in ("right", "half", "wrong", "new")]
    cells.append(f"{verdicts['right'] / judged:.0%}" if judged else "-")
    cells += [f"{verdicts['wrong'] * per_10_000:.1f}", f"{verdicts.total() * per_10_000:.1f}"]
    cells.append(f"{verdicts['right']} of {errors}")
    print_row(*cells)


def print_remaining(documents: list[JudgedDocument], corrections: list[list[dict[str, Any]]], threshold: float) -> None:
    for document, rows in zip(documents, corrections, strict=True):
        changed = applied(rows, threshold)
        for row, found in zip(changed, verdicts_of(document, changed), strict=True):
            if found != "right":
                context = document.text[max(0, row["start"] - 40) : row["end"] + 40]
                shown = {name: row[name] for name in ("text", "suggestion", "score")}
                print(json.dumps({"verdict": found, "class": document.kind, **shown, "context": context}))


if __name__ == "__main__":
    main()
