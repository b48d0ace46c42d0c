"""`rnn_ner`: named entities by a BiLSTM-CRF, each with its calibrated probability."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from spacy.attrs import ENT_IOB, ENT_TYPE
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes
from docsight.bundle import Bundle
from docsight.components.annotation_conventions import AnnotationConventions
from docsight.components.base import NetworkPipe, Scorer
from docsight.components.date_spans import remove_weekdays_of_dates
from docsight.components.doc_spans import DocSpans, spans_of_tokens
from docsight.components.saving import fill_meta
from docsight.components.token_splits import split_tokens
from docsight.components.word_rows import WordRow, collect_rows
from docsight.errors import BundleError, ConfigError
from docsight.networks.calibration import calibrate, min_posteriors, read_calibration
from docsight.networks.document_memory import DOCUMENT_MEMORY
from docsight.networks.spans import RowSpans, ScoredSpan, search_rows
from docsight.networks.tagger import Tagger
from docsight.networks.word_vectors import WordVectors
from docsight.option_checks import is_number

_IOB_BEGIN = 3  # the value of `ent_iob` at the first token of an entity


class RnnNer(NetworkPipe):
    r"""Writes entities to `doc.ents` and their probabilities to `ent._.score`.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        threshold: The minimum probability of an entity that is written, from 0 to 1.
        overwrite_ents: Whether a predicted entity replaces existing entities that it overlaps; if not, it is dropped.
        spans_key: The key in `doc.spans` under which the entities are also written, with their probabilities in
            `attrs["scores"]`; None for no such group.
        min_score: If given, `doc.spans[spans_key]` lists all spans of up to 12 words with at least this probability
            instead of the entities, also overlapping ones. Above 0 and at most 1; needs `spans_key`.
        use_corrections: Whether to read words as corrected in `doc._.corrections`, if one token becomes one word.
            The correction must be applied and have a score of at least 0.7. For a capitalized word that is not in the
            model's vocabulary, a suggestion that is in the vocabulary needs a score of only 0.2.
        split_markup: Whether to look for entities inside tokens that contain markup, such as `[Rosa Lindt](https://…)`
            and `\textbf{Rosa}`. A token is split where an entity begins or ends inside it. The
            tokens of a Doc that was made of words, each followed by a space, are never split.
        document_memory: How much the evidence from all occurrences of a word in a document influences each occurrence,
            from 0 (not at all) to 1. See `docsight.networks.document_memory`.
        renamed: Labels to write instead of the model's own, such as {"PER": "PERSON"}. Entities whose label is renamed
            to None are not written. In the config of the component, this setting is called `labels`.
        options: model, device, lang, scorer; see `NetworkPipe`.

    Raises:
        ConfigError: A setting is invalid.
    """

    kind = "tagger"
    settings = (
        "threshold",
        "overwrite_ents",
        "spans_key",
        "min_score",
        "use_corrections",
        "split_markup",
        "document_memory",
        "renamed",
    )

    def __init__(
        self,
        vocab: SpacyVocab,
        name: str = "rnn_ner",
        *,
        threshold: float = 0.0,
        overwrite_ents: bool = False,
        spans_key: str | None = None,
        min_score: float | None = None,
        use_corrections: bool = True,
        split_markup: bool = True,
        document_memory: float = DOCUMENT_MEMORY,
        renamed: Mapping[str, str | None] | None = None,
        **options: Any,
    ) -> None:
        if not (is_number(threshold) and 0 <= threshold <= 1):
            raise ConfigError(f"{name}: expected a threshold from 0 to 1; found {threshold!r}.")
        if min_score is not None and not (is_number(min_score) and 0 < min_score <= 1):
            raise ConfigError(f"{name}: expected min_score to be above 0 and at most 1, or null; found {min_score!r}.")
        if min_score is not None and spans_key is None:
            raise ConfigError(
                f"{name}: min_score={min_score} needs spans_key, the key under which doc.spans lists the spans. "
                "Set spans_key, or leave out min_score."
            )
        if not (is_number(document_memory) and 0 <= document_memory <= 1):
            raise ConfigError(f"{name}: expected a document_memory from 0 to 1; found {document_memory!r}.")
        new_names = [label for label in (renamed or {}).values() if label is not None]
        if not all(isinstance(label, str) and label.strip() for label in new_names):
            raise ConfigError(f"{name}: expected labels to be renamed to non-empty strings or null; found {renamed}.")
        self.threshold = threshold
        self.overwrite_ents = overwrite_ents
        self.spans_key = spans_key
        self.min_score = min_score
        self.use_corrections = use_corrections
        self.split_markup = split_markup
        self.document_memory = document_memory
        self.renamed = dict(renamed or {})
        self._word_vectors: WordVectors | None = None
        super().__init__(vocab, name, **options)

    @property
    def labels(self) -> tuple[str, ...]:
        written = (self.renamed.get(label, label) for label in super().labels)
        return tuple(dict.fromkeys(label for label in written if label is not None))

    def predict(self, docs: Sequence[Doc]) -> list[DocSpans]:
        """Return for each Doc the entities, the spans that `min_score` lists, and the tokens to split."""
        network, vocabularies = cast(Tagger, self.bundle.network), self.bundle.vocabularies
        words, rows = collect_rows(
            docs,
            vocabularies["words"],
            use_corrections=self.use_corrections,
            split_markup=self.split_markup,
            skip_addresses=self._conventions.strip_titles,
        )
        if not words:
            return [DocSpans() for _ in docs]
        vectors = self._word_vectors
        if vectors is None or vectors.network is not network:  # the model is new
            vectors = WordVectors(network, vocabularies["words"], vocabularies["chars"], self.device)
            self._word_vectors = vectors
        found = search_rows(
            network,
            vectors(words),
            [torch.from_numpy(row.words) for row in rows],
            breaks=[row.breaks for row in rows],
            outside=[row.outside for row in rows],
            min_score=self.min_score and min_posteriors(self.min_score, self._calibration, network.labels),
            memory=self.document_memory,
        )
        return [self._in_tokens(row, words, spans) for row, spans in zip(rows, found, strict=True)]

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[DocSpans]) -> None:
        for doc, found in zip(docs, predictions, strict=True):
            if found.cuts:
                split_tokens(doc, found.cuts)
            self._keep_labels(doc.vocab)  # a sourced component may be in a pipeline with another vocabulary
            spans, scores = self._label(doc, found.best)
            # As with entities, the score of a component that was first stays.
            attributes.set_scores(zip(spans, scores, strict=True), overwrite=self.overwrite_ents)
            if self.spans_key is not None:
                listed, listed_scores = (spans, scores) if self.min_score is None else self._label(doc, found.likely)
                attributes.set_scores(zip(listed, listed_scores, strict=True), overwrite=False)
                attrs = {"scores": np.array(listed_scores, dtype=np.float32)}
                doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=listed, attrs=attrs)
            blocked = _blocked(doc)
            doc.set_ents(_merge(spans, doc.ents, blocked, overwrite=self.overwrite_ents), blocked=blocked)

    def _install(self, loaded: Bundle) -> None:
        if unknown := sorted(self.renamed.keys() - set(loaded.arguments["labels"])):
            raise ConfigError(
                f"{self.name}: labels renames {', '.join(unknown)}, but the model's labels are "
                f"{', '.join(loaded.arguments['labels'])}."
            )
        super()._install(loaded)

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        try:
            self._calibration = read_calibration(about.get("calibration"), cast(Tagger, network).labels)
        except ConfigError as err:
            raise BundleError(f"{self.name}: the config.json of the model: {err} Export the model again.") from err
        self._conventions = AnnotationConventions.read(about)
        super()._place(network, about)

    def _in_tokens(self, row: WordRow, words: Sequence[str], spans: RowSpans) -> DocSpans:
        """Return spans of words as spans of tokens, with calibrated scores; without those that are not written."""
        best, likely = (calibrate(found, self._calibration) for found in spans)
        breaks = frozenset(row.breaks)

        def word_at(at: int) -> str:
            return words[int(row.words[at])]

        mended = self._conventions.mend(best, word_at, len(row.words), breaks=breaks)
        if self.min_score is not None:
            if (label := self._conventions.date_label) is not None:
                likely = remove_weekdays_of_dates(likely, mended, word_at, label=label)
            likely = _mend_listed(likely, best, [span for span in mended if span.score >= self.min_score])
        return spans_of_tokens(
            row,
            [span for span in mended if self._new_label(span) is not None and span.score >= self.threshold],
            [span for span in likely if self._new_label(span) is not None],
        )

    def _new_label(self, span: ScoredSpan) -> str | None:
        """Return the label that is written for a span; None if it is not written."""
        return self.renamed.get(span.label, span.label)

    def _label(self, doc: Doc, found: Sequence[ScoredSpan]) -> tuple[list[Span], list[float]]:
        """Return found spans with the labels to write, and their scores; without those whose label is not written.

        Of spans that differ only in labels that get the same name, the one with the highest score counts.
        """
        scores: dict[tuple[int, int, str], float] = {}
        for span in found:
            label = self._new_label(span)
            if label is not None:
                key = (span.start, span.end, label)
                scores[key] = max(span.score, scores.get(key, 0.0))
        return [Span(doc, start, end, label=label) for start, end, label in scores], [*scores.values()]


@Language.factory(
    "rnn_ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "span._.score"],
    default_config={
        "model": "rnn_ner",
        "device": "auto",
        "threshold": 0.0,
        "overwrite_ents": False,
        "spans_key": None,
        "min_score": None,
        "use_corrections": True,
        "split_markup": True,
        "document_memory": DOCUMENT_MEMORY,
        "labels": {},
        "scorer": {"@scorers": "spacy.ner_scorer.v1"},
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_rnn_ner(
    nlp: Language,
    name: str,
    model: str,
    device: str,
    threshold: float,
    overwrite_ents: bool,
    spans_key: str | None,
    min_score: float | None,
    use_corrections: bool,
    split_markup: bool,
    document_memory: float,
    labels: dict[str, str | None],
    scorer: Scorer | None,
) -> RnnNer:
    """Construct the component; the weights are read on first use."""
    component = RnnNer(
        nlp.vocab,
        name,
        model=model,
        device=device,
        lang=nlp.lang or "",
        threshold=threshold,
        overwrite_ents=overwrite_ents,
        spans_key=spans_key,
        min_score=min_score,
        use_corrections=use_corrections,
        split_markup=split_markup,
        document_memory=document_memory,
        renamed=labels,
        scorer=scorer,
    )
    fill_meta(nlp, component)
    return component


def _mend_listed(
    likely: Sequence[ScoredSpan], best: Sequence[ScoredSpan], mended: Sequence[ScoredSpan]
) -> list[ScoredSpan]:
    """Return the spans that `min_score` lists, in order, with the entities among them as they are mended."""
    entities = {span[:3] for span in (*best, *mended)}
    return sorted([*mended, *(span for span in likely if span[:3] not in entities)])


def _blocked(doc: Doc) -> list[Span]:
    """Return the tokens that no entity may contain: `Doc.set_ents` marks them as begun, but of no type."""
    iob, kinds = doc.to_array([ENT_IOB, ENT_TYPE]).T
    return [doc[at : at + 1] for at in np.flatnonzero((iob == _IOB_BEGIN) & (kinds == 0))]


def _merge(predicted: list[Span], present: Sequence[Span], blocked: Sequence[Span], *, overwrite: bool) -> list[Span]:
    """Return the entities of a Doc without overlaps, and without predicted ones that contain a blocked token."""
    if blocked:
        closed = {span.start for span in blocked}
        predicted = [span for span in predicted if closed.isdisjoint(range(span.start, span.end))]
    if not present:
        return predicted
    first, second = (predicted, present) if overwrite else (present, predicted)
    taken = {token for span in first for token in range(span.start, span.end)}
    return filter_spans([*first, *(span for span in second if taken.isdisjoint(range(span.start, span.end)))])
