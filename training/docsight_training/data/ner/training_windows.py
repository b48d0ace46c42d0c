"""The training text of an epoch, cut into windows and sorted into batches."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from docsight.batching import batches_by_cost
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.augment import TextAugment
from docsight_training.data.ner.corpora import Corpus
from docsight_training.data.ner.ner_batches import cut_windows
from docsight_training.data.ner.rehearsal import Rehearsal
from docsight_training.data.ner.templates import TemplateFiller

TEMPLATES = "templates"  # the corpus name of sentences made from templates

Window = tuple[str, Sentence]  # with the name of its corpus


@dataclass(kw_only=True)
class TrainingWindows:
    """Draws the batches of an epoch.

    Args:
        documents: The annotated documents.
        corpora: The corpora of the documents by name.
        rehearsal: The documents and open text as a model to keep labels them; None for none.
        filler: Fills templates with names; None for none.
        templates: The number of template sentences in an epoch.
        silver: The documents that a teacher has labelled.
        silver_tokens: The approximate number of their tokens in an epoch.
        augment: Changes the text; None for no changes.
        window: The maximum number of tokens in a window.
        batch_tokens: The approximate number of tokens in a batch.
    """

    documents: Sequence[Document]
    corpora: Mapping[str, Corpus]
    rehearsal: Rehearsal | None
    filler: TemplateFiller | None
    templates: int
    silver: Sequence[Document]
    silver_tokens: int
    augment: TextAugment | None
    window: int
    batch_tokens: int

    def batches(self, rng: random.Random) -> list[list[Window]]:
        """Return the batches, all annotated or all labelled by the teacher: each kind has a loss of its own."""
        annotated = self._annotated(rng)
        if self.rehearsal is not None:
            annotated += self._cut_up_to(_num_tokens(annotated), self.rehearsal.open_documents(rng), rng)
        if self.filler is not None:
            annotated += [(TEMPLATES, sentence) for sentence in self.filler.fill(self.templates, rng)]
        silver = self._cut_up_to(self.silver_tokens, rng.sample(self.silver, len(self.silver)), rng)
        batches = [*self._sort(annotated, rng), *self._sort(silver, rng)]
        rng.shuffle(batches)
        return batches

    def _annotated(self, rng: random.Random) -> list[Window]:
        windows: list[Window] = []
        for number, document in enumerate(self.documents):
            if self.rehearsal is not None:
                document = self.rehearsal.version(number, rng)
            corpus = self.corpora[document.corpus]
            for _ in range(corpus.repeat):
                windows += self._cut(document, rng, rename=not corpus.terse)
        return windows

    def _cut_up_to(self, max_tokens: int, documents: Iterable[Document], rng: random.Random) -> list[Window]:
        """Cut documents until they have about `max_tokens`."""
        windows: list[Window] = []
        size = 0
        for document in documents:
            if size >= max_tokens:
                break
            of_document = self._cut(document, rng, rename=False)
            size += _num_tokens(of_document)
            windows += of_document
        return windows

    def _cut(self, document: Document, rng: random.Random, *, rename: bool) -> list[Window]:
        sentences = document.sentences
        if self.augment:
            sentences = self.augment(sentences, rng, rename=rename)
        return [(document.corpus, window) for window in cut_windows(sentences, self.window, rng)]

    def _sort(self, windows: list[Window], rng: random.Random) -> list[list[Window]]:
        """Put windows of similar length into a batch."""
        rng.shuffle(windows)
        lengths = [len(sentence.tokens) for _, sentence in windows]
        return [[windows[n] for n in batch] for batch in batches_by_cost(lengths, max_cost=self.batch_tokens)]


def _num_tokens(windows: Iterable[Window]) -> int:
    return sum(len(sentence.tokens) for _, sentence in windows)
