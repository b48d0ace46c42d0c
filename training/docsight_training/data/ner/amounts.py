"""Amounts by rule: sums of money, percentages, times of day and quantities with a unit of measure.

No corpus annotates them by these labels, so rules annotate what they are sure of, and `may_be_amount` says what they
leave open. The ends of a span follow the label NUM of DocRED: the number and its unit, without "about" or "more than".
Two amounts of a range are one span if they share a unit (10 to 15 %) and two if each has its own ($ 5 to $ 10).
Durations, and counts of things without a unit, have no label.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from docsight.tags import TagSpan
from docsight_training.data.ner.amount_classes import AMOUNT_SHAPES, AMOUNT_WORDS, EXACT_AMOUNT_WORDS
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.token_grammar import TokenGrammar

AMOUNT_LABELS = ("MONEY", "PERCENT", "TIME", "QUANTITY")

# Alternatives that have a name of their own in the rules.
_AMOUNT_GROUPS = {
    "FIGURE": "(hour_figure | four_digits | zero_hours | dotted | figure) fraction? | fraction",
    "WORD": "number | compound",
    "NUMERAL": "number | compound | scale | hour_figure | four_digits | zero_hours | dotted | figure | fraction "
    "| scaled | range",
    # 12 ; 12 million ; two hundred and fifty ; twenty - five ; two and a half
    "NUMBER": "(minus? (FIGURE | scaled | range) | minus? WORD | a? (scale | half a?)) (dash? (WORD | scale) | "
    "and WORD | (dash? and dash?) a dash? (half | quarter) | a half)*",
    # 10 to 15 ; 5 - 10 million
    "NUMBERS": "NUMBER ((to | dash | and) NUMBER)?",
    "VALUE": "minus? (FIGURE | scaled | range) ((dash | to) (FIGURE | scaled))? (m | kilo | dash? scale)*",
    "CURRENCY": "nation{0,2} currency",
    "UNIT": "power? dash? power? unit ((per | slash) (unit | hour | little_unit))?",
    "HOUR": "hour_figure | WORD",
    "ZONE": "zone | region time",
}
# At each token the first rule of a label that matches counts; the labels are tried in this order.
_AMOUNT_RULES = {
    "MONEY": (
        # $ 5 million ; US $ 5 - 10 m ; $5.50 ; 300 USD
        "(nation (?= symbol))? (symbol dash? VALUE (?! dash? WORD) | money scale*) ((dash) money)? (CURRENCY | code)?",
        "code (symbol)? VALUE | NUMBERS (code | symbol (?! FIGURE))",
        # 20 euros ; half a million US dollars ; a ten - dollar bill
        "NUMBERS dash? CURRENCY | sum_compound",
        "NUMBERS pounds sterling",
    ),
    "PERCENT": (
        # 12 % ; 10 - 15 percent ; five per cent ; two percentage points
        "NUMBERS dash? ((percent | percent_share) point | percent | per (coin | cent_of_per))",
        "percentage | percent_compound",
    ),
    "TIME": (
        # 10 a.m. EST ; 10:30 pm ; at 14:30 ; 0900 hours
        "((clock | dotted | hour_figure) ampm | ampm_time) ZONE?",
        "(clock | dotted | zero_hours | four_digits) ZONE",
        "(?<= at | at_hour) clock (?! ampm | slash | FIGURE | by) | (?<= clock (and | to | dash)) clock (?! ampm)",
        "zero_hours clock_hours",
        # five o'clock ; half past nine ; ten past four
        "HOUR (oclock | o apostrophe? clock_word)",
        "(a? (quarter | half) | WORD | hour_figure) past WORD",
        "a? quarter to WORD (?! dash | scale | NUMBER | unit)",
        # at noon
        "(?<= at | at_hour | to | and) (WORD | hour_figure)? noon (?! name)",
    ),
    "QUANTITY": (
        # 5 feet 10 inches ; 20 by 30 metres ; a 100 - metre race ; five miles per hour ; half a mile
        "(NUMBERS by)* NUMBERS dash? UNIT (FIGURE (unit | inch))?",
        "FIGURE inch (?= close | open)",
        "(FIGURE (by | dash))? (FIGURE | range) dash? m (?! plural | people | north)",
        "(half | (a | number) dash? quarter dash? (of)?) (a) UNIT",
        "(NUMBERS (to | dash))? (measure | unit_compound) (?! north | scale)",
        # 25 degrees Celsius ; 25 ° C
        "NUMBERS (degrees? celsius | degrees little_unit (?! period? name)) ",
    ),
}
# What may be part of an amount, by label: a run of such words in which the second pattern is found.
_AMOUNT_LINKS = "NUMERAL | scales | a | half | quarter | of | the | and | to | by | dash | slash | minus"
_POSSIBLE_AMOUNTS = {
    "MONEY": (
        "LINKS | nation | m | kilo | symbol | code | currency | sterling | money | sum_compound | pounds | coin "
        "| title_unit",
        "symbol | code | currency | money | sum_compound | (?<= NUMERAL | dash) (pounds | coin | title_unit)",
    ),
    "PERCENT": (
        "LINKS | per | coin | percent | percentage | percent_compound | point",
        "percent | percentage | percent_compound | per coin",
    ),
    "TIME": (
        "NUMERAL | a | half | quarter | to | dash | past | o | apostrophe | time | region | clock | clock_range "
        "| ampm_time | ampm | noon | oclock | clock_word | zone",
        "clock | clock_range | ampm_time | (?<= NUMERAL) ampm | noon | oclock | clock_word | past NUMERAL "
        "| (?<= NUMERAL) zone | (?<= at_hour) (number | hour_figure | dotted)",
    ),
    "QUANTITY": (
        "LINKS | power | per | hour | unit | m | kilo | inch | little_unit | degrees | celsius | measure "
        "| unit_compound | pounds | title_unit",
        "measure | unit_compound | (?<= NUMERAL | a | dash | power | scales | quarter) (unit | pounds | title_unit) "
        "| (?<= NUMERAL) (m | kilo | little_unit | degrees) | NUMERAL dash (m | little_unit) | power unit",
    ),
}
# What no open run begins or ends with.
_RUN_EDGES = {
    "before": "of | the | and | to | by | dash | slash",
    "after": "a | of | the | and | to | by | dash | slash",
}

_AMOUNT_GRAMMAR = TokenGrammar(
    words=AMOUNT_WORDS,
    exact=EXACT_AMOUNT_WORDS,
    shapes=AMOUNT_SHAPES,
    groups={**_AMOUNT_GROUPS, "LINKS": _AMOUNT_LINKS},
)
_SURE_AMOUNTS = {label: _AMOUNT_GRAMMAR.compile(" | ".join(rules)) for label, rules in _AMOUNT_RULES.items()}
_AMOUNT_RUNS = {
    label: _AMOUNT_GRAMMAR.compile(f"(?! {_RUN_EDGES['before']}) ({words})+ (?<! {_RUN_EDGES['after']})")
    for label, (words, _) in _POSSIBLE_AMOUNTS.items()
}
_AMOUNT_CORES = {label: _AMOUNT_GRAMMAR.compile(core) for label, (_, core) in _POSSIBLE_AMOUNTS.items()}
# One of these is in every amount that may be one, besides what only its label has.
_NUMBER_CLASSES = _AMOUNT_GRAMMAR.compile(
    "NUMERAL | scales | a | half | quarter | past | money | percentage | percent_compound | sum_compound | measure "
    "| unit_compound | clock | clock_range | ampm_time | noon | oclock"
)
# One of these is in every amount, so that most sentences are passed over at once.
_AMOUNT_HINT = _AMOUNT_GRAMMAR.compile(
    "NUMERAL | symbol | code | currency | unit | percent | clock | clock_range | ampm_time | money | percentage "
    "| measure | noon | oclock | clock_word | past | scales | half | quarter | sum_compound | percent_compound "
    "| unit_compound | power | title_unit | pounds | at_hour"
)
_SURE_TOKEN = "\x00"  # stands for the words of a sure amount, which no open run contains


def find_amounts(tokens: Sequence[str]) -> list[TagSpan]:
    """Find the spans that surely are amounts, in order; none overlaps another."""
    return list(_find(_AMOUNT_GRAMMAR.encode(tokens)))


@lru_cache(maxsize=4096)  # a sentence is searched once for each label
def _find(codes: str) -> tuple[TagSpan, ...]:
    if not _AMOUNT_HINT.search(codes):
        return ()
    spans: list[TagSpan] = []
    taken = [False] * len(codes)
    for label, pattern in _SURE_AMOUNTS.items():
        for match in pattern.finditer(codes):
            place = slice(*match.span())
            if not any(taken[place]):
                taken[place] = [True] * len(match[0])
                spans.append(TagSpan(*match.span(), label))
    return tuple(sorted(spans))


def may_be_amount(tokens: Sequence[str], label: str) -> list[bool]:
    """Return for each token whether it could be part of an amount with this label."""
    codes = _AMOUNT_GRAMMAR.encode(tokens)
    possible = [False] * len(codes)
    if not _AMOUNT_HINT.search(codes):
        return possible
    for start, end, found in _find(codes):
        possible[start:end] = [found == label] * (end - start)
        codes = codes[:start] + _SURE_TOKEN * (end - start) + codes[end:]
    for run in _AMOUNT_RUNS[label].finditer(codes):
        if _AMOUNT_CORES[label].search(codes, *run.span()) and _NUMBER_CLASSES.search(codes, *run.span()):
            possible[slice(*run.span())] = [True] * len(run[0])
    return possible


def possible_amounts(labels: Sequence[str]) -> Mapping[str, Callable[[Sequence[str]], list[bool]]]:
    """Return `may_be_amount` for each of some labels."""
    return {label: partial(may_be_amount, label=label) for label in labels}


def add_amounts(sentence: Sentence, labels: Sequence[str], *, date_label: str | None = None) -> Sentence:
    """Add the amounts with some labels that a rule is sure of, where the sentence has no span.

    A date that is a time of day becomes one, because DocRED has one label for both.
    """
    amounts = [span for span in find_amounts(sentence.tokens) if span.label in labels]
    if not amounts:
        return sentence
    times = {(start, end) for start, end, label in amounts if label == "TIME"}
    spans = [span for span in sentence.spans if span.label != date_label or (span.start, span.end) not in times]
    taken = {token for start, end, _ in spans for token in range(start, end)}
    free = [span for span in amounts if taken.isdisjoint(range(span.start, span.end))]
    return replace(sentence, spans=sorted([*spans, *free]))


def add_amounts_to(document: Document, labels: Sequence[str], *, date_label: str | None = None) -> Document:
    """Add amounts to the sentences of a document; see `add_amounts`."""
    return replace(
        document, sentences=[add_amounts(each, labels, date_label=date_label) for each in document.sentences]
    )
