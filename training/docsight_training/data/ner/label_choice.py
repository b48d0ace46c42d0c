"""Which labels a tagger learns, and which of them a corpus does not annotate."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class LabelChoice:
    """The labels of a tagger.

    Attributes:
        labels: The labels to learn, in the order of the network's tags; those of the old model come first.
        kept: The labels of the old model that are kept although the training text does not annotate them.
    """

    labels: list[str]
    kept: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, annotated: Collection[str], *, given: Collection[str] | None, old: Collection[str] | None
    ) -> "LabelChoice":
        """Choose the labels.

        Args:
            annotated: The labels of the training text.
            given: The labels of the config; None or none for those of the training text.
            old: The labels of the old model, all of which are kept; None if they are not kept.
        """
        labels = list(given or sorted(annotated))
        if old is None:
            return cls(labels)
        return cls([*old, *(label for label in labels if label not in old)], frozenset(old) - set(annotated))

    def unannotated(self, annotates: Mapping[str, Collection[str] | None]) -> dict[str, frozenset[str]]:
        """Return the labels that corpora do not annotate.

        Args:
            annotates: By the name of a corpus, the labels that it annotates; None for all that are not kept.

        Returns:
            By the name of a corpus, the labels of which it says nothing.
        """
        return {
            name: self.kept if own is None else frozenset(self.labels) - set(own) for name, own in annotates.items()
        }
