"""The lines of AsciiDoc that begin or end something."""

import re
from collections.abc import Sequence

SECTION_TITLE = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*?)(?:[ \t]+\1)?$")
UNDERLINE_LINE = re.compile(r"([=\-~^+])\1{2,}$")
UNDERLINES = "=-~^+"  # by level
ATTRIBUTE_ENTRY = re.compile(r":(!?[\w-]+!?):(?:[ \t]+(.*))?$")
BLOCK_ATTRIBUTES = re.compile(r"\[(?:\[[\w:.-]+(?:,.*)?\]|[^\[\]]*)\]$")
BLOCK_TITLE = re.compile(r"\.([^\s.].*)")
FENCE_LINE = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|`{3,}\w*|[|,:!]={3,})$")
BLOCK_MACRO = re.compile(r"(?:image|video|audio|include|toc|ifdef|ifndef|ifeval|endif|unresolved)::?(\S*?)\[(.*)\]$")
IMAGE_MACRO = re.compile(r"image::")
CONDITION_MACRO = re.compile(r"(?:ifdef|ifndef)::")
ADOC_ITEM = re.compile(
    r"(?P<mark>\*{1,5}|-|\.{1,5}|\d{1,4}\.|[a-zA-Z]\.|<(?:\d+|\.)>)[ \t]+(?:\[[ xX*]\][ \t]+)?(?=\S)"
)
TERM = re.compile(r"(\S.*?)(:{2,4}|;;)(?:[ \t]+(\S.*))?$")
RULE_LINES = ("'''", "---", "***", "<<<")
AUTHOR_LINE = re.compile(r"[^\W\d_][\w.'-]*(?: [\w.'-]+){0,3}(?: <[^<>]+>)?(?:; .+)?$")
REVISION_LINE = re.compile(r"(?:v?\d[\w.]*,? *)?(\d{4}-\d\d-\d\d)?.*$")


def paragraph_end(lines: Sequence[str], at: int) -> int:
    """Return the number of the line after the paragraph that begins at a line."""
    end = at + 1
    while end < len(lines):
        line = lines[end].strip()
        if not line or line == "+" or line.startswith("//") or FENCE_LINE.match(line) or ADOC_ITEM.match(line):
            break
        if BLOCK_ATTRIBUTES.match(line) or TERM.match(line) or ATTRIBUTE_ENTRY.match(line):
            break
        end += 1
    return end
