"""Export a trained model: the model folder, its card, and a spaCy pipeline that contains it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import spacy

from docsight.bundle import KINDS, Bundle
from docsight.components.base import NetworkPipe
from docsight.version import __version__
from docsight_training.runs import Run, TrainedModel


def export_run(run: Run, model: TrainedModel) -> None:
    """Write the model folder and the pipeline of a finished run, and print its figures and where both are."""
    figures = run.final_metrics()
    folder, pipeline = run.folder / "model", run.folder / "pipeline"
    export_model(folder, model, config=run.config, metrics=figures)
    export_pipeline(pipeline, folder, component=run.config["component"], lang=run.config["lang"])
    for name, value in figures.items():
        sys.stderr.write(f"{name:<32} {value:.4f}\n")
    sys.stderr.write(f"model: {folder}\nspaCy pipeline: {pipeline}\n")


def export_model(folder: Path, model: TrainedModel, *, config: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
    """Write a model folder.

    Args:
        folder: The folder to write.
        model: The trained model.
        config: The resolved config of the run.
        metrics: The figures for the model card.
    """
    about = {
        "name": config["task"],
        "lang": config["lang"],
        "component": config["component"],
        "trained_with": f"docsight {__version__}",
        **model.about,
    }
    card = model_card(config, model.arguments, model.sources, metrics)
    kind = next(name for name, kind in KINDS.items() if kind.network is type(model.network))
    Bundle(kind, model.arguments, model.network, model.vocabularies, card, about).to_disk(folder)


def export_pipeline(folder: Path, model: Path, *, component: str, lang: str) -> None:
    """Write a spaCy pipeline with one component. It contains the model, so `spacy.load` needs no other folder."""
    nlp = spacy.blank(lang)
    cast(NetworkPipe, nlp.add_pipe(component)).from_disk(model)
    nlp.to_disk(folder)


def model_card(
    config: Mapping[str, Any],
    arguments: Mapping[str, Any],
    sources: Mapping[str, Mapping[str, str]],
    metrics: Mapping[str, float],
) -> str:
    """Write the model card, in Markdown."""
    card = config["card"]
    rows = [f"| {name} | {value:.4f} |" for name, value in metrics.items()]
    corpora = [f"| {name} | {of.get('licence') or '-'} | {of.get('origin') or '-'} |" for name, of in sources.items()]
    labels = [f"Labels: {', '.join(arguments['labels'])}."] if arguments.get("labels") else []
    limits = [f"- {limit}" for limit in card["limits"]] or ["- None given in the config (`card.limits`)."]
    return "\n".join(
        [
            f"# {config['task']}",
            "",
            card.get("about") or f"A model for the spaCy component `{config['component']}`, language {config['lang']}.",
            "",
            *labels,
            f"Trained by `docsight-train` {__version__} with seed {config['seed']}. Licence of the weights: "
            f"{card['licence']}.",
            "",
            "## Figures",
            "",
            "| metric | value |",
            "|---|---|",
            *rows,
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
