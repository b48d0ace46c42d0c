"""Screens of text: editors with highlighted code, and terminals."""

import numpy as np

from docsight_training.data.drawings.choices import amount, chance, digits, pick, sentence, word
from docsight_training.data.drawings.colours import Colour, mixed
from docsight_training.data.drawings.fonts import load
from docsight_training.data.drawings.screen import Screen
from docsight_training.data.drawings.screen_lists import side_list

_Box = tuple[float, float, float, float]
_LIGHT_TOKENS: list[Colour] = [(0, 0, 170), (163, 21, 21), (0, 128, 0), (121, 94, 38), (120, 0, 130), (0, 110, 140)]
_DARK_TOKENS: list[Colour] = [
    (86, 156, 214),
    (206, 145, 120),
    (106, 153, 85),
    (220, 220, 170),
    (197, 134, 192),
    (80, 250, 123),
]
_KEYWORDS = [
    "def",
    "class",
    "return",
    "if",
    "else",
    "for",
    "in",
    "while",
    "import",
    "from",
    "const",
    "let",
    "var",
    "function",
    "int",
    "void",
    "public",
    "static",
    "new",
    "try",
]
_SHELL_COMMANDS = [
    "ls -la",
    "cd",
    "git status",
    "make",
    "sudo apt install",
    "python3",
    "docker run",
    "grep -r",
    "ssh",
    "cat",
    "pip install",
]


def code_editor(screen: Screen, box: _Box) -> None:
    """Draw highlighted code with indentation, at times with line numbers, a file tree and tabs."""
    rng, (left, top, right, bottom) = screen.rng, box
    screen.pen.rectangle(box, fill=screen.ground)
    size = _letter_size(screen, right - left)
    face, pitch = load(screen.typefaces.mono(rng), size), size * float(rng.uniform(1.15, 1.6))
    if chance(rng, 0.3):
        edge = left + (right - left) * float(rng.uniform(0.15, 0.28))
        screen.pen.rectangle((left, top, edge, bottom), fill=screen.panel)
        side_list(screen, (left, top, edge, bottom))
        left = edge
    if chance(rng, 0.35):
        screen.pen.rectangle((left, top, right, top + screen.size * 1.7), fill=screen.panel)
        for at in range(int(rng.integers(1, 4))):
            screen.text((left + 8 + at * screen.size * 7, top + 4), f"{word(rng)}.{pick(rng, ['py', 'js', 'c', 'rs'])}")
        top += screen.size * 1.7
    numbered, start = chance(rng, 0.45), int(rng.integers(1, 300))
    faint = mixed(screen.ground, screen.ink, 0.4)
    colours = _DARK_TOKENS if screen.dark else _LIGHT_TOKENS
    coloured = chance(rng, 0.85)
    gutter = face.getlength("0000") if numbered else size * 0.6
    indent = 0
    for at, y in enumerate(np.arange(top + size * 0.4, bottom - size, pitch).tolist()):
        if numbered:
            screen.pen.text((left + 2, y), f"{start + at:>3}", fill=faint, font=face)
        indent = int(np.clip(indent + int(pick(rng, [0, 0, 0, 1, 1, -1, -2])), 0, 5))
        if chance(rng, 0.12):
            continue
        x = left + gutter + face.getlength("  ") * indent
        for text, kind in _code_line(rng):
            if x < right - size:
                screen.pen.text((x, y), text, fill=colours[kind] if coloured and kind >= 0 else screen.ink, font=face)
            x += face.getlength(text)


def terminal(screen: Screen, box: _Box) -> None:
    """Draw prompts with commands, and lines of output, light on dark."""
    rng, (left, top, right, bottom) = screen.rng, box
    dark = chance(rng, 0.7)
    ground: Colour = (
        pick(rng, [(0, 0, 0), (30, 30, 30), (48, 10, 36), (0, 43, 54), (12, 12, 40)]) if dark else (255, 255, 255)
    )
    ink: Colour = (
        pick(rng, [(230, 230, 230), (255, 255, 255), (170, 170, 170), (60, 230, 90)]) if dark else (20, 20, 20)
    )
    screen.pen.rectangle(box, fill=ground)
    size = _letter_size(screen, right - left)
    face, pitch = load(screen.typefaces.mono(rng), size), size * float(rng.uniform(1.1, 1.4))
    prompt = pick(rng, [f"{word(rng)}@{word(rng)}:~$ ", "$ ", "# ", "> ", f"C:\\{word(rng)}>", ">>> "])
    prompt_colour = pick(rng, [ink, (80, 220, 100), (90, 150, 255)])
    y, end = top + size * 0.3, bottom - size * float(pick(rng, [1, 1, 6]))
    while y < end:
        screen.pen.text((left + 4, y), prompt, fill=prompt_colour, font=face)
        command = f"{pick(rng, _SHELL_COMMANDS)} {word(rng)}"
        screen.pen.text((left + 4 + face.getlength(prompt), y), command, fill=ink, font=face)
        y += pitch
        for _ in range(int(rng.integers(0, 9))):
            if y >= bottom - size:
                break
            fill = pick(rng, _DARK_TOKENS) if chance(rng, 0.15) else ink
            screen.pen.text((left + 4, y), _output_line(rng), fill=fill, font=face)
            y += pitch


def _letter_size(screen: Screen, width: float) -> int:
    """Choose the size of the letters: that of the other text, or larger in a window that shows little else."""
    return screen.size if chance(screen.rng, 0.5) else max(7, int(width / screen.rng.uniform(24, 62)))


def _code_line(rng: np.random.Generator) -> list[tuple[str, int]]:
    """Invent a line of code as words with the number of their colour; -1 for the ink."""
    style = rng.random()
    if style < 0.12:
        return [(pick(rng, ["# ", "// ", "-- "]) + sentence(rng, 6), 2)]
    name = word(rng, max_syllables=3)
    if style < 0.35:
        return [
            (pick(rng, _KEYWORDS) + " ", 0),
            (name, 3),
            (f"({word(rng)}, {word(rng)})", -1),
            (pick(rng, [":", " {"]), -1),
        ]
    if style < 0.6:
        value = pick(rng, [(f'"{sentence(rng, 2)}"', 1), (digits(rng, 3), 5), (f"{word(rng)}.{word(rng)}", -1)])
        return [(name, -1), (" = ", 4), value, (pick(rng, ["", ";"]), -1)]
    if style < 0.8:
        return [(f"{name}.{word(rng)}", 3), ("(", -1), (f"'{word(rng)}'", 1), (f", {word(rng)})", -1)]
    return [
        (pick(rng, _KEYWORDS) + " ", 0),
        (f"{name} ", -1),
        (pick(rng, ["==", "<", "+=", "in"]) + " ", 4),
        (digits(rng, 2), 5),
    ]


def _output_line(rng: np.random.Generator) -> str:
    style = int(rng.integers(6))
    if style == 4:
        return "  ".join(f"{amount(rng, highest=100, decimals=4):>9}" for _ in range(int(rng.integers(1, 6))))
    if style == 5:
        return f"{word(rng)} = {digits(rng, 4)}"
    if style == 0:
        return f"-rw-r--r-- 1 {word(rng)} {word(rng)} {digits(rng, 5)} {word(rng)}.txt"
    if style == 1:
        return (
            f"[{digits(rng, 2)}:{digits(rng, 2)}] {pick(rng, ['INFO', 'WARNING', 'error', 'ok'])}: {sentence(rng, 5)}"
        )
    if style == 2:
        return "  ".join(f"{word(rng):<10}" for _ in range(4))
    return sentence(rng, 9)
