"""Entities that are no amounts, although the network took them for sums of money, percentages, times or quantities."""

import re
from collections.abc import Collection, Iterable, Sequence

from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

# Words that are a number, part of one, or a time of day.
_AMOUNT_NUMBER_LIST = (
    "a an one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
    "million millions billion billions trillion trillions dozen dozens tens half quarter quarters third thirds "
    "noon midnight midday"
)
_AMOUNT_NUMBERS = frozenset(_AMOUNT_NUMBER_LIST.split())
_ALPHABETIC_PART = re.compile(r"[^\W\d_]+")
_NUMERIC_CHARACTER = re.compile(r"[\d\u00bc-\u00be]")
# Where a digit may follow a letter: 20x30, km2, US$5, EUR20.
_DIGIT_AFTER_LETTER = re.compile(r"(?<=\d)[x\u00d7](?=\d)|(?:m|mi|ft|in|yd)[23]\b|^(?:[A-Z]{2,3}|Rs\.?)(?=\d)")
_CODE_IN_AMOUNT = re.compile(r"[^\W\d_]\d|^(?=.*\d)(?=.*[a-f])[\da-f]{4,}$")


def remove_false_amounts(
    spans: Sequence[ScoredSpan], word_at: WordAt, *, labels: Collection[str]
) -> Sequence[ScoredSpan]:
    """Return the entities without amounts that have no number, or a word of code such as d7f4.

    The arguments are those of `AnnotationConventions.mend`; `labels` are those of amounts.
    """
    return [
        span
        for span in spans
        if span.label not in labels or _may_be_amount([word_at(n) for n in range(span.start, span.end)])
    ]


def _may_be_amount(words: Iterable[str]) -> bool:
    has_number = False
    for word in words:
        if _CODE_IN_AMOUNT.search(_DIGIT_AFTER_LETTER.sub(" ", word)):
            return False
        has_number = has_number or bool(_NUMERIC_CHARACTER.search(word)) or not _AMOUNT_NUMBERS.isdisjoint(_parts(word))
    return has_number


def _parts(word: str) -> list[str]:
    return _ALPHABETIC_PART.findall(word.lower())
