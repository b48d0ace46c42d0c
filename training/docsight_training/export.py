"""Export a trained network: the model folder, and a spaCy pipeline that opens anywhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import spacy
from torch import nn

from docsight import __version__
from docsight.bundle import Bundle
from docsight.components.base import NetworkPipe
from docsight.vocab import Vocab


def export_model(
    folder: Path,
    *,
    kind: str,
    network: nn.Module,
    arguments: Mapping[str, Any],
    vocabularies: Mapping[str, Vocab],
    config: Mapping[str, Any],
    data: Mapping[str, Mapping[str, str]],
    metrics: Mapping[str, float],
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write the model folder.

    Args:
        folder: Where to.
        kind: The kind of model, a key of `docsight.bundle.KINDS`.
        network: The trained network.
        arguments: The keyword arguments it was built with, plain JSON.
        vocabularies: By name.
        config: The resolved config of the run.
        data: For each corpus that was trained on its origin and licence.
        metrics: The final figures.
        about: Whatever else the model's config is to tell, plain JSON.
    """
    told = {
        "name": config["task"],
        "lang": config["lang"],
        "component": config["component"],
        "trained_with": f"docsight {__version__}",
        **(about or {}),
    }
    card = model_card(config, arguments, data, metrics)
    Bundle(kind, dict(arguments), network, dict(vocabularies), card, told).to_disk(folder)


def export_pipeline(folder: Path, model: Path, *, component: str, lang: str) -> None:
    """Write a spaCy pipeline of the one component; `spacy.load` opens it without the model folder."""
    nlp = spacy.blank(lang)
    cast(NetworkPipe, nlp.add_pipe(component)).from_disk(model)
    nlp.to_disk(folder)


def model_card(
    config: Mapping[str, Any],
    arguments: Mapping[str, Any],
    data: Mapping[str, Mapping[str, str]],
    metrics: Mapping[str, float],
) -> str:
    """Write the model card, in Markdown."""
    card = config["card"]
    figures = [f"| {name} | {value:.4f} |" for name, value in metrics.items()]
    corpora = [f"| {name} | {d.get('licence') or '-'} | {d.get('origin') or '-'} |" for name, d in data.items()]
    labels = [f"Labels: {', '.join(arguments['labels'])}."] if arguments.get("labels") else []
    limits = [f"- {limit}" for limit in card["limits"]] or ["- Not told in the config (`card.limits`)."]
    return "\n".join(
        [
            f"# {config['task']}",
            "",
            card.get("about") or f"A model for the spaCy component `{config['component']}`, language {config['lang']}.",
            "",
            *labels,
            f"Trained by `docsight-train` {__version__} with seed {config['seed']}; the licence of the weights: "
            f"{card['licence']}.",
            "",
            "## Figures",
            "",
            "| what | value |",
            "|---|---|",
            *figures,
            "",
            "## Training data",
            "",
            "| corpus | licence | origin and attribution |",
            "|---|---|---|",
            *corpora,
            "",
            "## Limits",
            "",
            *limits,
            "",
        ]
    )
