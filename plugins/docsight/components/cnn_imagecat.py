"""`cnn_imagecat`: categories for the pictures of a Doc, by a convolutional network."""

import copy
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes
from docsight.components.base import NetworkPipe
from docsight.errors import BundleError, ConfigError, DataError, DocsightError
from docsight.images import MAX_PIXELS, ImageSettings, normalise, read_pixels
from docsight.networks.decision import Decision
from docsight.networks.image_classifier import ImageClassifier

# Pictures that are decoded and read at once have about so many pixels together, as the network sees them: enough to
# keep a core busy, little enough for its caches.
_PIXELS_AT_ONCE = 128 * 28 * 28
_FEWEST_AT_ONCE = 16  # of large pictures

Cats = dict[str, Any]


class ImageCategorizer(NetworkPipe):
    """Writes `image["cats"][name]` into the pictures of `doc._.images`.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        model: A shipped model's name, or a model folder.
        device: auto, cpu, cuda or mps.
        threshold: A picture whose abstention score is lower gets no label; None for the model's own.
        max_pixels: A picture that has more is not decoded.
        lang: The language of the pipeline.

    Raises:
        ConfigError: A setting cannot work.
    """

    kind = "image_classifier"
    settings = ("threshold", "max_pixels")

    def __init__(
        self,
        vocab: SpacyVocab,
        name: str,
        *,
        model: str,
        device: str = "auto",
        threshold: float | None = None,
        max_pixels: int = MAX_PIXELS,
        lang: str = "",
    ) -> None:
        if threshold is not None and not math.isfinite(threshold):
            raise ConfigError(f"{name}: threshold={threshold}; expected a number, or null for the model's own.")
        if max_pixels < 1:
            raise ConfigError(f"{name}: max_pixels={max_pixels}; expected at least 1.")
        self.threshold = threshold
        self.max_pixels = max_pixels
        super().__init__(vocab, name, model=model, device=device, lang=lang)

    def predict(self, docs: Sequence[Doc]) -> list[list[Cats]]:
        """Return for each Doc what its pictures get, in their order; a picture that cannot be read gets its error.

        Pictures are decoded when they are about to be read, and no longer kept.
        """
        rows = [list(attributes.read_images(doc)) for doc in docs]
        pictures = [image for row in rows for image in row]
        _ = self.bundle  # the settings come with it
        size = max(_FEWEST_AT_ONCE, _PIXELS_AT_ONCE // self._images.size**2)
        found: list[Cats] = []
        for start in range(0, len(pictures), size):
            found += self._read(pictures[start : start + size])
        results, at = [], 0
        for row in rows:
            results.append(found[at : at + len(row)])
            at += len(row)
        return results

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Sequence[Cats]]) -> None:
        """Write what pictures get into their dicts."""
        for doc, cats in zip(docs, predictions, strict=True):
            for image, result in zip(attributes.read_images(doc), cats, strict=True):
                if isinstance(image, dict):  # what is none has no place for its error
                    if not isinstance(image.get("cats"), dict):
                        image["cats"] = {}
                    image["cats"][self.name] = result

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        """Score Examples whose reference Docs carry the same pictures with the right label in their `cats`.

        Pictures are matched by their `id`, those without one by their place in the Doc. A picture without a label
        (abstained, or not read) counts as missed.

        Returns:
            `image_cats_acc`, `image_cats_macro_f` and `image_cats_f_per_type`, from 0 to 1; None where nothing is to
            be scored.
        """
        gold: list[str] = []
        guesses: list[str | None] = []
        for example in examples:
            found = dict(self._labels(example.predicted))
            for key, label in self._labels(example.reference):
                if label is not None:
                    gold.append(label)
                    guesses.append(found.get(key))
        if not gold:
            return {"image_cats_acc": None, "image_cats_macro_f": None, "image_cats_f_per_type": None}
        by_type = {label: _f_score(label, gold, guesses) for label in sorted(set(gold))}
        right = sum(label == guess for label, guess in zip(gold, guesses, strict=True))
        macro = sum(scores["f"] for scores in by_type.values()) / len(by_type)
        return {"image_cats_acc": right / len(gold), "image_cats_macro_f": macro, "image_cats_f_per_type": by_type}

    def _labels(self, doc: Doc) -> Iterator[tuple[str, str | None]]:
        """Yield what tells a picture of a Doc from others, and its label."""
        for at, image in enumerate(attributes.read_images(doc)):
            if isinstance(image, Mapping):
                cats = (image.get("cats") or {}).get(self.name) or {}
                yield f"id {image['id']}" if "id" in image else f"place {at}", cats.get("label")

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        """Put a copy onto the device that has batch norm folded into the convolutions, and is read the quicker."""
        classifier = cast(ImageClassifier, network)
        try:
            images = ImageSettings.from_config(about.get("images"))
            decision = Decision.from_config(about.get("decision"))
            decision.check(classifier)
        except ConfigError as err:
            raise BundleError(f"{self.name}: the config.json of the model: {err} Export the model again.") from err
        if classifier.channels != images.channels:
            raise BundleError(
                f"{self.name}: the model reads {classifier.channels} channels, but its pictures have mode "
                f"{images.mode}; export the model again."
            )
        if images.size < classifier.min_size:
            raise BundleError(
                f"{self.name}: the model's blocks want pictures of {classifier.min_size} pixels, but its config.json "
                f"says images.size={images.size}; export the model again."
            )
        folded = copy.deepcopy(classifier).fold()
        folded.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        self._images, self._decision, self._network = images, decision, folded.to(self.device)

    @torch.inference_mode()
    def _read(self, pictures: Sequence[Any]) -> list[Cats]:
        """Decode and read some pictures."""
        results: list[Cats] = [{} for _ in pictures]
        pixels, places = [], []
        for at, image in enumerate(pictures):
            try:
                pixels.append(read_pixels(_source(image), self._images, max_pixels=self.max_pixels))
                places.append(at)
            except DocsightError as err:
                results[at] = {"error": str(err)}
        if not pixels:
            return results
        batch = torch.from_numpy(np.stack(pixels)).to(self.device)
        images = normalise(batch, self._images).contiguous(memory_format=torch.channels_last)
        reading = self._network(images)
        scores, in_domain = (
            values.float().cpu().tolist()
            for values in (
                self._decision.probabilities(reading.logits),
                self._decision.in_domain(reading),
            )
        )
        least = self._decision.threshold if self.threshold is None else self.threshold
        labels = self._network.labels
        for at, shares, known in zip(places, scores, in_domain, strict=True):
            best = max(shares)
            results[at] = {
                "label": labels[shares.index(best)] if known >= least else None,
                "score": best,
                "scores": dict(zip(labels, shares, strict=True)),
                "in_domain": known,
            }
        return results


