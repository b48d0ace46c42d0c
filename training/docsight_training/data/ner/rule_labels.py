"""Labels that rules annotate: dates and amounts of which a rule is sure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from docsight.errors import ConfigError
from docsight_training.data.ner.amounts import AMOUNT_LABELS, add_amounts, add_amounts_to, possible_amounts
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.dates import add_dates, may_be_date

OUTSIDE_POLICY, MARGINAL_POLICY = "outside", "marginalise"


@dataclass(frozen=True)
class RuleLabels:
    """Annotates dates and amounts in text whose corpus does not.

    Args:
        date_label: The label of dates; None for no rule.
        amount_labels: Labels of `AMOUNT_LABELS`.
        unknown_labels: What a token outside all spans means for labels that its corpus does not annotate. Rules do not
            find everything, so they need `marginalise`.

    Raises:
        ConfigError: A value is unknown.
    """

    date_label: str | None
    amount_labels: tuple[str, ...]
    unknown_labels: str

    def __post_init__(self) -> None:
        if self.unknown_labels not in (OUTSIDE_POLICY, MARGINAL_POLICY):
            raise ConfigError(f"data.unknown_labels: expected outside or marginalise; found {self.unknown_labels!r}.")
        if unknown := sorted(set(self.amount_labels) - set(AMOUNT_LABELS)):
            raise ConfigError(
                f"data.amount_labels: expected labels of {', '.join(AMOUNT_LABELS)}; found {', '.join(unknown)}."
            )

    @property
    def marginalises(self) -> bool:
        return self.unknown_labels == MARGINAL_POLICY

    @property
    def annotate_sentence(self) -> Callable[[Sentence], Sentence] | None:
        """A function that adds the amounts of a sentence; None if there are no labels for them."""
        return self._with_amounts if self.amount_labels else None

    def possible(self) -> dict[str, Callable[[Sequence[str]], list[bool]]]:
        """Return by label the function that says of each token whether it may have this label."""
        dates = {} if self.date_label is None else {self.date_label: may_be_date}
        return {**dates, **possible_amounts(self.amount_labels)}

    def annotate(
        self, documents: Sequence[Document], *, labels: Sequence[str], unannotated: Mapping[str, frozenset[str]]
    ) -> list[Document]:
        """Return training documents with the dates and amounts that rules are sure of.

        Args:
            documents: The documents.
            labels: The labels to learn.
            unannotated: By the name of a corpus, those of them that it does not annotate.

        Raises:
            ConfigError: A rule is needed, and `unknown_labels` does not fit it.
        """
        dated = self._add_dates(documents, unannotated) if self.date_label in labels else list(documents)
        return self._add_amounts(dated, unannotated)

    def _add_dates(self, documents: Sequence[Document], unannotated: Mapping[str, frozenset[str]]) -> list[Document]:
        undated = {name for name, missing in unannotated.items() if self.date_label in missing}
        if undated and not self.marginalises:
            raise ConfigError(
                f"data.date_label={self.date_label}: the rule does not find all dates of "
                f"{', '.join(sorted(undated))}, so it needs data.unknown_labels=marginalise; found "
                f"{self.unknown_labels!r}. Set it, or pass data.date_label=null."
            )
        return [add_dates(document) if document.corpus in undated else document for document in documents]

    def _add_amounts(self, documents: Sequence[Document], unannotated: Mapping[str, frozenset[str]]) -> list[Document]:
        missing = {
            name: [label for label in self.amount_labels if label in labels] for name, labels in unannotated.items()
        }
        if any(missing.values()) and not self.marginalises:
            raise ConfigError(
                f"data.amount_labels={list(self.amount_labels)}: the rule does not find all of them, so it needs "
                f"data.unknown_labels=marginalise; found {self.unknown_labels!r}. Set it, or pass "
                "data.amount_labels=null."
            )
        return [
            add_amounts_to(document, missing[document.corpus], date_label=self.date_label) for document in documents
        ]

    def _with_amounts(self, sentence: Sentence) -> Sentence:
        return add_amounts(sentence, self.amount_labels)
