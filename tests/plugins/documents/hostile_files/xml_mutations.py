"""Mutate the tree of an XML file; it stays well-formed, so that readers process all of it."""

import copy
import random
from xml.etree import ElementTree

_VALUES = ("", "-1", "0", "99999999999", "rId1", "rId99", "\u202e", "x" * 3000, "../../x", "NaN", "http://203.0.113.7/")


def mutate_xml(data: bytes, rng: random.Random) -> bytes | None:
    """Change one to six elements or attributes; return None if the data is not XML, or is nested too deeply."""
    try:
        return _change(ElementTree.fromstring(data), rng)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError):
        return None


def _change(root: ElementTree.Element, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 2, 6))):
        parents = [element for element in root.iter() if len(element)]
        if not parents:
            break
        parent = rng.choice(parents)
        at = rng.randrange(len(parent))
        rng.choice((_remove, _double, _move, _attribute, _attribute, _text, _rename, _nest))(root, parent, at, rng)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)


_Element = ElementTree.Element


def _remove(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    del parent[at]


def _double(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 3, 50))):
        parent.insert(at, copy.deepcopy(parent[at]))


def _move(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    rng.choice(list(root.iter())).append(copy.deepcopy(parent[at]))


def _attribute(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    names = list(parent[at].attrib)
    if names and rng.random() < 0.3:
        del parent[at].attrib[rng.choice(names)]
    elif names:
        parent[at].set(rng.choice(names), rng.choice(_VALUES))


def _text(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    parent[at].text = rng.choice(_VALUES)


def _rename(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    parent[at].tag = rng.choice(list(root.iter())).tag


def _nest(root: _Element, parent: _Element, at: int, rng: random.Random) -> None:
    inner = parent[at]
    for _ in range(rng.choice((1, 20, 150))):
        outer = ElementTree.Element(parent.tag, dict(parent.attrib))
        outer.append(inner)
        inner = outer
    parent[at] = inner
