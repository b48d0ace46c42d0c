"""Find names and ids in a Doc with presidio-analyzer's recognizers; nothing is downloaded."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from docsight.errors import ConfigError, MissingExtraError
from docsight.redaction.common_words import common_non_names
from docsight.redaction.detections import Detection, trimmed
from docsight.redaction.folded_words import folded_words
from docsight.redaction.patterns import ADDRESSEE, ID_PATTERNS
from docsight.redaction.redaction_options import RedactionOptions

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_LANG = "en"  # of presidio's context words, such as "phone" before a number
_SPANS_KEY = "docsight_redaction"
_ID_THRESHOLD = 0.1  # presidio's scores of ids are no probabilities: a phone number has 0.4
_TYPE_OF_URLS = "URL"
# Our names of presidio's types. Others keep their names.
_TYPES = {"EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "IBAN_CODE": "IBAN", "CREDIT_CARD": "CARD"}
_TYPES |= {"IP_ADDRESS": "IP", "MAC_ADDRESS": "MAC", "DATE_TIME": "DATE", "NRP": "NORP"}
# Patterns of ids: those of all countries with a checksum, and others whose form is distinctive.
_RECOGNIZERS = (
    "CreditCard", "Crypto", "Iban", "Ip", "MacAddress", "MedicalLicense", "Phone", "Url",
    "UsBank", "UsItin", "UsMbi", "UsPassport", "UsSsn", "CaSin", "Nhs", "UkNino",
    "DeTaxId", "DeIdCard", "DeSocialSecurity", "EsNie", "EsNif", "FiPersonalIdentityCode", "ItFiscalCode", "PlPesel",
    "SePersonnummer", "TrNationalId", "AuTfn", "AuMedicare", "InAadhaar", "InPan", "KrRrn", "SgFin", "ZaIdNumber",
)  # fmt: skip


class Detector:
    """Finds what to remove in Docs of one pipeline; `analyzer` is presidio's engine.

    Raises:
        MissingExtraError: presidio-analyzer is not installed.
        ConfigError: The pipeline finds no names.
    """

    def __init__(self, nlp: "Language", options: RedactionOptions) -> None:
        if not any("doc.ents" in nlp.get_pipe_meta(name).assigns for name in nlp.pipe_names):
            raise ConfigError("a redaction needs a component that finds names, such as rnn_ner")
        self._nlp = nlp
        self._options = options
        self._engine, self.analyzer = _make_analyzer(nlp)

    def low_posteriors(self) -> AbstractContextManager[None]:
        """Let `rnn_ner` also list spans of low probability, as long as the block runs."""
        from docsight.components.listed_spans import listing_spans

        return listing_spans(self._nlp, _SPANS_KEY, self._options.threshold)

    def detect(self, doc: "Doc") -> list[Detection]:
        """Return what is to be removed from a Doc that went through the pipeline within `low_posteriors`."""
        text = doc.text  # joins all tokens, each time
        results = self.analyzer.analyze(
            text,
            language=_LANG,
            score_threshold=min(self._options.threshold, _ID_THRESHOLD),
            nlp_artifacts=self._engine.artifacts(doc, _LANG),
            return_decision_process=False,
        )
        doc.spans.pop(_SPANS_KEY, None)
        found = (trimmed(_detection(result), text) for result in results)
        return [each for each in found if each is not None and self._counts(each, text)]

    def _counts(self, found: Detection, text: str) -> bool:
        if not found.is_name:
            # presidio finds the URL a.pn in a.png.
            return found.type != _TYPE_OF_URLS or not text[found.end : found.end + 1].isalnum()
        return self._is_name_to_remove(found, text)

    def _is_name_to_remove(self, name: Detection, text: str) -> bool:
        if name.type not in self._options.types or name.score < self._options.threshold:
            return False
        return name.recognizer != ADDRESSEE or not _is_role(text[name.start : name.end])


def _is_role(written: str) -> bool:
    """Return whether no word before an address is a name, as in Customer Service <help@example.org>."""
    return all(word.key in common_non_names() for word in folded_words(written))


def _detection(result: Any) -> Detection:
    name = (result.recognition_metadata or {}).get("recognizer_name") or "presidio"
    return Detection(
        start=result.start,
        end=result.end,
        type=_TYPES.get(result.entity_type, result.entity_type),
        recognizer="names" if name == "SpacyRecognizer" else name,
        score=round(float(result.score), 6),
    )


def _make_analyzer(nlp: "Language") -> tuple[Any, Any]:
    try:
        from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
        from presidio_analyzer import predefined_recognizers as predefined
    except ImportError as err:
        raise MissingExtraError("Redaction", "redact") from err
    from docsight.integrations.presidio import DocsightNlpEngine

    own = [
        PatternRecognizer(
            supported_entity=each.type,
            name=each.name,
            patterns=[Pattern(each.name, each.pattern, each.score)],
            global_regex_flags=0,
        )
        for each in ID_PATTERNS
    ]
    patterns = [getattr(predefined, f"{name}Recognizer")(supported_language=_LANG) for name in _RECOGNIZERS]
    names = predefined.SpacyRecognizer(supported_language=_LANG)
    registry = RecognizerRegistry(recognizers=[names, *own, *patterns], supported_languages=[_LANG])
    engine = DocsightNlpEngine(nlp, spans_key=_SPANS_KEY)
    return engine, AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[_LANG])
