"""One split of a data set, from the hub or from local files, by the builders of Hugging Face `datasets`."""

import glob
from pathlib import Path
from typing import Any

import datasets

from docsight.errors import ConfigError, DataError

# How the files of a split may end, by source.
ENDINGS = {
    "parquet": (".parquet",),
    "conll": (".conll", ".iob", ".iob2", ".bio", ".txt"),
    "json": (".jsonl", ".json"),
    "spacy": (".spacy",),
    "imagefolder": (),  # a folder for each split, in it one for each class
}


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
        split: Its name: of the hub's split, or of a local file or folder of files.
        source: hub, parquet, conll, json, spacy (a DocBin), or imagefolder.
        path: A local folder that holds the splits, or a file; wins over `hub`.
        hub: The id of a data set on the hub.
        origin: Where the data comes from, for the message when it is not there.
        columns: The names of a conll file's columns, in their order.

    Raises:
        ConfigError: The source is unknown, or neither path nor hub says where the data is.
        DataError: A file, or the split, is not there.
    """
    if source not in ("hub", *ENDINGS):
        raise ConfigError(f"data.source={source!r} is unknown; expected one of: hub, {', '.join(ENDINGS)}.")
    if path is None:
        if hub is None:
            raise ConfigError(
                f"data.path is missing, and the data set has no hub id to load from. Get it from its origin "
                f"({origin or 'not named in the config'}) and pass the folder: data.path=FOLDER "
                "(quote a path with '=' in it: 'data.path=\"a=b\"')."
            )
        return _from_hub(hub, split)
    if source == "imagefolder":
        return _from_folders(Path(path), split)
    files = split_files(Path(path), split, source)
    if source == "spacy":
        return _from_docbins(files)
    options: dict[str, Any] = {}
    if source == "conll":
        options = {
            "column_names": columns or ["tokens", "pos_tags", "chunk_tags", "ner_tags"],
            "skip_docstart": True,
        }
    builder = "parquet" if source == "hub" else source
    try:
        return datasets.load_dataset(
            builder, data_files={split: [glob.escape(str(f)) for f in files]}, split=split, **options
        )
    except (datasets.exceptions.DatasetGenerationError, ValueError, OSError) as err:
        cause = err.__cause__ or err
        raise DataError(f"{files[0]}: cannot be read as {builder}: {cause}") from err


def has_split(split: str, *, source: str, path: str | None, hub: str | None) -> bool:
    """Tell whether there is such a split; a single file has no second one. Arguments and errors as `load_split`."""
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
    """Find the local files of a split: `path` itself if a file, else SPLIT.ending or SPLIT-*.ending in it."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"data.path: {path} does not exist; expected a folder with the split {split!r} (or a file).")
    endings = ENDINGS["parquet" if source == "hub" else source]
    forms = [f"{glob.escape(split)}{tail}{ending}" for ending in endings for tail in ("", "-*")]
    for folder in (path, path / "data"):  # the hub's repositories often keep their files in data/
        for form in forms:
            if found := sorted(folder.glob(form)):
                return found
    held = sorted(f.name for f in path.iterdir())
    raise DataError(
        f"{path} has no split {split!r}: expected a file {split} ending in {' or '.join(endings)}; "
        f"found {', '.join(held[:8]) or 'nothing'}{' …' if len(held) > 8 else ''}."
    )


def _from_hub(hub: str, split: str) -> datasets.Dataset:
    try:
        return datasets.load_dataset(hub, split=split)
    except (ValueError, OSError, RuntimeError) as err:
        raise DataError(
            f"The hub data set {hub!r}, split {split!r}, cannot be loaded: {err}. "
            "With the data at hand, pass data.path=FOLDER instead."
        ) from err


def _hub_splits(hub: str) -> list[str]:
    try:
        return list(datasets.get_dataset_split_names(hub))
    except (ValueError, OSError, RuntimeError) as err:
        raise DataError(f"The hub data set {hub!r} cannot be looked up: {err}.") from err


def _from_folders(path: Path, split: str) -> datasets.Dataset:
    """Read pictures from folders named for their classes."""
    folder = path / split
    if not folder.is_dir():
        held = sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []
        raise DataError(
            f"{path} has no folder {split!r}: expected {split}/CLASS/PICTURE; found {', '.join(held[:8]) or 'nothing'}."
        )
    try:
        # Named as files, not as a folder: there, a class or a picture named test would be taken for another split.
        files = {"train": [f"{glob.escape(str(folder))}/**"]}
        return datasets.load_dataset("imagefolder", data_files=files, split="train", drop_labels=False)
    except (datasets.exceptions.DatasetGenerationError, ValueError, OSError) as err:
        raise DataError(f"{folder}: cannot be read as folders of pictures: {err.__cause__ or err}") from err


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
        for n, doc in enumerate(docs):
            tokens = [token for token in doc if not token.is_space]
            rows["tokens"].append([token.text for token in tokens])
            rows["ner_tags"].append(
                [
                    token.ent_iob_ if token.ent_iob_ in ("", "O") else f"{token.ent_iob_}-{token.ent_type_}"
                    for token in tokens
                ]
            )
            rows["ner_tags"][-1] = [tag or "O" for tag in rows["ner_tags"][-1]]
            rows["doc_id"].append(f"{file.stem}-{n}")
    return datasets.Dataset.from_dict(rows)
