"""What `docsight info` reports, as plain data. Nothing here raises if a package or a model is damaged."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from docsight.errors import BundleError
from docsight.model_card import figures_of, licence_of
from docsight.version import __version__
from docsight.wording import count_of

_PACKAGES = ("spacy", "torch", "numpy", "pillow", "safetensors", "pyarrow", "pytorch-lightning", "presidio-analyzer")
_OPTIONAL_PROGRAMS = ("soffice", "tesseract")
_UNLISTED_EXTRAS = ("dev", "docs", "release")


def describe_environment(models: Sequence[str] = ()) -> dict[str, Any]:
    """Return versions, devices, models, extras and programs.

    Args:
        models: Names or folders of models to describe, besides the shipped ones.
    """
    environment: dict[str, Any] = {
        "docsight": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()}, {sys.executable})",
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "devices": {},
        "models": [],
        "extras": dict(_extras()),
        "programs": {name: shutil.which(name) for name in _OPTIONAL_PROGRAMS},
    }
    try:
        environment["devices"] = _devices()
        environment["models"] = [*_shipped_models(), *map(_describe_named, models)]
    except (ImportError, OSError) as err:  # an OSError if a library of torch cannot be loaded
        environment["error"] = f"{type(err).__name__}: {err}"
    return environment


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _devices() -> dict[str, str]:
    import torch

    cores, threads = count_of(os.cpu_count() or 1, "core"), count_of(torch.get_num_threads(), "thread")
    cpu = f"{cores}, {threads}, {torch.backends.cpu.get_cpu_capability()}"
    devices = {"cpu": cpu}
    if torch.cuda.is_available():
        names = (torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count()))
        devices["cuda"] = f"{', '.join(names)} (CUDA {torch.version.cuda})"
    if torch.backends.mps.is_available():
        devices["mps"] = platform.machine()
    return devices


def _shipped_models() -> list[dict[str, Any]]:
    from docsight.bundle import DEMO_PREFIX, MODELS

    folders = sorted(MODELS.iterdir(), key=lambda folder: (folder.name.startswith(DEMO_PREFIX), folder.name))
    return [
        _describe_model(folder) | {"demo": folder.name.startswith(DEMO_PREFIX)} for folder in folders if folder.is_dir()
    ]


def _describe_named(model: str) -> dict[str, Any]:
    from docsight.bundle import find_model

    try:
        return _describe_model(find_model(model))
    except BundleError as err:
        return {"name": model, "path": model, "error": str(err)}


def _describe_model(folder: Path) -> dict[str, Any]:
    """Return what is known about a model, and as `error` what is wrong with its files, or None."""
    from docsight.bundle import CARD, check_folder

    described: dict[str, Any] = {"name": folder.name, "path": str(folder), "error": None}
    try:
        config, card = check_folder(folder), (folder / CARD).read_text(encoding="utf-8")
    except (BundleError, OSError, UnicodeDecodeError) as err:
        return described | {"error": str(err)}
    return described | {
        "kind": config["kind"],
        "lang": config.get("lang"),
        "bytes": sum(file.stat().st_size for file in folder.iterdir()),
        "licence": licence_of(card) or None,
        "figures": figures_of(card),
    }


def _extras() -> Iterator[tuple[str, list[str]]]:
    """Yield each extra with the requirements of it that are not met."""
    try:
        distribution = metadata.distribution("docsight")
    except metadata.PackageNotFoundError:  # the sources are used without an installation
        return
    requirements = [Requirement(each) for each in distribution.requires or ()]
    for extra in distribution.metadata.get_all("Provides-Extra") or ():
        if extra not in _UNLISTED_EXTRAS:
            needed = [each for each in requirements if each.marker and each.marker.evaluate({"extra": extra})]
            yield extra, [f"{each.name}{each.specifier}" for each in needed if not _is_met(each)]


def _is_met(requirement: Requirement) -> bool:
    version = _version(requirement.name)
    return version is not None and requirement.specifier.contains(version, prereleases=True)
