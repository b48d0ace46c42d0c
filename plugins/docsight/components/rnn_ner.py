"""`rnn_ner`: named entities by a BiLSTM-CRF, each with its exact posterior probability."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from spacy.attrs import ENT_IOB, ENT_TYPE, ORTH, SENT_START
from spacy.language import Language
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example
from spacy.util import filter_spans
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes
from docsight.bundle import Bundle
from docsight.components.base import NetworkPipe
from docsight.corrections import CorrectionRow, applied_rows
from docsight.errors import BundleError, ConfigError
from docsight.networks.calibration import calibrate, read_calibration
from docsight.networks.spans import ScoredSpan, encode_words, find_spans, word_types
from docsight.networks.tagger import Tagger
from docsight.vocab import UNK, Vocab

# The minimum score of a correction that is read instead of the word as written. The second is for a capitalised word
# that the network has no vector for, while it has one for the suggestion: the letters of a misspelled name say
# little about it. Both were chosen on the validation sets.
_MIN_CORRECTION_SCORE, _MIN_SCORE_OF_KNOWN_NAME = 0.7, 0.2
_IOB_BEGIN = 3  # the value of `ent_iob` at the first token of an entity


@Language.factory(
    "rnn_ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type", "span._.score"],
    default_config={
        "model": "rnn_ner",
        "device": "auto",
        "threshold": 0.0,
        "overwrite_ents": False,
        "spans_key": None,
        "use_corrections": True,
        "labels": {},
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
    use_corrections: bool,
    labels: dict[str, str],
) -> "RnnNer":
    """Construct the component; the weights are read on first use."""
    return RnnNer(
        nlp.vocab,
        name,
        model=model,
        device=device,
        lang=nlp.lang or "",
        threshold=threshold,
        overwrite_ents=overwrite_ents,
        spans_key=spans_key,
        use_corrections=use_corrections,
        renamed=labels,
    )


class RnnNer(NetworkPipe):
    """Writes entities to `doc.ents` and their probabilities to `ent._.score`.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        threshold: Entities less probable than this, from 0 to 1, are not written.
        overwrite_ents: Whether a predicted entity replaces existing entities that it overlaps; otherwise the
            existing ones stay.
        spans_key: The key in `doc.spans` under which all entities are written, with `attrs["scores"]`, or None.
        use_corrections: Whether to read words as corrected in `doc._.corrections`, where one token becomes one word.
            The correction must be applied and have a score of at least 0.7. For a capitalised word that the network
            does not know, a suggestion that it knows needs a score of only 0.2.
        renamed: Labels to write instead of the model's own, such as {"PER": "PERSON"}.
        options: model, device, lang; see `NetworkPipe`.
    """

    kind = "tagger"
    settings = ("threshold", "overwrite_ents", "spans_key", "use_corrections", "renamed")

    def __init__(
        self,
        vocab: SpacyVocab,
        name: str = "rnn_ner",
        *,
        threshold: float = 0.0,
        overwrite_ents: bool = False,
        spans_key: str | None = None,
        use_corrections: bool = True,
        renamed: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            raise ConfigError(f"{name}: expected a threshold from 0 to 1; found {threshold!r}.")
        if not all(isinstance(label, str) and label.strip() for label in (renamed or {}).values()):
            raise ConfigError(f"{name}: expected labels to be renamed to non-empty strings; found {renamed}.")
        self.threshold = threshold
        self.overwrite_ents = overwrite_ents
        self.spans_key = spans_key
        self.use_corrections = use_corrections
        self.renamed = dict(renamed or {})
        super().__init__(vocab, name, **options)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.renamed.get(label, label) for label in super().labels))

    def predict(self, docs: Sequence[Doc]) -> list[list[ScoredSpan]]:
        """Return the entities of each Doc in tokens, without those below the threshold."""
        network = cast(Tagger, self.bundle.network)
        words, rows, tokens, breaks = self._collect_words(docs)
        if not words:
            return [[] for _ in docs]
        vocabularies = self.bundle.vocabularies
        types = word_types(words, vocab=vocabularies["words"], chars=vocabularies["chars"])
        encoded = encode_words(network, types.to(self.device))
        found = find_spans(network, encoded, rows, breaks=breaks)
        spans_of_rows = [calibrate(spans, self._calibration) for spans in found]
        return [
            [
                ScoredSpan(int(at[span.start]), int(at[span.end - 1]) + 1, span.label, span.score)
                for span in spans
                if span.score >= self.threshold
            ]
            for at, spans in zip(tokens, spans_of_rows, strict=True)
        ]

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[list[ScoredSpan]]) -> None:
        for doc, entities in zip(docs, predictions, strict=True):
            spans = [Span(doc, start, end, label=self.renamed.get(label, label)) for start, end, label, _ in entities]
            self._keep_labels(doc.vocab)  # a sourced component may be in a pipeline with another vocabulary
            doc.user_data.setdefault(attributes.USER_DATA_KEY, {})[self.name] = {
                "size": attributes.text_size(doc),
                "entities": [
                    [span.start_char, span.end_char, span.label_, entity.score]
                    for span, entity in zip(spans, entities, strict=True)
                ],
            }
            if self.spans_key is not None:
                scores = np.array([entity.score for entity in entities], dtype=np.float32)
                doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=spans, attrs={"scores": scores})
            blocked = _blocked(doc)
            doc.set_ents(_merge(spans, doc.ents, blocked, overwrite=self.overwrite_ents), blocked=blocked)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score predicted against gold entities, like spaCy's own `ner`."""
        return get_ner_prf(examples)

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
        super()._place(network, about)

    def _collect_words(
        self, docs: Sequence[Doc]
    ) -> tuple[list[str], list[torch.Tensor], list[np.ndarray], list[list[int]]]:
        """Collect the distinct words of Docs, without white space.

        Also returns, for each Doc, its words as indices into them, (words,), the token of each word, (words,), and the
        words that no entity continues beyond.
        """
        joined = np.concatenate([*(doc.to_array(ORTH) for doc in docs), np.zeros(0, np.uint64)])
        distinct, first, index = np.unique(joined, return_index=True, return_inverse=True)
        # The string of a word is looked up in its own Doc, which after pickling may have its own vocabulary.
        owners = np.searchsorted(np.cumsum([len(doc) for doc in docs]), first, side="right")
        words = [docs[owner].vocab.strings[int(key)] for key, owner in zip(distinct, owners, strict=True)]
        spaces = np.array([word.isspace() or not word for word in words], dtype=bool)
        blank = np.array([word.count("\n") > 1 for word in words], dtype=bool) & spaces
        rows, tokens, breaks, start = [], [], [], 0
        for doc in docs:
            row = np.array(index[start : start + len(doc)])
            start += len(doc)
            is_word = ~spaces[row]
            last_word = np.cumsum(is_word) - 1  # the last word at or before each token
            breaks.append(_breaks(doc, last_word, blank[row]))
            if self.use_corrections:
                for token, word in _corrected_words(doc, self.bundle.vocabularies["words"]):
                    row[token] = len(words)
                    words.append(word)
            rows.append(torch.from_numpy(row[is_word]))
            tokens.append(is_word.nonzero()[0])
        return words, rows, tokens, breaks


