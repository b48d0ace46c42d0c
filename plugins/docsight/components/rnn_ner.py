"""`rnn_ner`: entities by a BiLSTM-CRF, each with its exact posterior probability."""

from collections.abc import Iterable, Sequence
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

from docsight import attributes
from docsight.bundle import Bundle
from docsight.components.base import NetworkPipe
from docsight.corrections import Row, applied_rows
from docsight.errors import ConfigError
from docsight.networks.spans import ScoredSpan, encode_words, read_spans, word_types
from docsight.networks.tagger import Tagger
from docsight.vocab import UNK, Vocab

# How sure a correction must be to be read. A guess will do for a capitalised word that the network has no vector for,
# where it has one for the guess: the letters of a misspelt name tell little. Chosen on the validation sets.
SURE, LIKELY = 0.7, 0.2
_BEGUN = 3  # the value of `ent_iob` that opens an entity


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
    """Make the component; the weights are read on first use."""
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
    """Write the entities of Docs to `doc.ents`, their probabilities to `ent._.score`.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        threshold: An entity less probable than this, from 0 to 1, is not written.
        overwrite_ents: Whether an entity found here replaces those already there that it overlaps; otherwise
            those stay and it is dropped.
        spans_key: Where in `doc.spans` to write all entities found, with `attrs["scores"]`, or None.
        use_corrections: Whether to read words as `doc._.corrections` corrects them, where one token becomes one word:
            if the correction is applied and its score is 0.7 or more, or, of a capitalised word that the network does
            not know, if it knows the suggestion and the score is 0.2 or more.
        renamed: Labels to write in place of the model's own, such as {"PER": "PERSON"}.
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
            raise ConfigError(f"{name}: expected labels to be renamed to strings that are not empty; found {renamed}.")
        self.threshold = threshold
        self.overwrite_ents = overwrite_ents
        self.spans_key = spans_key
        self.use_corrections = use_corrections
        self.renamed = dict(renamed or {})
        super().__init__(vocab, name, **options)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the component writes."""
        return tuple(dict.fromkeys(self.renamed.get(label, label) for label in self.model_labels))

    def predict(self, docs: Sequence[Doc]) -> list[list[ScoredSpan]]:
        """Return the entities of each Doc by token, without those below the threshold."""
        network = cast(Tagger, self.bundle.network)
        words, rows, tokens, breaks = self._read(docs)
        if not words:
            return [[] for _ in docs]
        vocabularies = self.bundle.vocabularies
        types = word_types(words, vocab=vocabularies["words"], chars=vocabularies["chars"])
        encoded = encode_words(network, types.to(self.device))
        found = read_spans(network, encoded, rows, breaks=breaks)
        return [
            [
                ScoredSpan(int(at[span.start]), int(at[span.end - 1]) + 1, span.label, span.score)
                for span in spans
                if span.score >= self.threshold
            ]
            for at, spans in zip(tokens, found, strict=True)
        ]

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[list[ScoredSpan]]) -> None:
        """Write entities and their probabilities."""
        for doc, entities in zip(docs, predictions, strict=True):
            spans = [Span(doc, start, end, label=self.renamed.get(label, label)) for start, end, label, _ in entities]
            self._keep_labels(doc.vocab)  # a component can be given to a pipeline with another vocabulary
            attributes.results(doc)[self.name] = {
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
        """Score predicted against gold entities, as spaCy's own recognizer does."""
        return get_ner_prf(examples)

    def _install(self, loaded: Bundle) -> None:
        if strange := sorted(self.renamed.keys() - set(loaded.arguments["labels"])):
            raise ConfigError(
                f"{self.name}: labels renames {', '.join(strange)}, but the model's labels are "
                f"{', '.join(loaded.arguments['labels'])}."
            )
        super()._install(loaded)

    def _read(self, docs: Sequence[Doc]) -> tuple[list[str], list[torch.Tensor], list[np.ndarray], list[list[int]]]:
        """Read the words of Docs, white space left out.

        Returns:
            The distinct words; for each Doc its words as indexes into them, (words,), the token of each word,
            (words,), and the words behind which a sentence or paragraph ends.
        """
        hashes = [doc.to_array([ORTH]).astype(np.uint64).reshape(-1) for doc in docs]
        joined = np.concatenate([*hashes, np.zeros(0, np.uint64)])
        distinct, first, index = np.unique(joined, return_index=True, return_inverse=True)
        # A word's string is asked of the Doc it came in: after pickling, that may have a vocabulary of its own.
        owners = np.searchsorted(np.cumsum([len(doc) for doc in docs]), first, side="right")
        words = [docs[owner].vocab.strings[int(key)] for key, owner in zip(distinct, owners, strict=True)]
        spaces = np.array([word.isspace() or not word for word in words], dtype=bool)
        blank = np.array([word.count("\n") > 1 for word in words], dtype=bool) & spaces
        rows, tokens, breaks, start = [], [], [], 0
        for doc in docs:
            row = np.array(index[start : start + len(doc)])
            start += len(doc)
            is_word = ~spaces[row] if len(row) else np.zeros(0, dtype=bool)
            behind = np.cumsum(is_word) - 1  # the last word at or before each token
            breaks.append(_breaks(doc, behind, blank[row]))
            if self.use_corrections:
                for token, word in _corrected_words(doc, self.bundle.vocabularies["words"]):
                    row[token] = len(words)
                    words.append(word)
            rows.append(torch.from_numpy(row[is_word]))
            tokens.append(is_word.nonzero()[0])
        return words, rows, tokens, breaks


def _breaks(doc: Doc, behind: np.ndarray, blank: np.ndarray) -> list[int]:
    """Return the words behind which no entity goes on: before a blank line, and before a sentence where they are told.

    Args:
        doc: The Doc.
        behind: (tokens,), for each token the last word at or before it, -1 for none.
        blank: (tokens,), whether a token is white space with a blank line.
    """
    ends = [behind[blank]]
    if doc.has_annotation("SENT_START"):
        starts = np.flatnonzero(doc.to_array([SENT_START]).reshape(-1) == 1)
        ends.append(behind[starts[starts > 0] - 1])
    return [int(at) for at in np.unique(np.concatenate(ends)) if at >= 0] if len(doc) else []


def _corrected_words(doc: Doc, vocab: Vocab) -> list[tuple[int, str]]:
    """Return the tokens that are read as another word; splits and joins are left as written."""
    rows = attributes.corrections(doc)
    applied = applied_rows(rows, attributes.text_size(doc))
    words: dict[int, str] = {}
    for row in [*applied, *(row for row in rows if not row["applied"])]:
        if row["suggestion"] and not any(char.isspace() for char in row["suggestion"]):
            span = doc.char_span(row["start"], row["end"])
            if span is not None and len(span) == 1 and _is_read(row, span.text, vocab):
                words.setdefault(span.start, row["suggestion"])
    return list(words.items())


def _is_read(row: Row, typed: str, vocab: Vocab) -> bool:
    """Tell whether a correction is sure enough to be read; one that says nothing of its score is if it is applied."""
    score = row.get("score", float(row["applied"]))
    if row["applied"] and score >= SURE:
        return True
    is_strange = typed[:1].isupper() and vocab.word_id(typed) == UNK
    return bool(is_strange and score >= LIKELY and vocab.word_id(row["suggestion"]) != UNK)


def _blocked(doc: Doc) -> list[Span]:
    """Return the tokens that may be in no entity, as `Doc.set_ents` marks them: begun, but of no type."""
    iob, kinds = doc.to_array([ENT_IOB, ENT_TYPE]).T if len(doc) else ((), ())
    return [doc[at : at + 1] for at in np.flatnonzero((np.asarray(iob) == _BEGUN) & (np.asarray(kinds) == 0))]


def _merge(ours: list[Span], present: Sequence[Span], blocked: Sequence[Span], *, overwrite: bool) -> list[Span]:
    """Return the entities of a Doc without overlaps, and none where it is blocked."""
    if blocked:
        closed = {span.start for span in blocked}
        ours = [span for span in ours if closed.isdisjoint(range(span.start, span.end))]
    if not present:
        return ours
    first, second = (ours, present) if overwrite else (present, ours)
    taken = {token for span in first for token in range(span.start, span.end)}
    return filter_spans([*first, *(span for span in second if taken.isdisjoint(range(span.start, span.end)))])
