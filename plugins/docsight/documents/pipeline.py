"""Which pipeline to run: told in the one process, loaded in another, and recognised by the next run."""

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docsight import __version__
from docsight.errors import ConfigError, DocsightError

if TYPE_CHECKING:
    from spacy.language import Language

DEFAULT_COMPONENTS = ("rnn_speller", "rnn_ner", "cnn_imagecat")


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline to be loaded where it is needed.

    Args:
        path: A saved one, or the name of a package; None for a blank one with `components`.
        components: The factories of a blank one, in order.
        lang: The language of a blank one.
        device: Where models run: auto, cpu, cuda or mps; None for the components' own setting.
        code: A Python file that is run before, for the factories that it registers. It is the user's own.
    """

    path: str | None = None
    components: tuple[str, ...] = DEFAULT_COMPONENTS
    lang: str = "en"
    device: str | None = None
    code: str | None = None

    def load(self) -> "Language":
        """Make the pipeline.

        Raises:
            BundleError: A component has no usable model.
            ConfigError: It cannot be loaded.
        """
        import spacy

        if self.code is not None:
            _run(self.code)
        try:
            if self.path is not None:
                return spacy.load(self.path, config=_device_settings(self.path, self.device) if self.device else {})
            nlp = spacy.blank(self.lang)
            for component in self.components:
                nlp.add_pipe(component, config=_settings(nlp, component, self.device))
            return nlp
        except DocsightError:
            raise
        except Exception as err:
            wanted = f"the pipeline {self.path}" if self.path else f"a pipeline for the language {self.lang!r}"
            raise ConfigError(f"cannot load {wanted}: {err}") from err

    def fingerprint(self) -> str:
        """Name what the results depend on, without loading it: the same as long as the files are the same.

        Raises:
            ConfigError: The files cannot be read.
        """
        told: dict[str, Any] = {"docsight": __version__, "spacy": version("spacy")}
        try:
            if self.code is not None:
                told["code"] = _hash_files([Path(self.code)])
            if self.path is None:
                told |= {"components": self.components, "lang": self.lang}
                told["models"] = _hash_folder(Path(str(files("docsight") / "models")))
            elif Path(self.path).is_dir():
                told["folder"] = _hash_folder(Path(self.path))
            else:
                told |= {"package": self.path, "version": _package_version(self.path)}
        except OSError as err:
            raise ConfigError(f"cannot read the pipeline: {err.filename}: {err.strerror}") from err
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def fingerprint_of(nlp: "Language") -> str:
    """Name what the results of a pipeline in memory depend on: its config and what its components would save.

    A component without `to_bytes` is known by its settings alone.
    """
    digest = hashlib.sha256(f"{__version__} {version('spacy')}\n{nlp.config.to_str()}".encode())
    digest.update(str(nlp.vocab.vectors.shape).encode())
    digest.update(nlp.vocab.vectors.to_bytes(exclude=["strings"]) if nlp.vocab.vectors.size else b"")
    for name, component in (("tokenizer", nlp.tokenizer), *nlp.pipeline):
        digest.update(name.encode())
        if hasattr(component, "to_bytes"):
            digest.update(component.to_bytes())
    return digest.hexdigest()


def describe(nlp: "Language") -> str:
    """Tell a pipeline in a line, for the report."""
    name = nlp.meta.get("name") or "pipeline"
    return f"{nlp.lang}_{name}: {', '.join(nlp.pipe_names) or 'tokenizer only'}"


def _run(code: str) -> None:
    """Import a Python file, as `--code` of spaCy's own commands does."""
    spec = importlib.util.spec_from_file_location("docsight_user_code", code)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{code} is no Python file")
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except (Exception, SystemExit) as err:
        raise ConfigError(f"cannot run {code}: {type(err).__name__}: {err}") from err


def _settings(nlp: "Language", component: str, device: str | None) -> dict[str, str]:
    """Give the device to a component that has such a setting."""
    takes_device = device is not None and "device" in (nlp.get_factory_meta(component).default_config or {})
    return {"device": str(device)} if takes_device else {}


def _device_settings(pipeline: str, device: str) -> dict[str, object]:
    """Override the device of those components in a saved pipeline that have such a setting."""
    import spacy

    saved = Path(pipeline) / "config.cfg"
    config = spacy.util.load_config(saved) if saved.is_file() else spacy.load(pipeline).config
    return {
        f"components.{name}.device": device
        for name, settings in config.get("components", {}).items()
        if "device" in settings
    }


def _hash_folder(folder: Path) -> str:
    return _hash_files(sorted(path for path in folder.rglob("*") if path.is_file()), root=folder)


def _hash_files(paths: list[Path], *, root: Path | None = None) -> str:
    digest = hashlib.sha256()
    for path in paths:
        name = path.relative_to(root) if root is not None else path.name
        with path.open("rb") as file:
            digest.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def _package_version(name: str) -> str:
    try:
        return version(name)
    except Exception as err:
        raise ConfigError(f"cannot load the pipeline {name}: there is no such folder and no such package") from err
