"""Start a tagger from another one: what that learned of words and characters in context."""

from collections.abc import Mapping
from typing import cast

import torch

from docsight.bundle import find_model, load_folder
from docsight.errors import ConfigError
from docsight.networks.tagger import Tagger
from docsight.vocab import PAD, UNK, Vocab

# Tables with a row for each entry of a vocabulary, which differs from model to model.
_TABLES = {"encode_chars.embed.weight": "chars", "tune_words.weight": "words"}
# Word vectors are those of this run; what they are coded with belongs to them.
_OWN = ("embed_words.",)


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
