"""Emphasis, roles, links and notes within the lines of reStructuredText."""

import re
import sys
from itertools import count

from docsight.documents.formats.markup.markup_writer import MarkupRun

_TARGET = re.compile(r"^[ \t]*\.\. _(?:`([^`\n]{1,200})`|((?:\\.|[^:\n\\]){1,200})):[ \t]+(\S+)[ \t]*$", re.M)
_SUBSTITUTION = re.compile(r"^[ \t]*\.\. \|([^|\n]{1,100})\| replace::\s+(\S[^\n]*(?:\n[ \t]+\S[^\n]*){0,3})", re.M)
_UNICODE = re.compile(r"^[ \t]*\.\. \|([^|\n]{1,100})\| unicode::[ \t]+(\S[^\n]{0,200}?)[ \t]*(?:\.\. [^\n]*)?$", re.M)
_CODE_POINT = re.compile(r"(?:0x|x|\\x|U\+|u|\\u)([0-9a-fA-F]{1,6})")
_NUMBERED_NOTE = re.compile(r"^\.\. \[(\d{1,4})\]", re.M)
_RST_INLINE = re.compile(
    r"\\(?P<escaped>.)|``(?P<literal>\S(?:[^\n]{0,2000}?\S)??)``|"
    r"(?::(?P<role>[\w:+.-]{1,40}):)?`(?P<text>[^`\s](?:[^`\n]{0,1000}[^`\s])?)`(?P<reference>__?)?(?::(?P<role_after>[\w:+.-]{1,40}):)?|"
    r"(?<![\w*])\*\*(?P<strong>[^\s*](?:[^\n]{0,1000}?\S)??)\*\*(?![\w*])|"
    r"(?<![\w*])\*(?P<emphasis>[^\s*](?:[^*\n]{0,1000}?[^\s*])?)\*(?![\w*])|"
    r"(?<!\w)\|(?P<substitution>[^\s|](?:[^|\n]{0,98}[^\s|])?)\|(?:__?(?!\w))?|"
    r"\[(?P<note>\#[\w-]*|\*)\]_(?!\w)|\[(?P<numbered>[\w.-]{1,80})\]_(?!\w)|"
    r"(?<![\w`.])(?P<name>[A-Za-z0-9](?:[\w.+-]{0,80}[A-Za-z0-9])?)__?(?![\w`])|"
    r"(?P<url>https?://[^\s<>`\"]{1,2000}[^\s<>`\".,;:!?)\]])",
    re.S,
)
_WITH_TARGET = re.compile(r"(.*?)\s*<([^<>]+)>$", re.S)
_OUTSIDE_TARGET = re.compile(r"(?:https?|ftp|mailto):", re.I)
_LITERAL_ROLES = ("math", "code", "literal", "file", "samp", "kbd", "command", "program", "envvar", "option")
_MAX_SUBSTITUTE_CHARS = 200


class RstInline:
    """Reads the lines of a text, whose targets and substitutions it knows."""

    def __init__(self, text: str) -> None:
        self._targets = {_key(found[1] or found[2]): found[3] for found in _TARGET.finditer(text)}
        self._substitutes = {found[1]: found[2][:_MAX_SUBSTITUTE_CHARS] for found in _SUBSTITUTION.finditer(text)}
        self._numbered = {int(number) for number in _NUMBERED_NOTE.findall(text)}
        self._substitutes |= {found[1]: _characters(found[2]) for found in _UNICODE.finditer(text)}
        self._note = self._note_mark = 0

    def next_note(self) -> int:
        """Return the number of the next footnote that has none of its own."""
        self._note = self._free_number(self._note)
        return self._note

    def _free_number(self, last: int) -> int:
        return next(number for number in count(last + 1) if number not in self._numbered)

    def runs(self, text: str) -> list[MarkupRun]:
        runs: list[MarkupRun] = []
        at = 0
        for found in _RST_INLINE.finditer(text):
            if (shown := self._shown(found)) is not None:
                runs += [MarkupRun(text[at : found.start()]), *shown]
                at = found.end()
        runs.append(MarkupRun(text[at:]))
        return [run for run in runs if run.text]

    def _shown(self, found: re.Match[str]) -> list[MarkupRun] | None:
        """Return what a document shows for a mark; None if it is none."""
        if (escaped := found["escaped"]) is not None:
            return [MarkupRun("" if escaped.isspace() else escaped)]
        for group in ("literal", "strong", "emphasis"):
            if found[group] is not None:
                return [MarkupRun(found[group])]
        if found["text"] is not None:
            return [self._role(found)]
        if (name := found["substitution"]) is not None:
            return [MarkupRun(self._substitutes.get(name, found[0]))]
        if found["note"] is not None:
            if (label := found["note"].lstrip("#*")) == "":
                self._note_mark = self._free_number(self._note_mark)
            return [MarkupRun(f"[{label or self._note_mark}]")]
        if found["numbered"] is not None:
            return [MarkupRun(f"[{found['numbered']}]")]
        if (name := found["name"]) is not None:
            return [MarkupRun(name, self._targets[_key(name)])] if _key(name) in self._targets else None
        return [MarkupRun(found["url"], found["url"])]

    def _role(self, found: re.Match[str]) -> MarkupRun:
        text, role = found["text"], found["role"] or found["role_after"] or ""
        if role in ("pep", "rfc"):
            return MarkupRun(f"{role.upper()} {text}")
        if role.endswith(_LITERAL_ROLES):
            return MarkupRun(text)
        target = _WITH_TARGET.match(text)
        if target is not None and target[1]:
            url = self._targets.get(_key(target[2].removesuffix("_")), target[2])
            return MarkupRun(target[1], url if not role and _OUTSIDE_TARGET.match(url) else "")
        if role and text.startswith("~"):
            return MarkupRun(text[1:].rpartition(".")[2])
        text = text.strip("<>") if target is not None else text.removeprefix("!") if role else text
        return MarkupRun(text, self._targets.get(_key(text), "") if found["reference"] else "")


def _characters(written: str) -> str:
    """Return what a `unicode` directive stands for: codes of characters, or texts between spaces."""
    codes = (_CODE_POINT.fullmatch(word) for word in written.split())
    pieces = (
        word if code is None else _character(int(code[1], 16))
        for word, code in zip(written.split(), codes, strict=True)
    )
    return "".join(pieces)[:_MAX_SUBSTITUTE_CHARS]


def _character(code: int) -> str:
    return chr(code) if code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF else ""


def _key(name: str) -> str:
    return " ".join(name.replace("\\", "").lower().split())
