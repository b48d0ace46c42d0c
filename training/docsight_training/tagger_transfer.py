"""Transfer learning for the tagger: start from the vocabularies and weights of another tagger."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from docsight.bundle import Bundle, find_model, load_folder
from docsight.components.annotation_conventions import AnnotationConventions
from docsight.errors import BundleError, ConfigError
from docsight.networks.calibration import read_calibration
from docsight.networks.tagger import Tagger
from docsight.vocab import PAD, UNK, Vocab

# The arguments of the encoder that decide the shapes of its weights.
_WIDTHS = ("word_dim", "word_parts", "char_dim", "char_width", "casing_dim", "layer", "hidden_dim", "num_layers")


class TaggerVocabularies(NamedTuple):
    """The vocabularies of a tagger."""

    words: Vocab  # the words whose vectors are tuned come first: the network recognizes them by their id
    chars: Vocab
    tuned_words: int  # ids below this one have a trained correction to their vector


class InitialTagger:
    """A trained tagger that another one starts from.

    Args:
        model: The name of a shipped model, or a model folder.

    Attributes:
        conventions: How the text that it was trained on is annotated.
        calibration: The maps from its posteriors to probabilities, by label.

    Raises:
        BundleError: There is no such model, it is not a tagger, or its config is malformed.
    """

    def __init__(self, model: str) -> None:
        self._bundle: Bundle = load_folder(find_model(model), kind="tagger")
        self.network = cast(Tagger, self._bundle.network)
        self.conventions = AnnotationConventions.read(self._bundle.about)
        try:
            self.calibration = read_calibration(self._bundle.about.get("calibration"), self.network.labels)
        except ConfigError as err:
            raise BundleError(f"The config.json of {model}: {err} Export the model again.") from err
        encoder = self._bundle.arguments["encoder"]
        self.vocabularies = TaggerVocabularies(
            self._bundle.vocabularies["words"], self._bundle.vocabularies["chars"], encoder.get("tuned_words", 0)
        )

    def encoder_widths(self) -> dict[str, Any]:
        """Return the arguments that an encoder needs in order to take the weights of this one."""
        encoder: Mapping[str, Any] = self._bundle.arguments["encoder"]
        # A model of 0.1 does not name its layer.
        return {"layer": "bilstm"} | {name: encoder[name] for name in _WIDTHS if name in encoder}

    def local_arguments(self, labels: Sequence[str]) -> dict[str, Any] | None:
        """Return the arguments that local scores need in order to take those of this model for some labels."""
        local: Mapping[str, Any] = self._bundle.arguments.get("local") or {}
        kept = [label for label in local.get("labels", ()) if label in labels]
        return {**local, "labels": kept} if kept else None

    def extend_vocabularies(self, words: Iterable[str], chars: Iterable[str]) -> TaggerVocabularies:
        """Add words whose vectors are to be tuned, and characters, to those of this model."""
        theirs, tuned = self.vocabularies, max(0, self.vocabularies.tuned_words - _RESERVED)
        first = dict.fromkeys([*theirs.words.entries[:tuned], *words])
        rest = [word for word in theirs.words.entries[tuned:] if word not in first]
        all_chars = dict.fromkeys([*theirs.chars.entries, *chars])
        return TaggerVocabularies(Vocab([*first, *rest]), Vocab(all_chars), _RESERVED + len(first))

    @torch.no_grad()
    def copy_to(self, network: Tagger, vocabularies: TaggerVocabularies) -> None:
        """Copy all weights: rows of tables by the entries of the vocabularies, and rows of tags by their names.

        What this model does not have, the vectors of new words and the rows of new tags, stays as it is.
        """
        theirs, ours = self.network.state_dict(), network.state_dict()
        rows = {"words": _common_rows(vocabularies.words, self.vocabularies.words)}
        rows["tuned"] = _below(rows["words"], vocabularies.tuned_words, self.vocabularies.tuned_words)
        rows["chars"] = _common_rows(vocabularies.chars, self.vocabularies.chars)
        edges = torch.tensor([[len(vocabularies.chars)], [len(self.vocabularies.chars)]])  # the edge of a word
        rows["chars"] = torch.cat([rows["chars"], edges], dim=1)
        tags = [tag for tag in network.tags if tag in self.network.tags]
        rows["tags"] = torch.tensor([[network.tags.index(tag), self.network.tags.index(tag)] for tag in tags]).T
        rows["local"] = _common_local_rows(network, self.network)
        for name, tensor in ours.items():
            if name == "crf.transitions":
                (to, source) = rows["tags"]
                tensor[to[:, None], to] = theirs[name][source[:, None], source]
            elif (kind := _ROWS_OF_TABLE.get(name)) and name in theirs:
                to, source = rows[kind]
                tensor[to] = theirs[name][source]
            elif name in theirs:
                tensor.copy_(theirs[name])

    @torch.no_grad()
    def average_into(self, network: Tagger, vocabularies: TaggerVocabularies, *, fraction: float) -> None:
        """Average the weights that both have, with this fraction of the weights here (Wortsman et al. 2022)."""
        trained = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        self.copy_to(network, vocabularies)
        for name, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                tensor.lerp_(trained[name], 1 - fraction)


def freeze_old_labels(network: Tagger, start: InitialTagger | None) -> None:
    """Freeze the encoder and the scores of the labels that a network has from the tagger that it starts from.

    Raises:
        ConfigError: There is no such tagger, or no other label.
    """
    if start is None or set(network.labels) <= set(start.network.labels):
        raise ConfigError(
            "model.module.new_labels_only=true trains the labels that a model lacks: expected model.init_from, and "
            f"data.labels with more labels than it has; found {', '.join(network.labels)}."
        )
    network.encoder.requires_grad_(False)
    is_new = torch.tensor([tag not in start.network.tags for tag in network.tags])
    # The gradient of old rows, and of steps from one old tag to another, is zero.
    masks = {
        network.output.weight: is_new[:, None],
        network.output.bias: is_new,
        network.crf.transitions: is_new[:, None] | is_new,
        network.crf.start: is_new,
        network.crf.end: is_new,
    }
    for parameter, mask in masks.items():
        parameter.register_hook(partial(_masked, mask=mask))  # type: ignore[no-untyped-call]  # torch


def _masked(gradient: Tensor, *, mask: Tensor) -> Tensor:
    return gradient * mask.to(gradient.device)


_RESERVED = UNK + 1
_ROWS_OF_TABLE = {
    "encoder.embed_words.codes": "words",
    "encoder.tune_words.weight": "tuned",
    "encoder.encode_chars.embed.weight": "chars",
    "emit.weight": "tags",
    "emit.bias": "tags",
    "crf.start": "tags",
    "crf.end": "tags",
    "local.output.weight": "local",
    "local.output.bias": "local",
}


def _common_rows(ours: Vocab, theirs: Vocab) -> Tensor:
    """Return the ids of what both vocabularies have, (2, entries): ours and theirs."""
    pairs = [(PAD, PAD), (UNK, UNK), *((ours.id(entry), theirs.id(entry)) for entry in theirs.entries if entry in ours)]
    return torch.tensor(pairs).T


def _common_local_rows(ours: Tagger, theirs: Tagger) -> Tensor:
    """Return the rows of the local scores of the tags that both score locally, (2, tags): ours and theirs."""
    if ours.local is None or theirs.local is None:
        return torch.empty(2, 0, dtype=torch.long)
    names = [[network.tags[place] for place in network.local_tags.tolist()] for network in (ours, theirs)]
    both = [tag for tag in names[0] if tag in names[1]]
    return torch.tensor([[of.index(tag) for tag in both] for of in names], dtype=torch.long)


def _below(rows: Tensor, ours: int, theirs: int) -> Tensor:
    return rows[:, (rows[0] < ours) & (rows[1] < theirs)]
