"""Checks of the labels that a tagger learns, those of its data, and those of its settings."""

import logging
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.annotated_documents import Document, names_in
from docsight_training.data.ner.corpus_reader import ONLY_CORPUS

log = logging.getLogger(__name__)

_PLAIN_LABEL = re.compile(r"(?!(?:true|false|null|nan|inf)$)[A-Za-z][A-Za-z_]+", re.IGNORECASE)  # to Hydra, a string
_MAX_SHOWN_LABELS = 8


def check_labels_of_documents(documents: Mapping[str, Sequence[Document]], labels: Collection[str]) -> None:
    """Refuse labels of the training text that are not learned, and warn of those of other texts, which are missed.

    Args:
        documents: By role: train, validation and test.
        labels: The labels to learn.

    Raises:
        DataError: The training text has another label.
    """
    unlearned: Counter[tuple[str, str]] = Counter()
    for role, of_role in documents.items():
        for document in of_role:
            for label, name in names_in([document]):
                if label in labels:
                    continue
                if role == "train":
                    where = "data" if document.corpus == ONLY_CORPUS else document.corpus
                    raise DataError(
                        f"{where}: the label {label!r} of {' '.join(name)!r} is not among the labels to "
                        f"learn, {', '.join(labels)}. Add it to data.labels, or map the labels to learn from those of "
                        f"the data, which drops all others: {_fold_of(labels)}."
                    )
                unlearned[role, label] += 1
    for (role, label), count in unlearned.items():
        log.warning(
            "The label %s is only in the split for %s and not among the labels to learn: its %d spans count as "
            "missed. Add training examples, or fold it with data.fold.",
            label,
            role,
            count,
        )


def _fold_of(labels: Collection[str]) -> str:
    """Return the option that keeps some labels and drops all others; its name alone if its value would need quotes."""
    if len(labels) > _MAX_SHOWN_LABELS or not all(map(_PLAIN_LABEL.fullmatch, labels)):
        return "data.fold"
    return f"'data.fold={{{', '.join(f'{label}: [{label}]' for label in labels)}}}'"


def warn_of_unseen_labels(labels: Sequence[str], seen: Collection[str]) -> None:
    """Warn of labels to learn without a training example."""
    if unseen := [label for label in labels if label not in seen]:
        log.warning("data.labels: no training text has %s, so the model will not find any.", ", ".join(unseen))


def check_exchange(exchange: Mapping[str, Mapping[str, float]], labels: Collection[str]) -> None:
    """Check the labels of `data.augment.exchange`.

    Raises:
        ConfigError: One is not learned.
    """
    named = {*exchange, *(other for chances in exchange.values() for other in chances)}
    if unknown := sorted(named - set(labels)):
        raise ConfigError(
            f"data.augment.exchange: expected labels to learn, {', '.join(labels)}; found {', '.join(unknown)}."
        )
