"""How messages are worded."""


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun, such as "1 document" and "2,000 entities"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
