"""The document of an RTF file: its title and author, and its stories in the order in which they are read."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from docsight.documents.formats.content import Kind, ParsedDocument, Passage
from docsight.documents.formats.metadata import make_metadata
from docsight.documents.formats.office.rtf_lists import RtfLists
from docsight.documents.formats.office.rtf_story import RtfStory
from docsight.documents.formats.text.prose import with_prose_as_paragraphs

STORIES: dict[str, Kind] = {
    "footnote": "footnote",
    "annotation": "comment",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
}
INFO_WORDS = ("title", "author")


class RtfDocument:
    """Collects the texts of a file that stand apart from each other.

    Attributes:
        body: The story that is not apart from others.
        lists: The lists of all stories.
    """

    def __init__(self) -> None:
        self.lists = RtfLists()
        self.body = RtfStory(lists=self.lists)
        self._info = {name: RtfStory(lists=self.lists) for name in INFO_WORDS}
        self._apart: list[RtfStory] = []

    def begin_story(self, word: str) -> RtfStory:
        """Return the story for the text of a group that begins with a word of `STORIES` or `INFO_WORDS`."""
        if word in INFO_WORDS:
            return self._info[word]
        story = RtfStory(lists=self.lists, kind=STORIES[word])
        self._apart.append(story)
        return story

    def end(self) -> None:
        """End the tables that the file left open."""
        for story in (self.body, *self._apart):
            if story.is_table_open:
                story.builder.end_table()

    def parsed(self, *, encoding: str, images_left_out: int) -> ParsedDocument:
        """Return headers, body, footnotes and comments, and footers as one document."""
        stories = [*self._of_kind("header"), self.body, *self._of_kind("footnote"), *self._of_kind("comment")]
        texts: dict[tuple[Kind | None, str], list[Passage]] = {}  # margins that are repeated are kept once
        start = 0
        for story in (*stories, *self._of_kind("footer")):
            text = story.builder.text()
            if text and (story.kind, text) not in texts:
                passages = (passage.shifted(start) for passage in story.builder.passages())
                texts[story.kind, text] = [_with_kind(passage, story.kind) for passage in passages]
                start += len(text) + 2
        notes = [f"{images_left_out} {'image was' if images_left_out == 1 else 'images were'} not read"]
        whole = "\n\n".join(text for _, text in texts)
        return ParsedDocument(
            text=whole,
            title=self._stated("title"),
            encoding=encoding,
            metadata=make_metadata([self._stated("author")]),
            passages=with_prose_as_paragraphs(tuple(chain.from_iterable(texts.values())), whole),
            notes=tuple(notes) if images_left_out else (),
        )

    def _stated(self, name: str) -> str:
        return " ".join(self._info[name].builder.text().split())

    def _of_kind(self, kind: Kind) -> Iterator[RtfStory]:
        return (story for story in self._apart if story.kind == kind)


def _with_kind(passage: Passage, kind: Kind | None) -> Passage:
    return passage if kind is None else replace(passage, kind=kind, level=None)
