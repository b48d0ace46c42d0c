"""What one element of an article says."""

from typing import Any

import pytest

from docsight.documents.formats.xml.elements import (
    cell_spans,
    column_names,
    item_numbers,
    local_name,
    number_of_footnote,
    separator_of_parts,
    title_of,
)

etree = pytest.importorskip("lxml.etree")


def element(markup: str) -> Any:
    return etree.fromstring(markup)


def test_names_have_no_namespace_and_comments_have_none() -> None:
    assert local_name(element('<a:p xmlns:a="urn:a"/>')) == "p"
    assert local_name(etree.Comment("x")) == ""


def test_title_is_on_one_line_in_any_namespace() -> None:
    assert title_of(element('<article xmlns="urn:a"><title>A\n <b>b</b></title></article>')) == "A b"
    assert title_of(element("<article/>")) == ""


def test_parts_of_a_reference_are_separated_unless_it_has_text_between_them() -> None:
    assert separator_of_parts(element("<citation><year>1</year> <source>b</source></citation>")) == ", "
    assert separator_of_parts(element("<citation><year>1</year>. <source>b</source></citation>")) == ""


def test_numbers_are_those_that_elements_state() -> None:
    assert number_of_footnote(element('<fn symbol="*"/>')) == "* "
    assert number_of_footnote(element("<fn/>")) == ""
    numbers = item_numbers("list", element('<list list-type="order"/>'))
    assert numbers is not None
    assert (next(numbers), next(numbers)) == (1, 2)
    assert item_numbers("list", element('<list list-type="bullet"/>')) is None


def test_cells_cover_columns_by_name_and_rows_by_their_number() -> None:
    columns = column_names(element('<tgroup><colspec colname="a"/><colspec colname="b"/></tgroup>'))
    assert cell_spans(element('<entry namest="a" nameend="b" morerows="1"/>'), columns) == {
        "colspan": "2",
        "rowspan": "2",
    }
    assert cell_spans(element('<td colspan="3" rowspan="4"/>'), columns) == {"colspan": "3", "rowspan": "4"}
    assert cell_spans(element('<entry morerows="1000000"/>'), columns)["rowspan"] is None


def test_columns_without_a_name_do_not_change_the_width_of_a_cell() -> None:
    columns = column_names(element('<table><colspec colwidth="1*"/><colspec colname="b"/></table>'))
    assert cell_spans(element('<td colspan="2"/>'), columns)["colspan"] == "2"
    assert cell_spans(element('<entry namest="b" nameend="b"/>'), columns)["colspan"] == "1"
