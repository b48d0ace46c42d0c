"""Draw all views of a model and an image, and write them to a folder."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from docsight.errors import ConfigError
from docsight.image_decoding import open_image
from docsight.inspection.activations import feature_maps
from docsight.inspection.attribution import grad_cam, occlusion
from docsight.inspection.canvas import require_matplotlib
from docsight.inspection.filter_plots import draw_filters, draw_maps, draw_top_images
from docsight.inspection.filters import filters_before_and_after
from docsight.inspection.image_plots import draw_decision, draw_image, draw_pixels
from docsight.inspection.index_page import render
from docsight.inspection.loading import InspectedModel, Prediction, classify, load, network_input, pixel_values
from docsight.inspection.prediction_plots import draw_scores
from docsight.inspection.top_activations import TopImages, find_images, top_images

PAGE = "index.html"

_MAX_DRAWN_SIDE = 800  # pixels: a scan is not drawn in full resolution


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """The results of `inspect`.

    Args:
        model: The model.
        prediction: The prediction for the image.
        label: The label that is explained.
        top_images: The images that activate the filters most; None without a data set.
        files: The names of the files, the page first.
    """

    model: InspectedModel
    prediction: Prediction
    label: str
    top_images: TopImages | None
    files: tuple[str, ...]


def inspect(
    model: str | os.PathLike[str],
    image: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    label: str | None = None,
    data: str | os.PathLike[str] | None = None,
    layer: str | None = None,
    filters: list[int] | None = None,
    top: int = 9,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Inspection:
    """Write a page about what a model responds to in an image, `index.html`, and each view as a PNG file.

    Args:
        model: The name of a shipped model, or a model folder.
        image: The image.
        out: The folder for the files; created if missing.
        label: The label to explain; None for the most probable one.
        data: A folder of images, in which to find those that activate the filters most.
        layer: The layer of these filters, one of `layer_names`; None for the last block.
        filters: Indices of filters in that layer; None for all.
        top: The number of images per filter.
        on_progress: Called with a line of progress.

    Raises:
        BundleError: The model does not exist or is not an image classifier.
        ConfigError: The label, the layer or a filter does not exist.
        DataError: The image or the data set cannot be read.
        MissingExtraError: matplotlib is not installed.
    """
    require_matplotlib()
    if data is None and (layer is not None or filters is not None):
        raise ConfigError("layer and filters need a data set: pass a folder of images as data (--data).")
    loaded = load(model)
    original = open_image(os.fspath(image))
    pixels = pixel_values(loaded, os.fspath(image))
    prediction = classify(loaded, pixels)
    label = prediction.best if label is None else loaded.labels[loaded.index(label)]
    found, top_pixels = None, dict[int, np.ndarray]()
    if data is not None:
        paths = find_images(data)
        found = top_images(loaded, paths, layer=layer, filters=filters, top=top, on_progress=on_progress)
        top_pixels = {int(index): pixel_values(loaded, paths[index]) for index in np.unique(found.images)}
    size = original.size
    original.thumbnail((_MAX_DRAWN_SIDE, _MAX_DRAWN_SIDE))
    cam, losses = grad_cam(loaded, pixels, label=label), occlusion(loaded, pixels, label=label)
    pngs = {
        "scores.png": draw_scores(prediction, label),
        "picture.png": draw_image(np.asarray(original), pixels, network_input(loaded, pixels), size=size),
        "pixels.png": draw_pixels(pixels),
        "decision.png": draw_decision(pixels, cam, losses, label),
        "filters.png": draw_filters(*filters_before_and_after(loaded)),
    }
    pngs |= {f"maps_{name}.png": draw_maps(maps) for name, maps in feature_maps(loaded, pixels).items()}
    if found is not None:
        pngs["exciting.png"] = draw_top_images(found, top_pixels)
    page = render(
        loaded,
        pngs,
        image=Path(image).name,
        prediction=prediction,
        label=label,
        found=found,
        data=Path(data or "").name,
    )
    _write(Path(out), pngs | {PAGE: page.encode()})
    return Inspection(model=loaded, prediction=prediction, label=label, top_images=found, files=(PAGE, *pngs))


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
