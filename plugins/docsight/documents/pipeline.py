"""The description of a pipeline: made in one process, loaded in another, and recognized by the next run."""

import difflib
import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from docsight import option_checks
from docsight.errors import ConfigError, DocsightError
from docsight.version import __version__

if TYPE_CHECKING:
    from spacy.language import Language

_SHIPPED_MODELS = Path(__file__).parents[1] / "models"  # as `docsight.bundle.MODELS`, which would import torch
DEFAULT_COMPONENTS = ("rnn_speller", "rnn_ner", "cnn_imagecat")
_SPELLER = "rnn_speller"  # the factory
Corrections = Literal["apply", "flag", "off"]
CORRECTIONS = get_args(Corrections)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A description of a pipeline, from which each worker process loads its own copy.

    Args:
        path: The folder of a saved pipeline, or the name of its package; None for a new one with `components`.
        components: The names of the components of a new pipeline, in order.
        lang: The language of a new pipeline.
        device: Where models run: "auto", "cpu", "cuda" or "mps"; None for the components' own setting.
        code: A Python file that is run first. It registers custom factories, like `--code` of spaCy's commands.
        corrections: What happens to misspelled words: "apply" applies corrections by the setting of the speller, "flag"
            applies none, "off" leaves the speller out.

    Raises:
        ConfigError: An option has an invalid value.
    """

    path: str | None = None
    components: tuple[str, ...] = DEFAULT_COMPONENTS
    lang: str = "en"
    device: str | None = None
    code: str | None = None
    corrections: Corrections = "apply"

    def __post_init__(self) -> None:
        option_checks.choice("corrections", self.corrections, CORRECTIONS)
        option_checks.text("lang", self.lang)
        if isinstance(self.components, str) or not all(isinstance(name, str) for name in self.components):
            raise ConfigError(f"components must be a tuple of names, not {self.components!r}")

    def load(self) -> "Language":
        """Load the pipeline.

        Raises:
            BundleError: A component has no usable model.
            ConfigError: The pipeline cannot be loaded.
        """
        import spacy

        if self.code is not None:
            _import_file(self.code)
        try:
            if self.path is not None:
                saved = _components(self.path) if self.device or self.corrections != "apply" else {}
                overrides = {
                    f"components.{name}.{key}": value
                    for name, settings in saved.items()
                    for key, value in self._settings(settings.get("factory"), settings).items()
                }
                left_out = [name for name, settings in saved.items() if self._is_left_out(settings.get("factory"))]
                return spacy.load(self.path, exclude=left_out, config=overrides)
            nlp = spacy.blank(self.lang)
            for component in self.components:
                if not self._is_left_out(component):
                    _check_factory(nlp, component)
                    defaults = nlp.get_factory_meta(component).default_config or {}
                    nlp.add_pipe(component, config=self._settings(component, defaults))
            return nlp
        except DocsightError:
            raise
        except Exception as err:
            name = f"the pipeline {self.path}" if self.path else f"a pipeline for the language {self.lang!r}"
            raise ConfigError(f"cannot load {name}: {err}") from err

    def _is_left_out(self, factory: str | None) -> bool:
        return factory == _SPELLER and self.corrections == "off"

    def _settings(self, factory: str | None, present: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of a component that differ from those in its config, `present`."""
        settings: dict[str, Any] = {}
        if self.device is not None and "device" in present:
            settings["device"] = self.device
        if factory == _SPELLER and self.corrections == "flag":
            settings |= {"setting": "flag", "threshold": None}
        return settings

    def fingerprint(self) -> str:
        """Return a hash of what the results depend on: model files, settings and versions. Loads no model.

        Raises:
            ConfigError: A file cannot be read, or there is no such package.
        """
        inputs: dict[str, Any] = {"docsight": __version__, "spacy": _package_version("spacy")}
        if self.corrections != "apply":
            inputs["corrections"] = self.corrections
        try:
            if self.code is not None:
                inputs["code"] = _hash_files(Path(self.code))
            if self.path is None:
                inputs |= {"components": self.components, "lang": self.lang}
                inputs["models"] = _hash_files(_SHIPPED_MODELS)
            elif Path(self.path).is_dir():
                inputs["folder"] = _hash_files(Path(self.path))
            else:
                inputs |= {"package": self.path, "version": _package_version(self.path)}
        except OSError as err:
            raise ConfigError(f"cannot read the pipeline: {err.filename}: {err.strerror}") from err
        return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def check_language(nlp: object) -> None:
    """Raise a ConfigError if this is not a loaded pipeline."""
    from spacy.language import Language

    if isinstance(nlp, type):
        raise ConfigError(f'nlp must be a pipeline, not a class ({nlp.__name__}); make one with spacy.blank("en")')
    if not isinstance(nlp, Language):
        raise ConfigError(f"nlp must be a Language or a Pipeline, not {nlp!r}; load a saved one with spacy.load")


