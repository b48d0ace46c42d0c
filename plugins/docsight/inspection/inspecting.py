"""Draw all that can be seen of a model and a picture, and write it into a folder."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from docsight.errors import ConfigError
from docsight.images import open_image
from docsight.inspection import filter_views
from docsight.inspection import image_views as picture_views
from docsight.inspection.attribution import grad_cam, occlusion
from docsight.inspection.exciting import Exciting, find_pictures, most_exciting
from docsight.inspection.filters import filters_before_and_after
from docsight.inspection.index_page import render
from docsight.inspection.loading import Inspected, Verdict, classify, load, network_input, pixel_values
from docsight.inspection.maps import feature_maps
from docsight.inspection.sheet import require_matplotlib

PAGE = "index.html"

_SHOWN_SIDE = 800  # pixels: a scan is not drawn in full


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What was found and written.

    Args:
        model: The model.
        verdict: What it says of the picture.
        label: The label whose decision is explained.
        exciting: Of `most_exciting`; None without a data set.
        files: The names of the files, the page first.
    """

    model: Inspected
    verdict: Verdict
    label: str
    exciting: Exciting | None
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
    """Write what a model sees in a picture: `index.html`, which holds all, and each view as a PNG.

    Args:
        model: A shipped model's name, or a model folder.
        image: The picture.
        out: The folder for the files; made if missing.
        label: Whose decision is explained; None for the most probable label.
        data: A folder of pictures, of which the most exciting are shown.
        layer: Whose filters are to be excited, as `layer_names` names them; None for the last block.
        filters: Numbers of filters in that layer; None for all.
        top: How many pictures of each filter.
        on_progress: Called with a line now and then.

    Raises:
        BundleError: There is no such model, or it is no picture classifier.
        ConfigError: There is no such label, layer or filter.
        DataError: The picture or the data set cannot be read.
        MissingExtraError: matplotlib is not installed.
    """
    require_matplotlib()
    if data is None and (layer is not None or filters is not None):
        raise ConfigError("a layer or a filter is for the most exciting pictures: name a folder of them, too (--data).")
    opened = load(model)
    given = open_image(os.fspath(image))
    pixels = pixel_values(opened, os.fspath(image))
    verdict = classify(opened, pixels)
    label = verdict.best if label is None else opened.labels[opened.index(label)]
    found, close = None, dict[int, np.ndarray]()
    if data is not None:
        paths = find_pictures(data)
        found = most_exciting(opened, paths, layer=layer, filters=filters, top=top, on_progress=on_progress)
        close = {int(at): pixel_values(opened, paths[at]) for at in np.unique(found.pictures)}
    came = given.size
    given.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    pngs = {
        "scores.png": picture_views.draw_scores(verdict, label),
        "picture.png": picture_views.draw_picture(np.asarray(given), pixels, network_input(opened, pixels), came=came),
        "pixels.png": picture_views.draw_pixels(pixels),
        "decision.png": picture_views.draw_decision(
            pixels, grad_cam(opened, pixels, label=label), occlusion(opened, pixels, label=label), label
        ),
        "filters.png": filter_views.draw_filters(*filters_before_and_after(opened)),
    }
    pngs |= {f"maps_{name}.png": filter_views.draw_maps(maps) for name, maps in feature_maps(opened, pixels).items()}
    if found is not None:
        pngs["exciting.png"] = filter_views.draw_exciting(found, close)
    page = render(
        opened, pngs, image=Path(image).name, verdict=verdict, label=label, found=found, data=Path(data or "").name
    )
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pngs.items():
        (folder / name).write_bytes(content)
    (folder / PAGE).write_text(page, encoding="utf-8")
    return Inspection(model=opened, verdict=verdict, label=label, exciting=found, files=(PAGE, *pngs))