@Language.factory(
    "cnn_imagecat",
    assigns=["doc._.images", "doc._.image_cats"],
    default_config={"model": "figures", "device": "auto", "threshold": None, "max_pixels": MAX_PIXELS},
    default_score_weights={"image_cats_macro_f": 1.0, "image_cats_acc": 0.0, "image_cats_f_per_type": None},
)
def make_cnn_imagecat(
    nlp: Language, name: str, model: str, device: str, threshold: float | None, max_pixels: int
) -> ImageCategorizer:
    """Make the component; the weights are read on first use."""
    return ImageCategorizer(
        nlp.vocab, name, model=model, device=device, threshold=threshold, max_pixels=max_pixels, lang=nlp.lang or ""
    )


def _source(image: Any) -> bytes | str:
    """Return the bytes or the path of a picture.

    Raises:
        DataError: It has neither.
    """
    if isinstance(image, Mapping):
        content, path = image.get("bytes"), image.get("path")
        if isinstance(content, bytes | bytearray | memoryview):
            return bytes(content)
        if isinstance(path, str) and path:
            return path
    raise DataError("Expected a picture as a dict with 'bytes', or with 'path' as a string; found neither.")


def _f_score(label: str, gold: Sequence[str], guesses: Sequence[str | None]) -> dict[str, float]:
    right = sum(a == b == label for a, b in zip(gold, guesses, strict=True))
    precision = right / max(1, sum(guess == label for guess in guesses))
    recall = right / sum(name == label for name in gold)
    return {"p": precision, "r": recall, "f": 2 * precision * recall / (precision + recall) if right else 0.0}
