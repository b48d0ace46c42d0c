"""Lists of AsciiDoc: the marks of their items."""

from docsight.documents.formats.text.numerals import format_roman


def kind_of_mark(mark: str) -> str:
    """Return what the marks of all items of a list have in common."""
    return "1." if mark[0].isdigit() else "a." if mark[0].isalpha() else "<" if mark[0] == "<" else mark


def shown_marker(mark: str, number: int) -> str:
    """Return what a document shows before an item."""
    if mark[0] == "<":
        return f"<{number if mark == '<.>' else mark[1:-1]}> "
    if mark[0].isalnum():
        return f"{mark} "
    if mark[0] != ".":
        return ""
    forms = (str, lambda n: chr(ord("a") + (n - 1) % 26), format_roman)
    return f"{forms[(len(mark) - 1) % len(forms)](number)}. "
