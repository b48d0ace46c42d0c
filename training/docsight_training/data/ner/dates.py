"""Dates by rule, for corpora that do not annotate them.

The rules are regular expressions over classes of tokens, such as `month`. What counts as a date and where it begins and
ends follow the label TIME of DocRED: days, weekdays, months, years, decades, centuries and durations of days or more,
but not "today" or "last year". Times of day and geological ages are left open: `may_be_date` admits them.
"""

from collections.abc import Sequence
from dataclasses import replace

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document
from docsight_training.data.ner.token_grammar import TokenGrammar

# The words of each class, compared in lower case; but May and March are months only with a capital.
_WORDS = {
    "month": "january february april june july august september october november december",
    "may": "may march",
    "weekday": "monday tuesday wednesday thursday friday saturday sunday",
    "season": "spring summer autumn winter",
    "number": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion",
    "ordinal": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    "tens": "twenties thirties forties fifties sixties seventies eighties nineties",
    "unit": "day week month year decade",
    "units": "days weeks months years decades",
    "century": "century centuries millennium millennia",
    "clock": "seconds minute minutes hour hours am pm a.m. p.m. noon midnight",
    "era": "era period age ages medieval renaissance",
    "early": "early mid late middle lower upper",
    "end": "beginning end final latter",
    "old": "old",
    "a": "a an",
    "half": "half",
    "the": "the",
    "of": "of",
    "and": "and or",
    "to": "to",
    "s": "s",
    "in": "in on since until till by from during before after between through throughout around circa c. ca. as",
    "about": "about over than nearly almost some approximately up least most number no. page $ £ € ¥ ₡ ₹ us$ # %",
    "measure": "people men women m km cm mm kg mw hz mhz acres",
    "event": "attack attacks uprising massacre",
    "daytime": "morning mornings afternoon afternoons evening evenings night nights",
    "comma": ",",
    "period": ".",
    "dash": "- \u2013 \u2014 --",
    "slash": "/",
    "open": "( [ ;",
    "apostrophe": "' \u2018 \u2019",
}
_YEAR = r"(?:1[5-9]\d\d|20[0-4]\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
# The shapes of the other classes; the first that matches counts.
_SHAPES = {
    "year": _YEAR,
    "old_year": r"1[0-4]\d\d|20[5-9]\d",
    "day": _DAY,
    "two_digits": r"\d\d",
    "three_digits": r"\d\d\d",
    "figure": r"\d+(\.\d+)?|\d{1,3}(,\d{3})+",
    "nth": r"(?i:\d*(1st|2nd|3rd|\dth))",
    "decade": r"(?i:(mid-)?(1\d|20)\d0['\u2019]?s|['\u2018\u2019]\d0s)",
    "tens": r"[2-9]0s",
    "days": rf"{_DAY}[\u2013-]{_DAY}",
    "date": rf"{_YEAR}-\d\d-\d\d|{_DAY}([/.-]){_DAY}\1{_YEAR}|{_DAY}/{_DAY}/\d\d|"
    rf"(mid-)?{_YEAR}([\u2013\u2014/-]({_YEAR}|\d\d))?",
    "bc": r"BC|BCE|CE|B\.C\.|bce?",
    "ad": r"AD|A\.D\.",
    "short_month": r"(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\.?",
    "era": r"(?i:.*(zoic|cene|lithic))",
    "digits": r"(?s:.*\d.*)",
    "name": r"[^\W\d_a-z].*",
    "plural": r"[a-z]{3,}s",
    "other": r"(?s:.*)",
}
# Alternatives that have a name of their own in the rules.
_GROUPS = {
    "DAY": "day | nth",
    "MONTH": "month | may | short_month period?",
    "YEAR": "year | old_year",
    "LONG": "three_digits | figure",
    "FIGURE": "day | two_digits | LONG",
    "NUMBER": "number | FIGURE | YEAR",
    "NTH": "nth | ordinal",
    # After these, a year may be followed by a name: In 1999 Roosevelt left.
    "BEFORE": "in | of | to | and | early | comma | dash",
    # The classes that a date can begin with, so that most tokens are passed over at once.
    "START": "weekday | season | month | may | short_month | NUMBER | NTH | days | date | decade | ad "
    "| the | a | apostrophe",
    # What may always be part of a date, what may be before that, and what may be between two of these.
    "CORE": "weekday | season | month | short_month | nth | YEAR | FIGURE | date | decade | tens | days | bc | ad "
    "| unit | units | century | clock | era | digits",
    "LINK": "the | early | end | a | number | ordinal | half | dash | apostrophe | may",
    "INNER": "LINK | of | and | to | comma | slash",
}
# The dates. At each token the first rule that matches counts.
_DATE_RULES = (
    # 2021 - 03 - 01, 3 / 4 / 2021
    "year dash day dash day | (day dash day dash | day slash day slash) year",
    # Monday, May 3, 1999; May 3-5, 1999; on May 3, but not the September 11 attacks
    "(weekday comma?)? MONTH (DAY ((dash | to) DAY)? | days) comma? (YEAR | three_digits (?! plural | other))",
    "(weekday comma?)? MONTH (DAY ((dash | to) day)? | days) (?! other? event | name)",
    # Monday, 3rd of May 1999; 3 May
    "(weekday comma?)? (days | (day (dash | to))? DAY) of? MONTH comma? (YEAR | three_digits (?! plural | other))",
    "(weekday comma?)? (days | DAY) of? (month | short_month period?)",
    # May 1999, spring 1999, in May
    "MONTH (comma | of)? YEAR | season year (?! name)",
    "(?<= in | of | early) month (?! name | DAY | days)",
    # 300 BC, the first century BC, AD 79
    "(NUMBER | the? NTH dash? century) (bc | ad) | ad NUMBER",
    # 1/2/1999, 1939-45, the 1990s, the 15th and 16th centuries
    "date (?! name)",
    "the? (decade | year s | apostrophe tens) | the tens",
    "the? NTH ((and | to | dash) NTH)? dash? century",
    # Monday, but neither Black Friday nor Sunday Times nor Monday morning
    "(?<! name) weekday (?! name | plural | event | daytime)",
    # In 1999 Roosevelt, a 1999 film, but neither 555 - 1999 nor 1999 copies nor the 1999 Olympics
    "(?<= BEFORE) (?<! FIGURE dash) year (?! measure | dash? LONG)",
    "(?<! about | the | dash | name | FIGURE) year (?! plural | measure | dash? LONG)",
    "(?<= the) year (?! name | season | measure)",
    # 1939 - [45], from 1278
    "(?<= year dash) (day | two_digits)",
    "(?<= in | open | dash) old_year (?! name | plural | units)",
    # Two and a half years, a two - year contract
    "a? NUMBER ((dash | and | to) NUMBER | number)* (and a half)? units (?! old | of era | a unit | apostrophe)",
    "NUMBER dash unit (?! dash | old)",
)


