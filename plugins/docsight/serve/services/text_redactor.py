"""Redaction of texts, and presidio's analysis, with one pipeline. Only the thread of the models may call it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docsight.redaction.redaction_options import RedactionOptions
from docsight.redaction.redactor import redact_text

if TYPE_CHECKING:
    from presidio_analyzer import RecognizerResult
    from spacy.language import Language

_MAX_DETECTORS = 16  # that are kept, one for each set of options


class TextRedactor:
    """Redacts texts.

    Args:
        nlp: The pipeline, with a component that finds names.

    Raises:
        MissingExtraError: presidio-analyzer is not installed.
        ConfigError: The pipeline finds no names.
    """

    def __init__(self, nlp: "Language") -> None:
        from docsight.redaction.recognition import Detector

        self._nlp = nlp
        self._detector = lru_cache(_MAX_DETECTORS)(lambda options: Detector(nlp, options))
        self._detector(RedactionOptions())

    def redact(self, text: str, options: RedactionOptions) -> dict[str, Any]:
        """Return a text without names and ids, and what was replaced."""
        detector = self._detector(options)
        with self._nlp.memory_zone():
            with detector.low_posteriors():
                doc = self._nlp(text)
            redacted = redact_text(text, detector.detect(doc), options)
        return {"text": redacted.text, "redactions": [each.record() for each in redacted.redactions]}

    def analyze(self, texts: Sequence[str], **options: Any) -> list[list[dict[str, Any]]]:
        """Return what presidio's analyzer finds in texts; the options are those of `AnalyzerEngine.analyze`."""
        detector = self._detector(RedactionOptions())
        with self._nlp.memory_zone():
            return [[_plain_result(each) for each in detector.analyzer.analyze(text, **options)] for text in texts]

    def recognizers(self, language: str) -> list[str]:
        """Return the names of presidio's recognizers."""
        return [each.name for each in self._detector(RedactionOptions()).analyzer.get_recognizers(language)]

    def entity_types(self, language: str) -> list[str]:
        """Return the types of entities that presidio finds, by its own names."""
        return sorted(self._detector(RedactionOptions()).analyzer.get_supported_entities(language))


def _plain_result(result: "RecognizerResult") -> dict[str, Any]:
    """Return a result as presidio's own server writes it: plain JSON, without what it needs internally."""
    fields = {key: value for key, value in result.to_dict().items() if key != "recognition_metadata"}
    if (explanation := result.analysis_explanation) is not None:
        fields["analysis_explanation"] = explanation.to_dict()
    return fields
