"""Transfer learning: initialize a network from another model, and train its blocks one after the other."""

from typing import Any, cast

import torch
from pytorch_lightning import LightningModule
from pytorch_lightning.callbacks import BaseFinetuning
from torch import nn
from torch.optim import Optimizer

from docsight.bundle import find_model, load_folder
from docsight.errors import ConfigError
from docsight.networks.image_classifier import ImageClassifier


def start_from(start: str, network: nn.Module, data: Any) -> None:
    """Initialize a tagger or image classifier from another model, given as the name of a shipped model or a folder.

    Raises:
        BundleError: There is no such model.
        ConfigError: A layer of the other model has another shape.
    """
    if isinstance(network, ImageClassifier):
        copy_blocks(start, network)
    else:
        data.start_network(network)


class GradualUnfreezing(BaseFinetuning):
    """Trains only the last layer at first, then unfreezes the blocks below it one by one, from the last to the first.

    The statistics and scales of batch norm are trained from the start: they adapt the filters to the new images.

    Args:
        after: The number of epochs before the first block is unfrozen.
        every: The number of epochs from one block to the next.
    """

    def __init__(self, *, after: int = 1, every: int = 1) -> None:
        super().__init__()
        if after < 0 or every < 1:
            raise ConfigError(f"model.thaw: expected after >= 0 and every >= 1; found {after}, {every}.")
        self.after, self.every = after, every

    def freeze_before_training(self, pl_module: LightningModule) -> None:
        self.freeze(cast(ImageClassifier, pl_module.network).blocks, train_bn=True)

    def finetune_function(self, pl_module: LightningModule, epoch: int, optimizer: Optimizer) -> None:
        """Unfreeze the blocks of this epoch. The optimizer has all parameters already, and skips frozen ones."""
        blocks = list(cast(ImageClassifier, pl_module.network).blocks)
        count = 0 if epoch < self.after else 1 + (epoch - self.after) // self.every
        for block in blocks[max(0, len(blocks) - count) :]:
            self.make_trainable(block)


@torch.no_grad()
def copy_blocks(start: str, network: ImageClassifier) -> None:
    """Copy the blocks of another model into a classifier, which keeps its own last layer and classes.

    Between grey and colour, the filters of the first layer are converted: colour is read as its mean.
    """
    other = cast(ImageClassifier, load_folder(find_model(start), kind="image_classifier").network)
    theirs = other.blocks.state_dict()
    first = "0.first.0.weight"
    if other.channels == 1 and network.channels == 3:
        theirs[first] = theirs[first].expand(-1, 3, -1, -1) / 3
    elif other.channels == 3 and network.channels == 1:
        theirs[first] = theirs[first].sum(dim=1, keepdim=True)
    ours = network.blocks.state_dict()
    if {name: list(t.shape) for name, t in ours.items()} != {name: list(t.shape) for name, t in theirs.items()}:
        widths = [
            [layer.out_channels for layer in block.modules() if isinstance(layer, nn.Conv2d)] for block in other.blocks
        ]
        raise ConfigError(
            f"model.init_from={start}: the blocks of that model differ from model.network.blocks; set "
            f"model.network.blocks to the widths of that model: {widths}."
        )
    network.blocks.load_state_dict(theirs)
