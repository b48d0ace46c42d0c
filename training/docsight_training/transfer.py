"""Start a network from another one: a tagger from what that learned of words, a classifier from its filters."""

from collections.abc import Mapping
from typing import cast

import torch
from pytorch_lightning import LightningModule
from pytorch_lightning.callbacks import BaseFinetuning
from torch import nn
from torch.optim import Optimizer

from docsight.bundle import find_model, load_folder
from docsight.errors import ConfigError
from docsight.networks.image_classifier import ImageClassifier
from docsight.networks.tagger import Tagger
from docsight.vocab import PAD, UNK, Vocab

# Tables with a row for each entry of a vocabulary, which differs from model to model.
_TABLES = {"encode_chars.embed.weight": "chars", "tune_words.weight": "words"}
# Word vectors are those of this run; what they are coded with belongs to them.
_OWN = ("embed_words.",)


def start_from(start: str, network: nn.Module, vocabularies: Mapping[str, Vocab]) -> None:
    """Give a network what another model learned; arguments and errors as `copy_encoder` and `copy_blocks`."""
    if isinstance(network, ImageClassifier):
        copy_blocks(start, network)
    else:
        copy_encoder(start, cast(Tagger, network), vocabularies)


class Thaw(BaseFinetuning):
    """Train the last layer alone at first, then thaw the blocks below it one by one, from the last to the first.

    The statistics and scales of batch norm are trained from the start: they fit the filters to the new pictures.

    Args:
        after: The epochs before the first block is thawed.
        every: The epochs from one block to the next.

    Raises:
        ConfigError: A number of epochs cannot work.
    """

    def __init__(self, *, after: int = 1, every: int = 1) -> None:
        super().__init__()
        if after < 0 or every < 1:
            raise ConfigError(f"model.thaw: expected after of 0 or more, every of 1 or more; found {after}, {every}.")
        self.after, self.every = after, every

    def freeze_before_training(self, pl_module: LightningModule) -> None:
        """Freeze all blocks."""
        self.freeze(cast(ImageClassifier, pl_module.network).blocks, train_bn=True)

    def finetune_function(self, pl_module: LightningModule, epoch: int, optimizer: Optimizer) -> None:
        """Thaw what this epoch is for; the optimiser has all parameters already, and passes over frozen ones."""
        blocks = list(cast(ImageClassifier, pl_module.network).blocks)
        count = 0 if epoch < self.after else 1 + (epoch - self.after) // self.every
        for block in blocks[max(0, len(blocks) - count) :]:
            self.make_trainable(block)


@torch.no_grad()
def copy_blocks(start: str, network: ImageClassifier) -> None:
    """Give a classifier the blocks of another model; only the last layer, and classes, are its own.

    Filters of grey pictures read colour as its mean, and the other way round.

    Args:
        start: A shipped model's name, or a model folder.
        network: The classifier.

    Raises:
        BundleError: There is no such model.
        ConfigError: A layer of the other model has another shape.
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
            f"model.init_from={start}: its blocks are not those of this network; give model.network.blocks the "
            f"widths of that model: {widths}."
        )
    network.blocks.load_state_dict(theirs)


@torch.no_grad()
def copy_encoder(start: str, network: Tagger, vocabularies: Mapping[str, Vocab]) -> None:
    """Give a tagger the encoder of another model.

    Args:
        start: A shipped model's name, or a model folder.
        network: The tagger.
        vocabularies: Its vocabularies; rows of tables are copied by their entry.

    Raises:
        BundleError: There is no such model.
        ConfigError: A layer of the other model has another shape.
    """
    bundle = load_folder(find_model(start), kind="tagger")
    theirs = cast(Tagger, bundle.network).encoder.state_dict()
    for name, ours in network.encoder.state_dict().items():
        if name.startswith(_OWN):
            continue
        table = _TABLES.get(name)
        width = 1 if table else 0  # of a table only the rows may differ in number
        if name not in theirs or ours.shape[width:] != theirs[name].shape[width:]:
            found = list(theirs[name].shape) if name in theirs else "none"
            raise ConfigError(
                f"model.init_from={start}: {name} has shape {found}, here it is {list(ours.shape)}; "
                "give model.network.encoder the widths and layers of that model."
            )
        if table is None:
            ours.copy_(theirs[name])
        else:
            _copy_rows(ours, vocabularies[table], theirs[name], bundle.vocabularies[table])


def _copy_rows(ours: torch.Tensor, vocab: Vocab, theirs: torch.Tensor, their_vocab: Vocab) -> None:
    pairs = [(PAD, PAD), (UNK, UNK)]
    pairs += [(vocab.id(entry), their_vocab.id(entry)) for entry in vocab.entries if entry in their_vocab]
    for row, their_row in pairs:
        if row < len(ours) and their_row < len(theirs):
            ours[row] = theirs[their_row]
    if len(ours) > len(vocab) and len(theirs) > len(their_vocab):
        ours[-1] = theirs[-1]  # the edge of a word, behind the characters
