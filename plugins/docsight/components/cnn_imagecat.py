"""`cnn_imagecat`: categories for the images of a Doc, by a convolutional network."""

import copy
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from PIL import Image
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes
from docsight.components.base import NetworkPipe, Scorer
from docsight.components.image_scoring import IMAGE_CATS_SCORER, without_cats
from docsight.components.saving import fill_meta
from docsight.errors import BundleError, ConfigError, DataError, DocsightError
from docsight.image_decoding import MAX_PIXELS, open_image
from docsight.images import ImageSettings, normalise, to_pixels
from docsight.networks.image_classifier import ClassifierOutput, Decision, ImageClassifier
from docsight.number_fields import HANDWRITING, FieldReading, without_frame
from docsight.option_checks import is_number

# Images are decoded and classified in batches of about this many pixels at the size of the network's input: enough to
# keep a core busy, small enough for its caches.
_PIXELS_PER_BATCH = 128 * 28 * 28
_MIN_IMAGES_PER_BATCH = 16
_MIN_FRAMED_SIDE = 1.25  # of the input's; printed lines cannot be told from strokes in smaller images

Cats = dict[str, Any]


class ImageCategorizer(NetworkPipe):
    """Classifies the images in `doc._.images`, and writes the result of each to `image["cats"][name]`.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        threshold: The minimum abstention score (`in_domain`) of an image that gets a label; None for the threshold of
            the model.
        max_pixels: An image with more pixels is not decoded; its result is an error.
        fields: Whether to read numbers in images, too; see `docsight.number_fields`. If the labels are the ten digits,
            all images are read with the model itself; otherwise, images with the label handwriting are read with the
            shipped model digits. None for True if the model has the label handwriting, and False if not.
        options: model, device, lang, scorer; see `NetworkPipe`.

    Raises:
        ConfigError: A setting is invalid.
    """

    kind = "image_classifier"
    settings = ("threshold", "max_pixels", "fields")

    def __init__(
        self,
        vocab: SpacyVocab,
        name: str,
        *,
        threshold: float | None = None,
        max_pixels: int = MAX_PIXELS,
        fields: bool | None = None,
        **options: Any,
    ) -> None:
        if threshold is not None and not (is_number(threshold) and math.isfinite(threshold)):
            raise ConfigError(f"{name}: expected a threshold that is a number, or null; found {threshold!r}.")
        if not (is_number(max_pixels) and max_pixels >= 1):
            raise ConfigError(f"{name}: expected max_pixels to be at least 1; found {max_pixels!r}.")
        self.threshold = threshold
        self.max_pixels = max_pixels
        self.fields = fields
        super().__init__(vocab, name, **options)

    def predict(self, docs: Sequence[Doc]) -> list[list[Cats]]:
        """Return the result of each image of each Doc, in order; that of an image that cannot be decoded is its error.

        Images are decoded in batches and not kept in memory.
        """
        rows = [list(attributes.read_images(doc)) for doc in docs]
        images = [image for row in rows for image in row]
        _ = self.bundle  # loads the image settings
        size = max(_MIN_IMAGES_PER_BATCH, _PIXELS_PER_BATCH // self._images.size**2)
        batches = (images[start : start + size] for start in range(0, len(images), size))
        cats = itertools.chain.from_iterable(map(self._classify, batches))
        return [list(itertools.islice(cats, len(row))) for row in rows]

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Sequence[Cats]]) -> None:
        for doc, cats in zip(docs, predictions, strict=True):
            for image, result in zip(attributes.read_images(doc), cats, strict=True):
                if isinstance(image, dict):  # anything else has no place for its error
                    if not isinstance(image.get("cats"), dict):
                        image["cats"] = {}
                    image["cats"][self.name] = result

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score Examples by the labels in `image["cats"][name]["label"]` of their reference Docs.

        A predicted Doc that spaCy made from the text alone has no images; those of its reference Doc are then
        classified.
        """
        examples = list(examples)
        unseen = [example for example in examples if self.name not in attributes.image_cats(example.predicted)]
        for example in unseen:
            if not attributes.read_images(example.predicted):
                attributes.set_images(example.predicted, without_cats(attributes.read_images(example.reference)))
        for example, doc in zip(unseen, self.pipe([example.predicted for example in unseen]), strict=True):
            example.predicted = doc
        scores: dict[str, Any] = super().score(examples, name=self.name, **kwargs)
        return scores

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        """Move a copy to the device that has batch norm folded into the convolutions, which is faster."""
        classifier = cast(ImageClassifier, network)
        try:
            images = ImageSettings.from_config(about.get("images"))
            decision = Decision.from_config(about.get("decision"))
            decision.check(classifier)
        except ConfigError as err:
            raise BundleError(f"{self.name}: the config.json of the model: {err} Export the model again.") from err
        if classifier.channels != images.channels:
            raise BundleError(
                f"{self.name}: the model reads {classifier.channels} channels, but its images have mode "
                f"{images.mode}; export the model again."
            )
        if images.size < classifier.min_size:
            raise BundleError(
                f"{self.name}: the model's blocks need images of at least {classifier.min_size} pixels, but its "
                f"config.json says images.size={images.size}; export the model again."
            )
        folded = copy.deepcopy(classifier).fold()
        folded.is_exact = False
        folded.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        reads_fields = HANDWRITING in folded.labels if self.fields is None else self.fields
        self._images, self._decision, self._network = images, decision, folded.to(self.device)
        self._reading = FieldReading(self._network, images, decision, name=self.name) if reads_fields else None

    @torch.inference_mode()
    def _classify(self, images: Sequence[Any]) -> list[Cats]:
        """Decode and classify one batch."""
        results: list[Cats] = [{} for _ in images]
        pixels: list[np.ndarray] = []
        owners: list[int] = []
        opened: dict[int, Image.Image | None] = {}
        for at, image in enumerate(images):
            try:
                decoded = open_image(_source(image), max_pixels=self.max_pixels)
            except DocsightError as err:
                results[at] = {"error": str(err)}
                continue
            variants = self._variants(decoded)
            pixels += variants
            owners += [at] * len(variants)
            opened[at] = decoded if self._reading is not None else None  # otherwise only its pixels are needed
        if not pixels:
            return results
        batch = normalise(torch.from_numpy(np.stack(pixels)).to(self.device), self._images)
        output = self._network(batch.contiguous(memory_format=torch.channels_last))
        if len(pixels) > len(opened):
            output = _best_variants(output, self._decision.in_domain(output), owners)
        self._add_results(results, list(opened), output)
        if self._reading is not None:
            for at, whole in opened.items():
                if whole is not None:
                    results[at] |= self._reading.read(whole, results[at]["label"])
        return results

    def _variants(self, image: Image.Image) -> list[np.ndarray]:
        """Return the pixels of an image, and those without the printed lines of a form if there are such lines."""
        pixels = [to_pixels(image, self._images)]
        if self._images.unframe and max(image.size) > _MIN_FRAMED_SIDE * self._images.size:
            bare = without_frame(image)
            pixels += [] if bare is None else [to_pixels(bare, self._images)]
        return pixels

    def _add_results(self, results: list[Cats], decoded: Sequence[int], output: ClassifierOutput) -> None:
        """Set the results of the images with the indices `decoded`, to which the rows of the output belong."""
        probabilities = self._decision.probabilities(output.logits).float().cpu().tolist()
        in_domain = self._decision.in_domain(output).float().cpu().tolist()
        threshold = self._decision.threshold if self.threshold is None else self.threshold
        labels = self._network.labels
        for at, scores, abstention_score in zip(decoded, probabilities, in_domain, strict=True):
            best = max(scores)
            results[at] = {
                "label": labels[scores.index(best)] if abstention_score >= threshold else None,
                "score": best,
                "scores": dict(zip(labels, scores, strict=True)),
                "in_domain": abstention_score,
            }
        self._add_kinds([results[at] for at in decoded], output)

    def _add_kinds(self, results: Sequence[Cats], output: ClassifierOutput) -> None:
        """Add the kind of each image whose label has kinds, such as bar_chart, and the probabilities of all kinds."""
        if output.leaves is None:
            return
        for label, kinds in self._network.kinds.items():
            within = output.leaves[:, self._network.span(label)].float().softmax(dim=1).cpu().tolist()
            for result, fractions in zip(results, within, strict=True):
                result.setdefault("kind", None)
                if result["label"] == label:
                    result["kind"] = kinds[fractions.index(max(fractions))]
                whole = result["scores"][label]
                result.setdefault("kinds", {}).update(
                    {kind: whole * fraction for kind, fraction in zip(kinds, fractions, strict=True)}
                )


@Language.factory(
    "cnn_imagecat",
    assigns=["doc._.images", "doc._.image_cats"],
    default_config={
        "model": "figures",
        "device": "auto",
        "threshold": None,
        "max_pixels": MAX_PIXELS,
        "fields": None,
        "scorer": {"@scorers": IMAGE_CATS_SCORER},
    },
    default_score_weights={"image_cats_macro_f": 1.0, "image_cats_acc": 0.0, "image_cats_f_per_type": None},
)
def make_cnn_imagecat(
    nlp: Language,
    name: str,
    model: str,
    device: str,
    threshold: float | None,
    max_pixels: int,
    fields: bool | None,
    scorer: Scorer | None,
) -> ImageCategorizer:
    """Construct the component; the weights are read on first use."""
    component = ImageCategorizer(
        nlp.vocab,
        name,
        model=model,
        device=device,
        lang=nlp.lang or "",
        threshold=threshold,
        max_pixels=max_pixels,
        fields=fields,
        scorer=scorer,
    )
    fill_meta(nlp, component)
    return component


def _source(image: Any) -> bytes | str:
    if isinstance(image, Mapping):
        content, path = image.get("bytes"), image.get("path")
        if isinstance(content, bytes | bytearray | memoryview):
            return bytes(content)
        if isinstance(path, str) and path:
            return path
    raise DataError("Expected an image as a dict with 'bytes', or with 'path' as a string; found neither.")


def _best_variants(output: ClassifierOutput, in_domain: torch.Tensor, owners: Sequence[int]) -> ClassifierOutput:
    """Keep the row of each image's variant with the highest abstention score.

    Args:
        output: One row for each variant.
        in_domain: Their abstention scores.
        owners: The image of each row; the rows of an image are next to each other.
    """
    best: dict[int, int] = {}
    scores = in_domain.tolist()
    for row, owner in enumerate(owners):
        if owner not in best or scores[row] > scores[best[owner]]:
            best[owner] = row
    rows = torch.tensor(list(best.values()), device=output.logits.device)
    return ClassifierOutput(
        output.logits[rows],
        output.features[rows],
        None if output.other is None else output.other[rows],
        None if output.leaves is None else output.leaves[rows],
    )
