"""spaCy's component protocol around a network: batches, errors, lazy weights, disk and bytes."""

import logging
import os
import threading
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import srsly
import torch
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.util import minibatch
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes, bundle, shipped_models
from docsight.bundle import Bundle
from docsight.errors import BundleError, ConfigError

logger = logging.getLogger("docsight")

DEVICES = ("auto", "cpu", "cuda", "mps")

Scorer = Callable[..., dict[str, Any]]  # of spaCy: scores by name, for Examples


class NetworkPipe(Pipe):
    """A component whose network was trained elsewhere and is stored in a model folder.

    A subclass declares its `kind` of model and its `settings`, and defines `predict` and `set_annotations`. Weights
    are read on first use unless `from_disk` or `from_bytes` supplied them: `spacy.load` constructs the component
    first, with the path of a model that may no longer exist.

    Args:
        model: A shipped model's name, or a model folder.
        device: "auto", "cpu", "cuda" or "mps".
        lang: The language of the pipeline; a model that was trained for another language causes a warning.
        scorer: Scores Examples for `nlp.evaluate`; None for no scores.
    """

    kind: ClassVar[str]
    settings: ClassVar[tuple[str, ...]] = ()
    own_names: ClassVar[tuple[str, ...]] = ()  # of files that the component keeps beside the model

    def __init__(
        self,
        vocab: SpacyVocab,
        name: str,
        *,
        model: str,
        device: str = "auto",
        lang: str = "",
        scorer: Scorer | None = None,
    ) -> None:
        self.vocab = vocab
        self.name = name
        self.model_name = model
        self.device_name = device
        self.device = choose_device(device)
        self.lang = lang
        self.scorer = scorer
        self.slim = False  # whether `to_disk` writes only the name of an unchanged shipped model
        self._bundle: Bundle | None = None
        self._lock = threading.RLock()  # held while something is loaded
        _pipes.add(self)
        self._keep_labels(vocab)

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Return what `set_annotations` writes, one item for each Doc, without changing the Docs."""
        raise NotImplementedError(f"{type(self).__name__} must define predict.")

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define set_annotations.")

    @property
    def bundle(self) -> Bundle:
        """The model, loaded on first access; raises a `BundleError` if it is missing or damaged.

        Threads that come at the same time wait for the first one, which loads it.
        """
        loaded = self._bundle
        if loaded is not None:
            return loaded
        with self._lock:
            if self._bundle is None:  # another thread may have loaded it in the meantime
                folder = bundle.find_model(self.model_name)
                self._load(bundle.load_folder, folder)
                logger.info("%s: read the model in %s; it computes on %s.", self.name, folder, self.device)
            assert self._bundle is not None  # for the type checker
            return self._bundle

    def warm_up(self) -> None:
        """Load everything that is otherwise loaded on first use; raises the errors of `bundle`."""
        _ = self.bundle

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the component writes; empty if the model does not exist.

        spaCy asks for labels while it loads a pipeline, before the weights are read, so they come from the config.
        """
        if self._bundle is not None:
            return tuple(self._bundle.arguments["labels"])
        try:
            return bundle.read_labels(bundle.find_model(self.model_name), kind=self.kind)
        except BundleError:
            return ()  # reported when the model is used, which may never happen: `from_disk` can supply another one

    def __call__(self, doc: Doc) -> Doc:
        for annotated in self.pipe([doc]):
            return annotated
        return doc  # the error handler accepted the error, so the Doc passes unchanged

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate Docs in batches, in order; a Doc that fails goes to the error handler without affecting others."""
        for docs in minibatch(stream, size=batch_size):  # type: ignore[no-untyped-call]  # spaCy
            _ = self.bundle  # a missing model raises here, instead of failing every Doc
            try:
                predictions = self.predict(docs)
            except Exception:  # raised again below, for the Doc that caused it
                logger.debug("%s: a batch failed; trying its Docs one by one.", self.name, exc_info=True)
                predictions = [None] * len(docs)
            for doc, prediction in zip(docs, predictions, strict=True):
                try:
                    self.set_annotations([doc], [prediction] if prediction is not None else self.predict([doc]))
                except Exception as err:  # noqa: BLE001 - spaCy's protocol: the handler decides, and raises by default
                    self.get_error_handler()(self.name, self, [doc], err)
                    continue
                yield doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the model folder, without the model if `exclude` contains "model"."""
        folder, files = Path(path), self.own_files()
        folder.mkdir(parents=True, exist_ok=True)
        if "model" not in exclude:
            model = self.bundle.to_files()
            shipped = shipped_models.find_shipped(model) if self.slim else None
            for name in (shipped_models.REFERENCE, *(model if shipped else ())):  # of an earlier save
                (folder / name).unlink(missing_ok=True)
            files |= {shipped_models.REFERENCE: shipped_models.write_reference(shipped)} if shipped else model
        for name, content in files.items():
            (folder / name).write_bytes(content)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:
        """Read a model folder. Without a model in it, the shipped model that the config names is used.

        Raises:
            BundleError: The model is damaged, or the folder has none and the config names no shipped model.
        """
        folder = Path(path)
        if "model" not in exclude:
            self._read_model(folder)
        names = [name for name in self.own_names if (folder / name).is_file()]
        self.take_files({name: bundle.read_file(folder, name) for name in names})
        return self

    def _read_model(self, folder: Path) -> None:
        if (folder / shipped_models.REFERENCE).is_file():
            self.model_name, self.slim = shipped_models.read_reference(folder), True
            self._forget_model()
        elif not (folder / bundle.CONFIG).exists() and self.model_name in bundle.shipped_names():
            warnings.warn(
                f"{self.name}: {folder} has no model; using the shipped model {self.model_name!r}, which the config "
                "names. If the pipeline had a model of its own, copy it again.",
                UserWarning,
                stacklevel=2,
            )
            self._forget_model()
        else:
            self._load(bundle.load_folder, folder)

    def _load(self, read: Callable[..., Bundle], source: Any) -> None:
        """Read a model and install it.

        A new network draws random weights before it gets its own. The host's generator must not notice: otherwise its
        results would depend on when a component is first used.
        """
        with torch.random.fork_rng(devices=[]):
            loaded = read(source, kind=self.kind)
        self._install(loaded)

    def _forget_model(self) -> None:
        """Read the model that `model_name` names on the next use."""
        self._bundle = None
        self._keep_labels(self.vocab)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return what `to_disk` writes, always with the whole model unless `exclude` contains "model"."""
        model = {} if "model" in exclude else self.bundle.to_files()
        content: bytes = srsly.msgpack_dumps(model | self.own_files())
        return content

    def from_bytes(self, content: bytes, *, exclude: Iterable[str] = ()) -> Self:
        """Read what `to_bytes` returned. With "model" in `exclude`, the component keeps its model.

        Raises:
            BundleError: The bytes are not from `to_bytes`, or the model is missing or damaged.
        """
        try:
            files = srsly.msgpack_loads(content)
        except ValueError as err:
            raise BundleError(f"{self.name}: these bytes are not a serialised model: {err}") from err
        if not isinstance(files, dict) or not all(isinstance(file, bytes) for file in files.values()):
            raise BundleError(f"{self.name}: these bytes are not a serialised model; expected what to_bytes returns.")
        if "model" not in exclude:
            self._load(bundle.load_files, files)
        self.take_files({name: files[name] for name in self.own_names if name in files})
        return self

    def own_files(self) -> dict[str, bytes]:
        return {}

    def take_files(self, files: Mapping[str, bytes]) -> None:
        """Restore the component's own files, as far as the model folder has them."""

    def _install(self, loaded: Bundle) -> None:
        self._place(loaded.network.eval().requires_grad_(False), loaded.about)
        trained_for = loaded.about.get("lang")
        if trained_for not in (None, "", "xx") and self.lang not in ("", "xx", trained_for):
            warnings.warn(
                f"{self.name}: the model was trained for {trained_for!r}, the pipeline is for {self.lang!r}; "
                "expect poor results.",
                UserWarning,
                stacklevel=2,
            )
            self.lang = ""  # warn once
        self._bundle = loaded
        self._keep_labels(self.vocab)

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        """Move the network to the device; a subclass may do more with it and with the rest of the model's config."""
        network.to(self.device)

    def _keep_labels(self, vocab: SpacyVocab) -> None:
        """Add the labels to a vocabulary permanently: one first added in a memory zone would be lost at its end."""
        for label in self.labels:
            vocab.strings.add(label, allow_transient=False)  # type: ignore[call-arg]  # missing in spaCy's stubs

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        # Through the files of the model folder: pickling the network itself would tie the bytes to its class.
        settings = {name: getattr(self, name) for name in self.settings}
        settings |= {"model": self.model_name, "device": self.device_name, "lang": self.lang, "scorer": self.scorer}
        files = None if self._bundle is None else self.to_bytes()
        return _restore, (type(self), self.vocab, self.name, settings, files, self.get_error_handler(), self.slim)


