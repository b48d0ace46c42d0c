"""Tables of numbers and text, with full, partial or no rules."""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docsight_training.data.drawings.choices import chance, pick, sentence, words
from docsight_training.data.drawings.colours import Colour, hue, mixed, readable, theme
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.table_small import draw_data_frame, draw_small_table
from docsight_training.data.drawings.typefaces import Typefaces, width_of, write

_SMALL_FRACTION = 0.4  # of the tables have a few large cells
_TABLE_RULES = ["grid", "grid", "grid", "rows", "rows", "columns", "booktabs", "booktabs", "none", "frame"]


def draw_table(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    if chance(rng, _SMALL_FRACTION):
        return draw_small_table(rng, typefaces) if chance(rng, 0.4) else draw_data_frame(rng, typefaces)
    width = SCALE * int(rng.integers(170, 330))
    ground, ink = theme(rng, dark=0.05, tinted=0.15)
    columns = int(rng.integers(2, 9))
    font = typefaces.usual(rng) if chance(rng, 0.5) else typefaces.plain(rng)
    face = load(font, max(8, int(width / rng.uniform(22, 75))))
    ends = np.cumsum([rng.uniform(1.2, 3), *rng.uniform(0.8, 1.6, columns - 1)])
    margin = width * float(pick(rng, [0.01, 0.02, 0.06]))
    edges = [margin, *(margin + (width - 2 * margin) * ends / ends[-1]).tolist()]
    kinds = _column_kinds(rng, columns)
    if kinds.count("prose") > 2 and columns > 4:
        face = load(font, max(8, int(width / rng.uniform(60, 90))))
    gap = face.size * float(rng.uniform(0.2, 1))
    rows = [_row(rng, kinds, edges, face) for _ in range(int(rng.integers(3, 26)))]
    top, pitch = margin, face.size * 1.15
    title = words(rng, int(rng.integers(2, 6))) if chance(rng, 0.35) else ""
    start = top + (face.size * 2 if title else 0)
    heights = [pitch * max(len(cell) for cell in row) + gap for row in rows]
    lines = np.cumsum([start, *heights]).tolist()
    rows = rows[: max(2, sum(line < SCALE * 400 for line in lines[1:]))]
    lines = lines[: len(rows) + 1]
    image = Image.new("RGB", (width, max(60, int(lines[-1] + margin))), ground)
    pen = ImageDraw.Draw(image)
    header = _fill(pen, rng, edges, lines, ground)
    _write_cells(
        pen, rng, rows, kinds, edges, lines, face, gap=gap, inks=(ink, readable(header) if header != ground else ink)
    )
    if title:
        write(pen, (margin, top), title, face, fill=ink, bold=True)
    _rule(pen, rng, edges, lines, mixed(ground, ink, float(pick(rng, [1.0, 1.0, 0.6, 0.3]))))
    if chance(rng, 0.12):  # part of a larger table
        image = image.crop((0, 0, int(width * rng.uniform(0.5, 0.95)), int(image.height * rng.uniform(0.5, 1))))
    return reduced(image)


def _write_cells(
    pen: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    rows: list[list[list[str]]],
    kinds: list[str],
    edges: list[float],
    lines: list[float],
    face: ImageFont.FreeTypeFont,
    *,
    gap: float,
    inks: tuple[Colour, Colour],
) -> None:
    """Write the text of all cells; `inks` are the colours of the cells and of the header."""
    centred = chance(rng, 0.25)
    for number, row in enumerate(rows):
        bold = (number == 0 and chance(rng, 0.8)) or (number == len(rows) - 1 and chance(rng, 0.2))
        for column, cell in enumerate(row):
            if centred or kinds[column] == "mark":
                x, anchor = (edges[column] + edges[column + 1]) / 2, "ma"
            elif kinds[column] in ("number", "percent"):
                x, anchor = edges[column + 1] - face.size * 0.4, "ra"
            else:
                x, anchor = edges[column] + face.size * 0.35, "la"
            for step, text in enumerate(cell):
                at = (x, lines[number] + gap / 2 + step * face.size * 1.15)
                write(pen, at, text, face, fill=inks[number == 0], anchor=anchor, bold=bold)


def _column_kinds(rng: np.random.Generator, columns: int) -> list[str]:
    """Choose the content of the first column, and of the others, which are all alike or all random."""
    first = pick(rng, ["name", "name", "number", "prose"])
    others = [pick(rng, ["number", "prose", "name", "percent", "mixed"])] * (columns - 1)
    if chance(rng, 0.4):
        others = [pick(rng, ["number", "name", "percent", "prose", "mark"]) for _ in range(columns - 1)]
    return [first, *others]


def _row(
    rng: np.random.Generator, kinds: list[str], edges: list[float], face: ImageFont.FreeTypeFont
) -> list[list[str]]:
    """Make the cells of a row, each a list of lines of text."""
    row = []
    for column, kind in enumerate(kinds):
        room = edges[column + 1] - edges[column] - face.size * 0.8
        if chance(rng, 0.04):
            row.append([""])
        elif kind == "number":
            row.append([_shortened(f"{int(10 ** rng.uniform(0, 6)):,}" + pick(rng, ["", ".5"]), room, face)])
        elif kind == "percent":
            row.append([f"{rng.uniform(0, 100):.1f}" + pick(rng, ["", "%"])])
        elif kind == "mark":
            row.append([pick(rng, ["x", "+", "-", "yes", "no", "A", "B"])])
        elif kind == "name" or (kind == "mixed" and chance(rng, 0.5)):
            row.append([_shortened(words(rng, int(rng.integers(1, 3))), room, face)])
        else:
            row.append(_wrapped(sentence(rng, int(rng.integers(1, 9))), room, face))
    return row


def _wrapped(text: str, room: float, face: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for part in text.split():
        longer = f"{lines[-1]} {part}".strip()
        if width_of(longer, face) <= room:
            lines[-1] = longer
        else:
            lines.append(_shortened(part, room, face))
    return [line for line in lines if line][:7] or ["-"]


def _shortened(text: str, room: float, face: ImageFont.FreeTypeFont) -> str:
    while len(text) > 1 and width_of(text, face) > room:
        text = text[:-1]
    return text


def _fill(
    pen: ImageDraw.ImageDraw, rng: np.random.Generator, edges: list[float], lines: list[float], ground: Colour
) -> Colour:
    """Colour rows and cells; return the colour of the header."""
    header = ground
    tone = hue(rng)
    if chance(rng, 0.3):  # every other row
        for top, bottom in list(pairwise(lines))[::2]:
            pen.rectangle([edges[0], top, edges[-1], bottom], fill=mixed(ground, tone, 0.15))
    if chance(rng, 0.15):
        pen.rectangle([edges[0], lines[0], edges[1], lines[-1]], fill=mixed(ground, tone, 0.2))
    for _ in range(int(rng.integers(1, 6)) if chance(rng, 0.12) else 0):
        row, column = int(rng.integers(len(lines) - 1)), int(rng.integers(len(edges) - 1))
        pen.rectangle([edges[column], lines[row], edges[column + 1], lines[row + 1]], fill=mixed(ground, tone, 0.5))
    if chance(rng, 0.5):
        header = mixed(ground, tone, float(pick(rng, [0.3, 0.6, 1.0])))
        pen.rectangle([edges[0], lines[0], edges[-1], lines[1]], fill=header)
    return header


def _rule(
    pen: ImageDraw.ImageDraw, rng: np.random.Generator, edges: list[float], lines: list[float], colour: Colour
) -> None:
    style, thick = pick(rng, _TABLE_RULES), int(rng.integers(1, 4))
    if style == "booktabs":
        for line, width in ((lines[0], 3), (lines[1], 2), (lines[-1], 3)):
            pen.line([edges[0], line, edges[-1], line], fill=colour, width=width)
    if style in ("grid", "rows"):
        for line in lines:
            pen.line([edges[0], line, edges[-1], line], fill=colour, width=thick)
    if style in ("grid", "columns"):
        for edge in edges:
            pen.line([edge, lines[0], edge, lines[-1]], fill=colour, width=thick)
    if style in ("frame", "columns") or chance(rng, 0.1):
        pen.rectangle([edges[0], lines[0], edges[-1], lines[-1]], outline=colour, width=thick)
        pen.line([edges[0], lines[1], edges[-1], lines[1]], fill=colour, width=thick)
