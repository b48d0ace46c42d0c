"""Names of countries that were found in part: `Bosnia and Herzegovina`, and `Korea, Republic of` in lists."""

from collections.abc import Sequence

from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END

PLACE_LABELS = ("LOC", "GPE")
# By the last word before "and".
_SECOND_PARTS = {
    "Antigua": "Barbuda",
    "Bosnia": "Herzegovina",
    "Georgia": "the South Sandwich Islands",
    "Island": "McDonald Islands",
    "Kitts": "Nevis",
    "Pierre": "Miquelon",
    "Svalbard": "Jan Mayen",
    "Tome": "Principe",
    "Tomé": "Príncipe",
    "Trinidad": "Tobago",
    "Turks": "Caicos Islands",
    "Vincent": "the Grenadines",
    "Wallis": "Futuna",
}
_STATE_WORDS = "Federation Kingdom Principality Province Republic State States Union"
_FORMS_OF_STATES = frozenset(_STATE_WORDS.split())
_EDGES = (LINE_END, CELL_END)
_MAX_INVERTED = 7  # words after the comma


def complete_places(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Sequence[ScoredSpan]:
    """Extend places over the second part of a country's name.

    A place that was joined with others has the lowest score of its parts.

    The arguments are those of `AnnotationConventions.mend`.
    """
    whole: list[ScoredSpan] = []
    for span in spans:
        before = whole[-1] if whole else None
        if before is not None and before.end > span.start:  # it is within the name of a country
            whole[-1] = before._replace(end=max(before.end, span.end), score=min(before.score, span.score))
        elif span.label in PLACE_LABELS:
            whole.append(span._replace(end=_country_end(span, word_at, num_words)))
        else:
            whole.append(span)
    return whole


def _country_end(span: ScoredSpan, word_at: WordAt, num_words: int) -> int:
    """Return the end of the name of the country that an entity begins; its own end if there is none."""
    second = _SECOND_PARTS.get(word_at(span.end - 1), "")
    words = ["and", *second.split()]
    if second and span.end + len(words) <= num_words and words == [word_at(span.end + n) for n in range(len(words))]:
        return span.end + len(words)
    is_whole_line = span.start == 0 or word_at(span.start - 1) in _EDGES
    if not is_whole_line or span.end >= num_words or word_at(span.end) != ",":
        return span.end
    end = span.end + 1
    while end < min(num_words, span.end + 2 + _MAX_INVERTED) and word_at(end) not in _EDGES:
        end += 1
    is_cell = end == num_words or word_at(end) in _EDGES
    title = [word_at(at) for at in range(span.end + 1, end)]
    if title and title[-1] == "the":
        title.pop()
    is_title = len(title) > 1 and title[-1] == "of" and title[-2] in _FORMS_OF_STATES
    return end if is_cell and is_title else span.end
