"""All models of the server, loaded and warm, and the threads that compute with them."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from docsight.components.rnn_speller import RnnSpeller
from docsight.documents.pipeline import Pipeline
from docsight.documents.runner.garbage import freeze_objects
from docsight.serve.server_settings import ServerSettings
from docsight.serve.services.comparison import TaggerComparison, load_demo_taggers
from docsight.serve.services.image_explainer import ImageExplainer, find_image_models
from docsight.serve.services.request_batcher import MAX_BATCH_CHARS
from docsight.serve.services.text_lane import TextLane, load_lane
from docsight.serve.services.typing_sessions import TypingSessions


class ModelServices:
    """What the routes call. Each kind of work has one thread: the networks are bound by the interpreter's lock.

    Args:
        short: Reads the texts of small requests.
        bulk: Reads those of large requests, which may take seconds.
        sessions: Typing sessions, in the thread `typing`; None without a speller.
        images: Classifies images, in the thread `imaging`.
        comparison: Compares the demonstration taggers, in the thread `imaging`; None if they are not installed.
        about: What `/v1/info` says of the pipeline.
    """

    def __init__(
        self,
        short: TextLane,
        bulk: TextLane,
        sessions: TypingSessions | None,
        images: ImageExplainer,
        comparison: TaggerComparison | None,
        about: dict[str, Any],
    ) -> None:
        self.short, self.bulk = short, bulk
        self.sessions, self.images, self.comparison, self.about = sessions, images, comparison, about
        self.typing, self.imaging = (
            ThreadPoolExecutor(1, thread_name_prefix=f"docsight-{name}") for name in ("typing", "imaging")
        )

    @property
    def has_redaction(self) -> bool:
        return self.short.redactor is not None

    def lane_of(self, texts: Iterable[str]) -> TextLane:
        """Return the lane that reads the texts of a request."""
        return self.bulk if is_bulk(texts) else self.short

    def close(self) -> None:
        self.short.close()
        self.bulk.close()
        for executor in (self.typing, self.imaging):
            executor.shutdown(wait=True, cancel_futures=True)


def is_bulk(texts: Iterable[str]) -> bool:
    """Return whether the texts of a request do not fit into one batch, so that others should not wait for them."""
    return sum(map(len, texts)) > MAX_BATCH_CHARS


def load_services(settings: ServerSettings) -> ModelServices:
    """Load the models and compute with each.

    Raises:
        BundleError, ConfigError: The pipeline cannot be loaded.
    """
    import torch

    torch.set_num_threads(1)  # with small batches, several threads spend more time waiting than they save
    short, bulk = load_lane(settings, "short"), load_lane(settings, "bulk")
    nlp = short.nlp
    speller = next((pipe for _, pipe in nlp.pipeline if isinstance(pipe, RnnSpeller)), None)
    sessions = None
    if speller is not None:
        sessions = TypingSessions(speller, max_sessions=settings.max_sessions, lifetime=settings.session_lifetime)
        session = sessions.start()
        sessions.handle(session, [{"type": "key", "key": "a"}])
        sessions.end(session)
    images = ImageExplainer(find_image_models(nlp))
    comparison = load_demo_taggers()
    freeze_objects()
    about = _describe(settings.pipeline, nlp, images, has_redaction=short.redactor is not None)
    return ModelServices(short, bulk, sessions, images, comparison, about)


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
