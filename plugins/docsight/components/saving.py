"""What docsight adds to a saved pipeline: models or only their names, and entries of its meta.json."""

import re
from typing import TYPE_CHECKING, Any

from docsight import bundle
from docsight.components.base import NetworkPipe
from docsight.errors import BundleError
from docsight.model_card import first_sentence, licence_of
from docsight.version import __version__

if TYPE_CHECKING:
    from spacy.language import Language

_REQUIREMENT = re.compile(r"docsight\b(?!-)")
_SEPARATORS = {"license": " AND ", "description": " "}  # of the entries of several models


def slim(nlp: "Language", enabled: bool = True) -> "Language":
    """Make `nlp.to_disk` store the names of shipped models instead of the models.

    Other models, and shipped ones that were changed, are still stored in full. The saved pipeline needs this version of
    docsight, or another one with the same models; otherwise, `spacy.load` raises a `BundleError`.

    Args:
        nlp: A pipeline.
        enabled: False to store all models in full again, also those of a pipeline that was loaded slim.

    Returns:
        The same pipeline.
    """
    for _, component in nlp.components:
        if isinstance(component, NetworkPipe):
            component.slim = enabled
    _require(nlp.meta, f"docsight{'==' if enabled else '>='}{__version__}")
    return nlp


def fill_meta(nlp: "Language", component: NetworkPipe) -> None:
    """Add to the meta data of a pipeline what `spacy package` needs: the requirement on docsight, licence, description.

    The licence and the first sentence of the description are those in the model's card. Entries of others stay.
    """
    meta = nlp.meta
    if not any(map(_REQUIREMENT.match, meta.get("requirements", ()))):
        _require(meta, f"docsight>={__version__}")
    try:
        card = bundle.read_file(bundle.find_model(component.model_name), bundle.CARD).decode()
    except (BundleError, UnicodeDecodeError):
        return  # reported when the model is used, which may never happen: `from_disk` can supply another one
    source = {
        "name": f"docsight {component.model_name}",
        "component": component.name,
        "license": licence_of(card),
        "description": first_sentence(card),
    }
    sources = meta.get("sources") or []
    ours = [each for each in sources if isinstance(each, dict) and "component" in each]
    if source not in ours and all(meta.get(key, "") == _joined(ours, key) for key in _SEPARATORS):
        meta["sources"] = [*sources, source]
        meta |= {key: _joined([*ours, source], key) for key in _SEPARATORS}


def _require(meta: dict[str, Any], requirement: str) -> None:
    """Set the requirement on docsight, and keep those on other packages."""
    others = [each for each in meta.get("requirements", ()) if not _REQUIREMENT.match(each)]
    meta["requirements"] = [*others, requirement]


def _joined(sources: list[dict[str, str]], key: str) -> str:
    return _SEPARATORS[key].join(dict.fromkeys(source[key] for source in sources if source[key]))
