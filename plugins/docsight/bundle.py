"""The model folder: `config.json`, vocabularies, `weights.safetensors` and `MODEL_CARD.md`.

The one format: training exports it, the wheel ships it, a component's `to_disk` writes it. A folder is read with
its sizes checked before memory is taken, and nothing in it is ever run.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import nn

from docsight.errors import BundleError
from docsight.networks.image_classifier import ImageClassifier
from docsight.networks.tagger import Tagger
from docsight.spelling.model import Speller
from docsight.vocab import Vocab

FORMAT = 1
CONFIG, WEIGHTS, CARD = "config.json", "weights.safetensors", "MODEL_CARD.md"
MODELS = Path(__file__).parent / "models"

# The kinds of model, and the network of each.
KINDS: dict[str, Callable[..., nn.Module]] = {
    "tagger": Tagger,
    "speller": Speller,
    "image_classifier": ImageClassifier,
}

_WITHOUT_LABELS = ("speller",)

# The vocabularies of each kind.
VOCABULARIES = {
    "tagger": frozenset({"words", "chars"}),
    "speller": frozenset({"words", "chars"}),
    "image_classifier": frozenset[str](),
}

# The most bytes of each file. Real ones are far smaller; these keep a strange folder from filling the memory.
_MOST_BYTES = {CONFIG: 1 << 20, CARD: 1 << 20, WEIGHTS: 1 << 30, "": 64 << 20}
# The types of tensors in a file: the bytes of a number of each, and which may hold what the network has.
_DTYPES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_FLOATS = ("F16", "F32")
_EXACT = {torch.uint8: "U8", torch.int16: "I16", torch.int32: "I32", torch.int64: "I64"}


@dataclass
class Bundle:
    """A model in memory.

    Args:
        kind: Which network it is, a key of `KINDS`.
        arguments: The keyword arguments of the network, plain JSON.
        network: The network itself.
        vocabularies: By name.
        card: The text of the model card.
        about: Whatever else the config tells: name, language, training.
    """

    kind: str
    arguments: dict[str, Any]
    network: nn.Module
    vocabularies: dict[str, Vocab]
    card: str = ""
    about: dict[str, Any] = field(default_factory=dict)

    def to_files(self) -> dict[str, bytes]:
        """Return the files of the model folder by name."""
        files = {f"{name}.txt": _lines(vocab) for name, vocab in self.vocabularies.items()}
        # Half precision: half the size, and the same spans. Read back it is exact, so a copy of a copy is the same.
        weights = {
            name: (tensor.half() if tensor.is_floating_point() else tensor).detach().cpu().contiguous()
            for name, tensor in self.network.state_dict().items()
        }
        if strange := [name for name, tensor in weights.items() if not tensor.isfinite().all()]:
            raise BundleError(f"The weights of {', '.join(strange)} are not finite, or too large for half precision.")
        files[WEIGHTS] = safetensors.torch.save(weights)
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
        """Write the model folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.to_files().items():
            (folder / name).write_bytes(content)


def shipped_models() -> list[str]:
    """List the names of the models that came with the package."""
    return sorted(path.parent.name for path in MODELS.glob(f"*/{CONFIG}"))


def find_model(model: str) -> Path:
    """Return the folder of a model: a shipped one by its name, or any by its path.

    Raises:
        BundleError: There is no such model.
    """
    candidates = [MODELS / model] if re.fullmatch(r"\w+", model) else []
    for folder in (*candidates, Path(model).expanduser()):
        try:
            if (folder / CONFIG).is_file():
                return folder
        except (OSError, ValueError):  # a name that no file system takes: there is no such model
            continue
    raise BundleError(
        f"{model!r} is neither a shipped model ({', '.join(shipped_models()) or 'none is shipped'}) nor a folder "
        f"with a {CONFIG} in it. Pass one of these names, or the folder that docsight-train exported."
    )


def load_folder(folder: Path, *, kind: str) -> Bundle:
    """Read a model folder.

    Raises:
        BundleError: A file is missing, too large, damaged or altered, or the model is of another kind or version.
    """
    return _load(lambda name: read_file(folder, name), str(folder), kind)


