"""Emphasis, macros, attributes and notes within the lines of AsciiDoc."""

import re
from collections.abc import Callable, Sequence

from docsight.documents.formats.markup.markup_writer import MarkupRun

_ATTRIBUTE_REFERENCE = re.compile(r"(?<!\\)\{([\w-]{1,60})\}")
_ADOC_INLINE = re.compile(
    r"\\(?P<escaped>[*_`#^~{<\[]|https?://\S+)|"
    r"\+\+\+?(?P<passed>[^\n]{1,2000}?)\+\+\+?|`\+(?P<literal>[^\n]{1,2000}?)\+`|(?<![\w+])\+(?P<plus>[^\s+]{1,200})\+(?![\w+])|"
    r"(?:link|xref):(?P<target>[^\s\[]{1,2000})\[(?P<label>[^\]\n]{0,1000})\]|"
    r"mailto:(?P<address>[^\s\[]{1,300})\[(?P<address_label>[^\]\n]{0,1000})\]|"
    r"(?P<url>(?:https?|ftp|irc)://[^\s\[\]<>\"]{1,2000})(?:\[(?P<url_label>[^\]\n]{0,1000})\])?|"
    r"<<(?P<reference>[^\s<>,]{1,200})(?:, *(?P<reference_label>[^<>\n]{1,1000}))?>>|"
    r"footnote:(?:[\w-]{0,80})\[(?P<note>[^\]\n]{0,4000})\]|"
    r"(?:image|icon|anchor|indexterm|pass|stem|latexmath):(?P<macro>[^\s\[]{0,1000})\[(?P<macro_text>[^\]\n]{0,1000})\]|"
    r"(?:kbd|btn|menu):(?P<keys>[^\s\[]{0,100})\[(?P<keys_text>[^\]\n]{0,200})\]|"
    r"\[\[\[(?P<source>[\w:.-]{1,100})(?:,[^\]\n]{0,100})?\]\]\]|\[\[[\w:.-]{1,200}(?:,[^\]\n]{0,200})?\]\](?P<anchor>)|\(\(\([^()\n]{1,200}\)\)\)(?P<index>)|\(\((?P<term>[^()\n]{1,200})\)\)|"
    r"(?P<double>\*\*|__|``|##)(?P<unbound>\S(?:[^\n]{0,1000}?\S)??)(?P=double)|"
    r"(?<![\w*_`#+])(?:\[[^\]\[\n]{1,80}\](?=[#*_`]))?(?P<mark>[*_`#])(?P<inner>(?!(?P=mark))\S(?:[^\n]{0,1000}?\S)??)(?P=mark)(?!\w)|"
    r"(?P<script>[\^~])(?P<raised>[^\s\^~]{1,40})(?P=script)"
)
_MAX_VALUE_CHARS = 200
_MAX_ADOC_DEPTH = 4
_TEXT_MACROS = ("pass", "stem", "latexmath")
_QUOTE_SIGNS = (('"`', "\u201c"), ('`"', "\u201d"), ("'`", "\u2018"), ("`'", "\u2019"))


class AsciidocInline:
    """Reads lines; `add_note` is given the runs of each footnote in them, and returns its mark."""

    def __init__(self, add_note: Callable[[Sequence[MarkupRun]], str]) -> None:
        self._add_note = add_note
        self._attributes = {"nbsp": "\xa0", "empty": "", "blank": "", "sp": " ", "amp": "&", "lt": "<", "gt": ">"}

    def define(self, name: str, value: str) -> None:
        """Set an attribute, whose value takes the place of `{name}`."""
        self._attributes[name.strip("!")] = "" if "!" in name else value[:_MAX_VALUE_CHARS]

    def runs(self, text: str) -> list[MarkupRun]:
        text = _ATTRIBUTE_REFERENCE.sub(lambda found: self._attributes.get(found[1].lower(), found[0]), text)
        for written, shown in _QUOTE_SIGNS:
            text = text.replace(written, shown)
        return self._runs(text, _MAX_ADOC_DEPTH)

    def _runs(self, text: str, depth: int) -> list[MarkupRun]:
        runs: list[MarkupRun] = []
        at = 0
        for found in _ADOC_INLINE.finditer(text):
            runs += [MarkupRun(text[at : found.start()]), *self._shown(found, depth)]
            at = found.end()
        runs.append(MarkupRun(text[at:]))
        return [run for run in runs if run.text]

    def _shown(self, found: re.Match[str], depth: int) -> list[MarkupRun]:
        """Return what a document shows for a mark."""
        for group in ("escaped", "passed", "literal", "plus", "term", "raised"):
            if found[group] is not None:
                return [MarkupRun(found[group])]
        if (inner := found["inner"] or found["unbound"]) is not None:
            is_literal = (found["mark"] or found["double"])[0] in "`+"
            return [MarkupRun(inner)] if is_literal or not depth else self._runs(inner, depth - 1)
        if found["source"] is not None:
            return [MarkupRun(f"[{found['source']}]")]
        if found["url"] is not None:
            return _link(found["url"], found["url_label"])
        if found["target"] is not None:
            return _link(found["target"], found["label"])
        if found["address"] is not None:
            return [MarkupRun(_label(found["address_label"]) or found["address"], f"mailto:{found['address']}")]
        if found["reference"] is not None:
            return [MarkupRun(found["reference_label"] or found["reference"])]
        if found["note"] is not None:
            return [MarkupRun(self._add_note(self._runs(found["note"], 0)))] if found["note"] else []
        if found["macro"] is not None:
            return _macro(found[0].partition(":")[0], found["macro_text"])
        if found["keys"] is not None:
            return [MarkupRun(" ".join(filter(None, (found["keys"], found["keys_text"]))))]
        return []  # an anchor or an entry of the index


def _link(target: str, label: str | None) -> list[MarkupRun]:
    if label is None:  # a bare address does not end with the sign that ends the sentence
        end = len(target.rstrip(".,;:!?)"))
        return [MarkupRun(target[:end], target[:end]), MarkupRun(target[end:])]
    is_outside = "://" in target
    return [MarkupRun(_label(label) or target, target if is_outside else "")]


def _label(text: str) -> str:
    """Return the text of a link without the attributes after it, such as `window=_blank`."""
    text = re.sub(r",\s*\w+=[^,]*", "", text).strip().removesuffix("^")
    return "" if re.fullmatch(r"\w+=\S*", text) else text.strip('"')


def _macro(name: str, text: str) -> list[MarkupRun]:
    if name in _TEXT_MACROS:
        return [MarkupRun(text)]
    text = text.partition(",")[0].strip().strip('"')
    return [MarkupRun(text)] if name == "image" and "=" not in text else []