def fingerprint_of(nlp: "Language") -> str:
    """Hash what the results of a loaded pipeline depend on: its config, and what its components would save.

    For a component without `to_bytes`, only the settings are included.
    """
    digest = hashlib.sha256(f"{__version__} {_package_version('spacy')}\n{nlp.config.to_str()}".encode())
    digest.update(str(nlp.vocab.vectors.shape).encode())
    digest.update(nlp.vocab.vectors.to_bytes(exclude=["strings"]) if nlp.vocab.vectors.size else b"")
    for name, component in (("tokenizer", nlp.tokenizer), *nlp.pipeline):
        digest.update(name.encode())
        if hasattr(component, "to_bytes"):
            digest.update(component.to_bytes())
    return digest.hexdigest()


def describe(nlp: "Language | Pipeline") -> str:
    """Describe a pipeline in a line, for the report."""
    if isinstance(nlp, Pipeline):
        return nlp.path or f"{nlp.lang}: {', '.join(nlp.components) or 'tokenizer only'}"
    name = nlp.meta.get("name") or "pipeline"
    return f"{nlp.lang}_{name}: {', '.join(nlp.pipe_names) or 'tokenizer only'}"


def _import_file(path: str) -> None:
    """Import a Python file, like the option `--code` of spaCy's commands."""
    spec = importlib.util.spec_from_file_location("docsight_user_code", path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} is not a Python file")
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except (Exception, SystemExit) as err:
        raise ConfigError(f"cannot run {path}: {type(err).__name__}: {err}") from err


def _components(pipeline: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the settings of the components of a saved pipeline, by their names."""
    import spacy

    saved = Path(pipeline) / "config.cfg"
    config = spacy.util.load_config(saved) if saved.is_file() else spacy.load(pipeline).config
    components: Mapping[str, Mapping[str, Any]] = config.get("components", {})
    return components


def _hash_files(path: Path) -> str:
    """Hash the name and the content of a file, or of all files in a folder."""
    folder, files = path.parent, [path]
    if path.is_dir():
        folder, files = path, sorted(file for file in path.rglob("*") if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{file.relative_to(folder)}\0{content}\n".encode())
    return digest.hexdigest()


def _check_factory(nlp: "Language", name: str) -> None:
    if nlp.has_factory(name):
        return
    # The factories of packages are registered when they are first used.
    known = {*nlp.factory_names, *(entry.name for entry in entry_points(group="spacy_factories"))}
    close = difflib.get_close_matches(name, sorted(known), n=1)
    advice = (
        f"did you mean {close[0]}?" if close else "register your own in the file of --code, or install its package."
    )
    raise ConfigError(f"cannot load a pipeline for the language {nlp.lang!r}: there is no component {name!r}; {advice}")


def _package_version(name: str) -> str:
    from importlib.metadata import version

    try:
        return version(name)
    except Exception as err:
        raise ConfigError(
            f"cannot load the pipeline {name}: there is no such folder or package. Pass the folder of a saved "
            "pipeline, or install its package."
        ) from err
