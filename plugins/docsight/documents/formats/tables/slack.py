"""Messages of Slack: their text is escaped, and has marks for persons, channels and links."""

import re
from html import unescape
from typing import Any

_MARK = re.compile(r"<([^<>\n]{1,2000})>")
_SENDER_FIELDS = ("user", "username", "bot_id", "subtype")
_NAME_FIELDS = ("profile.display_name", "profile.real_name", "real_name", "name")
_NAMES_IN_MESSAGES = (
    "user_profile.display_name",
    "user_profile.real_name",
    "user_profile.first_name",
    "user_profile.name",
)


def is_slack_message(row: dict[str, Any]) -> bool:
    """Return whether a row, with fields named by their paths, is a message of Slack."""
    timestamp = row.get("ts")
    has_sender = any(isinstance(row.get(name), str) for name in _SENDER_FIELDS)
    return row.get("type") == "message" and isinstance(timestamp, str) and has_sender


def stated_names(row: dict[str, Any]) -> dict[str, str]:
    """Return the names of users, by their ids, that a message or a user's profile states."""
    user, fields = row.get("user"), _NAMES_IN_MESSAGES
    if not isinstance(user, str):
        user, fields = row.get("id"), _NAME_FIELDS
    names = (row.get(field) for field in fields)
    name = next((name for name in names if isinstance(name, str) and name.strip()), "")
    return {user: name.strip()} if isinstance(user, str) and name else {}


def decode_message(text: str, names: dict[str, str]) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Return the text of a message as Slack shows it, and its links: the start, the end and the target of each.

    Args:
        text: As an export has it.
        names: Of users by their ids; other users keep their ids.
    """
    written: list[str] = []
    links: list[tuple[int, int, str]] = []
    at = length = 0
    for mark in _MARK.finditer(text):
        for piece, target in ((text[at : mark.start()], ""), _shown(mark[1], names)):
            piece = unescape(piece)
            if target and piece:
                links.append((length, length + len(piece), unescape(target)))
            written.append(piece)
            length += len(piece)
        at = mark.end()
    written.append(unescape(text[at:]))
    return "".join(written), tuple(links)


def _shown(mark: str, names: dict[str, str]) -> tuple[str, str]:
    """Return what Slack shows for a mark without its brackets, and the target if it is a link."""
    content, _, label = mark.partition("|")
    if content.startswith("@"):
        return f"@{names.get(content[1:]) or label or content[1:]}", ""
    if content.startswith("#"):
        return f"#{label or content[1:]}", ""
    if content.startswith("!"):
        return label or f"@{content[1:].partition('^')[0]}", ""
    if ":" in content and " " not in content:
        return label or content.removeprefix("mailto:"), content
    return f"<{mark}>", ""
