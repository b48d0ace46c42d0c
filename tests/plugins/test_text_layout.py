"""In these texts ⏎ marks a line break that ends its line, and ⇥ a gap that ends a cell; other line breaks are wraps."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsight.text_layout import text_layout


def _marked(text: str, **options: bool) -> str:
    """Mark the ends that are found in a text."""
    layout = text_layout(text, **options)
    marks = [(end, "⏎") for end in layout.line_ends if end < len(text.rstrip())]
    marks += [(end, "⇥") for end in layout.cell_ends]
    for end, mark in sorted(marks, reverse=True):
        text = text[:end] + mark + text[end:]
    return text


def _plain(text: str) -> str:
    return text.replace("⏎", "").replace("⇥", "")


LISTS = {
    "names": "Guests⏎\nRosa Lindt⏎\nBen Achterberg⏎\nIvy Okafor",
    "names and places": "Rosa Lindt, Bern⏎\nBen Achterberg, Ghent⏎\nIvy Okafor, Lagos",
    "places in one column": "Town⏎\nBern⏎\nGhent",
    "signature": "Kind regards,⏎\n\nRosa Lindt⏎\nHead of Sales⏎\nAlder Shipping Ltd⏎\n7 Quay Road, 3011 Bern",
    "signature after text": (
        "The crates left Ghent on Tuesday and should reach the port by the end of the\n"
        "week. Please tell Ivy Okafor if anything is missing.⏎\nRosa Lindt⏎\nAlder Shipping Ltd"
    ),
    "address": "Alder Shipping Ltd⏎\n7 Quay Road⏎\nBern⏎\nSwitzerland",
    "long addresses": (
        "Alder Shipping Ltd, 7 Quay Road, 3011 Bern, Switzerland⏎\nBirch Paper Mills, 12 Mill Lane, Ghent, Belgium"
    ),
    "fields": "Name: Rosa Lindt⏎\nEmployer: Alder Shipping⏎\nPlace: Bern⏎\nNote: she was here in May",
    "bullets": (
        "- Rosa Lindt came with\n  Ben Achterberg⏎\n- Ivy Okafor was there⏎\n* Bern⏎\n1. Ghent⏎\n(b) Lagos⏎\n## Leeds"
    ),
    "heading": (
        "Alder Shipping⏎\nThe firm was founded in Ghent, and moved its head office to Bern when the port\n"
        "of Ghent was closed."
    ),
    "after a colon": "The following guests said that they would come to the party with their children:⏎\nRosa Lindt",
    "verse": "O Bern, my town⏎\nGhent was never half so fair⏎\nWhile Lagos waits⏎\nOnly for you, my love",
    "same first word": (
        "Copyright 1999-2004 by Alder Shipping Ltd and others, Bern, Switzerland⏎\n"
        "Copyright 2007-2014 by Birch Paper Mills and others in Ghent, Belgium"
    ),
    "countries": (
        "Kenya⏎\nKorea, Republic of⏎\nMicronesia, Federated States of⏎\nCongo, The Democratic Republic of the⏎\nTogo⏎\n"
        "Tonga"
    ),
    "lower case": "rosa lindt⏎\nben achterberg⏎\nivy okafor",
    "capitals": "ROSA LINDT⏎\nBEN ACHTERBERG⏎\nIVY OKAFOR",
}
WRAPPED = {
    "sentences": "The lease was signed by Rosa\nLindt in the old town hall of New\nGhent last Friday.",
    "short lines": "The lease was from Rosa\nLindt, who lives in Ghent.",
    "a particle": "Lawyers Achterberg van den\nBroek & Sons, Box 12, Ghent, 9000.",
    "a word of a title": "BANK OF\nGHENT",
    "a department": "Alder Bank, Department of\nFinance",
    "one full line": "The report that the harbour master sent to the board of Alder\nShipping Ltd was lost.",
    "a list of names": (
        "With Rosa Lindt, Ben Achterberg, Ivy Okafor, Maria Rossi, Jan\n"
        "Novak, Ada Berg, Tom Hale, Susan Park, Pat Knowles, Ann Reed,\n"
        "Bob Dean, Fiona Berwick, Priya Raman, Jonas Whitfield, Belinda\n"
        "Wright, Anne-Marie Duval, Jean-Luc O'Connor, Tomas Lindqvist,\n"
        "Maria Keller"
    ),
    "indented": "    She wrote to the mayor of the town of New\n    Ghent, and he did not answer.",
    "capitals": "THEY TOLD US THAT THE HARBOUR WAS SOLD TO ALDER\nSHIPPING AND THAT IT WOULD BE CLOSED IN MAY",
    "lower case": "they told us that the harbour was sold to alder\nshipping and that it would be closed in may",
    "with one long link": (
        "The minutes are at the address of the harbour board of the town of\n"
        "https://example.org/minutes/of/the/harbour/board/and/its/many/committees/in/may/2004.html where\n"
        "everybody can read them since the board decided so, and where Ben\nAchterberg looked for them."
    ),
}


@pytest.mark.parametrize("marked", LISTS.values(), ids=LISTS)
def test_line_breaks_in_lists_end_lines(marked: str) -> None:
    assert _marked(_plain(marked)) == marked


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_line_breaks_in_wrapped_text_end_no_lines(text: str) -> None:
    assert _marked(text) == text


def test_no_line_break_is_a_wrap_in_a_text_without_wraps() -> None:
    assert _marked(WRAPPED["sentences"], may_wrap=False).count("⏎") == 2


@pytest.mark.parametrize(
    "marked",
    [
        "Name⇥\tTown⏎\nRosa Lindt⇥\tBern⏎\nBen⇥\t\t\tGhent",
        "Name⇥    Town⏎\nRosa Lindt⇥   Bern",
        "| Name | Town |⏎\n| Rosa Lindt | Bern |",
        "Alder Shipping | Bern⏎\nBirch Paper Mills",
        "\tThe lease was signed by Rosa\n\tLindt in the old town hall of New\n\tGhent.",  # indented by tabs
        "1.\tRosa Lindt",
    ],
)
def test_cells_end_at_tabs_and_gaps_and_lines_of_cells_are_never_wrapped(marked: str) -> None:
    assert _marked(_plain(marked)) == marked


def test_a_full_line_is_a_wrap_if_the_text_is_wrapped_at_that_width_elsewhere() -> None:
    text = "Copyright (C) 2002, 2006-2007, 2009-2022 by Alder Shipping and Birch\nMills"
    assert "⏎" in _marked(text)
    prose = "The lease was signed by Rosa Lindt in the old town hall on a Friday,\n" * 4 + "and that was all.\n\n"
    assert "⏎\nMills" not in _marked(prose + text)


def test_quote_marks_are_found_and_do_not_end_a_line() -> None:
    text = "Rosa wrote:\n> The lease was signed by Rosa\n> Lindt in the old town hall of New\n>> Ghent.\nBen"
    layout = text_layout(text)
    assert [text[start:end] for start, end in layout.quote_marks] == ["> ", "> ", ">> "]
    assert _marked(text).count("⏎") == 2  # after the colon, and where the quotation ends
    assert text_layout("> a\n>\n> b").line_ends == [3, 9]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x85"])
def test_wraps_are_found_with_any_line_end(line_end: str) -> None:
    text = WRAPPED["sentences"].replace("\n", line_end)
    assert text_layout(text).line_ends == [len(text)]


@pytest.mark.parametrize("line_end", ["\x0b", "\x0c", "\u2028", "\u2029", "\n\n", "\n \t\n", "\n\x0c\n"])
def test_other_line_ends_and_empty_lines_end_the_line(line_end: str) -> None:
    text = WRAPPED["sentences"].replace("\n", line_end)
    assert len(text_layout(text).line_ends) == 3


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\r\n\x0c\x0b", ">", "> > ", "-", "|", "\t\n\t", "\u2028"])
def test_texts_without_words_have_no_ends_of_cells(text: str) -> None:
    assert text_layout(text).cell_ends == []


@given(
    st.lists(st.sampled_from(["Rosa", "the", "\n", "\r\n", "\t", "   ", " ", "> ", "- ", "|", "\x0c", "a:", "\xa0"]))
)
def test_offsets_are_in_order_and_behind_words(pieces: list[str]) -> None:
    text = "".join(pieces)
    layout = text_layout(text)
    for ends in (layout.line_ends, layout.cell_ends):
        assert ends == sorted(set(ends))
        assert all(text[end - 1 : end].strip() for end in ends)
        assert all(not text[end : end + 1].strip() for end in ends)
    assert layout.quote_marks == sorted(layout.quote_marks)
    assert bool(layout.line_ends) or not text.strip("> \t\r\n\x0c\xa0")


@pytest.mark.parametrize("piece", ["\n", " ", "\t", "> ", ">", "A", "A ", "A: ", "Rosa\n", "a b\n", "|", "- ", "\n\t"])
def test_time_is_linear_in_the_text(piece: str) -> None:
    started = process_time()
    text_layout(piece * 100_000)
    assert process_time() - started < 30  # a quadratic step would take far longer
