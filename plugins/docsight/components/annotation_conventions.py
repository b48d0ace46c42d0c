"""How the entities of a model were annotated, and entities that are mended to agree with it."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from docsight.components.amount_spans import remove_false_amounts
from docsight.components.date_spans import repair_dates
from docsight.components.false_names import remove_false_names
from docsight.components.inverted_names import PERSON_LABELS, join_inverted_names
from docsight.components.organization_names import complete_organizations
from docsight.components.person_names import complete_persons
from docsight.components.person_titles import trim_titles
from docsight.components.place_names import complete_places
from docsight.components.word_rows import WordAt
from docsight.errors import BundleError
from docsight.networks.spans import ScoredSpan


@dataclass(frozen=True, kw_only=True)
class AnnotationConventions:
    """The conventions of the text that a model was trained on, as `config.json` states them.

    Other models may have been trained with titles in names, or with a label DATE that means something else.

    Args:
        strip_titles: Whether names are annotated as in the recipe of the shipped model: titles are no part of a name
            (President [Roosevelt]), `Jr.` is one, and addresses, standards, files and codes are no names.
        date_label: The label of days, months, years and longer periods; None if there is none.
        amount_labels: The labels of sums of money, percentages, times of day and quantities.
    """

    strip_titles: bool = False
    date_label: str | None = None
    amount_labels: tuple[str, ...] = ()

    @classmethod
    def read(cls, about: Mapping[str, Any]) -> "AnnotationConventions":
        """Return the conventions that the config of a model states; models of docsight 0.1.0 state none.

        Raises:
            BundleError: A convention has the wrong type.
        """
        strip_titles, date_label = about.get("strip_titles", False), about.get("date_label")
        if not isinstance(strip_titles, bool):
            raise BundleError(f"config.json, strip_titles: expected true or false; found {strip_titles!r}.")
        if not isinstance(date_label, str | None):
            raise BundleError(f"config.json, date_label: expected a label or null; found {date_label!r}.")
        amount_labels = about.get("amount_labels", [])
        if not isinstance(amount_labels, list) or not all(isinstance(label, str) for label in amount_labels):
            raise BundleError(f"config.json, amount_labels: expected a list of labels; found {amount_labels!r}.")
        return cls(strip_titles=strip_titles, date_label=date_label, amount_labels=tuple(amount_labels))

    def with_labels(self, labels: Collection[str], *, of: "AnnotationConventions") -> "AnnotationConventions":
        """Return these conventions, with those of another model for the labels that come from it."""
        return AnnotationConventions(
            strip_titles=of.strip_titles if set(PERSON_LABELS) & set(labels) else self.strip_titles,
            date_label=of.date_label if of.date_label in labels else self.date_label,
            amount_labels=(
                *self.amount_labels,
                *(label for label in of.amount_labels if label in labels and label not in self.amount_labels),
            ),
        )

    def mend(
        self, spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int, *, breaks: Set[int] = frozenset()
    ) -> Sequence[ScoredSpan]:
        """Return the entities of a row with names, titles and dates mended, and without false names and amounts.

        Args:
            spans: The entities, in words, in order.
            word_at: Returns a word of the row.
            num_words: The number of words of the row.
            breaks: The words that no entity continues beyond.
        """
        if self.strip_titles:
            spans = remove_false_names(spans, word_at, num_words)
            spans = complete_places(spans, word_at, num_words)
            spans = complete_organizations(spans, word_at, breaks=breaks)
            spans = complete_persons(spans, word_at, num_words, breaks=breaks)
            spans = trim_titles(spans, word_at, num_words)
        spans = join_inverted_names(spans, word_at, num_words)
        if self.date_label is not None:
            spans = repair_dates(spans, word_at, label=self.date_label)
        return remove_false_amounts(spans, word_at, labels=self.amount_labels) if self.amount_labels else spans
