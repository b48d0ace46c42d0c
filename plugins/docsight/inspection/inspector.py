"""Draw all views of a model and an image, and write them to a folder."""

import base64
import datetime
import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from docsight.errors import ConfigError, MissingExtraError
from docsight.image_decoding import open_image
from docsight.inspection.activations import block_names, feature_maps, filters_before_and_after
from docsight.inspection.attribution import grad_cam, occlusion
from docsight.inspection.filter_plots import draw_filters, draw_maps, draw_top_images
from docsight.inspection.image_plots import draw_decision, draw_image, draw_pixels, draw_scores
from docsight.inspection.loading import InspectedModel, Prediction, classify, load, network_input, pixel_values
from docsight.inspection.top_activations import TopImages, find_images, top_images
from docsight.version import __version__

PAGE = "index.html"

_MAX_DRAWN_SIDE = 800  # pixels: a scan is not drawn in full resolution


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """The results of `inspect`.

    Args:
        model: The model.
        prediction: The prediction for the image.
        label: The label that is explained.
        top_images: The images that activate the filters most; None if no folder of images was given.
        files: The names of the files that were written, the page first.
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
    """Write a page, `index.html`, that shows what a model responds to in an image, and each of its plots as a PNG file.

    Args:
        model: The name of a shipped model, or a model folder.
        image: The path of the image.
        out: The folder for the files; created if missing.
        label: The label to explain; None for the most probable one.
        data: A folder of images; the page then shows those that activate each filter most.
        layer: The layer of these filters, one of `layer_names`; None for the last block. Needs `data`.
        filters: Indices of filters in that layer; None for all. Needs `data`.
        top: The number of images per filter.
        on_progress: Called with a line of progress.

    Raises:
        BundleError: The model does not exist or is not an image classifier.
        ConfigError: The label, the layer or a filter does not exist, or one of the latter is given without `data`.
        DataError: The image cannot be read, or the folder has no images.
        MissingExtraError: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingExtraError("docsight inspect", "plots")
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
    inspection = Inspection(model=loaded, prediction=prediction, label=label, top_images=found, files=(PAGE, *pngs))
    page = _render(inspection, pngs, image=Path(image).name, data=Path(data or "").name)
    Path(out).mkdir(parents=True, exist_ok=True)
    for name, content in (pngs | {PAGE: page.encode()}).items():
        (Path(out) / name).write_bytes(content)
    return inspection


def _render(inspection: Inspection, pngs: Mapping[str, bytes], *, image: str, data: str) -> str:
    """Return the page, with the names of the image and of the data set; the template engine escapes all text."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = lambda value: f"{value:,}"
    folder, model = files("docsight.inspection"), inspection.model
    return environment.from_string((folder / "page.html.jinja").read_text(encoding="utf-8")).render(
        style=(folder / "page.css").read_text(encoding="utf-8"),
        version=__version__,
        time=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        model=model.name,
        settings=model.settings,
        seed=model.arguments.get("init_seed", 1),
        filters=model.network.first_conv.out_channels,
        blocks=block_names(model),
        score_name=model.decision.score,
        image=image,
        prediction=inspection.prediction,
        label=inspection.label,
        found=inspection.top_images,
        data=data,
        uris={name: "data:image/png;base64," + base64.b64encode(png).decode("ascii") for name, png in pngs.items()},
    )
