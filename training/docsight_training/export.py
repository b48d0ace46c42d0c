"""Export a trained model: the model folder, its card, and a spaCy pipeline that contains it."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import spacy

from docsight.bundle import KINDS, Bundle
from docsight.components.base import NetworkPipe
from docsight.version import __version__
from docsight_training.runs import Run, TrainedModel

_CARD = """\
# {name}

{about}

{labels}Trained by `docsight-train` {version} with seed {seed}, run `{run}`. Licence of the weights: {licence}.
{licence_link}
## Figures

| metric | value |
|---|---|
{figures}
{by_label}
## Training data

| corpus | licence | origin and attribution |
|---|---|---|
{corpora}

## Limits

{limits}
"""
_BY_LABEL = """
| {split}, by label | precision | recall | F1 | support |
|---|---|---|---|---|
{rows}
"""
_SPLITS = {"test": "test", "val": "validation"}  # in metrics and in words
_UNVERSIONED = "0.1.0"  # the version of a pipeline whose config has none, as those of older runs


def export_run(run: Run, model: TrainedModel) -> None:
    """Write the model folder of a finished run, and a pipeline that contains it; print the figures and both paths."""
    config, figures = run.config, run.final_metrics()
    about = {
        "name": _model_name(config),
        "lang": config["lang"],
        "component": config["component"],
        "trained_with": f"docsight {__version__}",
        **model.about,
    }
    card = _model_card(config, model, figures)
    kind = next(name for name, kind in KINDS.items() if kind.network is type(model.network))
    folder, pipeline = run.folder / "model", run.folder / "pipeline"
    Bundle(kind, model.arguments, model.network, model.vocabularies, card, about).to_disk(folder)
    nlp = spacy.blank(config["lang"], meta=_pipeline_meta(config, model, figures))
    cast(NetworkPipe, nlp.add_pipe(config["component"])).from_disk(folder)
    nlp.to_disk(pipeline)
    for name, value in figures.items():
        sys.stderr.write(f"{name:<32} {value:.{0 if '/support/' in name else 4}f}\n")
    sys.stderr.write(f"model: {folder}\nspaCy pipeline: {pipeline}\n")


def _model_card(config: Mapping[str, Any], model: TrainedModel, metrics: Mapping[str, float]) -> str:
    card = config["card"]
    labels = model.arguments.get("labels")
    return _CARD.format(
        name=_model_name(config),
        about=_description(config),
        run=config["name"],
        labels=f"Labels: {', '.join(labels)}.\n" if labels else "",
        version=__version__,
        seed=config["seed"],
        licence=card["licence"],
        licence_link=_licence_link(card["licence"]),
        figures="\n".join(
            f"| {name} | {value:.4f} |" for name, value in metrics.items() if not _is_of_label(name, labels or ())
        ),
        by_label="".join(_label_tables(metrics, labels or ())),
        corpora="\n".join(
            f"| {name} | {of.get('licence') or '-'} | {of.get('origin') or '-'} |" for name, of in model.sources.items()
        ),
        limits="\n".join(f"- {limit}" for limit in card["limits"]) or "- None given in the config (`card.limits`).",
    )


def _model_name(config: Mapping[str, Any]) -> str:
    return str(config["card"].get("name") or config["task"])  # the configs of older runs have no card.name


def _licence_link(licence: str) -> str:
    """Return the line with the text of a Creative Commons licence; empty for others."""
    found = re.fullmatch(r"CC (BY(?:-SA)?) (\d\.\d)", licence)
    if found is None:
        return ""
    return f"Text of the licence: <https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/>\n"


def _pipeline_meta(config: Mapping[str, Any], model: TrainedModel, metrics: Mapping[str, float]) -> dict[str, Any]:
    """Return the entries of the pipeline's meta.json that spaCy does not fill in, by spaCy's names."""
    return {
        "name": re.sub(r"\W+", "_", config["name"]),
        "version": config["card"].get("version") or _UNVERSIONED,
        "description": _description(config),
        "license": config["card"]["licence"],
        "requirements": [f"docsight>={__version__}"],
        "sources": [
            {"name": name, "url": of.get("origin") or "", "license": of.get("licence") or ""}
            for name, of in model.sources.items()
        ],
        "performance": {**metrics, **_spacy_scores(metrics, model.arguments.get("labels") or ())},
    }


def _description(config: Mapping[str, Any]) -> str:
    about = config["card"].get("about")
    return str(about or f"A model for the spaCy component `{config['component']}`, language {config['lang']}.")


def _spacy_scores(metrics: Mapping[str, float], labels: Sequence[str]) -> dict[str, Any]:
    """Return the figures of entities by spaCy's names: of the test data if there are some, or else of validation."""
    for split in _SPLITS:
        if f"{split}/recall" in metrics:
            names = {"p": "precision", "r": "recall", "f": "f1"}
            return {f"ents_{short}": metrics[f"{split}/{name}"] for short, name in names.items()} | {
                "ents_per_type": {
                    label: {short: metrics[f"{split}/{name}/{label}"] for short, name in names.items()}
                    for label in labels
                    if f"{split}/support/{label}" in metrics
                }
            }
    return {}


def _is_of_label(name: str, labels: Sequence[str]) -> bool:
    """Return whether a metric is in the tables by label."""
    kind, _, label = name.partition("/")[2].partition("/")
    return kind in ("precision", "recall", "f1", "support") and label in labels


def _label_tables(metrics: Mapping[str, float], labels: Sequence[str]) -> Iterator[str]:
    for split, name in _SPLITS.items():
        rows = [
            f"| {label} | "
            + " | ".join(f"{metrics[f'{split}/{kind}/{label}']:.4f}" for kind in ("precision", "recall", "f1"))
            + f" | {metrics[f'{split}/support/{label}']:.0f} |"
            for label in labels
            if f"{split}/support/{label}" in metrics
        ]
        if rows:
            yield _BY_LABEL.format(split=name, rows="\n".join(rows))
