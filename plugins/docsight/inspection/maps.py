"""What the layers make of a picture: their feature maps, caught by forward hooks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from docsight.errors import ConfigError
from docsight.inspection.loading import Inspected, Picture, pixel_values, prepare
from docsight.layers.conv_block import ConvBlock
from docsight.networks.image_classifier import ImageClassifier


def layer_names(model: Inspected) -> list[str]:
    """Name what can be looked at: of each block its layers, as in block1.layer2, and what leaves it, as in block1."""
    return list(_modules(model.network))


def block_names(model: Inspected) -> list[str]:
    """Name the blocks alone."""
    return [name for name in layer_names(model) if "." not in name]


def feature_maps(model: Inspected, picture: Picture, *, layers: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Return the feature maps of a picture by layer: float32, (filters, height, width), after batch norm and ReLU.

    Args:
        model: The model.
        picture: The picture.
        layers: Which of `layer_names`; None for what leaves each block, before it is made smaller for the next.

    Raises:
        ConfigError: There is no such layer.
    """
    layers = block_names(model) if layers is None else layers
    with torch.no_grad(), recorded(model, layers) as maps:
        model.network(prepare(model, pixel_values(model, picture)[None]))
    return {name: maps[name][0].numpy() for name in layers}


@contextmanager
def recorded(model: Inspected, layers: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Keep what layers give, (batch, filters, height, width), while the block runs the network.

    Raises:
        ConfigError: There is no such layer.
    """
    known, maps = _modules(model.network), dict[str, Tensor]()

    def keep(name: str):  # type: ignore[no-untyped-def]  # a hook
        def hook(_: nn.Module, __: object, output: Tensor) -> None:
            maps[name] = output

        return hook

    handles = [_find(known, name).register_forward_hook(keep(name)) for name in layers]
    try:
        yield maps
    finally:
        for handle in handles:
            handle.remove()


def module_of(model: Inspected, layer: str) -> nn.Module:
    """Return a layer by its name.

    Raises:
        ConfigError: There is no such layer.
    """
    return _find(_modules(model.network), layer)


def seen_boxes(model: Inspected, layer: str, places: np.ndarray) -> np.ndarray:
    """Tell which part of the picture a place of a feature map has seen (its receptive field).

    Args:
        model: The model.
        layer: One of `layer_names`.
        places: (…, 2), row and column in the map.

    Returns:
        int, (…, 4): top, left, bottom, right in pixels of the square that the network sees, the last two exclusive.
    """
    module_of(model, layer)  # there is such a layer
    centre, step, reach = 0.0, 1, 1
    for name, module in _modules(model.network).items():
        if "." in name:
            if name.endswith(".layer1") and name != "block1.layer1":  # the maps were halved between the blocks
                centre, step, reach = centre + step / 2, step * 2, reach + step
            stride = cast(nn.Conv2d, cast(nn.Sequential, module)[0]).stride[0]
            reach, step = reach + 2 * step, step * stride
        if name == layer:
            break
    middle = centre + np.asarray(places) * step
    first, last = middle - (reach - 1) / 2, middle + (reach - 1) / 2
    corners = np.concatenate([np.floor(first), np.ceil(last) + 1], axis=-1)
    return corners.clip(0, model.settings.size).astype(int)


def _modules(network: ImageClassifier) -> dict[str, nn.Module]:
    """Give the layers by name, from the picture on."""
    found: dict[str, nn.Module] = {}
    for n, block in enumerate(network.blocks, start=1):
        layers = (cast(ConvBlock, block).first, *cast(ConvBlock, block).branch)
        found |= {f"block{n}.layer{at}": layer for at, layer in enumerate(layers, start=1)}
        found[f"block{n}"] = block
    return found


def _find(known: dict[str, nn.Module], layer: str) -> nn.Module:
    if layer not in known:
        raise ConfigError(f"layer {layer!r}: the model has {', '.join(known)}; pass one of these.")
    return known[layer]
