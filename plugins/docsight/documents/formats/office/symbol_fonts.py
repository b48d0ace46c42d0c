"""Letters and signs of the fonts Symbol and Wingdings, whose characters have codes of their own."""

_PRIVATE = 0xF000  # where Office has the codes of these fonts

# By their codes, from 0x20, 0x40, 0x60, 0xA0, 0xC0 and 0xE0 on: the encoding that Adobe gave the font.
_SYMBOL_ROWS = {
    0x20: " !\u2200#\u2203%&\u220b()\u2217+,\u2212./0123456789:;<=>?",
    0x40: "\u2245\u0391\u0392\u03a7\u0394\u0395\u03a6\u0393\u0397\u0399\u03d1\u039a\u039b\u039c\u039d\u039f"
    "\u03a0\u0398\u03a1\u03a3\u03a4\u03a5\u03c2\u03a9\u039e\u03a8\u0396[\u2234]\u22a5_",
    0x60: "\u203e\u03b1\u03b2\u03c7\u03b4\u03b5\u03c6\u03b3\u03b7\u03b9\u03d5\u03ba\u03bb\u03bc\u03bd"
    "\u03bf\u03c0\u03b8\u03c1\u03c3\u03c4\u03c5\u03d6\u03c9\u03be\u03c8\u03b6{|}\u223c",
    0xA0: "\u20ac\u03d2\u2032\u2264\u2044\u221e\u0192\u2663\u2666\u2665\u2660\u2194\u2190\u2191\u2192\u2193"
    "\xb0\xb1\u2033\u2265\xd7\u221d\u2202\u2022\xf7\u2260\u2261\u2248\u2026\u23d0\u23af\u21b5",
    0xC0: "\u2135\u2111\u211c\u2118\u2297\u2295\u2205\u2229\u222a\u2283\u2287\u2284\u2282\u2286\u2208\u2209"
    "\u2220\u2207\xae\xa9\u2122\u220f\u221a\u22c5\xac\u2227\u2228\u21d4\u21d0\u21d1\u21d2\u21d3",
    0xE0: "\u25ca\u27e8\xae\xa9\u2122\u2211\u239b\u239c\u239d\u23a1\u23a2\u23a3\u23a7\u23a8\u23a9"
    "\u23aa \u27e9\u222b\u2320\u23ae\u2321\u239e\u239f\u23a0\u23a4\u23a5\u23a6\u23ab\u23ac\u23ad",
}
_SYMBOL = {start + place: sign for start, row in _SYMBOL_ROWS.items() for place, sign in enumerate(row)}
# The most frequent ones; most of the others are pictograms.
_WINGDINGS = {
    0x28: "\u260e", 0x2A: "\u2709", 0x36: "\u231b", 0x45: "\u261c", 0x46: "\u261e", 0x4A: "\u263a", 0x4C: "\u2639",
    0x6C: "\u25cf", 0x6E: "\u25a0", 0x6F: "\u25a1", 0x71: "\u2751", 0x75: "\u25c6", 0x76: "\u2756", 0x9F: "\u2022",
    0xA7: "\u25aa", 0xA8: "\u25fb", 0xAB: "\u2605", 0xD8: "\u27a2", 0xDF: "\u2190", 0xE0: "\u2192", 0xE1: "\u2191",
    0xE2: "\u2193", 0xE8: "\u2794", 0xF0: "\u21e8", 0xFB: "\u2717", 0xFC: "\u2713", 0xFD: "\u2612", 0xFE: "\u2611",
}  # fmt: skip


def is_symbol_font(name: str) -> bool:
    """Return whether a font has codes of its own."""
    return name.strip().lower() in ("symbol", "wingdings")


def symbol(font: str, code: int) -> str:
    """Return the sign that a font of symbols has at a code; empty if it is unknown.

    Args:
        font: The name of the font. Signs of other fonts are those of Unicode.
        code: The code, or its place in the private area of Unicode.
    """
    is_private = _PRIVATE <= code < _PRIVATE + 0x100
    if not is_symbol_font(font):
        return "" if is_private or not 0 < code < 0x110000 else chr(code)
    signs = _SYMBOL if font.strip().lower() == "symbol" else _WINGDINGS
    return signs.get(code - _PRIVATE if is_private else code, "")
