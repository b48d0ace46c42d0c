"""Jupyter notebooks: their cells and outputs."""

import base64
import json
from typing import Any

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.notebook import read
from docsight.errors import DataError

pytest.importorskip("selectolax")
pytest.importorskip("markdown_it")

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


def parse(*cells: dict[str, Any], **more: Any) -> ParsedDocument:
    data = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more).encode()
    (document,) = read(Source(name="a.ipynb", data=data))
    assert isinstance(document, ParsedDocument)
    return document


def kinds(document: ParsedDocument) -> list[tuple[str, str]]:
    return [(each.kind, document.text[each.start : each.end]) for each in document.passages]


def text_cell(*lines: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": list(lines)} | more


def code_cell(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": source, "outputs": list(outputs)}


def shown(**data: Any) -> dict[str, Any]:
    by_type = {name.replace("_", "/", 1).replace("_", "+"): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": by_type}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_notebook_has_its_text_code_and_outputs() -> None:
    document = parse(
        text_cell(
            "# Tides\n", "\n", "Measured by *Rosa Lindt* at\n", "[Whitby](https://example.org).\n", "\n- noon\n- night"
        ),
        code_cell("heights = [3, 4]\n\nprint(heights)\n", stream("[3, 4]\nall read\n")),
        {"cell_type": "raw", "metadata": {}, "source": "As it is."},
    )
    assert kinds(document) == [
        ("heading", "Tides"),
        ("paragraph", "Measured by Rosa Lindt at Whitby."),
        ("list_item", "noon"),
        ("list_item", "night"),
        ("code", "heights = [3, 4]\n\nprint(heights)"),
        ("paragraph", "[3, 4]\nall read"),
        ("paragraph", "As it is."),
    ]
    assert [target for each in document.passages for _, _, target in each.links] == ["https://example.org"]


def test_notebook_output_is_its_richest_form() -> None:
    rows = "<thead><tr><th></th><th>height</th></tr></thead><tr><th>0</th><td>3.1</td></tr>"
    table = f"<style>td {{}}</style><table>{rows}</table>"
    document = parse(
        code_cell("frame", shown(text_html=table, text_plain="   height\n0  3.1")),
        code_cell("plot()", shown(image_png=PIXEL, text_plain="<Figure size 640x480 with 1 Axes>")),
        code_cell("Markdown()", shown(text_markdown="It is **high**.", text_plain="<Markdown object>")),
        code_cell("widget", shown(text_html="<script>run()</script>", text_plain="a slider")),
        code_cell("1 / 0", {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero"}),
    )
    assert kinds(document) == [
        ("code", "frame"),
        ("table", "\theight\n0\t3.1"),
        ("code", "plot()"),
        ("code", "Markdown()"),
        ("paragraph", "It is high."),
        ("code", "widget"),
        ("paragraph", "a slider"),
        ("code", "1 / 0"),
        ("paragraph", "ZeroDivisionError: division by zero"),
    ]
    (image,) = document.images
    assert image.start is not None
    assert document.text[: image.start].endswith("plot()")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("10 %\r 50 %\r100 %\ndone\r\n", "100 %\ndone"),
        ("\x1b[1;31mred\x1b[0m text", "red text"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_notebook_output_is_what_a_terminal_shows(written: str, text: str) -> None:
    assert parse(code_cell("", stream(written))).text == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("With $a_1 * b_2 * \\{c\\}$ and $$x \\\\ y$$.", "With $a_1 * b_2 * \\{c\\}$ and $$x \\\\ y$$."),
        ("It costs $5 or *maybe* $6.", "It costs $5 or maybe $6."),
        ("Use `$HOME` and `$PATH`.", "Use $HOME and $PATH."),
        ("```sh\necho $A_B $C\n```\n$x_1$", "echo $A_B $C\n\n$x_1$"),
    ],
)
def test_notebook_keeps_formulas_as_written(written: str, text: str) -> None:
    assert parse(text_cell(written)).text == text


def test_notebook_has_the_images_attached_to_its_text() -> None:
    document = parse(text_cell("See ![the chart](attachment:a.png)", attachments={"a.png": {"image/png": PIXEL}}))
    assert document.text == "See the chart"
    assert len(document.images) == 1


def test_notebook_of_format_3_is_read() -> None:
    output = {"output_type": "pyout", "text": ["12"], "metadata": {}}
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Tides"]},
        {"cell_type": "code", "input": ["3 * 4"], "outputs": [output]},
    ]
    data = json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}).encode()
    (document,) = read(Source(name="a.ipynb", data=data))
    assert isinstance(document, ParsedDocument)
    assert kinds(document) == [("heading", "Tides"), ("code", "3 * 4"), ("paragraph", "12")]
    assert document.passages[0].level == 2


def test_notebook_states_its_title_and_authors() -> None:
    document = parse(metadata={"title": "Tides", "authors": [{"name": "Rosa Lindt"}, {"name": "Tom Fox"}, 5]})
    assert (document.title, document.metadata.authors) == ("Tides", ("Rosa Lindt", "Tom Fox"))


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"text": "no cells"}', b"[" * 100_000])
def test_other_files_are_no_notebooks(data: bytes) -> None:
    with pytest.raises(DataError, match="not a notebook"):
        list(read(Source(name="a.ipynb", data=data)))


@pytest.mark.parametrize("cell", [5, {}, {"cell_type": "code", "source": 5, "outputs": 5}, {"source": {}}])
def test_cells_of_other_forms_have_no_text(cell: Any) -> None:
    assert parse(cell, text_cell("end")).text == "end"


def test_damaged_image_of_a_notebook_is_a_note() -> None:
    document = parse(code_cell("plot()", shown(image_png="A", text_plain="a plot")))
    assert document.text == "plot()\n\na plot"
    assert "damaged" in document.notes[0]
