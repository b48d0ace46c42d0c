"""The suggestions for a misspelled word, written as the text around it is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from docsight.spelling.arrays import Floats
from docsight.spelling.correction.batch import TokenBatch
from docsight.spelling.correction.candidate_groups import CandidateGroups
from docsight.spelling.lexicon.dictionary import Dictionary

MAX_SUGGESTIONS = 5

Suggestion = tuple[str, float]  # with its probability


def write_suggestions(
    batch: TokenBatch,
    groups: CandidateGroups,
    group: int,
    logits: Floats,
    probabilities: npt.NDArray[np.floating],
    texts: Sequence[str],
    dictionary: Dictionary,
) -> list[Suggestion]:
    """Return the best candidates of a place in the casing, the apostrophes and the variety of English of its text.

    Args:
        batch: The texts as tokens.
        groups: The places with their candidates.
        group: The index of the place.
        logits: (rows,) the scores of the ranker.
        probabilities: (rows,) the same as probabilities within the group.
        texts: The texts as written.
        dictionary: The words.
    """
    token = int(groups.token[group])
    last = token + int(groups.span[group]) - 1
    text = texts[int(batch.texts[token])]
    typed = text[int(batch.starts[token]) : int(batch.ends[last])]
    ending = typed[-2:] if batch.types.possessive[batch.tokens[last]] else ""
    is_lower = bool(batch.lower_sentence[batch.sentence[token]])
    variety = int(batch.variety[batch.texts[token]])
    rows = np.arange(groups.start[group] + 1, groups.start[group + 1])
    rows = rows[np.argsort(-logits[rows], kind="stable")][:MAX_SUGGESTIONS]
    suggestions: dict[str, float] = {}
    for row in rows:  # both varieties of a word may be written the same here
        ids = [dictionary.in_variety(int(at), variety) for at in (groups.first[row], groups.second[row]) if at > 0]
        words = " ".join(dictionary.names[at] if is_lower else dictionary.own_case(at) for at in ids)
        suggestion = _in_case(words + ending, typed)
        suggestions[suggestion] = suggestions.get(suggestion, 0.0) + float(probabilities[row])
    return sorted(suggestions.items(), key=lambda item: -item[1])


def _in_case(word: str, typed: str) -> str:
    """Write a word with the casing and the apostrophes of what was typed."""
    if "\u2019" in typed:
        word = word.replace("'", "\u2019")
    if typed.isupper() and sum(map(str.isalpha, typed)) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() and word.islower() else word
