"""Redaction of texts, and presidio's analysis, with one pipeline. Only the thread of the models may call it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docsight.redaction.redaction_options import RedactionOptions
from docsight.redaction.redactor import redact_text
from docsight.serve.services.client_recognizers import ClientMatcher, ClientPatterns

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

    def analyze(
        self, texts: Sequence[str], patterns: ClientPatterns | None = None, **options: Any
    ) -> list[list[dict[str, Any]]]:
        """Return what presidio's analyzer finds in texts.

        Args:
            texts: The texts.
            patterns: Recognizers and allowed words of a client.
            options: Options of `AnalyzerEngine.analyze`.

        Raises:
            DataError: A regular expression is not valid or takes too long.
        """
        analyzer = self._detector(RedactionOptions()).analyzer
        matcher = ClientMatcher(patterns or ClientPatterns())
        if matcher.recognizers:
            options["ad_hoc_recognizers"] = matcher.recognizers
        with self._nlp.memory_zone():
            found = (matcher.without_allowed(text, analyzer.analyze(text, **options)) for text in texts)
            return [[_plain_result(each) for each in results] for results in found]

    def recognizers(self, language: str) -> list[str]:
        """Return the names of presidio's recognizers, each once: several patterns may share one."""
        recognizers = self._detector(RedactionOptions()).analyzer.get_recognizers(language)
        return list(dict.fromkeys(each.name for each in recognizers))

    def entity_types(self, language: str) -> list[str]:
        """Return the types of entities that presidio finds, by its own names."""
        return sorted(self._detector(RedactionOptions()).analyzer.get_supported_entities(language))


def _plain_result(result: "RecognizerResult") -> dict[str, Any]:
    """Return a result as presidio's own server writes it: plain JSON, without what it needs internally."""
    fields = {key: value for key, value in result.to_dict().items() if key != "recognition_metadata"}
    if (explanation := result.analysis_explanation) is not None:
        fields["analysis_explanation"] = explanation.to_dict()
    return fields
