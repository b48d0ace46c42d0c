"""English words that are common, and those of them that are not also names, from the lexicon of the shipped speller."""

from functools import cache

from safetensors import safe_open

from docsight.bundle import MODELS, WEIGHTS
from docsight.spelling.lexicon.tables import ZIPF_STEPS, WordSource

_MIN_ZIPF = 3.3  # about two occurrences in a million words
_RESERVED_IDS = 2  # of padding and unknown words, which the file of words does not list


@cache
def common_words() -> frozenset[str]:
    """Return the words, in lower case, that dictionaries write in lower case and that are frequent."""
    return frozenset(_common_words())


@cache
def common_non_names() -> frozenset[str]:
    """Return the common words that are not also proper names; "grace" and "mark" are."""
    return frozenset(word for word, is_proper in _common_words().items() if not is_proper)


@cache
def _common_words() -> dict[str, bool]:
    """Return the common words, and whether dictionaries also write them with a capital letter."""
    folder = MODELS / "rnn_speller"
    words = (folder / "words.txt").read_text(encoding="utf-8").splitlines()
    with safe_open(folder / WEIGHTS, "numpy") as weights:
        sources = weights.get_tensor("lexicon.sources")[_RESERVED_IDS:]
        zipf = weights.get_tensor("lexicon.zipf")[_RESERVED_IDS:]
    is_common = ((sources & int(WordSource.LOWER)) > 0) & (zipf >= _MIN_ZIPF * ZIPF_STEPS)
    is_proper = (sources & int(WordSource.PROPER)) > 0
    return {word: bool(proper) for word, common, proper in zip(words, is_common, is_proper, strict=True) if common}
