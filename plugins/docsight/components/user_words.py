"""The words of a user that count as correct: from the config, from a file, and added since."""

from collections.abc import Iterable
from pathlib import Path

from docsight.errors import ConfigError

COMMENT = "#"


class UserWords:
    """The words of the user of a component, whose name is in all error messages. Their file is read on first use."""

    def __init__(self, owner: str, words: Iterable[str], path: str | Path | None) -> None:
        self._owner = owner
        self._words = check_words(words, f"{owner}: user_words")
        self._path = path  # None once its words are read or replaced

    @property
    def words(self) -> tuple[str, ...]:
        if self._path is not None:
            self.replace([*self._words, *_read_words(Path(self._path).expanduser(), f"{self._owner}: user_words_path")])
        return self._words

    def add(self, words: Iterable[str]) -> None:
        self.replace([*self.words, *check_words(words, f"{self._owner}.add_user_words")])

    def remove(self, words: Iterable[str]) -> None:
        removed = set(check_words(words, f"{self._owner}.remove_user_words"))
        self.replace([word for word in self.words if word not in removed])

    def replace(self, words: Iterable[str]) -> None:
        """Replace all words, including those of the file."""
        self._words, self._path = tuple(dict.fromkeys(words)), None


def check_words(words: Iterable[str], where: str) -> tuple[str, ...]:
    """Return words, each once, without surrounding white space; error messages name their origin, `where`.

    Raises:
        ConfigError: A word is not a string, is empty, has a line break, or starts as a comment.
    """
    if isinstance(words, str):
        raise ConfigError(f"{where}: expected a list of words; found the string {words!r}. Put it into a list.")
    if not isinstance(words, Iterable):
        raise ConfigError(f"{where}: expected a list of words; found {words!r}.")
    checked = list(words)
    for word in checked:
        if not isinstance(word, str) or not word.strip() or len(word.splitlines()) > 1 or word.startswith(COMMENT):
            raise ConfigError(
                f"{where}: expected words that are not empty, have no line break and do not start with {COMMENT!r}; "
                f"found {str(word)[:80]!r}."
            )
    return tuple(dict.fromkeys(word.strip() for word in checked))


def parse_words(content: bytes, where: str) -> tuple[str, ...]:
    """Parse UTF-8 text with one word per line; empty lines and lines that start with # are ignored.

    Raises:
        ConfigError: The text is not UTF-8.
    """
    try:
        lines = [line.strip() for line in content.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError as err:
        raise ConfigError(f"{where} is not UTF-8: {err}. Save it as UTF-8.") from err
    return check_words([line for line in lines if line and not line.startswith(COMMENT)], where)


def _read_words(path: Path, where: str) -> tuple[str, ...]:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as err:
        raise ConfigError(f"{where}: {path} cannot be read: {err}. Expected a file with one word per line.") from err
    return parse_words(content, f"{where}: {path}")


def format_words(words: Iterable[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode()
