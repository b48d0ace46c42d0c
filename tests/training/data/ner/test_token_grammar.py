from docsight_training.data.ner.token_grammar import TokenGrammar

GRAMMAR = TokenGrammar(
    words={"unit": "km mile", "may": "may"},
    exact={"month": "May"},
    shapes={"figure": r"\d+", "other": r"(?s:.*)"},
    groups={"MEASURE": "figure unit"},
)


def _found(rule: str, *tokens: str) -> list[tuple[int, int]]:
    return [match.span() for match in GRAMMAR.compile(rule).finditer(GRAMMAR.encode(tokens))]


def test_rules_match_classes_of_tokens_and_groups_of_them():
    tokens = ["5", "KM", "or", "12", "mile", "and", "3", "5"]
    assert _found("MEASURE", *tokens) == [(0, 2), (3, 5)]
    assert _found("figure (?! unit)", *tokens) == [(6, 7), (7, 8)]
    assert _found("(?<= other) figure", *tokens) == [(3, 4), (6, 7)]


def test_exact_words_come_before_those_that_are_compared_in_lower_case():
    assert _found("month", "May", "may", "MAY") == [(0, 1)]
    assert _found("may", "May", "may", "MAY") == [(1, 2), (2, 3)]


def test_each_token_is_one_character():
    tokens = ["", "\n", "km.", "\u4e00"]
    assert len(GRAMMAR.encode(tokens)) == len(tokens)
