"""What `cnn_imagecat` adds to its results with `fields`: the number in an image."""

from functools import cached_property
from typing import Any

from PIL import Image

from docsight.images import ImageSettings
from docsight.networks.image_classifier import Decision, ImageClassifier
from docsight.number_fields.field_digits import check_digit_labels, load_reader
from docsight.number_fields.field_reader import NumberReader, NumberReading

HANDWRITING = "handwriting"  # the label of images in which numbers are read with another model than the component's
_SHIPPED = "digits"
_MAX_FIELD_PIXELS = 4_000_000  # a larger image is a page rather than a field


class FieldReading:
    """Reads the numbers in the images that a classifier has labeled.

    Args:
        network: The classifier.
        images: The settings of its input.
        decision: How its logits become a label.
        name: The component, for messages.

    Raises:
        BundleError: The labels of the classifier are neither digits nor include handwriting.
    """

    def __init__(self, network: ImageClassifier, images: ImageSettings, decision: Decision, *, name: str) -> None:
        self._reads_all = HANDWRITING not in network.labels
        if self._reads_all:
            check_digit_labels(network.labels, name)
            self._own = NumberReader(network, network.labels, images, decision)

    def read(self, image: Image.Image, label: str | None) -> dict[str, Any]:
        """Return the fields to add to the result of an image with this label.

        They are `text` (None if no number was read), `probability`, and `digits` with the `label`, `probability` and
        `box` of each. With a model of digits, `label` and `score` are those of the number.
        """
        if not self._reads_all and label != HANDWRITING:
            return {}
        small = image.width * image.height <= _MAX_FIELD_PIXELS
        reading = self._reader.read(image) if small else NumberReading(None, 0.0, ())
        digits = [
            {"label": digit.label, "probability": digit.probability, "box": list(digit.box)} for digit in reading.digits
        ]
        found: dict[str, Any] = {"text": reading.text, "probability": reading.probability, "digits": digits}
        return found | ({"label": reading.text, "score": reading.probability} if self._reads_all else {})

    @cached_property
    def _reader(self) -> NumberReader:
        return self._own if self._reads_all else load_reader(_SHIPPED)
