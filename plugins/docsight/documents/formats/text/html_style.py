"""The styles of a page's elements that decide what it shows: those of its style sheets and of its attributes."""

import re
from collections.abc import Iterator
from typing import Any

from docsight.documents.formats.text.css import Declarations, Rule, parse_declarations, parse_rules

# The time to apply style sheets grows with the product of their selectors and the elements of the page.
_MAX_COMPARISONS = 10_000_000
_MAX_SELECTOR_CHARS = 300
_MAX_COMBINATORS = 4
_SELECTOR = re.compile(r"(?:[^,(\[]|\([^)]*+\)?|\[[^\]]*+\]?)++")
_SUPPORTED_SELECTOR = re.compile(
    r"""(?:[\w\s.\#>+~*\\-]
    | \[\s*(?:class|id|hidden|href|open|role|style|type|src|alt)\s*(?:[~|^$*]?=[^\]]*)?\]
    | :(?:root|first-child|last-child|only-child|first-of-type|last-of-type)
    | :nth-(?:last-)?(?:child|of-type)\([\w\s+-]+\)
    | :not\([\w.\#-]+\)
    )+""",
    re.X,
)
_CLASS_OR_ID = re.compile(r"([.#])([\w-]+)")
_NAMES_IN_PAGE = re.compile(r' (?:class|id)="([^"]*)"')
_NEGATION = re.compile(r":not\([^)]*\)")
_COMBINATOR = re.compile(r"\s*[>+~\s]\s*")
_TAG_NAME = re.compile(r"(?:^|[\s>+~(])[a-z][\w-]*", re.I)


class PageStyles:
    """The styles of the elements of a page.

    Args:
        tree: The parser of the page.
        source: The source of the page that the parser was given.
        sheets: The style sheets of the page.
    """

    def __init__(self, tree: Any, source: str, sheets: list[str]) -> None:
        self.is_complete = True  # whether all style sheets were applied
        self._normal: dict[int, Declarations] = {}  # by the parser's id of the element
        self._important: dict[int, Declarations] = {}
        if sheets:
            self._apply(tree, source, sheets)

    def of(self, node: Any, attributes: dict[str, str | None]) -> Declarations:
        """Return the declarations that apply to an element."""
        style = attributes.get("style")
        normal = self._normal.get(node.mem_id, {}) if self._normal else {}
        important = self._important.get(node.mem_id, {}) if self._important else {}
        if not style:
            return normal | important if important else normal
        inline, inline_important = parse_declarations(style)
        return normal | inline | important | inline_important

    def _apply(self, tree: Any, source: str, sheets: list[str]) -> None:
        names = {name for value in _NAMES_IN_PAGE.findall(source) for name in value.split()}
        elements = source.count("<")
        comparisons = 0
        for _, selector, rule in sorted(_selectors(sheets, names), key=lambda item: item[0]):
            comparisons += elements
            if comparisons > _MAX_COMPARISONS:
                self.is_complete = False
                return
            for node in _select(tree, selector):
                self._normal.setdefault(node.mem_id, {}).update(rule.normal)
                if rule.important:
                    self._important.setdefault(node.mem_id, {}).update(rule.important)


def _select(tree: Any, selector: str) -> list[Any]:
    """Return the elements that a selector matches; none if it is invalid, as in a browser."""
    from selectolax.lexbor import SelectolaxError

    try:
        return list(tree.css(selector))
    except SelectolaxError:
        return []


def _selectors(sheets: list[str], names: set[str]) -> Iterator[tuple[tuple[int, int, int], str, Rule]]:
    """Yield the selectors that may match elements with these classes and ids, with their specificity and rule."""
    for sheet in sheets:
        for rule in parse_rules(sheet):
            for selector in map(str.strip, _SELECTOR.findall(rule.selectors)):
                if _is_supported(selector) and names.issuperset(
                    name for _, name in _CLASS_OR_ID.findall(_NEGATION.sub("", selector))
                ):
                    yield _specificity(selector), selector, rule


def _is_supported(selector: str) -> bool:
    return (
        len(selector) <= _MAX_SELECTOR_CHARS
        and _SUPPORTED_SELECTOR.fullmatch(selector) is not None
        and len(_COMBINATOR.findall(selector)) <= _MAX_COMBINATORS
    )


def _specificity(selector: str) -> tuple[int, int, int]:
    ids = sum(mark == "#" for mark, _ in _CLASS_OR_ID.findall(selector))
    classes = selector.count(".") + selector.count("[") + selector.count(":") - selector.count(":not(")
    return ids, classes, len(_TAG_NAME.findall(selector))
