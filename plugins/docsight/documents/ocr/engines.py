"""Recognize text in images with RapidOCR (the `ocr` extra) or, if that is missing, with an installed Tesseract.

Neither uses the network: RapidOCR loads the model files of its own wheel and downloads none.
"""

import csv
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from docsight.documents.ocr.layout import Box, Line, text_in_reading_order
from docsight.documents.ocr.text_likeness import may_have_text
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from PIL.Image import Image

FEATURE = "Reading text in images"  # as MissingExtraError names it

_MIN_READABLE_SIDE = 64  # pixels: smaller images have no legible text
_MIN_LINE_CONFIDENCE = 0.5  # a line below this is probably a drawing
# An image with fewer letters and digits is probably a drawing, too, unless the engine is this confident.
_MIN_LETTERS, _CONFIDENT = 4, 0.9
_TESSERACT_TIMEOUT = 300  # seconds per image
_MAX_SKEW = 0.26  # radians (15 degrees): a larger angle is not the skew of a scanned page
_ENGINE_THREADS = 1  # several processes read documents at the same time
_MAX_REMEMBERED = 2000  # images whose results are kept


@dataclass(frozen=True, kw_only=True)
class RecognizedText:
    """The text in an image, line by line in reading order, with a confidence from 0 to 1."""

    text: str
    confidence: float


# The results of this process by engine and content: documents and archives repeat their images.
_remembered: dict[tuple[object, ...], RecognizedText | None] = {}


def installed() -> list[str]:
    """Name the installed engines, the preferred one first."""
    tesseract = [] if shutil.which("tesseract") is None else ["tesseract"]
    return ["rapidocr", *tesseract] if _has_rapidocr() else tesseract


def recognize(image: "Image", *, engine: str | None = None) -> RecognizedText | None:
    """Recognize the text in a decoded image of mode L or RGB; return None if there is none.

    An image with the same pixels as an earlier one is not read again. The engine is one of `installed()`; by default,
    the preferred one.

    Raises:
        DataError: Tesseract failed.
        MissingExtraError: No engine is installed.
    """
    if min(image.size) < _MIN_READABLE_SIDE:
        return None
    engine = engine or next(iter(installed()), None)
    if engine is None:
        raise MissingExtraError(FEATURE, "ocr")
    key = (engine, image.mode, image.size, hashlib.blake2b(image.tobytes(), digest_size=16).digest())
    if key not in _remembered:
        recognized = _recognize(image, engine) if may_have_text(image) else None
        if len(_remembered) >= _MAX_REMEMBERED:
            del _remembered[next(iter(_remembered))]
        _remembered[key] = recognized
    return _remembered[key]


def _recognize(image: "Image", engine: str) -> RecognizedText | None:
    lines = _run_rapidocr(image) if engine == "rapidocr" else _run_tesseract(image)
    lines = [line for line in lines if line.confidence >= _MIN_LINE_CONFIDENCE and line.text.strip()]
    if not lines:
        return None
    confidence = fmean([line.confidence for line in lines], weights=[len(line.text) for line in lines])
    text = text_in_reading_order(lines)
    if confidence < _CONFIDENT and sum(letter.isalnum() for letter in text) < _MIN_LETTERS:
        return None
    return RecognizedText(text=text, confidence=min(1.0, confidence))


@cache
def _has_rapidocr() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def _run_rapidocr(image: "Image") -> list[Line]:
    output = _rapidocr()(np.asarray(image.convert("RGB"))[:, :, ::-1])  # OpenCV's channel order: BGR
    if output.boxes is None or output.txts is None:
        return []
    boxes = _deskewed_boxes(np.asarray(output.boxes, dtype=float))
    return [
        Line(text=text, confidence=float(score), box=box)
        for box, text, score in zip(boxes, output.txts, output.scores, strict=True)
    ]


def _deskewed_boxes(quads: np.ndarray) -> list[Box]:
    """Rotate the corners of lines, (lines, 4, 2), by the angle of most lines, and return their bounding boxes."""
    top_edges = quads[:, 1] - quads[:, 0]  # (lines, 2)
    angles = np.arctan2(top_edges[:, 1], top_edges[:, 0])
    lengths = np.hypot(top_edges[:, 0], top_edges[:, 1])
    angle = float(np.median(angles[lengths >= np.median(lengths)]))
    if abs(angle) > _MAX_SKEW:
        angle = 0.0
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rotated = quads @ rotation
    low, high = rotated.min(axis=1).tolist(), rotated.max(axis=1).tolist()
    return [(left, top, right, bottom) for (left, top), (right, bottom) in zip(low, high, strict=True)]


@cache
def _rapidocr() -> Any:
    try:
        import cv2
        import rapidocr
    except ImportError as err:
        raise MissingExtraError(FEATURE, "ocr") from err
    cv2.setNumThreads(_ENGINE_THREADS)
    # Given explicit paths, RapidOCR neither verifies its model files against a list nor downloads missing ones.
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.model_path": _model_path("det"),
            "Rec.model_path": _model_path("rec"),
            "EngineConfig.onnxruntime.intra_op_num_threads": _ENGINE_THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": _ENGINE_THREADS,
        }
    )


def _model_path(kind: str) -> str:
    import rapidocr

    files = sorted((Path(rapidocr.__file__).parent / "models").glob(f"*_{kind}_*.onnx"))
    if not files:
        raise DataError(f"expected a {kind} model in the installed RapidOCR package, found none: reinstall rapidocr")
    return str(files[-1])


def _run_tesseract(image: "Image") -> list[Line]:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    command = [shutil.which("tesseract") or "tesseract", "stdin", "stdout", "--psm", "3", "tsv"]
    environment = os.environ | {"OMP_THREAD_LIMIT": str(_ENGINE_THREADS)}
    try:
        process = subprocess.run(
            command, input=file.getvalue(), capture_output=True, timeout=_TESSERACT_TIMEOUT, env=environment, check=True
        )
    except subprocess.TimeoutExpired as err:
        raise DataError(f"Tesseract took more than {_TESSERACT_TIMEOUT} seconds for an image") from err
    except (OSError, subprocess.CalledProcessError) as err:
        stderr = getattr(err, "stderr", b"") or b""
        raise DataError(f"Tesseract failed: {stderr.decode('utf-8', 'replace').strip() or err}") from err
    return _parse_tsv(process.stdout.decode("utf-8", "replace"))


def _parse_tsv(table: str) -> list[Line]:
    """Parse Tesseract's table of words, and join the words of each line."""
    words: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"] and row["text"].strip():
            words.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    return [
        Line(
            text=" ".join(word["text"] for word in line),
            confidence=fmean(
                [float(word["conf"]) / 100 for word in line], weights=[len(word["text"]) for word in line]
            ),
            box=_bounding_box(line),
        )
        for line in words.values()
    ]


def _bounding_box(words: Sequence[dict[str, str]]) -> Box:
    boxes = np.array([[float(word[name]) for name in ("left", "top", "width", "height")] for word in words])
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0).tolist()
    return left, top, right, bottom
