"""Loading of one split of a data set, from the hub or from local files, with Hugging Face `datasets`."""

import glob
from pathlib import Path
from typing import Any

import datasets

from docsight.errors import ConfigError, DataError

# The file suffixes of a split, by source.
SOURCE_SUFFIXES = {
    "parquet": (".parquet",),
    "conll": (".conll", ".iob", ".iob2", ".bio", ".txt"),
    "json": (".jsonl", ".json"),
    "spacy": (".spacy",),
    "imagefolder": (),  # a folder for each split, with one folder for each class
}
_MAX_LISTED_FILES = 8  # in messages


def load_split(
    split: str,
    *,
    source: str,
    path: str | None,
    hub: str | None,
    origin: str = "",
    columns: list[str] | None = None,
) -> datasets.Dataset:
    """Load one split.

    Args:
        split: The name of the split on the hub, or of a local file or folder of files.
        source: hub, parquet, conll, json, spacy (a DocBin), or imagefolder.
        path: A local folder that holds the splits, or a file; takes precedence over `hub`.
        hub: The id of a data set on the hub.
        origin: Where the data comes from, for the message if it is missing.
        columns: The names of the columns of a conll file, in order.

    Raises:
        ConfigError: The source is unknown, or neither path nor hub is given.
        DataError: A file, or the split, is missing or cannot be read.
    """
    if source not in ("hub", *SOURCE_SUFFIXES):
        raise ConfigError(f"data.source={source!r} is unknown; expected one of: hub, {', '.join(SOURCE_SUFFIXES)}.")
    if path is None:
        if hub is None:
            raise ConfigError(
                f"data.path is missing, and the data set has no hub id to load from. Get it from its origin "
                f"({origin or 'not named in the config'}) and pass the folder: data.path=FOLDER "
                "(quote a path that contains '=': 'data.path=\"a=b\"')."
            )
        return _from_hub(hub, split)
    if source == "imagefolder":
        return _from_folders(Path(path), split)
    files = split_files(Path(path), split, source)
    return _from_docbins(files) if source == "spacy" else _from_files(files, split, source, columns)


def has_split(split: str, *, source: str, path: str | None, hub: str | None) -> bool:
    """Return whether a split exists in addition to the training split; a path to a single file has no other split.

    The arguments and errors are those of `load_split`.
    """
    if path is None:
        return hub is not None and split in _hub_splits(hub)
    if source == "imagefolder":
        return (Path(path) / split).is_dir()
    if Path(path).is_file():
        return False
    try:
        return bool(split_files(Path(path), split, source))
    except DataError:
        return False


def split_files(path: Path, split: str, source: str) -> list[Path]:
    """Find the local files of a split: `path` itself if it is a file, or SPLIT.suffix or SPLIT-*.suffix in it."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"data.path: {path} does not exist; expected a folder with the split {split!r} (or a file).")
    suffixes = SOURCE_SUFFIXES["parquet" if source == "hub" else source]
    patterns = [f"{glob.escape(split)}{tail}{suffix}" for suffix in suffixes for tail in ("", "-*")]
    for folder in (path, path / "data"):  # repositories on the hub often keep their files in data/
        for pattern in patterns:
            if files := sorted(folder.glob(pattern)):
                return files
    raise DataError(
        f"{path} has no split {split!r}: expected a file {split} ending in {' or '.join(suffixes)}; "
        f"found {_listing(path)}."
    )


def _listing(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return (", ".join(names[:_MAX_LISTED_FILES]) or "nothing") + (" …" if len(names) > _MAX_LISTED_FILES else "")


def _from_hub(hub: str, split: str) -> datasets.Dataset:
    try:
        return datasets.load_dataset(hub, split=split)
    except (ValueError, OSError, RuntimeError) as err:
        raise DataError(
            f"The hub data set {hub!r}, split {split!r}, cannot be loaded: {err}. "
            "If you have the data, pass data.path=FOLDER instead."
        ) from err


def _hub_splits(hub: str) -> list[str]:
    try:
        return list(datasets.get_dataset_split_names(hub))
    except (ValueError, OSError, RuntimeError) as err:
        raise DataError(f"The hub data set {hub!r} cannot be looked up: {err}.") from err


def _from_files(files: list[Path], split: str, source: str, columns: list[str] | None) -> datasets.Dataset:
    builder = "parquet" if source == "hub" else source
    options: dict[str, Any] = {}
    if source == "conll":
        options = {
            "column_names": columns or ["tokens", "pos_tags", "chunk_tags", "ner_tags"],
            "skip_docstart": True,
        }
    try:
        return datasets.load_dataset(
            builder, data_files={split: [glob.escape(str(f)) for f in files]}, split=split, **options
        )
    except (datasets.exceptions.DatasetGenerationError, ValueError, OSError) as err:
        cause = err.__cause__ or err
        raise DataError(f"{files[0]}: cannot be read as {builder}: {cause}") from err


def _from_folders(path: Path, split: str) -> datasets.Dataset:
    """Read images from folders that are named after their classes."""
    folder = path / split
    if not folder.is_dir():
        raise DataError(f"{path} has no folder {split!r}: expected {split}/CLASS/IMAGE; found {_listing(path)}.")
    try:
        # A glob over files, because from a folder `datasets` would take a class or an image named "test" for a split.
        files = {"train": [f"{glob.escape(str(folder))}/**"]}
        return datasets.load_dataset("imagefolder", data_files=files, split="train", drop_labels=False)
    except (datasets.exceptions.DatasetGenerationError, ValueError, OSError) as err:
        raise DataError(f"{folder}: cannot be read as folders of images: {err.__cause__ or err}") from err


def _from_docbins(files: list[Path]) -> datasets.Dataset:
    """Read the sentences and entities of spaCy DocBins as rows of tokens and IOB2 tags."""
    import spacy
    from spacy.tokens import DocBin

    vocab = spacy.blank("xx").vocab
    rows: dict[str, list[Any]] = {"tokens": [], "ner_tags": [], "doc_id": []}
    for file in files:
        try:
            docs = list(DocBin().from_disk(file).get_docs(vocab))
        except ValueError as err:
            raise DataError(f"{file}: cannot be read as a spaCy DocBin: {err}") from err
        for number, doc in enumerate(docs):
            tokens = [token for token in doc if not token.is_space]
            rows["tokens"].append([token.text for token in tokens])
            rows["ner_tags"].append(
                [f"{token.ent_iob_}-{token.ent_type_}" if token.ent_iob_ in ("B", "I") else "O" for token in tokens]
            )
            rows["doc_id"].append(f"{file.stem}-{number}")
    return datasets.Dataset.from_dict(rows)
