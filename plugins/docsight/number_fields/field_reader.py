"""Read the number in an image: find ink, remove printed lines, cut, classify all segments, choose the best."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from docsight.images import ImageSettings, normalise, to_pixels
from docsight.networks.image_classifier import ClassifierOutput, Decision
from docsight.number_fields.clean_field import clean_ink
from docsight.number_fields.decoding import DigitCandidate, Path, best_path
from docsight.number_fields.ink_map import InkMap
from docsight.number_fields.pieces import Piece, find_pieces

DIGITS = "0123456789"
MIN_PROBABILITY = 0.5  # numbers with a lower probability are refused
MAX_DIGITS = 20
_MAX_PIECES = 90  # of a field; more is a drawing or a text
_MAX_PIECES_PER_DIGIT, _MAX_DIGIT_WIDTH = 5, 1.5  # the latter in heights of the text
_PAPER_MARGIN = 4  # pixels around a segment


@dataclass(frozen=True)
class Digit:
    """A digit: its label, its probability, and its box in the image (left, top, right, bottom) in pixels."""

    label: str
    probability: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class NumberReading:
    """The number in an image.

    Args:
        text: The digits from left to right; None if the image shows no number, or one that cannot be read reliably.
        probability: That the digits are right, from 0 to 1.
        digits: What was read, even if it was refused.
    """

    text: str | None
    probability: float
    digits: tuple[Digit, ...]


class NumberReader:
    """Reads numbers with a classifier of digits.

    Args:
        classify: Turns the input of the network, (images, channels, size, size), into its output.
        labels: The digit of each logit.
        images: The settings of the network's input.
        decision: The temperature of its probabilities.
        min_probability: Numbers with a lower probability are refused.
    """

    def __init__(
        self,
        classify: Callable[[Tensor], ClassifierOutput],
        labels: Sequence[str],
        images: ImageSettings,
        decision: Decision,
        *,
        min_probability: float = MIN_PROBABILITY,
    ) -> None:
        self._classify, self._labels, self._images, self._decision = classify, labels, images, decision
        self._min_probability = min_probability

    def read(self, image: Image.Image) -> NumberReading:
        """Read the number in an image of mode L or RGB."""
        found = clean_ink(image)
        best = None if found is None else self.find_path(found)
        if found is None or best is None:
            return NumberReading(None, 0.0, ())
        return self._reading(*best, found.scale)

    def find_path(self, found: InkMap) -> tuple[Path, list[Piece]] | None:
        """Find the best segmentation of an ink map, and its pieces; None if there is no number of digits."""
        pieces, height = find_pieces(found.mask)
        if not 0 < len(pieces) <= _MAX_PIECES:
            return None
        spans = _spans(pieces, height)
        scores = self._log_probabilities([_segment_pixels(found.ink, pieces[start:end]) for start, end in spans])
        segments = [
            DigitCandidate(start, end, row, _cost(pieces[start:end], height))
            for (start, end), row in zip(spans, scores, strict=True)
        ]
        path = best_path(len(pieces), segments, [_skip_cost(piece, height) for piece in pieces])
        return (path, pieces) if 0 < len(path.digits) <= MAX_DIGITS else None

    def _reading(self, path: Path, pieces: Sequence[Piece], scale: float) -> NumberReading:
        digits = []
        for segment, label in zip(path.segments, path.digits, strict=True):
            box = _box(pieces[segment.start : segment.end])
            left, top, right, bottom = (float(side / scale) for side in box)
            probability = float(np.exp(segment.log_probabilities[label]))
            digits.append(Digit(self._labels[label], probability, (left, top, right, bottom)))
        probability = path.probability
        text = "".join(digit.label for digit in digits)
        return NumberReading(text if probability >= self._min_probability else None, probability, tuple(digits))

    @torch.inference_mode()
    def _log_probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Return the log probability of each digit, (images, 10); what is missing to 1 is that of no digit."""
        pixels = np.stack(
            [to_pixels(Image.fromarray(image).convert(self._images.mode), self._images) for image in images]
        )
        output = self._classify(normalise(torch.from_numpy(pixels), self._images))
        logits = output.logits.float()
        if output.other is not None:
            logits = torch.cat([logits, output.other.float()[:, None]], dim=1)
        scores = (logits / self._decision.temperature).log_softmax(dim=1)
        return scores[:, : len(self._labels)].cpu().double().numpy()


def _spans(pieces: Sequence[Piece], height: float) -> list[tuple[int, int]]:
    """Return the first and last (exclusive) pieces of all segments that are narrow enough to be a digit."""
    spans = []
    for start in range(len(pieces)):
        for end in range(start + 1, min(len(pieces), start + _MAX_PIECES_PER_DIGIT) + 1):
            left, _, right, _ = _box(pieces[start:end])
            if end > start + 1 and right - left > _MAX_DIGIT_WIDTH * height:
                break
            spans.append((start, end))
    return spans


def _box(pieces: Sequence[Piece]) -> tuple[int, int, int, int]:
    return (
        min(piece.left for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.right for piece in pieces),
        max(piece.bottom for piece in pieces),
    )


def _segment_pixels(ink: np.ndarray, pieces: Sequence[Piece]) -> np.ndarray:
    """Draw the pieces of a segment alone, light on black, uint8, (height, width)."""
    left, top, right, bottom = _box(pieces)
    margin = _PAPER_MARGIN
    mask = np.zeros((bottom - top + 2 * margin, right - left + 2 * margin), dtype=bool)
    for piece in pieces:
        y, x = piece.top - top + margin, piece.left - left + margin
        mask[y : y + piece.mask.shape[0], x : x + piece.mask.shape[1]] |= piece.mask
    # The pale rim of a stroke belongs to it.
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    padded = np.pad(ink, margin)[top : bottom + 2 * margin, left : right + 2 * margin]
    return (255 * padded * wide).astype(np.uint8)


def _cost(pieces: Sequence[Piece], height: float) -> float:
    """Return what speaks against a segment: digits are of one height, and not wider than high."""
    left, top, right, bottom = _box(pieces)
    too_small = max(0.0, 1 - (bottom - top) / (0.75 * height))
    too_wide = max(0.0, (right - left) / height - 1)
    gap = max((after.left - before.right for before, after in itertools.pairwise(pieces)), default=0)
    cut = 1.0 + 3 * pieces[0].joint if pieces[0].joint else 0.0  # from the digit before, which it touches
    return cut + 12 * too_small**2 + 6 * too_wide + 8 * max(0.0, gap / height - 0.05)


def _skip_cost(piece: Piece, height: float) -> float:
    """Return the cost of leaving out a piece: dirt is small."""
    size = max(piece.bottom - piece.top, piece.right - piece.left) / height
    return 0.3 + 12 * max(0.0, size - 0.15)
