"""Typing sessions by their id: bounded in number, and forgotten after a while."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docsight.errors import ConfigError, DocsightError

if TYPE_CHECKING:
    from docsight.components.rnn_speller import RnnSpeller
    from docsight.spelling.keystrokes.keystroke import Keystroke
    from docsight.spelling.keystrokes.session import Session

_MIN_IDLE_SECONDS = 30.0  # of a session that makes room for a new one


class SessionExpiredError(DocsightError):
    """There is no such session, or no longer."""


class SessionOrderError(DocsightError):
    """An event came after later ones of its session."""


class TooManySessionsError(DocsightError):
    """All sessions are in use."""


@dataclass
class _Entry:
    session: "Session"
    used: float
    sequence: int = -1
    lock: threading.Lock = field(default_factory=threading.Lock)


class TypingSessions:
    """Typing sessions of one speller. Any thread may call it; the events of a session are handled one after another.

    Args:
        speller: The component.
        max_sessions: Sessions at a time. The one that was idle longest makes room if it was idle for half a minute.
        lifetime: Seconds until an idle session is forgotten.
        clock: Returns seconds.
    """

    def __init__(
        self,
        speller: "RnnSpeller",
        *,
        max_sessions: int,
        lifetime: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speller = speller
        self._max_sessions, self._lifetime, self._clock = max_sessions, lifetime, clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()  # the longest idle first
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def start(self, *, context: str = "", keyboard: str | None = None, completions: int = 5) -> str:
        """Start a session and return its id.

        Raises:
            TooManySessionsError: All sessions are in use.
        """
        session = self._speller.session(context, completions=completions, layout=keyboard)
        now = self._clock()
        with self._lock:
            self._forget_idle(now)
            if len(self._entries) >= self._max_sessions:
                oldest = next(iter(self._entries.values()))
                if now - oldest.used < _MIN_IDLE_SECONDS:
                    raise TooManySessionsError(f"all {self._max_sessions} typing sessions are in use")
                self._entries.popitem(last=False)
            name = secrets.token_urlsafe(16)
            self._entries[name] = _Entry(session, now)
        return name

    def handle(self, name: str, events: Iterable[Mapping[str, Any]], *, sequence: int | None = None) -> dict[str, Any]:
        """Apply events to a session and return its state.

        Args:
            name: The id of the session.
            events: Dicts with a `type`: key (with `key`), backspace, accept (with `text` or not), undo (with `word` or
                not), keep (with `word` or not).
            sequence: A number that grows with each call for a session; None not to check it.

        Raises:
            SessionExpiredError: There is no such session.
            SessionOrderError: A call with this or a later number was handled before.
            DataError, ConfigError: An event is invalid. Those before it have been applied.
        """
        with self._lock:
            self._forget_idle(self._clock())
            entry = self._entries.get(name)
            if entry is None:
                raise SessionExpiredError("there is no such typing session; it may have expired, so start a new one")
            entry.used = self._clock()
            self._entries.move_to_end(name)
        with entry.lock:
            if sequence is not None:
                if sequence <= entry.sequence:
                    raise SessionOrderError(
                        f"sequence {sequence} came after {entry.sequence}; send the events of a session in order"
                    )
                entry.sequence = sequence
            keystroke = entry.session.keystroke
            for event in events:
                keystroke = _apply(entry.session, event)
            return {"session": name, "sequence": sequence, **_state(entry.session, keystroke)}

    def end(self, name: str) -> None:
        """Forget a session; one that does not exist is ignored."""
        with self._lock:
            self._entries.pop(name, None)

    def _forget_idle(self, now: float) -> None:
        while self._entries and now - next(iter(self._entries.values())).used > self._lifetime:
            self._entries.popitem(last=False)


def _apply(session: "Session", event: Mapping[str, Any]) -> "Keystroke":
    match event["type"]:
        case "key":
            return session.type(event["key"])
        case "backspace":
            return session.backspace()
        case "accept":
            return session.accept(event.get("text"))
        case "undo":
            return session.undo(event.get("word"))
        case "keep":
            return session.keep(event.get("word"))
        case other:
            raise ConfigError(f"unknown event {other!r}; expected key, backspace, accept, undo or keep")


def _state(session: "Session", keystroke: "Keystroke") -> dict[str, Any]:
    return {
        "letter": keystroke.letter,
        "letters": [{"letter": letter, "probability": round(p, 6)} for letter, p in keystroke.letters],
        "prefix": keystroke.prefix,
        "text": session.text,
        "typed": session.typed,
        "completions": [{"text": text, "probability": round(p, 6)} for text, p in keystroke.completions],
        "corrected": [
            {"word": each.word, "start": each.start, "end": each.end, "typed": each.typed, "text": each.text}
            for each in session.corrected_words
        ],
    }
