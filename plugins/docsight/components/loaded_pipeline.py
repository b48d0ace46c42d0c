"""`docsight.load`: a pipeline with components of docsight in one call, with all models loaded if requested."""

from pathlib import Path
from typing import TYPE_CHECKING

import spacy
from spacy.util import is_package

from docsight.components.base import NetworkPipe
from docsight.errors import ConfigError

if TYPE_CHECKING:
    from spacy.language import Language

COMPONENTS = ("rnn_speller", "rnn_ner", "cnn_imagecat")
_WARM_UP_TEXT = "Ada Lovelace lived in London."


def load(*names: str, lang: str = "en", warm: bool = False) -> "Language":
    """Make a pipeline of docsight's components, or load a saved one.

    Args:
        names: The components of a new pipeline, in order, such as "rnn_speller" and "rnn_ner"; or the folder or the
            package of one saved pipeline. Without names, a new pipeline of all three components.
        lang: The language of a new pipeline.
        warm: Whether to load all models now. By default, each is loaded when its component is first used.

    Returns:
        The pipeline. Threads may share it; each model is loaded only once.

    Raises:
        ConfigError: A name is neither a component nor a saved pipeline.
        BundleError: With `warm`, if a component has no usable model.
    """
    if len(names) == 1 and (is_package(names[0]) or Path(names[0]).expanduser().is_dir()):
        nlp = spacy.load(Path(names[0]).expanduser() if Path(names[0]).expanduser().is_dir() else names[0])
    else:
        nlp = spacy.blank(lang)
        for name in names or COMPONENTS:
            if not nlp.has_factory(name):
                raise ConfigError(
                    f"docsight.load: {name!r} is neither a component ({', '.join(COMPONENTS)}) nor a saved pipeline."
                )
            nlp.add_pipe(name)
    if warm:
        warm_up(nlp)
    return nlp


def warm_up(nlp: "Language") -> None:
    """Load all models of a pipeline, and compute once with each; raises a `BundleError` if one is unusable."""
    for _, component in nlp.pipeline:
        if isinstance(component, NetworkPipe):
            component.warm_up()
    with nlp.memory_zone():
        nlp(_WARM_UP_TEXT)
