"""The words that a user of a speller says are right: from a config, from a file, and back into one."""

from collections.abc import Iterable
from pathlib import Path

from docsight.errors import ConfigError

COMMENT = "#"


def check_words(words: Iterable[str], where: str) -> tuple[str, ...]:
    """Return the words, each once, without white space around them.

    Args:
        words: The words.
        where: What they come from, for the message of the error.

    Raises:
        ConfigError: An entry is no string, is empty, has a line break, or begins as a comment.
    """
    if isinstance(words, str):
        raise ConfigError(f"{where}: expected a list of words; found the string {words!r}. Put it into a list.")
    if not isinstance(words, Iterable):
        raise ConfigError(f"{where}: expected a list of words; found {words!r}.")
    found = list(words)
    for word in found:
        if not isinstance(word, str) or not word.strip() or len(word.splitlines()) > 1 or word.startswith(COMMENT):
            raise ConfigError(
                f"{where}: expected words that are not empty, have no line break and do not begin with {COMMENT!r}; "
                f"found {str(word)[:80]!r}."
            )
    return tuple(dict.fromkeys(word.strip() for word in found))


def parse_words(content: bytes, where: str) -> tuple[str, ...]:
    """Read words from a text in UTF-8, one a line; empty lines, and those that begin with #, are left out.

    Raises:
        ConfigError: It is not UTF-8.
    """
    try:
        lines = [line.strip() for line in content.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError as err:
        raise ConfigError(f"{where} is not UTF-8: {err}. Save it as UTF-8.") from err
    return check_words([line for line in lines if line and not line.startswith(COMMENT)], where)


def read_words(path: Path, where: str) -> tuple[str, ...]:
    """Read words from a file; errors as `parse_words`, and if it cannot be read."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as err:
        raise ConfigError(f"{where}: {path} cannot be read: {err}. Expected a text file with one word a line.") from err
    return parse_words(content, f"{where}: {path}")


def format_words(words: Iterable[str]) -> bytes:
    """Return what `parse_words` reads."""
    return "".join(f"{word}\n" for word in words).encode()