def find_dates(tokens: Sequence[str]) -> list[TagSpan]:
    """Find the spans that are surely dates; their label is DATE."""
    return [TagSpan(*match.span(), "DATE") for match in _DATE.finditer(_DATE_GRAMMAR.encode(tokens))]


def may_be_date(tokens: Sequence[str]) -> list[bool]:
    """Return for each token whether it could be part of a date."""
    codes = _DATE_GRAMMAR.encode(tokens)
    possible = [False] * len(codes)
    for pattern in (_POSSIBLE_DATE, _DATE):
        for match in pattern.finditer(codes):
            possible[slice(*match.span())] = [True] * len(match[0])
    return possible


_DATE_GRAMMAR = TokenGrammar(words=_WORDS, shapes=_SHAPES, groups=_GROUPS, exact={"month": "May March MAY MARCH"})
_DATE = _DATE_GRAMMAR.compile(f"(?= START) ({' | '.join(_DATE_RULES)})")
_POSSIBLE_DATE = _DATE_GRAMMAR.compile("LINK{0,4} CORE (INNER{0,3} CORE)*")


def add_dates(document: Document) -> Document:
    """Add the dates that a rule is sure of."""
    sentences = []
    for sentence in document.sentences:
        taken = {token for start, end, _ in sentence.spans for token in range(start, end)}
        dates = [span for span in find_dates(sentence.tokens) if taken.isdisjoint(range(span.start, span.end))]
        sentences.append(replace(sentence, spans=sorted([*sentence.spans, *dates])))
    return replace(document, sentences=sentences)
