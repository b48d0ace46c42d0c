"""References to shipped models, which a slim pipeline stores in place of the models."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from docsight import bundle
from docsight.bundle import CONFIG, load_folder, read_file, shipped_names
from docsight.errors import BundleError
from docsight.version import __version__

REFERENCE = "shipped_model.json"  # the file of a reference: the model's name, the hash of its config, and our version


def find_shipped(files: Mapping[str, bytes]) -> str | None:
    """Return the name of the shipped model that is saved as these files, None if there is none.

    The config holds the hashes of the other files, so equal configs are enough. The shipped files themselves may have
    tensors that are no longer saved.
    """
    config = json.loads(files[CONFIG])
    for name in shipped_names():
        shipped = json.loads(read_file(bundle.MODELS / name, CONFIG))
        is_alike = all(shipped[key] == config[key] for key in ("kind", "vocabularies"))
        if is_alike and load_folder(bundle.MODELS / name, kind=config["kind"]).to_files()[CONFIG] == files[CONFIG]:
            return name
    return None


def write_reference(name: str) -> bytes:
    """Return the file that refers to a shipped model."""
    content = {"model": name, "sha256": _hash_config(name), "docsight": __version__}
    return (json.dumps(content, indent=2) + "\n").encode()


def read_reference(folder: Path) -> str:
    """Return the name of the shipped model that a folder refers to.

    Raises:
        BundleError: The file is damaged, or this docsight does not ship that model.
    """
    where = folder / REFERENCE
    try:
        reference = json.loads(read_file(folder, REFERENCE))
        name, expected, version = (reference[key] for key in ("model", "sha256", "docsight"))
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise BundleError(f"{where} is not a reference to a shipped model: {err!r}. Save the pipeline again.") from err
    shipped = shipped_names()
    if name not in shipped or _hash_config(name) != expected:
        found = "ships another version of it" if name in shipped else f"ships only {', '.join(shipped)}"
        raise BundleError(
            f"{where}: this slim pipeline needs the model {name!r} of docsight {version}, and docsight {__version__} "
            f"{found}. Install docsight=={version}. To use the pipeline here, save it there in full: "
            "`docsight.slim(nlp, False).to_disk(...)`."
        )
    return str(name)


def _hash_config(name: str) -> str:
    return hashlib.sha256((bundle.MODELS / name / CONFIG).read_bytes()).hexdigest()
