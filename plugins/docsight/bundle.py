"""A model folder: the one format that training exports, the wheel ships, `to_disk` writes and `from_disk` reads.

    config.json           format, kind, name, lang, network (keyword arguments), vocabularies, sha256 of the files below
    <vocabulary>.txt      one entry per line; words.txt and chars.txt for a tagger and a speller
    weights.safetensors   the network's state dict, floats in half precision
    MODEL_CARD.md

A component may keep its own files beside these. A folder is untrusted input: sizes are checked before memory is
allocated, and nothing in it is executed. Version 1 of the format stays readable.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import nn

from docsight.errors import BundleError
from docsight.networks.image_classifier import ImageClassifier
from docsight.networks.tagger import Tagger
from docsight.spelling.model import Speller
from docsight.vocab import Vocab
from docsight.weights import build_network, half_precision

FORMAT = 1
CONFIG, WEIGHTS, CARD = "config.json", "weights.safetensors", "MODEL_CARD.md"
MODELS = Path(__file__).parent / "models"
DEMO_PREFIX = "demo_"  # of the names of shipped models that are only for demonstration

# Real files are far smaller. The limits keep a malformed folder from filling the memory; "" is any other file.
_MAX_FILE_BYTES = {CONFIG: 1 << 20, CARD: 1 << 20, WEIGHTS: 1 << 30, "": 64 << 20}
_CONFIG_TYPES = {"network": dict, "vocabularies": list, "sha256": dict}


@dataclass(frozen=True, kw_only=True)
class ModelKind:
    network: Callable[..., nn.Module]
    vocabularies: frozenset[str] = frozenset()  # that the network needs
    retired_arguments: frozenset[str] = frozenset()  # in older configs, without effect


_TEXT = frozenset({"words", "chars"})
KINDS = {
    "tagger": ModelKind(network=Tagger, vocabularies=_TEXT, retired_arguments=frozenset({"num_corpora"})),
    "speller": ModelKind(network=Speller, vocabularies=_TEXT),
    "image_classifier": ModelKind(network=ImageClassifier),
}


@dataclass
class Bundle:
    """A model in memory."""

    kind: str  # a key of `KINDS`
    arguments: dict[str, Any]  # the keyword arguments of the network, plain JSON
    network: nn.Module
    vocabularies: dict[str, Vocab]
    card: str = ""  # the text of the model card
    about: dict[str, Any] = field(default_factory=dict)  # other entries of the config, such as name and language

    def to_files(self) -> dict[str, bytes]:
        """Return the files of the model folder by name.

        Raises:
            BundleError: A weight is not finite or exceeds half precision, or a vocabulary entry holds a line break.
        """
        files = {}
        for name, vocab in self.vocabularies.items():
            if broken := [entry for entry in vocab.entries if "\n" in entry]:
                raise BundleError(f"Expected vocabulary entries of one line each; {broken[0]!r} holds a line break.")
            files[f"{name}.txt"] = "".join(f"{entry}\n" for entry in vocab.entries).encode()
        files[WEIGHTS] = safetensors.torch.save(half_precision(self.network))
        config = {
            "format": FORMAT,
            "kind": self.kind,
            **self.about,
            "network": self.arguments,
            "vocabularies": sorted(self.vocabularies),
            "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
        files[CONFIG] = (json.dumps(config, indent=2, ensure_ascii=False) + "\n").encode()
        files[CARD] = self.card.encode()
        return files

    def to_disk(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.to_files().items():
            (folder / name).write_bytes(content)


def shipped_names() -> list[str]:
    """Return the names of the shipped models."""
    return sorted(path.parent.name for path in MODELS.glob(f"*/{CONFIG}"))


def find_model(model: str) -> Path:
    """Return the folder of a model: of a shipped one by its name, of any other by its path."""
    candidates = [MODELS / model] if re.fullmatch(r"\w+", model) else []
    for folder in (*candidates, Path(model).expanduser()):
        try:
            if (folder / CONFIG).is_file():
                return folder
        except (OSError, ValueError):  # not a valid file name, so there is no such model
            continue
    raise BundleError(
        f"{model!r} is neither a shipped model ({', '.join(shipped_names()) or 'none is shipped'}) nor a folder "
        f"with a {CONFIG} in it. {_folder_hint(model)}"
    )


def _folder_hint(model: str) -> str:
    """Return what to pass instead: of the folder of a run or a pipeline, the model folder in it."""
    try:
        inside = sorted(str(file.parent) for file in Path(model).expanduser().glob(f"*/{CONFIG}"))
    except (OSError, ValueError):
        inside = []
    if model and inside:
        return f"Pass the model folder in it: {' or '.join(inside)}."
    return "Pass one of these names, or the folder that docsight-train exported."


def load_folder(folder: Path, *, kind: str) -> Bundle:
    """Read a model folder.

    Raises:
        BundleError: A file is missing, too large, damaged or altered, or the model is of another kind or version.
    """
    return _load(lambda name: read_file(folder, name), str(folder), kind)


def check_folder(folder: Path) -> dict[str, Any]:
    """Return the config of a model of any kind, after its files were compared with their hashes.

    The network is not built. Raises the errors of `load_folder`.
    """
    config = _parse_config(read_file(folder, CONFIG), f"{folder}/{CONFIG}")
    for name in (WEIGHTS, *(f"{name}.txt" for name in config["vocabularies"])):
        _read_checked(lambda name: read_file(folder, name), name, config, str(folder))
    return config


def read_labels(folder: Path, *, kind: str) -> tuple[str, ...]:
    """Read only the labels of a model; raises the errors of `load_folder`."""
    config = _parse_config(read_file(folder, CONFIG), f"{folder}/{CONFIG}", kind)
    labels = config["network"].get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise BundleError(f"{folder}/{CONFIG}: expected 'labels' to be a list of strings; found {labels!r}.")
    return tuple(labels)


def load_files(files: Mapping[str, bytes], *, kind: str) -> Bundle:
    """Read a model from the files of its folder by name; raises the errors of `load_folder`."""
    where = "the serialised model"

    def read(name: str) -> bytes:
        if name not in files:
            raise BundleError(f"{where}: {name} is missing; found {', '.join(sorted(files)) or 'nothing'}.")
        return files[name]

    return _load(read, where, kind)


def read_file(folder: Path, name: str) -> bytes:
    """Read a file of a model folder; raises a `BundleError` if it is missing, or too large to be part of a model."""
    path = folder / name
    if not path.is_file():
        present = ", ".join(sorted(p.name for p in folder.iterdir())[:10]) if folder.is_dir() else "no such folder"
        raise BundleError(f"{path} is missing from the model folder. Found: {present}. Export the model again.")
    max_bytes = _MAX_FILE_BYTES.get(name, _MAX_FILE_BYTES[""])
    if (size := path.stat().st_size) > max_bytes:
        raise BundleError(f"{path} has {size:,} bytes; expected at most {max_bytes:,}. This is not a docsight model.")
    return path.read_bytes()


def _load(read: Callable[[str], bytes], where: str, kind: str) -> Bundle:
    config = _parse_config(read(CONFIG), f"{where}/{CONFIG}", kind)

    def read_checked(name: str) -> bytes:
        return _read_checked(read, name, config, where)

    vocabularies = {
        name: _parse_vocabulary(read_checked(f"{name}.txt"), f"{where}/{name}.txt") for name in config["vocabularies"]
    }
    arguments = {key: value for key, value in config["network"].items() if key not in KINDS[kind].retired_arguments}
    network = build_network(
        KINDS[kind].network,
        arguments,
        read_checked(WEIGHTS),
        config=f"{where}/{CONFIG}",
        weights=f"{where}/{WEIGHTS}",
    )
    sizes = arguments.get("encoder", arguments)  # a network with an encoder passes the sizes to it
    for name, vocabulary in vocabularies.items():
        if len(vocabulary) != sizes.get(f"num_{name}"):
            raise BundleError(
                f"{where}: {name}.txt makes {len(vocabulary):,} ids, but {CONFIG} says num_{name}="
                f"{sizes.get(f'num_{name}')}. They belong to different models; export the model again."
            )
    try:
        card = read(CARD).decode()
    except UnicodeDecodeError as err:
        raise BundleError(f"{where}/{CARD} is not UTF-8: {err}") from err
    about = {key: value for key, value in config.items() if key not in {"format", "kind", *_CONFIG_TYPES}}
    return Bundle(kind, arguments, network, vocabularies, card, about)


def _read_checked(read: Callable[[str], bytes], name: str, config: Mapping[str, Any], where: str) -> bytes:
    content = read(name)
    expected, found = config["sha256"].get(name), hashlib.sha256(content).hexdigest()
    if expected != found:
        raise BundleError(
            f"{where}/{name} is truncated or altered: {CONFIG} expects SHA-256 {expected}, found {found} "
            f"({len(content):,} bytes). Copy the folder again, or export the model again."
        )
    return content


def _parse_config(content: bytes, where: str, kind: str | None = None) -> dict[str, Any]:
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as err:
        raise BundleError(f"{where} is not JSON: {err}. The file is damaged; export the model again.") from err
    if not isinstance(config, dict) or type(config.get("format")) is not int:
        raise BundleError(f"{where}: expected an object with an integer 'format'; this is not a docsight model.")
    if not 1 <= config["format"] <= FORMAT:
        raise BundleError(
            f"{where}: format {config['format']}; this docsight reads 1 to {FORMAT}. Upgrade docsight to load it."
        )
    if not isinstance(config.get("kind"), str) or config["kind"] not in KINDS:
        raise BundleError(f"{where}: kind {config.get('kind')!r} is unknown; expected one of {', '.join(KINDS)}.")
    if kind is not None and config["kind"] != kind:
        raise BundleError(f"{where}: this is a {config['kind']!r} model; the component needs a {kind!r} model.")
    for key, form in _CONFIG_TYPES.items():
        if not isinstance(config.get(key), form):
            raise BundleError(f"{where}: expected {key!r} to be a {form.__name__}; found {config.get(key)!r}.")
    if missing := KINDS[config["kind"]].vocabularies - set(map(str, config["vocabularies"])):
        raise BundleError(
            f"{where}: 'vocabularies' does not list {', '.join(sorted(missing))}; export the model again."
        )
    if not isinstance(config.get("lang", ""), str):
        raise BundleError(f"{where}: expected 'lang' to be a string; found {config['lang']!r}.")
    for name in config["vocabularies"]:
        if not isinstance(name, str) or not re.fullmatch(r"\w{1,100}", name):
            raise BundleError(
                f"{where}: {name!r} cannot name a vocabulary; expected up to 100 letters, digits and '_'."
            )
    return config


def _parse_vocabulary(content: bytes, where: str) -> Vocab:
    try:
        text = content.decode()
        if "\r" in text or text.startswith("\ufeff"):
            raise ValueError("it holds a carriage return or a byte order mark; was it edited?")
        return Vocab(text.split("\n")[:-1])
    except ValueError as err:  # UnicodeDecodeError is one
        raise BundleError(f"{where} is not a vocabulary: {err}") from err
