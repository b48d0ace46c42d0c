"""One text through three small taggers: what `POST /v1/compare` answers and the playground shows as Compare.

The taggers have about as many weights and learned the same text for as long. They differ only in the layers between
words and tags: a BiLSTM, an LSTM from left to right, and a CNN over windows of words (docs/cnn-and-rnn.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import spacy
import torch
from spacy.tokens import Token
from torch import Tensor

from docsight.bundle import DEMO_PREFIX, Bundle, find_model, load_folder, shipped_names
from docsight.errors import DataError
from docsight.networks.spans import encode_words, search_rows, word_types
from docsight.networks.tagger import Tagger

DEMO_TAGGERS = tuple(f"{DEMO_PREFIX}{layer}" for layer in ("lstm", "bilstm", "cnn"))
MAX_COMPARED_WORDS = 120  # of a text: the influence of its words takes a pass over as many texts as it has words
STATE_UNITS = 32  # whose values are returned for each word
_FIRST_COMPARED = "Ada Lovelace met Charles Babbage in London ."
_MIN_POSTERIOR = 1e-6  # keeps log odds finite
_DECIMALS = 4


class _Scored(NamedTuple):
    """Rows of words as a tagger sees them."""

    states: Tensor  # (rows, words, units)
    marginals: Tensor  # (rows, words, labels), the posterior that a word is part of an entity of a label


@dataclass(frozen=True)
class DemoTagger:
    """A tagger on the CPU, in evaluation mode.

    Args:
        name: The name of its model.
        bundle: The model.
    """

    name: str
    bundle: Bundle

    @property
    def network(self) -> Tagger:
        return cast(Tagger, self.bundle.network)

    def sight(self) -> dict[str, int | None]:
        """Return how many words before and after a word its state depends on; None for all of them."""
        encoder = self.network.encoder
        reach = len(encoder.layers)  # a layer of a CNN sees one word more on each side
        before, after = {"bilstm": (None, None), "lstm": (None, 0), "cnn": (reach, reach)}[encoder.layer]
        return {"before": before, "after": after}

    @torch.inference_mode()
    def compare(self, words: Sequence[str], focus: int | None) -> dict[str, Any]:
        """Return what the tagger sees in a text, in plain JSON; see `TaggerComparison.compare`."""
        vocabularies = self.bundle.vocabularies
        distinct = list(dict.fromkeys(words))
        types = word_types(distinct, vocab=vocabularies["words"], chars=vocabularies["chars"])
        encoded = encode_words(self.network, types)
        row = torch.tensor([distinct.index(word) for word in words])
        scored = self._score(encoded, row[None])
        entities = search_rows(self.network, encoded, [row])[0].best
        labels = self.network.labels
        return {
            "name": self.name,
            "layer": self.network.encoder.layer,
            "weights": sum(weight.numel() for weight in self.network.encoder.layers.parameters()),
            "sight": self.sight(),
            "entities": [{**each._asdict(), "score": round(each.score, _DECIMALS)} for each in entities],
            "words": [_word_row(labels, marginals) for marginals in scored.marginals[0].tolist()],
            **_chosen_units(scored.states[0]),
            "influence": None if focus is None else self._influence(encoded, row, focus, scored.marginals[0, focus]),
        }

    def _score(self, encoded: Tensor, rows: Tensor) -> _Scored:
        """Score rows of one length, (rows, words), of indices into `encoded`."""
        network = self.network
        lengths = torch.full((len(rows),), rows.shape[1])
        states = network.encoder(encoded[rows], lengths)
        posteriors = network.crf.log_marginals(network.output(states).float(), lengths).exp()
        # Tags are O, then B, I, E and S of each label.
        by_label = posteriors[:, :, 1:].reshape(*rows.shape, len(network.labels), 4)
        return _Scored(states.float(), by_label.sum(dim=3).clamp(0, 1))

    def _influence(self, encoded: Tensor, row: Tensor, focus: int, marginals: Tensor) -> dict[str, Any]:
        """Leave out each other word, and return by how much the log odds of the label of the word in focus fall."""
        label = int(marginals.argmax())
        others = [at for at in range(len(row)) if at != focus]
        changes = [0.0] * len(row)
        if others:
            shortened = torch.stack([torch.cat([row[:at], row[at + 1 :]]) for at in others])
            after = self._score(encoded, shortened).marginals  # (others, words - 1, labels)
            whole = _log_odds(float(marginals[label]))
            for number, at in enumerate(others):
                posterior = float(after[number, focus - (at < focus), label])
                changes[at] = round(whole - _log_odds(posterior), _DECIMALS)
        return {"word": focus, "label": self.network.labels[label], "change": changes}


class TaggerComparison:
    """The demonstration taggers, loaded once; it may be shared by threads.

    Args:
        models: Names of shipped models, or model folders.

    Raises:
        BundleError: A model is missing or damaged, or is not a tagger.
    """

    def __init__(self, models: Sequence[str] = DEMO_TAGGERS) -> None:
        self.taggers: list[DemoTagger] = []
        for model in models:
            folder = find_model(model)
            bundle = load_folder(folder, kind="tagger")
            bundle.network.eval().requires_grad_(False)
            self.taggers.append(DemoTagger(folder.name, bundle))
        self._tokenizer = spacy.blank("en").tokenizer

    def compare(self, text: str, *, focus: int | None = None) -> dict[str, Any]:
        """Show what each tagger finds in a text, and why.

        Args:
            text: The text, of at most `MAX_COMPARED_WORDS` words. Line breaks are read as spaces.
            focus: The number of a word whose label is explained, or None.

        Returns:
            Plain JSON: `text`; `words`, each with `text`, `start` and `end` in characters; and `taggers`, each with

            - `name`, `layer` (bilstm, lstm, cnn), `weights` of that layer, and `sight`: how many words `before` and
              `after` a word its state depends on, None for all;
            - `entities`: `start` and `end` in words, `label`, and `score`, the posterior probability;
            - `words`: `label`, the likeliest one of the word or None for no entity, its `probability`, and
              `probabilities` by label;
            - `units`, the numbers of the `STATE_UNITS` units whose state varies most in this text, and `states`: for
              each word their values, divided by the largest of the unit, from -1 to 1;
            - `influence`: None without a focus; otherwise `word`, the `label` that is likeliest for it, and `change`:
              for each word, by how much the log odds of that label fall if the word is left out.

        Raises:
            DataError: The text is not a string, has no word or too many, or has no word with the number `focus`.
        """
        words = self._words(text)
        if focus is not None and not (type(focus) is int and 0 <= focus < len(words)):
            raise DataError(f"compare: expected a focus from 0 to {len(words) - 1}, a word; found {focus!r}.")
        forms = [token.text for token in words]
        return {
            "text": text,
            "words": [{"text": each.text, "start": each.idx, "end": each.idx + len(each)} for each in words],
            "taggers": [tagger.compare(forms, focus) for tagger in self.taggers],
        }

    def _words(self, text: str) -> list[Token]:
        if not isinstance(text, str):
            raise DataError(f"compare: expected a text; found {type(text).__name__}.")
        words = [token for token in self._tokenizer(text) if not token.is_space]
        if not 1 <= len(words) <= MAX_COMPARED_WORDS:
            raise DataError(f"compare: expected 1 to {MAX_COMPARED_WORDS} words; found {len(words)}.")
        return words


def load_demo_taggers() -> TaggerComparison | None:
    """Load the demonstration taggers and compute with them; None if this installation lacks them."""
    if not set(DEMO_TAGGERS) <= set(shipped_names()):
        return None
    comparison = TaggerComparison()
    comparison.compare(_FIRST_COMPARED, focus=0)
    return comparison


def _word_row(labels: Sequence[str], marginals: Sequence[float]) -> dict[str, Any]:
    outside = max(0.0, 1 - sum(marginals))
    probability, label = max(zip((outside, *marginals), (None, *labels), strict=True), key=lambda each: each[0])
    return {
        "label": label,
        "probability": round(probability, _DECIMALS),
        "probabilities": {name: round(value, _DECIMALS) for name, value in zip(labels, marginals, strict=True)},
    }


def _chosen_units(states: Tensor) -> dict[str, Any]:
    """Return the units of states, (words, units), that vary most, and their values from -1 to 1, by word."""
    count = min(STATE_UNITS, states.shape[1])
    units = states.var(dim=0, unbiased=False).topk(count).indices.sort().values
    chosen = states[:, units]
    scaled = chosen / chosen.abs().amax(dim=0).clamp(min=1e-9)
    return {"units": units.tolist(), "states": [[round(value, 3) for value in row] for row in scaled.tolist()]}


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _MIN_POSTERIOR), 1 - _MIN_POSTERIOR)
    return math.log(bounded / (1 - bounded))