def read_labels(folder: Path, *, kind: str) -> tuple[str, ...]:
    """Read no more than the labels of a model, none if its kind has none; errors as `load_folder`."""
    labels = _parse_config(read_file(folder, CONFIG), f"{folder}/{CONFIG}", kind)["network"].get("labels")
    if labels is None and kind in _WITHOUT_LABELS:
        return ()
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise BundleError(f"{folder}/{CONFIG}: expected 'labels' to be a list of strings; found {labels!r}.")
    return tuple(labels)


def load_files(files: Mapping[str, bytes], *, kind: str, where: str = "the serialised model") -> Bundle:
    """Read a model from the files of its folder by name; errors as `load_folder`."""

    def read(name: str) -> bytes:
        if name not in files:
            raise BundleError(f"{where}: {name} is missing; found {', '.join(sorted(files)) or 'nothing'}.")
        return files[name]

    return _load(read, where, kind)


def read_file(folder: Path, name: str) -> bytes:
    """Read a file of a model folder, unless it is too large to be one.

    Raises:
        BundleError: It is missing or too large.
    """
    path = folder / name
    if not path.is_file():
        held = ", ".join(sorted(p.name for p in folder.iterdir())[:10]) if folder.is_dir() else "no such folder"
        raise BundleError(f"{path} is missing; a model folder holds it. Found: {held}. Export the model again.")
    most = _MOST_BYTES.get(name, _MOST_BYTES[""])
    if (size := path.stat().st_size) > most:
        raise BundleError(f"{path} has {size:,} bytes; expected at most {most:,}. This is no model of docsight.")
    return path.read_bytes()


def _load(read: Callable[[str], bytes], where: str, kind: str) -> Bundle:
    config = _parse_config(read(CONFIG), f"{where}/{CONFIG}", kind)
    sums = config["sha256"]
    vocabularies = {}
    for name in config["vocabularies"]:
        content = _checked(read(f"{name}.txt"), f"{name}.txt", where, sums)
        try:
            text = content.decode()
            if "\r" in text or text.startswith("\ufeff"):
                raise ValueError("it holds a carriage return or a byte order mark; was it edited?")
            vocabularies[name] = Vocab(text.split("\n")[:-1])
        except ValueError as err:  # UnicodeDecodeError is one
            raise BundleError(f"{where}/{name}.txt is no vocabulary: {err}") from err
    network = _build(config, where, _checked(read(WEIGHTS), WEIGHTS, where, sums))
    sizes = config["network"].get("encoder", config["network"])  # of a network with an encoder, the encoder's
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
    known = {"format", "kind", "network", "vocabularies", "sha256"}
    about = {key: value for key, value in config.items() if key not in known}
    return Bundle(config["kind"], config["network"], network, vocabularies, card, about)


def _parse_config(content: bytes, where: str, kind: str) -> dict[str, Any]:
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as err:
        raise BundleError(f"{where} is no JSON: {err}. The file is damaged; export the model again.") from err
    if not isinstance(config, dict) or type(config.get("format")) is not int:
        raise BundleError(f"{where}: expected an object with an integer 'format'; this is no model of docsight.")
    if not 1 <= config["format"] <= FORMAT:
        raise BundleError(
            f"{where}: format {config['format']}; this docsight reads 1 to {FORMAT}. Upgrade docsight to load it."
        )
    if not isinstance(config.get("kind"), str) or config["kind"] not in KINDS:
        raise BundleError(f"{where}: kind {config.get('kind')!r} is unknown; expected one of {', '.join(KINDS)}.")
    if config["kind"] != kind:
        raise BundleError(f"{where}: this is a {config['kind']!r} model; the component needs a {kind!r} model.")
    for key, form in (("network", dict), ("vocabularies", list), ("sha256", dict)):
        if not isinstance(config.get(key), form):
            raise BundleError(f"{where}: expected {key!r} to be a {form.__name__}; found {config.get(key)!r}.")
    if missing := VOCABULARIES[kind] - set(map(str, config["vocabularies"])):
        raise BundleError(f"{where}: expected the vocabularies {', '.join(sorted(missing))}, too; they are not listed.")
    if not isinstance(config.get("lang", ""), str):
        raise BundleError(f"{where}: expected 'lang' to be a string; found {config['lang']!r}.")
    for name in config["vocabularies"]:
        if not isinstance(name, str) or not re.fullmatch(r"\w{1,100}", name):
            raise BundleError(
                f"{where}: {name!r} cannot name a vocabulary; expected up to 100 letters, digits and '_'."
            )
    return config


