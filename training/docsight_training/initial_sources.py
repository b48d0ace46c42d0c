"""Where the weights come from that a network starts with, for the model card and the pipeline's `meta.json`."""

import re
from collections.abc import Mapping

from docsight.bundle import CARD, find_model
from docsight.errors import BundleError
from docsight_training.data.text_files import read_text

_SUFFIX = " (initial weights)"
_LICENCE = re.compile(r"Licence of the weights: (.+?)\.?$", re.MULTILINE)
_INITIAL_ROW = re.compile(rf"^\| (.+{re.escape(_SUFFIX)}) \| (.+) \| (.+) \|$", re.MULTILINE)  # of the table of a card


def initial_sources(model: str) -> Mapping[str, Mapping[str, str]]:
    """Return the origin and licence of a model that training starts from, and of those that it started from itself.

    Its licence holds for the new weights, too, and is that of its card.

    Args:
        model: The name of a shipped model, or a model folder.

    Raises:
        DataError: Its card cannot be read.
    """
    card = _read_card(model)
    licence = _LICENCE.search(card)
    sources = {
        f"{model}{_SUFFIX}": {
            "licence": licence[1] if licence else "see its card",
            "origin": f"the model that training started from; its {CARD} names its data",
        }
    }
    earlier = {name: {"licence": terms, "origin": origin} for name, terms, origin in _INITIAL_ROW.findall(card)}
    return sources | earlier


def _read_card(model: str) -> str:
    """Return the card of a model; empty if it has none, or is gone when a checkpoint is exported."""
    try:
        file = find_model(model) / CARD
    except BundleError:
        return ""
    return read_text(file) if file.is_file() else ""
