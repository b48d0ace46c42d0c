"""Which pixels influence the decision: Grad-CAM and occlusion."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from docsight.errors import ConfigError
from docsight.inspection.activations import block_names, module_of
from docsight.inspection.loading import ImageSource, InspectedModel, pixel_values, prepare

_PIXELS_PER_OCCLUSION_BATCH = 64 * 28 * 28


def grad_cam(
    model: InspectedModel, image: ImageSource, *, label: str | None = None, layer: str | None = None
) -> np.ndarray:
    """Compute Grad-CAM: the feature maps of a layer, weighted by the gradients of a logit (Selvaraju et al. 2017).

    Args:
        model: The model.
        image: The image.
        label: The label to explain; None for the most probable one.
        layer: One of `layer_names`; None for the last block.

    Returns:
        float32, (size, size), scaled up to the size of the network's input. High values are evidence for the label; 0
        is no evidence.

    Raises:
        ConfigError: The label or the layer does not exist.
    """
    module = module_of(model, layer or block_names(model)[-1])
    maps: list[Tensor] = []

    def detach(_: nn.Module, __: object, output: Tensor) -> Tensor:
        """Let the gradient stop at the feature maps: the layers before them do not need it."""
        maps.append(output.detach().requires_grad_())
        return maps[0]

    inputs = prepare(model, pixel_values(model, image)[None])
    handle = module.register_forward_hook(detach)
    try:
        with torch.inference_mode(False), torch.enable_grad():
            logits = model.network(inputs.clone()).logits[0]
            logit = logits[int(logits.argmax()) if label is None else model.index(label)]
            (gradients,) = torch.autograd.grad(logit, maps[0])
    finally:
        handle.remove()
    weights = gradients.mean(dim=(2, 3), keepdim=True)  # (1, filters, 1, 1)
    cam = (weights * maps[0].detach()).sum(dim=1, keepdim=True).relu()
    size = (model.settings.size, model.settings.size)
    return F.interpolate(cam, size=size, mode="bilinear", align_corners=False)[0, 0].numpy()


def occlusion(
    model: InspectedModel,
    image: ImageSource,
    *,
    label: str | None = None,
    patch: int | None = None,
    stride: int | None = None,
) -> np.ndarray:
    """Cover one patch of the image after another and measure the label's loss of log odds (Zeiler and Fergus 2014).

    Patches have the median color of the image's border, so that they look like empty background. The loss is measured
    in log odds, because the probability may stay at 1.00 while most of the evidence for the label is covered.

    Args:
        model: The model.
        image: The image.
        label: The label to explain; None for the most probable one.
        patch: The side of the patch in pixels; None for a seventh of the image's side.
        stride: The distance between patches in pixels; None for half a patch.

    Returns:
        float32, (size, size): the mean loss of log odds over the patches that cover a pixel. It is negative where
        covering raises the log odds.

    Raises:
        ConfigError: The label does not exist, or the patch or the stride does not fit the image.
    """
    size = model.settings.size
    patch = max(1, round(size / 7)) if patch is None else patch
    stride = max(1, patch // 2) if stride is None else stride
    if not 1 <= patch <= size or not 1 <= stride <= patch:
        raise ConfigError(f"occlusion: expected 1 <= stride <= patch <= {size}; found patch {patch}, stride {stride}.")
    pixels = pixel_values(model, image)
    border = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    colour = np.median(border, axis=1).astype(np.uint8)  # (channels,)
    logits = _logits(model, pixels[None])
    index = int(logits.argmax()) if label is None else model.index(label)
    before = _log_odds(logits, index)[0]
    starts = sorted({*range(0, size - patch + 1, stride), size - patch})
    corners = [(row, column) for row in starts for column in starts]
    losses, counts = np.zeros((size, size)), np.zeros((size, size))
    batch_size = max(1, _PIXELS_PER_OCCLUSION_BATCH // size**2)
    for first in range(0, len(corners), batch_size):
        batch = corners[first : first + batch_size]
        covered = np.repeat(pixels[None], len(batch), axis=0)  # (batch, channels, size, size)
        for copy, (row, column) in zip(covered, batch, strict=True):
            copy[:, row : row + patch, column : column + patch] = colour[:, None, None]
        after = _log_odds(_logits(model, covered), index)
        for value, (row, column) in zip(after, batch, strict=True):
            losses[row : row + patch, column : column + patch] += before - value
            counts[row : row + patch, column : column + patch] += 1
    return (losses / counts).astype(np.float32)


@torch.no_grad()
def _logits(model: InspectedModel, pixels: np.ndarray) -> Tensor:
    """Return the logits, (batch, labels), of uint8 pixels, (batch, channels, size, size)."""
    logits: Tensor = model.network(prepare(model, pixels)).logits
    return logits


def _log_odds(logits: Tensor, index: int) -> np.ndarray:
    """Return the log odds of a label against all others, (batch,); if it is the only label, its logit."""
    others = torch.cat([logits[:, :index], logits[:, index + 1 :]], dim=1)
    logit = logits[:, index].double()
    return (logit - others.double().logsumexp(dim=1) if others.shape[1] else logit).numpy()
