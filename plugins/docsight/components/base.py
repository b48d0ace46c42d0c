"""spaCy's protocol for a component around a network: batches, errors, weights on demand, disk and bytes."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import srsly
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.util import minibatch
from spacy.vocab import Vocab as SpacyVocab
from torch import nn

from docsight import attributes, bundle
from docsight.bundle import Bundle
from docsight.device import choose_device
from docsight.errors import BundleError


class NetworkPipe(Pipe):
    """A component whose network was trained elsewhere and comes in a model folder.

    A subclass tells its `kind` of model and its `settings`, and writes `predict` and `set_annotations`. The weights
    are read on first use, unless `from_disk` or `from_bytes` brought them: `spacy.load` makes the component first,
    with the path of a model that may be gone.

    Args:
        vocab: The vocabulary of the pipeline.
        name: The component's name in the pipeline.
        model: A shipped model's name, or a model folder.
        device: auto, cpu, cuda or mps.
        lang: The language of the pipeline; one that the model was not trained for is warned about.
    """

    kind: ClassVar[str]
    settings: ClassVar[tuple[str, ...]] = ()
    own_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, vocab: SpacyVocab, name: str, *, model: str, device: str = "auto", lang: str = "") -> None:
        self.vocab = vocab
        self.name = name
        self.model_name = model
        self.device_name = device
        self.device = choose_device(device)
        self.lang = lang
        self._bundle: Bundle | None = None
        self._keep_labels(vocab)

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Return what `set_annotations` writes, one a Doc, without changing them."""
        raise NotImplementedError(f"{type(self).__name__} must define predict.")

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        """Write predictions into their Docs."""
        raise NotImplementedError(f"{type(self).__name__} must define set_annotations.")

    @property
    def bundle(self) -> Bundle:
        """The model, read at the first call.

        Raises:
            BundleError: The model is missing or damaged.
        """
        # Two threads may both read it: the same model twice, and either will do.
        if self._bundle is None:
            self._install(bundle.load_folder(bundle.find_model(self.model_name), kind=self.kind))
        assert self._bundle is not None  # for the type checker
        return self._bundle

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the component writes."""
        return self.model_labels

    @property
    def model_labels(self) -> tuple[str, ...]:
        """The labels of the model as it was trained; empty while a model that is not there was not replaced.

        spaCy asks for labels while it loads a pipeline, before the weights are there: the config must do.
        """
        if self._bundle is not None:
            return tuple(self._bundle.arguments["labels"])
        try:
            return bundle.read_labels(bundle.find_model(self.model_name), kind=self.kind)
        except BundleError:
            return ()  # it is told when the model is wanted, which it may never be: `from_disk` can bring another

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        for annotated in self.pipe([doc]):
            return annotated
        return doc  # the error handler took the error; the Doc goes on as it came

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate Docs in batches, in order; a Doc that fails goes to the error handler and costs no other."""
        for docs in minibatch(stream, size=batch_size):
            _ = self.bundle  # a missing model is nobody's document's fault
            try:
                predictions = self.predict(docs)
            except Exception:  # noqa: BLE001 - whatever it was, it comes again below, for its own Doc alone
                predictions = [None] * len(docs)
            for doc, prediction in zip(docs, predictions, strict=True):
                try:
                    self.set_annotations([doc], [prediction] if prediction is not None else self.predict([doc]))
                except Exception as err:  # noqa: BLE001 - spaCy's protocol: the handler decides, and raises by default
                    self.get_error_handler()(self.name, self, [doc], err)
                    continue
                yield doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the model folder."""
        self.bundle.to_disk(Path(path))
        for name, content in self.own_files().items():
            (Path(path) / name).write_bytes(content)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Self:
        """Read the model folder."""
        self._install(bundle.load_folder(Path(path), kind=self.kind))
        names = [name for name in self.own_names if (Path(path) / name).is_file()]
        self.take_files({name: bundle.read_file(Path(path), name) for name in names})
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return the model folder as bytes."""
        return srsly.msgpack_dumps(self.bundle.to_files() | self.own_files())

    def from_bytes(self, content: bytes, *, exclude: Iterable[str] = ()) -> Self:
        """Read the model folder from bytes."""
        try:
            files = srsly.msgpack_loads(content)
        except ValueError as err:
            raise BundleError(f"{self.name}: these bytes are no serialised model: {err}") from err
        if not isinstance(files, dict) or not all(isinstance(file, bytes) for file in files.values()):
            raise BundleError(f"{self.name}: these bytes are no serialised model; expected what to_bytes returns.")
        self._install(bundle.load_files(files, kind=self.kind))
        self.take_files({name: files[name] for name in self.own_names if name in files})
        return self

    def own_files(self) -> dict[str, bytes]:
        """Return what a component keeps in the model folder beside the model: files by name, of `own_names`."""
        return {}

    def take_files(self, files: Mapping[str, bytes]) -> None:
        """Take over those of `own_files` that a model folder has."""

    def _install(self, loaded: Bundle) -> None:
        """Take a model into use."""
        self._place(loaded.network.eval().requires_grad_(False), loaded.about)
        trained_for = loaded.about.get("lang")
        if trained_for not in (None, "", "xx") and self.lang not in ("", "xx", trained_for):
            warnings.warn(
                f"{self.name}: the model was trained for {trained_for!r}, the pipeline is for {self.lang!r}; "
                "expect poor results.",
                UserWarning,
                stacklevel=2,
            )
            self.lang = ""  # once is enough
        self._bundle = loaded
        self._keep_labels(self.vocab)

    def _place(self, network: nn.Module, about: Mapping[str, Any]) -> None:
        """Put the network onto the device; a subclass may do more, and reads what else the model's config tells."""
        network.to(self.device)

    def _keep_labels(self, vocab: SpacyVocab) -> None:
        """Put the labels into a vocabulary for good: those that are first met in a memory zone are needed after it."""
        for label in self.labels:
            vocab.strings.add(label, allow_transient=False)  # type: ignore[call-arg]  # spaCy's stub is behind

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        # Through the model folder's files, as everything else: a network's own pickle would tie it to its class.
        settings = {name: getattr(self, name) for name in self.settings}
        settings |= {"model": self.model_name, "device": self.device_name, "lang": self.lang}
        files = None if self._bundle is None else self.to_bytes()
        return _restore, (type(self), self.vocab, self.name, settings, files, self.get_error_handler())


def _restore(
    cls: type[NetworkPipe],
    vocab: SpacyVocab,
    name: str,
    settings: dict[str, Any],
    files: bytes | None,
    error_handler: Callable[..., Any],
) -> NetworkPipe:
    attributes.register()
    component = cls(vocab, name, **settings)
    if files is not None:
        component.from_bytes(files)
    component.set_error_handler(error_handler)
    return component
