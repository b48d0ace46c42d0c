"""Export a trained model: the model folder, its card, and a spaCy pipeline that contains it."""

import sys
from collections.abc import Mapping
from typing import Any, cast

import spacy

from docsight.bundle import KINDS, Bundle
from docsight.components.base import NetworkPipe
from docsight.version import __version__
from docsight_training.runs import Run, TrainedModel

_CARD = """\
# {task}

{about}

{labels}Trained by `docsight-train` {version} with seed {seed}. Licence of the weights: {licence}.

## Figures

| metric | value |
|---|---|
{figures}

## Training data

| corpus | licence | origin and attribution |
|---|---|---|
{corpora}

## Limits

{limits}
"""


def export_run(run: Run, model: TrainedModel) -> None:
    """Write the model folder of a finished run, and a pipeline that contains it; print the figures and both paths."""
    config, figures = run.config, run.final_metrics()
    about = {
        "name": config["task"],
        "lang": config["lang"],
        "component": config["component"],
        "trained_with": f"docsight {__version__}",
        **model.about,
    }
    card = _model_card(config, model, figures)
    kind = next(name for name, kind in KINDS.items() if kind.network is type(model.network))
    folder, pipeline = run.folder / "model", run.folder / "pipeline"
    Bundle(kind, model.arguments, model.network, model.vocabularies, card, about).to_disk(folder)
    nlp = spacy.blank(config["lang"])
    cast(NetworkPipe, nlp.add_pipe(config["component"])).from_disk(folder)
    nlp.to_disk(pipeline)
    for name, value in figures.items():
        sys.stderr.write(f"{name:<32} {value:.4f}\n")
    sys.stderr.write(f"model: {folder}\nspaCy pipeline: {pipeline}\n")


def _model_card(config: Mapping[str, Any], model: TrainedModel, metrics: Mapping[str, float]) -> str:
    card = config["card"]
    labels = model.arguments.get("labels")
    return _CARD.format(
        task=config["task"],
        about=card.get("about")
        or f"A model for the spaCy component `{config['component']}`, language {config['lang']}.",
        labels=f"Labels: {', '.join(labels)}.\n" if labels else "",
        version=__version__,
        seed=config["seed"],
        licence=card["licence"],
        figures="\n".join(f"| {name} | {value:.4f} |" for name, value in metrics.items()),
        corpora="\n".join(
            f"| {name} | {of.get('licence') or '-'} | {of.get('origin') or '-'} |" for name, of in model.sources.items()
        ),
        limits="\n".join(f"- {limit}" for limit in card["limits"]) or "- None given in the config (`card.limits`).",
    )