def _breaks(doc: Doc, last_word: np.ndarray, blank: np.ndarray) -> list[int]:
    """Return the words before a blank line or, where sentence boundaries are annotated, at the end of a sentence.

    `last_word`, (tokens,), is the last word at or before each token, -1 for none; `blank`, (tokens,), whether a token
    is white space with a blank line.
    """
    ends = [last_word[blank]]
    if doc.has_annotation("SENT_START"):
        starts = np.flatnonzero(doc.to_array(SENT_START) == 1)
        ends.append(last_word[starts[starts > 0] - 1])
    return [int(at) for at in np.unique(np.concatenate(ends)) if at >= 0]


def _corrected_words(doc: Doc, vocab: Vocab) -> list[tuple[int, str]]:
    """Return the tokens that are read as another word; corrections that split or join words are ignored."""
    rows = attributes.corrections(doc)
    applied = applied_rows(rows, attributes.text_size(doc))
    words: dict[int, str] = {}
    for row in [*applied, *(row for row in rows if not row["applied"])]:
        if row["suggestion"] and not any(char.isspace() for char in row["suggestion"]):
            span = doc.char_span(row["start"], row["end"])
            if span is not None and len(span) == 1 and _is_reliable(row, span.text, vocab):
                words.setdefault(span.start, row["suggestion"])
    return list(words.items())


def _is_reliable(row: CorrectionRow, typed: str, vocab: Vocab) -> bool:
    """Return whether a correction is certain enough to be read; without a score, whether it is applied."""
    score = row.get("score", float(row["applied"]))
    if row["applied"] and score >= _MIN_CORRECTION_SCORE:
        return True
    is_unknown_name = typed[:1].isupper() and vocab.word_id(typed) == UNK
    return bool(is_unknown_name and score >= _MIN_SCORE_OF_KNOWN_NAME and vocab.word_id(row["suggestion"]) != UNK)


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
