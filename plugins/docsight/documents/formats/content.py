"""What a reader of any format hands on."""

from dataclasses import dataclass


class SkipError(Exception):
    """A reader's word that a file is to be skipped, and why: no failure."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """The text of one document in a file.

    Args:
        part: Which part of the file it is, such as a sheet or a message; empty where it is one document.
        title: The title that the format itself records, if it has one.
        encoding: How the bytes were decoded, as `decode` tells it; empty where the format leaves no choice.
    """

    text: str
    part: str = ""
    title: str = ""
    encoding: str = ""
