"""What the benchmarks print: tables in Markdown, and fractions in percent."""


def print_head(*cells: str, text: int = 1) -> None:
    """Print the head of a table: the first `text` columns have text, the others numbers."""
    print_row(*cells)
    print(f"|{'---|' * text}{'--:|' * (len(cells) - text)}", flush=True)


def print_row(*cells: str) -> None:
    """Print a row of a table; at once, because the next one may take minutes."""
    print(f"| {' | '.join(cells)} |", flush=True)


def percent(fraction: float, digits: int = 2) -> str:
    """Format a fraction in percent."""
    return f"{100 * fraction:.{digits}f} %"


def points(fraction: float) -> str:
    """Format a fraction in percent without the sign, as F1 is usually given."""
    return f"{100 * fraction:.1f}"
