"""Plain text: the text as written, its paragraphs, lists and code, and its headings if they are underlined."""

import re
from collections.abc import Iterator

from docsight.documents.formats.content import ParsedDocument, Passage
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.encoding import decode, normalize_newlines
from docsight.documents.formats.text.literal_blocks import mark_code
from docsight.documents.formats.text.plain_lists import mark_lists
from docsight.documents.formats.text.quoted_lines import mark_quoted_lines
from docsight.documents.formats.text.quoted_mail import mark_quoted_mail

_LINE = re.compile(r"[^\n]+")
_RULE = r"([=\-~^\"'*+#`:_])\{}{{2,}}[ \t]*"
_UNDERLINED = re.compile(
    rf"(?P<over>{_RULE.format(2)}\n)?(?P<title>[^\n]{{1,120}})\n(?P<under>{_RULE.format(5)})(?:\n|\Z)"
)
_COLUMN_GAP = re.compile(r"\t| {3}")  # as between the columns of a table
_VERSION_TITLE = re.compile(r"\d+(?:\.\d+)+(?:$|[\s(:])")
_MIN_UNDERLINED = 0.8  # of the length of a heading
_MIN_SENTENCE_WORDS = 4
_ABBREVIATION = re.compile(r"(?:.*\.)?(?:[^\W\d]|Co|Corp|Inc|Ltd|Bros|Jr|Sr|St|Dr|etc|al|vol|eds?|no|vs|usw)\.", re.I)


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of the file as one document."""
    text, encoding = decode(source.read_bytes())
    text = normalize_newlines(text)
    passages = mark_quoted_mail(text, mark_code(text, mark_lists(text, mark_quoted_lines(text, _sections(text)))))
    yield ParsedDocument(text=text, encoding=encoding, passages=tuple(passages))


def paragraphs(text: str) -> Iterator[Passage]:
    """Yield the paragraphs of a text, which blank lines separate."""
    start = end = 0  # of the paragraph so far
    for line in _LINE.finditer(text):
        if line[0].isspace():
            continue
        if start < end and line.start() > end + 1:
            yield Passage(start=start, end=end)
            start = end
        if start == end:
            start = line.start()
        end = line.end()
    if start < end:
        yield Passage(start=start, end=end)


def _sections(text: str) -> Iterator[Passage]:
    """Yield the paragraphs of a text, and its headings, whose levels follow the order of the kinds of underlines."""
    levels: dict[str, int] = {}
    for paragraph in paragraphs(text):
        found = _UNDERLINED.match(text, paragraph.start, paragraph.end)
        if found is None or not _is_title(
            found["title"].rstrip(), found["under"].strip(), is_boxed=bool(found["over"])
        ):
            yield paragraph
            continue
        rule = (found["over"] or "")[:1] + found["under"][0]
        level = levels.setdefault(rule, len(levels) + 1)
        yield Passage(start=found.start("title"), end=found.end("title"), kind="heading", level=level)
        yield from (rest.shifted(found.end()) for rest in paragraphs(text[found.end() : paragraph.end]))


def _is_title(title: str, underline: str, *, is_boxed: bool) -> bool:
    if title[0].isspace() and not is_boxed:
        return False
    title = title.lstrip()
    if is_boxed and _is_sentence(title):
        return False  # a notice in a box
    has_letter = any(map(str.isalpha, title)) or _VERSION_TITLE.match(title) is not None
    is_long_enough = _MIN_UNDERLINED * len(title) <= len(underline)
    return has_letter and is_long_enough and _COLUMN_GAP.search(title) is None


def _is_sentence(line: str) -> bool:
    """Return whether a line ends with the full stop of a sentence, and not with that of an abbreviation."""
    words = line.split()
    return len(words) >= _MIN_SENTENCE_WORDS and line.endswith(".") and _ABBREVIATION.fullmatch(words[-1]) is None