def _checked(content: bytes, name: str, where: str, sums: Mapping[str, Any]) -> bytes:
    found = hashlib.sha256(content).hexdigest()
    if sums.get(name) != found:
        raise BundleError(
            f"{where}/{name} is truncated or altered: {CONFIG} expects SHA-256 {sums.get(name)}, found {found} "
            f"({len(content):,} bytes). Copy the folder again, or export the model again."
        )
    return content


def _build(config: Mapping[str, Any], where: str, content: bytes) -> nn.Module:
    """Build the network: first on torch's meta device, which takes no memory, to hold its shapes against the file."""
    make = KINDS[config["kind"]]
    try:
        with torch.device("meta"):
            expected = {
                name: (_FLOATS if tensor.is_floating_point() else (_EXACT[tensor.dtype],), list(tensor.shape))
                for name, tensor in make(**config["network"]).state_dict().items()
            }
    except (TypeError, ValueError, RuntimeError, IndexError, OverflowError) as err:
        raise BundleError(f"{where}/{CONFIG}: the network cannot be built from its arguments: {err}") from err
    _compare(expected, _header(content, f"{where}/{WEIGHTS}"), f"{where}/{WEIGHTS}")
    try:
        weights = safetensors.torch.load(content)
    except safetensors.SafetensorError as err:
        raise BundleError(f"{where}/{WEIGHTS} cannot be read as safetensors: {err}") from err
    for name, tensor in weights.items():
        if not tensor.isfinite().all():
            raise BundleError(f"{where}/{WEIGHTS}: tensor {name!r} holds NaN or infinity; export the model again.")
    network = make(**config["network"])
    network.load_state_dict(weights)
    return network


def _compare(
    expected: Mapping[str, tuple[tuple[str, ...], list[int]]], found: Mapping[str, tuple[str, list[int]]], where: str
) -> None:
    """Hold the tensors of a file, by type and shape, against those of the network."""
    missing, unexpected = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    if missing or unexpected:
        raise BundleError(
            f"{where}: the tensors are not those of the network. Missing: {', '.join(missing) or 'none'}; "
            f"unexpected: {', '.join(unexpected) or 'none'}."
        )
    for name, (dtype, shape) in found.items():
        dtypes, wanted = expected[name]
        if shape != wanted:
            raise BundleError(f"{where}: tensor {name!r} has shape {shape}; the network expects {wanted}.")
        if dtype not in dtypes:
            raise BundleError(f"{where}: tensor {name!r} is of type {dtype}; expected {' or '.join(dtypes)}.")


def _header(content: bytes, where: str) -> dict[str, tuple[str, list[int]]]:
    """Read names, types and shapes from a safetensors header, and check that the file holds what it says."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > len(content) - 8:
        raise BundleError(f"{where} is truncated: its header needs {size + 8:,} bytes, it has {len(content):,}.")
    try:
        header = json.loads(content[8 : 8 + size])
        header.pop("__metadata__", None)
        need = {name: math.prod(entry["shape"]) * _DTYPES[entry["dtype"]] for name, entry in header.items()}
        shapes = {name: (entry["dtype"], list(entry["shape"])) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise BundleError(f"{where}: its header is no safetensors header: {err!r}.") from err
    if sum(need.values()) != len(content) - 8 - size:
        raise BundleError(
            f"{where}: its header announces {sum(need.values()):,} bytes of weights; "
            f"it has {len(content) - 8 - size:,}. The file is truncated or altered."
        )
    return shapes


def _lines(vocab: Vocab) -> bytes:
    if torn := [entry for entry in vocab.entries if "\n" in entry]:
        raise BundleError(f"An entry of a vocabulary stands on one line of its file; {torn[0]!r} holds a line break.")
    return "".join(f"{entry}\n" for entry in vocab.entries).encode()
