"""The labels of drawings: what is drawn."""

from time import process_time

import pytest

from docsight.documents.formats.text.inline_drawings import drawn_labels


@pytest.mark.parametrize(
    "hiding",
    [
        'display="none"',
        "style='fill:red; display : NONE'",
        'visibility="hidden"',
        'style="visibility:collapse"',
        "opacity=0",
        'style="opacity:0.00;"',
        'font-size="0"',
        "style='font-size: 0px'",
    ],
)
def test_hidden_text_is_left_out(hiding: str) -> None:
    drawing = f"<text {hiding}>no</text><text>Mill</text><g {hiding}><g><text>no</text></g><text>no</text></g>"
    assert drawn_labels(f"{drawing}<text>Har<tspan {hiding}>no<tspan>no</tspan></tspan>bour</text>") == [
        "Mill",
        "Harbour",
    ]


@pytest.mark.parametrize(
    "shown",
    ['display="inline"', "opacity='0.5'", "opacity=.5", "font-size='0.8em'", 'fill-opacity="0"', "style='opacity:01'"],
)
def test_shown_text_is_read(shown: str) -> None:
    assert drawn_labels(f"<g {shown}><text {shown}>Mill</text></g>") == ["Mill"]


def test_hidden_elements_without_end_tag_hide_nothing_else() -> None:
    page = "<foreignObject>one<br style='display:none'>two</foreignObject>"
    assert drawn_labels(f"<g display='none'/><text>Mill</text>{page}") == ["Mill", "one two"]


@pytest.mark.parametrize("source", ["<" + "a" * 100_000, "<a" * 50_000, "<a " + "x=" * 50_000, "<!--" * 25_000])
def test_unfinished_tags_take_linear_time(source: str) -> None:
    start = process_time()
    assert drawn_labels(source) == []
    assert process_time() - start < 2  # 0.05 on an idle core; minutes if each letter were tried as the end of the name
