"""Entities that are dates: those that cannot be dates are removed, and a weekday is joined to its date."""

import re
from collections.abc import Sequence

from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan

_WEEKDAY_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun"
_WEEKDAYS = frozenset(_WEEKDAY_NAMES.split())
_WEEKDAYS_IN_CAPITALS = frozenset(map(str.upper, _WEEKDAYS))
_AFTER_WEEKDAY = frozenset((",", "the"))
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
# A day and a month in any order, so that "Monday, 2009" is not one date.
_DAY_AND_MONTH = re.compile(
    rf"(?:{_MONTH}(?: \d|$)|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?: |$)|\d{{1,2}}-{_MONTH}-\d"
    r"|\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{2}|\d{4})?)?(?: |$)|\d{4}-\d{2}-\d{2}(?: |$))",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_SLASHED = re.compile(r"\d+(?:/\d+){1,2}")
_TIME_ZONE = re.compile(r"[+-](?:0\d|1[0-4])(?:00|15|30|45)")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")  # British
_INITIALS = re.compile(r"(?:[A-Za-z]\.){2,}|(?:[A-Za-z]\.)+[A-Za-z]")  # B.C.
_FIRST_YEAR, _LAST_YEAR = 1000, 2199  # of years that are written without a word


def repair_dates(spans: Sequence[ScoredSpan], word_at: WordAt, *, label: str) -> Sequence[ScoredSpan]:
    """Remove entities that cannot be dates, such as postcodes and shelf marks, and join weekdays to their dates.

    A date that was joined has the lower score of its parts.

    The arguments are those of `AnnotationConventions.mend`; `label` is that of dates.
    """
    if not any(span.label == label for span in spans):
        return spans
    repaired: list[ScoredSpan] = []
    for span in spans:
        if span.label != label:
            repaired.append(span)
            continue
        words = [word_at(at) for at in range(span.start, span.end)]
        if could_be_date(words):
            _append(repaired, span, " ".join(words), word_at)
    return repaired


def could_be_date(words: Sequence[str]) -> bool:
    """Return whether words may be a date: not if they are digits that are none, as in a telephone number.

    Digits beside a word of letters (*10000 years*, *10000 B.C.*) may always be one.
    """
    if any((len(word) > 1 and word.isalpha()) or _INITIALS.fullmatch(word) for word in words):
        return True
    text = " ".join(words)
    if _POSTCODE.fullmatch(text) or _TIME_ZONE.fullmatch(text):
        return False
    if len(words) == 1 and text.isdecimal() and len(text) in (4, 6):
        return _is_year(text) if len(text) == 4 else _is_date_of_six(text)
    return all(map(_may_be_in_date, _DIGITS.findall(text))) and all(map(_is_slashed_date, _SLASHED.findall(text)))


def remove_weekdays_of_dates(
    likely: Sequence[ScoredSpan], entities: Sequence[ScoredSpan], word_at: WordAt, *, label: str
) -> list[ScoredSpan]:
    """Remove likely spans of other labels that are only the weekday of a date, as *Tue* in *Tue, 14 May 2024*.

    Args:
        likely: Spans of a row that may be entities, in words.
        entities: The entities of the row, as `repair_dates` returns them.
        word_at: Returns a word of the row.
        label: The label of dates.
    """
    weekdays = {span.start for span in entities if span.label == label and span.end - span.start > 1}
    weekdays = {at for at in weekdays if word_at(at).capitalize() in _WEEKDAYS}
    return [span for span in likely if span.label == label or span.start not in weekdays or span.end > span.start + 1]


def _append(repaired: list[ScoredSpan], date: ScoredSpan, text: str, word_at: WordAt) -> None:
    """Append a date, with the weekday before it."""
    if not _DAY_AND_MONTH.match(text):
        repaired.append(date)
        return
    first = date.start - 1
    while first > 0 and word_at(first) in _AFTER_WEEKDAY:
        first -= 1
    if first > 0 and word_at(first) == "." and not word_at(first - 1).lower().endswith("day"):  # Mon. but not Monday.
        first -= 1
    is_free = not repaired or repaired[-1].end <= first
    is_weekday_alone = bool(repaired) and repaired[-1][:3] == (first, first + 1, date.label)
    if first >= 0 and (
        (is_free and _is_weekday(first, word_at)) or (is_weekday_alone and word_at(first).capitalize() in _WEEKDAYS)
    ):
        score = min(date.score, repaired.pop().score) if is_weekday_alone else date.score
        date = date._replace(start=first, score=score)
    repaired.append(date)


def _is_weekday(at: int, word_at: WordAt) -> bool:
    """Return whether a word that is in no entity is a weekday; *The Sun* is a newspaper."""
    word = word_at(at)
    is_newspaper = word == "Sun" and at > 0 and word_at(at - 1).lower() == "the"
    return (word in _WEEKDAYS or word in _WEEKDAYS_IN_CAPITALS) and not is_newspaper


def _may_be_in_date(digits: str) -> bool:
    """Return whether a date may contain digits without anything between them."""
    if len(digits) == 8:
        is_from_year = _is_year(digits[:4]) and _is_day(digits[6:], digits[4:6])
        return is_from_year or (_is_year(digits[4:]) and _is_day_and_month(digits[:2], digits[2:4]))
    return len(digits) in (1, 2, 3, 4, 6)


def _is_date_of_six(digits: str) -> bool:
    """Return whether six digits may be a year and a month, or a day, a month and a year of two digits."""
    first, middle, last = digits[:2], digits[2:4], digits[4:]
    is_year_and_month = _is_year(digits[:4]) and 1 <= int(last) <= 12
    return is_year_and_month or _is_day_and_month(first, middle) or _is_day(last, middle)


def _is_slashed_date(text: str) -> bool:
    """Return whether numbers between slashes may be a day, a month and a year, some of these, or two years."""
    numbers = text.split("/")
    if len(numbers) == 3:
        first, middle, last = numbers
        return (_is_year_part(last) and _is_day_and_month(first, middle)) or (
            _is_year_part(first) and _is_day_and_month(middle, last)
        )
    if any(len(number) == 4 and _is_year(number) for number in numbers):
        return all(len(number) in (1, 2, 4) for number in numbers)
    return _is_day_and_month(*numbers) or numbers[1] == f"{(int(numbers[0]) + 1) % 100:02}"  # 98/99, 99/00


def _is_year_part(digits: str) -> bool:
    return len(digits) == 2 or (len(digits) == 4 and _is_year(digits))


def _is_day_and_month(one: str, other: str) -> bool:
    """Return whether two numbers are a day and a month in any order."""
    return _is_day(one, other) or _is_day(other, one)


def _is_day(day: str, month: str) -> bool:
    return len(day) <= 2 and len(month) <= 2 and 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _is_year(digits: str) -> bool:
    return _FIRST_YEAR <= int(digits) <= _LAST_YEAR