def _restore(
    cls: type[NetworkPipe],
    vocab: SpacyVocab,
    name: str,
    settings: dict[str, Any],
    files: bytes | None,
    error_handler: Callable[..., Any],
    slim: bool,
) -> NetworkPipe:
    attributes.register()
    component = cls(vocab, name, **settings)
    if files is not None:
        component.from_bytes(files)
    component.set_error_handler(error_handler)
    component.slim = slim
    return component


def choose_device(name: str) -> torch.device:
    """Return the device for a component's `device` setting; auto is cuda if available, else the CPU.

    Raises:
        ConfigError: The name is unknown, or this machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind = name.split(":")[0]
    if kind not in DEVICES:
        raise ConfigError(f"device={name!r} is unknown; expected one of {', '.join(DEVICES)}, or for example cuda:1.")
    is_available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not is_available.get(kind, True):
        raise ConfigError(f"device={name!r}: torch finds no {kind.upper()} device here; use device='cpu' or 'auto'.")
    try:
        return torch.device(name)
    except RuntimeError as err:
        raise ConfigError(f"device={name!r} is not a device that torch knows: {err}") from err


_pipes: "weakref.WeakSet[NetworkPipe]" = weakref.WeakSet()


def _recover_after_fork() -> None:
    """Avoid deadlocks: a forked child inherits torch's thread pool and held locks, but not the threads of either."""
    torch.set_num_threads(1)
    for pipe in _pipes:
        pipe._lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_recover_after_fork)
