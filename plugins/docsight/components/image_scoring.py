"""Scores of `cnn_imagecat`: predicted labels of images against those of reference Docs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.scorer import PRFScore
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry

from docsight import attributes
from docsight.components.base import Scorer

IMAGE_CATS_SCORER = "docsight.image_cats_scorer.v1"


@registry.scorers(IMAGE_CATS_SCORER)  # type: ignore[untyped-decorator]  # catalogue
def make_image_cats_scorer() -> Scorer:
    """Return the default scorer of `cnn_imagecat`."""
    return score_image_cats


def score_image_cats(examples: Iterable[Example], *, name: str, **_: Any) -> dict[str, Any]:
    """Score the labels that a component wrote against those in the `cats` of the reference Docs.

    Images are matched by their `id`, or by their position in the Doc if they have none. An image without a predicted
    label (abstained, or not decoded) counts as missed.

    Args:
        examples: Examples whose reference Docs have the same images as the predicted ones.
        name: The name of the component.

    Returns:
        `image_cats_acc`, `image_cats_macro_f` and `image_cats_f_per_type`, from 0 to 1; None if there is nothing
        to score.
    """
    gold: list[str] = []
    guesses: list[str | None] = []
    for example in examples:
        predicted = dict(_labels(example.predicted, name))
        for key, label in _labels(example.reference, name):
            if label is not None:
                gold.append(label)
                guesses.append(predicted.get(key))
    if not gold:
        return {"image_cats_acc": None, "image_cats_macro_f": None, "image_cats_f_per_type": None}
    by_type = {}
    for label in sorted(set(gold)):
        count = PRFScore()
        count.score_set(_places(label, guesses), _places(label, gold))
        by_type[label] = count.to_dict()
    correct = sum(label == guess for label, guess in zip(gold, guesses, strict=True))
    macro = sum(scores["f"] for scores in by_type.values()) / len(by_type)
    return {"image_cats_acc": correct / len(gold), "image_cats_macro_f": macro, "image_cats_f_per_type": by_type}


def without_cats(images: Iterable[Any]) -> list[Any]:
    """Return copies of the images of a Doc without the results of components."""
    return [
        {key: value for key, value in image.items() if key != "cats"} if isinstance(image, Mapping) else image
        for image in images
    ]


def _labels(doc: Doc, name: str) -> Iterator[tuple[str, str | None]]:
    for at, image in enumerate(attributes.read_images(doc)):
        if isinstance(image, Mapping):
            cats = (image.get("cats") or {}).get(name) or {}
            yield f"id {image['id']}" if "id" in image else f"place {at}", cats.get("label")


def _places(label: str, labels: Sequence[str | None]) -> set[int]:
    return {at for at, name in enumerate(labels) if name == label}
