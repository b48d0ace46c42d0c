"""Key files: the secret that makes replacements the same in all documents, and that nobody can guess."""

import os
import re
import secrets
from pathlib import Path

from docsight.errors import ConfigError

_HEADER = "docsight-redaction-key-1"
_KEY_BYTES = 32
_FILE_BYTES = len(_HEADER) + 2 * _KEY_BYTES + 2
_CONTENT = re.compile(rf"{_HEADER}\n([0-9a-f]{{{2 * _KEY_BYTES}}})\n")


def read_key(path: str | os.PathLike[str], *, create: bool = True) -> bytes:
    """Read a key file, or create one that only its owner can read.

    Args:
        path: The file.
        create: Whether to create the file if it does not exist. Otherwise a new key is returned but not saved.

    Raises:
        ConfigError: The file is not a key file, is damaged, or cannot be read or created. It is never overwritten.
    """
    try:
        return _parse(Path(path).read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        return _create(path) if create else secrets.token_bytes(_KEY_BYTES)
    except UnicodeDecodeError as err:
        raise _not_a_key(path) from err
    except OSError as err:
        raise ConfigError(f"cannot read the key file {path}: {err.strerror}") from err


def is_key_file(path: Path, size: int) -> bool:
    """Return whether a file of this size, in bytes, is a key file; raises an OSError if it cannot be read."""
    return size == _FILE_BYTES and path.read_bytes().startswith(f"{_HEADER}\n".encode())


def _parse(content: str, path: str | os.PathLike[str]) -> bytes:
    if (match := _CONTENT.fullmatch(content)) is None:
        raise _not_a_key(path)
    return bytes.fromhex(match[1])


def _create(path: str | os.PathLike[str]) -> bytes:
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(f"{_HEADER}\n{key.hex()}\n")
    except OSError as err:
        raise ConfigError(f"cannot create the key file {path}: {err.strerror}") from err
    return key


def _not_a_key(path: str | os.PathLike[str]) -> ConfigError:
    return ConfigError(
        f"{path} is not a key file, or is damaged; it was not changed. Name a file that does not exist to create one."
    )
