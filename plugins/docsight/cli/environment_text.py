"""The lines that `docsight info` prints."""

from collections.abc import Iterator, Mapping
from typing import Any

_MAX_FIGURES = 4


def environment_lines(environment: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines for what `describe_environment` returns."""
    yield f"docsight {environment['docsight']}"
    yield f"Python {environment['python']}"
    yield f"platform {environment['platform']}"
    yield ", ".join(f"{name} {version or 'missing'}" for name, version in environment["packages"].items())
    yield ", ".join(f"{name} {path or 'missing'}" for name, path in environment["programs"].items())
    if "error" in environment:
        yield f"error: {environment['error']}"
    yield from ("", "Devices", *(f"  {name}: {about}" for name, about in environment["devices"].items()))
    yield from ("", "Models")
    for model in environment["models"]:
        yield from _model_lines(model)
    yield from ("", "Extras")
    for extra, missing in environment["extras"].items():
        yield f"  {extra}: " + (_install_line(extra, missing) if missing else "installed")


def _model_lines(model: Mapping[str, Any]) -> Iterator[str]:
    if model["error"] is not None:
        yield f"  {model['name']}: damaged or missing: {model['error']}"
        return
    size, licence = f"{model['bytes'] / 1e6:.1f} MB", model["licence"] or "no licence stated"
    about = (model["kind"], model["lang"], size, licence, "for demonstration" if model.get("demo") else None)
    yield f"  {model['name']}: {', '.join(filter(None, about))}"
    yield f"    {model['path']}"
    if figures := ", ".join(f"{name} {value:g}" for name, value in _main_figures(model["figures"]).items()):
        yield f"    {figures}"


def _main_figures(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures of the whole test set, or the first ones if the card has none of these."""
    of_test = {name: value for name, value in figures.items() if name.startswith("test/") and name.count("/") == 1}
    return dict(list((of_test or figures).items())[:_MAX_FIGURES])


def _install_line(extra: str, missing: list[str]) -> str:
    return f"without {', '.join(missing)}: pip install 'docsight[{extra}]'"
