"""The first filters of a network, and the activations of its layers, recorded by forward hooks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from docsight.errors import ConfigError
from docsight.inspection.loading import ImageSource, InspectedModel, pixel_values, prepare
from docsight.layers.convolutions import ConvBlock
from docsight.networks.image_classifier import ImageClassifier
from docsight.weights import fixed_torch_defaults


def layer_names(model: InspectedModel) -> list[str]:
    """List the layers of each block, such as block1.layer2, and the block's output, such as block1."""
    return list(_modules(model.network))


def block_names(model: InspectedModel) -> list[str]:
    return [name for name in layer_names(model) if "." not in name]


def feature_maps(
    model: InspectedModel, image: ImageSource, *, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Return the feature maps of an image by layer: float32, (filters, height, width), after batch norm and ReLU.

    Args:
        model: The model.
        image: The image.
        layers: Names of layers, from `layer_names`; None for the output of each block, before pooling.

    Raises:
        ConfigError: A layer does not exist.
    """
    layers = block_names(model) if layers is None else layers
    with torch.no_grad(), record_activations(model, layers) as maps:
        model.network(prepare(model, pixel_values(model, image)[None]))
    return {name: maps[name][0].numpy() for name in layers}


def filters_before_and_after(model: InspectedModel) -> tuple[np.ndarray, np.ndarray]:
    """Return the filters of the first layer before and after training.

    A model stores the seed of its initial weights, from which they are drawn again. If training started from the
    filters of another model (`model.init_from`), the filters "before training" are still the random ones of the seed.

    Returns:
        Two arrays of float32, (filters, channels, 3, 3).
    """
    with fixed_torch_defaults():
        before = ImageClassifier(**model.arguments).first_conv.weight
    after = model.network.first_conv.weight
    return before.detach().numpy().copy(), after.detach().numpy().copy()


@contextmanager
def record_activations(model: InspectedModel, layers: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Record the outputs of layers, (batch, filters, height, width), while the block runs the network."""
    maps: dict[str, Tensor] = {}

    def recorder(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def record(_: nn.Module, __: object, output: Tensor) -> None:
            maps[name] = output

        return record

    handles = [module_of(model, name).register_forward_hook(recorder(name)) for name in layers]
    try:
        yield maps
    finally:
        for handle in handles:
            handle.remove()


def module_of(model: InspectedModel, layer: str) -> nn.Module:
    """Return the module of a layer.

    Raises:
        ConfigError: The layer does not exist.
    """
    modules = _modules(model.network)
    if layer not in modules:
        raise ConfigError(f"layer {layer!r}: the model has {', '.join(modules)}; pass one of these.")
    return modules[layer]


def receptive_fields(model: InspectedModel, layer: str, positions: np.ndarray) -> np.ndarray:
    """Return the part of the image on which positions in the feature map of a layer depend.

    Args:
        model: The model.
        layer: One of `layer_names`; it must exist.
        positions: (…, 2), row and column in the feature map.

    Returns:
        int, (…, 4): top, left, bottom and right, in pixels of the network's input; bottom and right are exclusive.
    """
    offset, step, extent = 0.0, 1, 1
    for name, module in _modules(model.network).items():
        if "." in name:
            if name.endswith(".layer1") and name != "block1.layer1":  # pooling between the blocks halves the maps
                offset, step, extent = offset + step / 2, step * 2, extent + step
            stride = cast(nn.Conv2d, cast(nn.Sequential, module)[0]).stride[0]
            extent, step = extent + 2 * step, step * stride
        if name == layer:
            break
    centre = offset + np.asarray(positions) * step
    first, last = centre - (extent - 1) / 2, centre + (extent - 1) / 2
    corners = np.concatenate([np.floor(first), np.ceil(last) + 1], axis=-1)
    return corners.clip(0, model.settings.size).astype(int)


def _modules(network: ImageClassifier) -> dict[str, nn.Module]:
    """Return the layers and blocks by name, from input to output."""
    modules: dict[str, nn.Module] = {}
    for n, block in enumerate(network.blocks, start=1):
        layers = (cast(ConvBlock, block).first, *cast(ConvBlock, block).branch)
        modules |= {f"block{n}.layer{at}": layer for at, layer in enumerate(layers, start=1)}
        modules[f"block{n}"] = block
    return modules
