"""A spaCy pipeline with `rnn_ner` as the NLP engine of presidio-analyzer; needs the extra "redact"."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from docsight.attributes import span_score
from docsight.errors import MissingExtraError

try:
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
except ImportError as err:
    raise MissingExtraError("The NLP engine for presidio", "redact") from err

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

# presidio's names of our labels. Other labels keep their names.
PRESIDIO_TYPES = {"PER": "PERSON", "LOC": "LOCATION", "GPE": "LOCATION", "ORG": "ORGANIZATION"}
PRESIDIO_TYPES |= {"DATE": "DATE_TIME", "NORP": "NRP"}
DEFAULT_SCORE = 0.85  # of an entity without a probability, as in presidio


class DocsightNlpEngine(NlpEngine):
    """Passes entities on to presidio with their probabilities.

    Args:
        nlp: A pipeline that finds names.
        spans_key: The key in `doc.spans` of the spans to pass on, as in `rnn_ner`; None for `doc.ents`.
    """

    def __init__(self, nlp: "Language", *, spans_key: str | None = None) -> None:
        self.nlp = nlp
        self._spans_key = spans_key

    def load(self) -> None:
        """Do nothing: the pipeline is loaded."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return self.artifacts(self.nlp(text), language)

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        for doc in self.nlp.pipe(texts, batch_size=batch_size, n_process=n_process):
            yield doc.text, self.artifacts(doc, language)

    def is_stopword(self, word: str, language: str) -> bool:
        return bool(self.nlp.vocab[word].is_stop)

    def is_punct(self, word: str, language: str) -> bool:
        return bool(self.nlp.vocab[word].is_punct)

    def get_supported_entities(self) -> list[str]:
        return sorted(set(PRESIDIO_TYPES.values()))

    def get_supported_languages(self) -> list[str]:
        return [self.nlp.lang or "en"]

    def artifacts(self, doc: "Doc", language: str) -> NlpArtifacts:
        """Return what presidio needs to know about a Doc that went through the pipeline."""
        entities, scores = _scored_spans(doc, self._spans_key)
        return NlpArtifacts(
            entities=entities,
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.lemma_ or token.lower_ for token in doc],
            nlp_engine=self,
            language=language,
            scores=scores,
        )


def _scored_spans(doc: "Doc", spans_key: str | None) -> tuple[list[Any], list[float]]:
    from spacy.tokens import Span

    found = list(doc.ents)
    scores = [DEFAULT_SCORE if (score := span_score(ent)) is None else float(score) for ent in found]
    if spans_key is not None and spans_key in doc.spans:
        group = doc.spans[spans_key]
        found.extend(group)
        scores.extend(map(float, group.attrs["scores"]))
    named = [Span(doc, ent.start, ent.end, label=PRESIDIO_TYPES.get(ent.label_, ent.label_)) for ent in found]
    return named, scores
