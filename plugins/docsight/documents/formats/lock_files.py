"""The lock files of office programs: they lie beside an open document, have its suffix, and hold only a user's name."""

_MAX_LOCK_FILE_BYTES = 1024  # Office writes 162 or 165, and no Office document is smaller than this limit


def lock_file_reason(name: str, size: int) -> str | None:
    """Return why a file of this name and size in bytes is not read if it is a lock file; None if it is not."""
    is_office = name.startswith("~$")
    is_libreoffice = name.startswith(".~lock.") and name.endswith("#")
    if (is_office or is_libreoffice) and size <= _MAX_LOCK_FILE_BYTES:
        return "a lock file of an office program, which exists while the document is open; it has no text"
    return None
