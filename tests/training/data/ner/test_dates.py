import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsight.tags import TagSpan
from docsight_training.data.ner.dates import find_dates, may_be_date

# Tokens by spaces; the dates are in brackets.
DATES = """
In [1999] Roosevelt left ; he was born on [12 May 1882] .
On [May 12 , 1999] and on [Monday , 3rd of June] it rained , and on [21st February , 1987] too .
It rained from [1914] - [18] , from [1939] \u2013 [1945] , in [1939/40] and in c. [1450] .
It opened on [2021-03-01] , [2021 - 03 - 01] , [3/4/2019] or [12.05.2020] .
[The 1990s] , the early [1980s] , [the 1850 s] and [the nineties] were years of [the 20th century] .
Rome fell in [the 4th century BC] , in [300 BC] or in [AD 79] .
In [May] and in [spring 2009] , but in the summer of [2003] .
He said [Monday] that it rained on [Friday] .
He came [two weeks] ago for a [two - year] term of [two and a half years] .
A [2004] American film and the [2004] elections .
On [24-25 July 2010] , [Dec. 5] , [Sept 2011] and from [July 24 to 25] .
on [monday] , in [may 2010] , on [may 5] and since [january]
""".strip().splitlines()
NOT_DATES = """
He may march on ; Theresa May said that April Jones met August Wilson .
The Sunday Times wrote about Black Friday and Monday morning .
The September 11 terrorist attacks , the 2012 Summer Olympics and the Scotland Act 1998 .
Call 555 - 1984 or 1800 555 1234 , see page 1984 and version 10.4.11 of ISO 9001 - 2000 .
It cost $ 1999 , weighed over 2000 tons and was sold to 1900 people in 1200 towns .
He was six years old , in his 40s , when he read of the Thirty Years ' War at 10:30 .
Today , last year and the following day it rained six days a week .
""".strip().splitlines()


@pytest.mark.parametrize("marked", [*DATES, *NOT_DATES])
def test_find_dates_finds_only_the_marked_spans(marked: str):
    tokens: list[str] = []
    expected = []
    for word in marked.split():
        if word.startswith("["):
            start = len(tokens)
        tokens.append(word.strip("[]"))
        if word.endswith("]"):
            expected.append(TagSpan(start, len(tokens), "DATE"))
    assert find_dates(tokens) == expected


def test_may_be_date_admits_the_words_of_dates_and_no_others():
    sentence = "In the 19th century he left Boston at 10:30 am with a five - year - old ; it may rain ."
    tokens = sentence.split()
    admitted = [token for token, possible in zip(tokens, may_be_date(tokens), strict=True) if possible]
    assert admitted == ["the", "19th", "century", "10:30", "am", "a", "five", "-", "year"]


@given(st.lists(st.sampled_from([*" ".join([*DATES, *NOT_DATES]).replace("[", "").replace("]", "").split(), "", "\n"])))
def test_may_be_date_admits_all_that_find_dates_finds(tokens: list[str]):
    possible = may_be_date(tokens)
    assert len(possible) == len(tokens)
    assert all(all(possible[start:end]) for start, end, _ in find_dates(tokens))
