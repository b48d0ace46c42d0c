"""Entities that an XML file declares itself, such as `<!ENTITY company "Kestrel Ltd">`: their text for `&company;`.

The parser leaves references to entities as they are, so that a small file cannot become a large one and no other file
is opened. Here they are expanded, up to a limit, if the file states their content. External entities stay as written.
"""

import re
from html.entities import html5
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docsight.documents.formats.office.markup import parse_xml

_MAX_EXPANDED_CHARS = 1_000_000  # of all references together
_MAX_NESTED_ENTITIES = 16
_ENTITY_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([\w:][\w:.-]*);")
_ENTITY_DECLARATION = re.compile(r"<!ENTITY\s+([\w:][\w:.-]*)\s")


def known_character(name: str) -> str:
    """Return the character of an entity that HTML knows; empty if it knows none."""
    return html5.get(f"{name};", "")


def declared_names(source: str) -> frozenset[str]:
    """Return the names of the entities that a text in XML declares."""
    return frozenset(_ENTITY_DECLARATION.findall(source))


def expand_entities(root: Any) -> tuple[str, ...]:
    """Replace the references to entities whose content the file declares; return notes about those that stay."""
    from lxml import etree  # type: ignore[import-untyped]

    entities = _Entities(root)
    is_complete = True
    for reference in list(root.iter(etree.Entity)) if entities.contents else ():
        if reference.name not in entities.contents:
            continue
        content = entities.take(reference.name)
        fragment = None if content is None else _fragment(content, reference)
        if fragment is None:
            is_complete = False
        else:
            _replace(reference, fragment)
    return () if is_complete else ("some of its entities were not expanded: they are too long or damaged",)


class _Entities:
    """The entities that a file declares with their content, and how much of it may still be read."""

    def __init__(self, root: Any) -> None:
        dtd = root.getroottree().docinfo.internalDTD
        declared = () if dtd is None else dtd.iterentities()
        self.contents: dict[str, str] = {each.name: each.content for each in declared if each.content is not None}
        self._expanded: dict[str, str | None] = {}  # None if it is too long
        self._chars_to_expand = self._chars_to_take = _MAX_EXPANDED_CHARS

    def take(self, name: str) -> str | None:
        """Return the content of an entity as XML without references to others; None if it is too long."""
        content = self._expand(name, depth=1)
        if content is None or len(content) > self._chars_to_take:
            return None
        self._chars_to_take -= len(content)
        return content

    def _expand(self, name: str, *, depth: int) -> str | None:
        if name not in self._expanded:
            self._expanded[name] = None  # if it refers to itself
            if depth <= _MAX_NESTED_ENTITIES:
                self._expanded[name] = self._with_contents(self.contents[name], depth)
        return self._expanded[name]

    def _with_contents(self, content: str, depth: int) -> str | None:
        """Return a text with the contents of the entities in it; each is made once, so that the work is bounded."""
        pieces: list[str] = []
        at = 0
        for reference in _ENTITY_REFERENCE.finditer(content):
            pieces.append(content[at : reference.start()])
            at = reference.end()
            name = reference[1]
            if name in self.contents:
                inner = self._expand(name, depth=depth + 1)
                self._chars_to_expand -= len(inner or "")
                if inner is None or self._chars_to_expand < 0:
                    return None
                pieces.append(inner)
            else:
                pieces.append(escape(known_character(name) or reference[0]))
        return "".join([*pieces, content[at:]])


def _fragment(content: str, reference: Any) -> Any:
    """Return an element around the content of an entity; None if that is not well-formed."""
    from lxml import etree

    names = reference.getparent().nsmap.items()
    spaces = "".join(f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(uri)}" for prefix, uri in names)
    try:
        return parse_xml(f"<entity{spaces}>{content}</entity>".encode())
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return None


def _replace(reference: Any, fragment: Any) -> None:
    """Put what is in `fragment` in the place of a reference."""
    parent, tail = reference.getparent(), reference.tail or ""
    reference.tail = None
    _append_text(parent, reference, fragment.text or "")
    for child in list(fragment):
        reference.addprevious(child)
    _append_text(parent, reference, tail)
    parent.remove(reference)


def _append_text(parent: Any, reference: Any, text: str) -> None:
    """Append text to what stands before a reference."""
    previous = reference.getprevious()
    if previous is None:
        parent.text = (parent.text or "") + text
    else:
        previous.tail = (previous.tail or "") + text
