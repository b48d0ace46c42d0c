"""Show what an image classifier responds to, as arrays or as an HTML page: the API behind `docsight inspect`.

Imports `networks`, `layers`, `images` and `bundle`. Only `canvas` and the two modules of plots need matplotlib.
"""

from docsight.inspection.activations import feature_maps, filters_before_and_after, layer_names
from docsight.inspection.attribution import grad_cam, occlusion
from docsight.inspection.inspector import Inspection, inspect
from docsight.inspection.loading import (
    ImageSource,
    InspectedModel,
    Prediction,
    classify,
    load,
    network_input,
    pixel_values,
)
from docsight.inspection.top_activations import TopImages, find_images, top_images

__all__ = [
    "ImageSource",
    "InspectedModel",
    "Inspection",
    "Prediction",
    "TopImages",
    "classify",
    "feature_maps",
    "filters_before_and_after",
    "find_images",
    "grad_cam",
    "inspect",
    "layer_names",
    "load",
    "network_input",
    "occlusion",
    "pixel_values",
    "top_images",
]
