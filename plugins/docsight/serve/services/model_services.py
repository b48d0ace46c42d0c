"""All models of the server, loaded and warm, and the threads that compute with them."""

import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from docsight.components.loaded_pipeline import warm_up
from docsight.components.rnn_speller import RnnSpeller
from docsight.documents.pipeline import Pipeline
from docsight.errors import ConfigError, MissingExtraError
from docsight.serve.server_settings import ServerSettings
from docsight.serve.services.comparison import TaggerComparison, load_demo_taggers
from docsight.serve.services.image_explainer import ImageExplainer, find_image_models
from docsight.serve.services.text_annotator import MIN_SPAN_SCORE, TextAnnotator, TextItem
from docsight.serve.services.text_redactor import TextRedactor
from docsight.serve.services.typing_sessions import TypingSessions

_EXAMPLE = "Ada Lovelace wrote to teh engineer Charles Babbage in London."


class ModelServices:
    """What the routes call. Each kind of work has one thread: the networks are bound by the interpreter's lock.

    Args:
        annotator: Annotates texts, in the thread `models`.
        redactor: Redacts texts in the thread `models`; None without the extra "redact" or names.
        sessions: Typing sessions, in the thread `typing`; None without a speller.
        images: Classifies images, in the thread `imaging`.
        comparison: Compares the demonstration taggers, in the thread `imaging`; None if they are not installed.
        about: What `/v1/info` says of the pipeline.
    """

    def __init__(
        self,
        annotator: TextAnnotator,
        redactor: TextRedactor | None,
        sessions: TypingSessions | None,
        images: ImageExplainer,
        comparison: TaggerComparison | None,
        about: dict[str, Any],
    ) -> None:
        self.annotator, self.redactor, self.sessions, self.images = annotator, redactor, sessions, images
        self.comparison, self.about = comparison, about
        self.models, self.typing, self.imaging = (
            ThreadPoolExecutor(1, thread_name_prefix=f"docsight-{name}") for name in ("models", "typing", "imaging")
        )

    def close(self) -> None:
        for executor in (self.models, self.typing, self.imaging):
            executor.shutdown(wait=True, cancel_futures=True)


def load_services(settings: ServerSettings) -> ModelServices:
    """Load the models and compute with each.

    Raises:
        BundleError, ConfigError: The pipeline cannot be loaded.
    """
    import torch

    torch.set_num_threads(1)  # with small batches, several threads spend more time waiting than they save
    nlp = settings.pipeline.load()
    nlp.max_length = max(nlp.max_length, settings.max_text_chars)
    warm_up(nlp)
    annotator = TextAnnotator(nlp)
    annotator([TextItem(_EXAMPLE, MIN_SPAN_SCORE)])
    speller = next((pipe for _, pipe in nlp.pipeline if isinstance(pipe, RnnSpeller)), None)
    sessions = None
    if speller is not None:
        sessions = TypingSessions(speller, max_sessions=settings.max_sessions, lifetime=settings.session_lifetime)
        session = sessions.start()
        sessions.handle(session, [{"type": "key", "key": "a"}])
        sessions.end(session)
    images = ImageExplainer(find_image_models(nlp))
    redactor = _optional(lambda: TextRedactor(nlp))
    if redactor is not None:
        redactor.analyze([_EXAMPLE], language="en")
    comparison = load_demo_taggers()
    # The models stay until the end: without this, the collector would look at all of their objects again and again.
    gc.collect()
    gc.freeze()
    about = _describe(settings.pipeline, nlp, images, has_redaction=redactor is not None)
    return ModelServices(annotator, redactor, sessions, images, comparison, about)


def _optional(make: Callable[[], TextRedactor]) -> TextRedactor | None:
    try:
        return make()
    except (MissingExtraError, ConfigError):  # without presidio, or without names in the pipeline
        return None


def _describe(pipeline: Pipeline, nlp: Any, images: ImageExplainer, *, has_redaction: bool) -> dict[str, Any]:
    return {
        "pipeline": pipeline.path,
        "lang": nlp.lang,
        "components": [
            {"name": name, "factory": nlp.get_pipe_meta(name).factory, "labels": list(nlp.pipe_labels.get(name, []))}
            for name in nlp.pipe_names
        ],
        "image_models": {name: list(model.labels) for name, model in images.models.items()},
        "has_redaction": has_redaction,
    }
