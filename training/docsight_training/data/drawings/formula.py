"""Formulas of one to three lines, set in a typeface or by matplotlib's mathtext, which must be installed."""

from typing import Any

import numpy as np
from PIL import Image

from docsight.errors import MissingExtraError
from docsight_training.data.drawings.choices import chance, pick
from docsight_training.data.drawings.colours import theme
from docsight_training.data.drawings.formula_typed import typed_rows
from docsight_training.data.drawings.raster import SCALE, reduced
from docsight_training.data.drawings.typefaces import Typefaces

_SYMBOLS = (
    r"a b c d e f g h k m n p q r s t u v w x y z A B C D E F G H K L M N P Q R S T U V W X Z "
    r"\alpha \beta \gamma \delta \epsilon \theta \lambda \mu \nu \xi \pi \rho \sigma \tau \phi \chi \psi \omega "
    r"\Gamma \Delta \Lambda \Sigma \Phi \Psi \Omega \mathcal{A} \mathcal{L} \mathcal{H} \mathbf{x} \mathbf{r} \partial "
    r"\hbar \nabla"
)
_FORMULA_SYMBOLS = _SYMBOLS.split()
_OPERATORS = ["+", "-", "+", "-", r"\cdot", r"\times", "", "", r"\otimes", r"\wedge", r"\pm"]
_RELATIONS = ["=", "=", "=", r"\leq", r"\sim", r"\equiv", r"\approx", r"\rightarrow", r"\in", "<", r"\propto", r"\neq"]
_FUNCTION_NAMES = [r"\sin", r"\cos", r"\log", r"\exp", r"\tan", r"\ln", r"\det", r"\max", "f", "g", "F"]
_TYPED_FRACTION = 0.4  # of the formulas are set in a typeface, without mathtext
_MATH_FONTS = ["cm", "cm", "stix", "dejavuserif", "dejavusans", "stixsans"]


def draw_formula(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    """Draw a formula set by mathtext, or in one of the typefaces; printed or by hand."""
    parser, properties = _mathtext(pick(rng, _MATH_FONTS))
    count = int(pick(rng, [1, 1, 1, 1, 2, 3]))
    rows = []
    for number in range(0 if chance(rng, _TYPED_FRACTION) else count):
        left = _term(rng, 1) if number == 0 or chance(rng, 0.3) else r"\quad"
        made = f"{left} {pick(rng, _RELATIONS)} {_side(rng, int(rng.integers(1, 6)))} {pick(rng, ['', '', '.', ','])}"
        rows.append(np.asarray(parser.parse(f"${made}$", dpi=144, prop=properties).image))
    masks = [Image.fromarray(row) for row in rows or typed_rows(rng, typefaces, count)]
    pad = int(rng.integers(2, 14)) if chance(rng, 0.7) else int(rng.integers(10, 60))
    between = int(rng.integers(4, 24))
    label = None
    if chance(rng, 0.2):
        label = Image.fromarray(np.asarray(parser.parse(f"$({rng.integers(1, 60)})$", dpi=144, prop=properties).image))
    wide = max(mask.width for mask in masks) + (label.width + int(rng.integers(20, 120)) if label else 0)
    whole = Image.new("L", (wide + 2 * pad, sum(mask.height + between for mask in masks) - between + 2 * pad))
    y, centred = pad, chance(rng, 0.5)
    for mask in masks:
        whole.paste(mask, (pad + ((wide - mask.width) // 2 if centred and not label else 0), y))
        y += mask.height + between
    if label:
        whole.paste(label, (whole.width - pad - label.width, (whole.height - label.height) // 2))
    ground, ink = theme(rng, dark=0.08, tinted=0.15)
    image = Image.new("RGB", whole.size, ground)
    image.paste(ink, (0, 0), whole)
    target = SCALE * int(rng.integers(160, 340))
    ratio = target / max(image.size)
    size = (max(16, round(image.width * ratio)), max(16, round(image.height * ratio)))
    return reduced(image.resize(size, Image.Resampling.BILINEAR))


def _side(rng: np.random.Generator, length: int) -> str:
    """Make one side of an equation with `length` terms."""
    parts = [(pick(rng, _OPERATORS) + " " if number else "") + _term(rng, 2) for number in range(length)]
    if chance(rng, 0.15):
        parts.insert(int(rng.integers(1, len(parts) + 1)), f"{pick(rng, _RELATIONS)} {_atom(rng)}")
    return " ".join(parts)


def _term(rng: np.random.Generator, depth: int) -> str:
    """Make a term; fractions, roots, sums and brackets are nested at most `depth` deep."""
    style = rng.random() if depth > 0 else 0.0
    if style < 0.4:
        return _atom(rng)
    inner = _term(rng, depth - 1)
    other = _term(rng, depth - 1)
    if style < 0.6:
        return rf"\frac{{{inner} {pick(rng, ['', '+', '-'])} {other}}}{{{_term(rng, depth - 1)}}}"
    if style < 0.66:
        return rf"\sqrt{{{inner} {pick(rng, ['+', '-'])} {other}}}"
    if style < 0.75:
        limits = rf"_{{{pick(rng, 'ijkmn')}={rng.integers(0, 3)}}}^{{{pick(rng, ['N', 'n', chr(92) + 'infty'])}}}"
        return pick(rng, [r"\sum", r"\prod", r"\int"]) + f"{limits} {inner} {other}"
    if style < 0.82:
        return rf"\int {inner} \, d{pick(rng, 'xyzt')}"
    opening, closing = pick(rng, [("(", ")"), ("(", ")"), ("[", "]"), (r"\{", r"\}"), ("|", "|")])
    head = pick(rng, _FUNCTION_NAMES) if chance(rng, 0.5) else ""
    power = f"^{{{rng.integers(2, 5)}}}" if chance(rng, 0.2) else ""
    return rf"{head} \left{opening} {inner} {pick(rng, ['+', '-', ','])} {other} \right{closing}{power}"


def _atom(rng: np.random.Generator) -> str:
    """Make a number, or a letter with accent, subscript and superscript."""
    if chance(rng, 0.12):
        return str(rng.integers(1, 100))
    letter = pick(rng, _FORMULA_SYMBOLS)
    if chance(rng, 0.12):
        letter = rf"{pick(rng, [chr(92) + 'tilde', chr(92) + 'bar', chr(92) + 'hat', chr(92) + 'dot'])}{{{letter}}}"
    if chance(rng, 0.35):
        letter += f"_{{{pick(rng, _FORMULA_SYMBOLS)} {pick(rng, ['', '', pick(rng, _FORMULA_SYMBOLS)])}}}"
    if chance(rng, 0.25):
        letter += f"^{{{pick(rng, ['2', '3', '-1', '*', pick(rng, _FORMULA_SYMBOLS)])}}}"
    return letter


def _mathtext(family: str) -> tuple[Any, Any]:
    try:
        from matplotlib.font_manager import FontProperties
        from matplotlib.mathtext import MathTextParser
    except ImportError as err:
        raise MissingExtraError("Drawing formulas", "plots") from err
    return MathTextParser("agg"), FontProperties(size=14, math_fontfamily=family)
