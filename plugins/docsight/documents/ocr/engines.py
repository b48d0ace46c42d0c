"""Read text in pictures: with RapidOCR where the extra is installed, else with Tesseract where that is.

Neither reaches the network: RapidOCR is given the files of its own wheel and never looks for others.
"""

import csv
import importlib.util
import io
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from docsight.documents.ocr.layout import Box, Line, arrange
from docsight.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from PIL.Image import Image

MIN_SIDE = 64  # pixels: what is smaller has no text that one could read

_LEAST_SURE = 0.5  # a line that is less sure than this is rather a drawing
_FEW, _SURE = 4, 0.9  # fewer letters and digits than this in a picture are rather one, too, unless they are sure
_SECONDS = 300  # that Tesseract may take for a picture
_MOST_TILTED = 0.26  # radians, 15 degrees: more than that is no scan put down askew
_THREADS = 1  # documents are read by several processes at once
_FEATURE = "Reading text in pictures"


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """The text in a picture, line by line as one reads it, and how sure it is, from 0 to 1."""

    text: str
    confidence: float


def engines() -> list[str]:
    """Name what there is to read with, the first choice first."""
    programs = [] if shutil.which("tesseract") is None else ["tesseract"]
    return ["rapidocr", *programs] if _has_rapidocr() else programs


def available() -> bool:
    """Tell whether there is anything to read with."""
    return bool(engines())


def read_picture(image: "Image", *, engine: str | None = None) -> Recognised | None:
    """Read the text in a picture of mode L or RGB; None where there is none.

    Args:
        image: A picture, decoded.
        engine: One of `engines`; None for the first.

    Raises:
        DataError: Tesseract failed.
        MissingExtraError: There is nothing to read with.
    """
    if min(image.size) < MIN_SIDE:
        return None
    engine = engine or next(iter(engines()), None)
    if engine is None:
        raise MissingExtraError(_FEATURE, "ocr")
    found = _by_rapidocr(image) if engine == "rapidocr" else _by_tesseract(image)
    lines = [line for line in found if line.confidence >= _LEAST_SURE and line.text.strip()]
    if not lines:
        return None
    confidence = _mean([(line.confidence, len(line.text)) for line in lines])
    text = arrange(lines)
    if confidence < _SURE and sum(letter.isalnum() for letter in text) < _FEW:
        return None
    return Recognised(text=text, confidence=min(1.0, confidence))


@cache
def _has_rapidocr() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def _by_rapidocr(image: "Image") -> list[Line]:
    found = _engine()(np.asarray(image.convert("RGB"))[:, :, ::-1])  # as OpenCV has it: blue first
    if found.boxes is None or found.txts is None:
        return []
    boxes = _upright(np.asarray(found.boxes, dtype=float))
    return [
        Line(text=text, confidence=float(score), box=box)
        for box, text, score in zip(boxes, found.txts, found.scores, strict=True)
    ]


def _upright(quads: np.ndarray) -> list[Box]:
    """Make boxes of the corners of lines, (lines, 4, 2), after turning the page as most of its lines want it."""
    along = quads[:, 1] - quads[:, 0]  # (lines, 2): the upper edges
    angles = np.arctan2(along[:, 1], along[:, 0])
    lengths = np.hypot(along[:, 0], along[:, 1])
    angle = float(np.median(angles[lengths >= np.median(lengths)]))
    if abs(angle) > _MOST_TILTED:
        angle = 0.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = quads @ turn
    low, high = turned.min(axis=1).tolist(), turned.max(axis=1).tolist()
    return [(left, top, right, bottom) for (left, top), (right, bottom) in zip(low, high, strict=True)]


@cache
def _engine() -> Any:
    """Load RapidOCR, once in a process."""
    try:
        import cv2
        import rapidocr
    except ImportError as err:
        raise MissingExtraError(_FEATURE, "ocr") from err
    cv2.setNumThreads(_THREADS)
    threads = ("intra_op_num_threads", "inter_op_num_threads")
    # With the files named, it neither compares them with a list nor downloads what it misses.
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.model_path": _model("det"),
            "Rec.model_path": _model("rec"),
            **{f"EngineConfig.onnxruntime.{name}": _THREADS for name in threads},
        }
    )


def _model(kind: str) -> str:
    import rapidocr

    files = sorted((Path(rapidocr.__file__).parent / "models").glob(f"*_{kind}_*.onnx"))
    if not files:
        raise DataError(f"RapidOCR was installed without its {kind} model; expected it in its package: install it anew")
    return str(files[-1])


def _by_tesseract(image: "Image") -> list[Line]:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    command = [shutil.which("tesseract") or "tesseract", "stdin", "stdout", "--psm", "3", "tsv"]
    environment = os.environ | {"OMP_THREAD_LIMIT": str(_THREADS)}
    try:
        done = subprocess.run(
            command, input=file.getvalue(), capture_output=True, timeout=_SECONDS, env=environment, check=True
        )
    except subprocess.TimeoutExpired as err:
        raise DataError(f"Tesseract took more than {_SECONDS} seconds for a picture") from err
    except (OSError, subprocess.CalledProcessError) as err:
        said = getattr(err, "stderr", b"") or b""
        raise DataError(f"Tesseract failed: {said.decode('utf-8', 'replace').strip() or err}") from err
    return _lines_of(done.stdout.decode("utf-8", "replace"))


def _lines_of(table: str) -> list[Line]:
    """Read Tesseract's table of words; those of a line stay together."""
    words: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"] and row["text"].strip():
            words.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    return [
        Line(
            text=" ".join(word["text"] for word in line),
            confidence=_mean([(float(word["conf"]) / 100, len(word["text"])) for word in line]),
            box=_hull([_box(word) for word in line]),
        )
        for line in words.values()
    ]


def _box(word: dict[str, str]) -> Box:
    left, top, width, height = (float(word[name]) for name in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def _hull(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _mean(weighted: Sequence[tuple[float, int]]) -> float:
    return sum(value * weight for value, weight in weighted) / max(1, sum(weight for _, weight in weighted))
