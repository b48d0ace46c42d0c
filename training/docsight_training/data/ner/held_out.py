"""Hold out a part of the training text of a corpus that has no split for validation or test."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from docsight.errors import DataError
from docsight_training.data.ner.annotated_documents import Document, names_in
from docsight_training.data.splits import check_fractions, hold_out_groups

_MAX_BLOCKS = 20  # that the only document of a corpus is divided into, to hold out some of them


@dataclass(frozen=True)
class HoldOut:
    """What is held out from the training text of a corpus that has no split for it.

    Args:
        validation: The fraction for validation; None or 0 for nothing.
        test: The fraction for the test; None or 0 for nothing.
        seed: Decides which documents are held out.
    """

    validation: float | None = None
    test: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        check_fractions(validation=self.validation, test=self.test)


def hold_out_documents(name: str, parts: dict[str, list[Document]], hold_out: HoldOut, notes: list[str]) -> None:
    """Move documents of the training split to those of validation and test that are missing."""
    if parts["test"] and hold_out.test:
        notes.append(f"{name}: there is a split for the test, so data.test={hold_out.test:g} has no effect.")
    fractions = {"validation": hold_out.validation, "test": hold_out.test}
    missing = {role: fraction for role, fraction in fractions.items() if fraction and not parts[role]}
    if missing and len(parts["train"]) == 1:
        parts["train"] = _divide(parts["train"][0])
        notes.append(f"{name}: the training split is one document, so a part of it is held out.")
    size = _num_tokens(parts["train"])
    for role, fraction in missing.items():
        groups = _group(parts["train"])
        chosen = hold_out_groups(
            [(_num_tokens(group), (label for label, _ in names_in(group))) for group in groups],
            fraction * size / _num_tokens(parts["train"]),
            random.Random(f"{hold_out.seed}-{role}"),
        )
        if not chosen:
            raise DataError(
                f"{name}: there is no split for {role}, and the training split is one text or copies of it, so none "
                f"can be held out. Add a file named {role}{', or pass data.test=0' if role == 'test' else ''}."
            )
        held = {id(document) for number in chosen for document in groups[number]}
        whole = parts["train"]
        parts[role] = [document for document in whole if id(document) in held]
        parts["train"] = [document for document in whole if id(document) not in held]
        notes.append(
            f"{name}: there is no split for {role}, so {len(parts[role]):,} of {len(whole):,} training texts are held "
            f"out (data.{role}={fraction:g})."
        )


def _group(documents: Iterable[Document]) -> list[list[Document]]:
    """Group the parts of one document, and texts that are the same."""
    groups: dict[object, list[Document]] = {}
    for document in documents:
        key = document.id or tuple(token for sentence in document.sentences for token in sentence.tokens)
        groups.setdefault(key, []).append(document)
    return list(groups.values())


def _divide(document: Document) -> list[Document]:
    """Divide a document into blocks of consecutive sentences, of about the same number, as documents without an id."""
    sentences = document.sentences
    step = -(-len(sentences) // _MAX_BLOCKS)
    blocks = (sentences[start : start + step] for start in range(0, len(sentences), step))
    return [replace(document, sentences=block, id=None) for block in blocks]


def _num_tokens(documents: Iterable[Document]) -> int:
    return sum(document.num_tokens for document in documents)
