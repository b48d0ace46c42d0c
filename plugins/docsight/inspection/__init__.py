"""What a picture classifier sees, as arrays and as a page: what `docsight inspect` runs."""

from docsight.inspection.attribution import grad_cam, occlusion
from docsight.inspection.exciting import Exciting, find_pictures, most_exciting
from docsight.inspection.filters import filters_before_and_after
from docsight.inspection.inspecting import Inspection, inspect
from docsight.inspection.loading import Inspected, Picture, Verdict, classify, load, network_input, pixel_values
from docsight.inspection.maps import feature_maps, layer_names

__all__ = [
    "Exciting",
    "Inspected",
    "Inspection",
    "Picture",
    "Verdict",
    "classify",
    "feature_maps",
    "filters_before_and_after",
    "find_pictures",
    "grad_cam",
    "inspect",
    "layer_names",
    "load",
    "most_exciting",
    "network_input",
    "occlusion",
    "pixel_values",
]
