"""Which pixels moved the decision: Grad-CAM and occlusion."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from docsight.errors import ConfigError
from docsight.inspection.loading import Inspected, Picture, pixel_values, prepare
from docsight.inspection.maps import block_names, module_of

_BATCH_PIXELS = 64 * 28 * 28  # of covered pictures that are read at once


def grad_cam(model: Inspected, picture: Picture, *, label: str | None = None, layer: str | None = None) -> np.ndarray:
    """Weigh the feature maps of a layer by how much the label's logit rises with each (Selvaraju et al. 2017).

    Args:
        model: The model.
        picture: The picture.
        label: Whose decision; None for the most probable label.
        layer: Which of `layer_names`; None for the last block.

    Returns:
        float32, (size, size), scaled up to the square that the network sees: 0 where nothing speaks for the label.

    Raises:
        ConfigError: There is no such label or layer.
    """
    module = module_of(model, layer or block_names(model)[-1])
    kept: list[Tensor] = []

    def cut(_: nn.Module, __: object, output: Tensor) -> Tensor:
        """Let the gradient start at the maps: what lies below is not needed."""
        kept.append(output.detach().requires_grad_())
        return kept[0]

    inputs = prepare(model, pixel_values(model, picture)[None])
    handle = module.register_forward_hook(cut)
    try:
        with torch.inference_mode(False), torch.enable_grad():
            logits = model.network(inputs.clone()).logits[0]
            logit = logits[int(logits.argmax()) if label is None else model.index(label)]
            (slopes,) = torch.autograd.grad(logit, kept[0])
    finally:
        handle.remove()
    weights = slopes.mean(dim=(2, 3), keepdim=True)  # (1, filters, 1, 1)
    cam = (weights * kept[0].detach()).sum(dim=1, keepdim=True).relu()
    size = (model.settings.size, model.settings.size)
    return F.interpolate(cam, size=size, mode="bilinear", align_corners=False)[0, 0].numpy()


def occlusion(
    model: Inspected,
    picture: Picture,
    *,
    label: str | None = None,
    patch: int | None = None,
    stride: int | None = None,
) -> np.ndarray:
    """Cover the picture patch by patch and see how much the label loses (Zeiler and Fergus 2014).

    A patch has the colour of the picture's edge, so that what it covers is as if it had never been drawn. What counts
    are the label's log odds: its probability may stay at 1.00 while most of what speaks for it goes.

    Args:
        model: The model.
        picture: The picture.
        label: Whose decision; None for the most probable label.
        patch: The side of the patch in pixels; None for a seventh of the picture's.
        stride: From one place to the next; None for half a patch.

    Returns:
        float32, (size, size): the mean loss of log odds over the patches that cover a pixel; below 0 where the label
        gains by the covering.

    Raises:
        ConfigError: There is no such label, or the patch does not fit.
    """
    size = model.settings.size
    patch = max(1, round(size / 7)) if patch is None else patch
    stride = max(1, patch // 2) if stride is None else stride
    if not 1 <= patch <= size or not 1 <= stride <= patch:
        raise ConfigError(f"occlusion: expected 1 <= stride <= patch <= {size}; found patch {patch}, stride {stride}.")
    pixels = pixel_values(model, picture)
    paper = np.median(np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1), axis=1)
    whole = _logits(model, pixels[None])
    index = int(whole.argmax()) if label is None else model.index(label)
    before = _log_odds(whole, index)[0]
    starts = sorted({*range(0, size - patch + 1, stride), size - patch})
    places = [(row, column) for row in starts for column in starts]
    lost, covers = np.zeros((size, size)), np.zeros((size, size))
    at_once = max(1, _BATCH_PIXELS // size**2)
    for first in range(0, len(places), at_once):
        some = places[first : first + at_once]
        covered = np.repeat(pixels[None], len(some), axis=0)  # (batch, channels, size, size)
        for one, (row, column) in zip(covered, some, strict=True):
            one[:, row : row + patch, column : column + patch] = paper.astype(np.uint8)[:, None, None]
        after = _log_odds(_logits(model, covered), index)
        for value, (row, column) in zip(after, some, strict=True):
            lost[row : row + patch, column : column + patch] += before - value
            covers[row : row + patch, column : column + patch] += 1
    return (lost / covers).astype(np.float32)


@torch.no_grad()
def _logits(model: Inspected, pixels: np.ndarray) -> Tensor:
    """Read uint8 pixels, (batch, channels, size, size); returns (batch, labels)."""
    return model.network(prepare(model, pixels)).logits


def _log_odds(logits: Tensor, index: int) -> np.ndarray:
    """Return the log odds of a label against all others, (batch,); of the only label its logit."""
    others = torch.cat([logits[:, :index], logits[:, index + 1 :]], dim=1)
    mine = logits[:, index].double()
    return (mine - others.double().logsumexp(dim=1) if others.shape[1] else mine).numpy()
