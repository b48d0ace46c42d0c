"""Checks of the settings of `ImageData` that need the data: names of classes and sources."""

from collections.abc import Collection, Mapping, Sequence

from docsight.errors import ConfigError
from docsight_training.data.drawings.engraving import REDRAWN


def check_classes(
    labels: Sequence[str], kinds: Mapping[str, Sequence[str]], given: Mapping[str, Collection[str]]
) -> None:
    """Raise a `ConfigError` if the settings withhold, drawn, redrawn or glyphs name a class that the data lacks.

    Args:
        labels: The classes of the data.
        kinds: The kinds of some of them.
        given: The names in each setting.
    """
    names = [*labels, *(name for of_label in kinds.values() for name in of_label)]
    known = {"withhold": labels, "drawn": names, "redrawn": [name for name in REDRAWN if name in labels]}
    for setting, expected in [*known.items(), ("kinds", labels)]:
        found = kinds if setting == "kinds" else given[setting]
        if unknown := sorted(set(found) - set(expected)):
            raise ConfigError(f"data.{setting}: unknown class {', '.join(unknown)}; expected {', '.join(expected)}.")
    if missing := sorted(set(given["withhold"]) - set(given["drawn"])):
        raise ConfigError(f"data.withhold: nothing is drawn for {', '.join(missing)}; add it to data.drawn.")
    if given["redrawn"] and "photo" not in labels:
        raise ConfigError("data.redrawn: expected a class photo, whose images are redrawn.")
    for name in sorted({"digits", "pairs"} & set(given["glyphs"])):
        if not set("0123456789") <= set(labels):
            raise ConfigError(f"data.glyphs.{name}: expected the classes 0 to 9.")


def check_sources(left_out: Collection[str], known: Collection[str], *, column: str) -> None:
    """Raise a `ConfigError` if a source that is left out is unknown; `column` would name the sources."""
    if unknown := sorted(set(left_out) - set(known)):
        names = ", ".join(sorted(set(known) - {""})) or f"a column {column!r}, which is missing"
        raise ConfigError(f"data.leave_out: unknown source {', '.join(unknown)}; expected {names}.")
