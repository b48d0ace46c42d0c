"""A pipeline for texts and its thread. The server has two, so that short texts do not wait behind long ones."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from docsight.components.loaded_pipeline import warm_up
from docsight.components.rnn_speller import RnnSpeller
from docsight.errors import ConfigError, MissingExtraError
from docsight.serve.server_settings import ServerSettings
from docsight.serve.services.text_annotator import MIN_SPAN_SCORE, TextAnnotator, TextItem
from docsight.serve.services.text_redactor import TextRedactor

if TYPE_CHECKING:
    from spacy.language import Language

_KEPT_WORDS = 5_000
WARM_UP_TEXT = "Ada Lovelace wrote to teh engineer Charles Babbage in London."


class TextLane:
    """A pipeline and the one thread that computes with it: the Docs of a pipeline share a memory zone.

    Args:
        nlp: The pipeline.
        name: The name of the lane, for the thread.
    """

    def __init__(self, nlp: "Language", name: str) -> None:
        self.nlp = nlp
        self.annotator = TextAnnotator(nlp)
        self.redactor = _make_redactor(nlp)
        self.executor = ThreadPoolExecutor(1, thread_name_prefix=f"docsight-{name}")

    def close(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)


def load_lane(settings: ServerSettings, name: str) -> TextLane:
    """Load a pipeline and compute with it once.

    Raises:
        BundleError, ConfigError: The pipeline cannot be loaded.
    """
    nlp = settings.pipeline.load()
    nlp.max_length = max(nlp.max_length, settings.max_text_chars)
    warm_up(nlp)
    keep_frequent_words(nlp)
    lane = TextLane(nlp, name)
    lane.annotator([TextItem(WARM_UP_TEXT, MIN_SPAN_SCORE)])
    if lane.redactor is not None:
        lane.redactor.analyze([WARM_UP_TEXT], language="en")
    return lane


def keep_frequent_words(nlp: "Language") -> None:
    """Cache the tokenization of the most frequent words of the speller, in lower case and with a capital.

    Words that the tokenizer meets in a memory zone are forgotten at its end, and tokenized again in each batch.
    """
    for _, pipe in nlp.pipeline:
        if isinstance(pipe, RnnSpeller):
            for word in pipe.bundle.vocabularies["words"].entries[:_KEPT_WORDS]:
                nlp.tokenizer(word)
                nlp.tokenizer(word.capitalize())


def _make_redactor(nlp: "Language") -> TextRedactor | None:
    try:
        return TextRedactor(nlp)
    except (MissingExtraError, ConfigError):  # without presidio, or without names in the pipeline
        return None
