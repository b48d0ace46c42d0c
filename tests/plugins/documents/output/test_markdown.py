"""Documents as Markdown."""

import html
import random
import re
from typing import Any

import pytest

from docsight.documents.formats.content import Passage
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.documents.output.document_names import DocumentNames
from docsight.documents.output.markdown_text import to_markdown

COMMONMARK = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Whatever has a meaning in Markdown, and some letters.
PIECES = [
    *"*_~`#>-+=|[]()<>!&:;\\. \n\t12ab^x",
    *("**", "__", "--- ", "1. ", "10) ", "- ", "# ", "&amp;", "<b>", "<!--", "[a]: ", "](", "```", "~~~", "\n\n"),
    *("http://a_b*c.de/~x ", "|---|", "===", "[ ] ", "www.x.de"),
]


def record(text: str, *passages: Passage, format: str = "docx") -> dict[str, Any]:
    return {"format": format, "text": text, "passages": [passage.record() for passage in passages]}


def built(builder: TextBuilder) -> dict[str, Any]:
    return record(builder.text(), *builder.passages())


def rendered(markdown: str) -> str:
    """Return the text that a reader sees, with all white space collapsed."""
    text = re.sub(r"<[^>]+>", "", COMMONMARK.render(markdown).replace("<br />", " "))
    return " ".join(html.unescape(text).split())


def written(*items: tuple[str, str, int | None]) -> str:
    """Write passages, each of a kind, a text and a level."""
    builder = TextBuilder()
    for kind, text, level in items:
        builder.block = Block(kind=kind, level=level)  # type: ignore[arg-type]
        builder.write(text, verbatim=kind == "code")
        builder.interrupt(PARAGRAPH)
    return to_markdown(built(builder))


def table(*rows: tuple[str, ...]) -> str:
    builder = TextBuilder()
    builder.begin_table(Block(kind="table"))
    for row in rows:
        for cell in row:
            builder.begin_cell()
            for line in cell.split("\n"):
                builder.write(line)
                builder.interrupt(LINE)
            builder.end_cell()
        builder.end_row()
    builder.end_table()
    return to_markdown(built(builder))


def test_markdown_does_not_change_any_text() -> None:
    chosen = random.Random(0)
    for _ in range(1500):
        text = "".join(chosen.choice(PIECES) for _ in range(chosen.randint(1, 14)))
        markdown = to_markdown(record(text))
        assert rendered(markdown) == " ".join(text.split()), (text, markdown)
        assert not set(re.findall(r"</?(\w+)", COMMONMARK.render(markdown))) - {"p", "br", "a"}, (text, markdown)


@pytest.mark.parametrize("mark", [*"*_~`#>-=|[<&", "\\", "1. ", "http://", "(", "- ", "> "])
def test_markdown_takes_linear_time(mark: str) -> None:
    # A quadratic pattern would take minutes.
    assert to_markdown(record(mark * 100_000 + "x")).endswith("x\n")


def test_markdown_keeps_plain_characters_readable() -> None:
    text = "See snake_case [1], 2 * 3 < 7 & a # b. It costs 5-7 (or +8)!"
    assert to_markdown(record(text)) == f"{text}\n"


def test_markdown_keeps_line_breaks_that_are_meant() -> None:
    text = "Margaret Ellison\n14 Roosevelt Street\nMillbrook, Vermont"
    assert to_markdown(record(text, format="text")) == text.replace("\n", "\\\n") + "\n"
    prose = (
        "The lamp had burned for eighty years when\nhe came to the rock, and the stove for two\nof them, as he said."
    )
    assert to_markdown(record(prose, format="pdf")) == f"{prose}\n"
    assert to_markdown(record(prose, format="docx")).count("\\\n") == 2


def test_markdown_writes_columns_made_with_spaces_as_they_are() -> None:
    text = "Apples      3   red\nPears      12   green"
    assert to_markdown(record(text, format="text")) == f"```\n{text}\n```\n"


def test_markdown_writes_headings() -> None:
    assert written(("heading", "One # two #", 2), ("heading", "Deep", 9), ("heading", "Unknown", None)) == (
        "## One # two \\#\n\n###### Deep\n\n# Unknown\n"
    )


def test_markdown_nests_lists() -> None:
    assert written(
        ("list_item", "• first", 1), ("list_item", "2. two", 2), ("list_item", "3. three", 2), ("list_item", "last", 1)
    ) == ("- first\n\n  2. two\n  3. three\n- last\n")


def test_markdown_keeps_the_numbers_of_lists() -> None:
    markdown = written(*(("list_item", item, 1) for item in ("1. a", "2. b", "5. c", "1. d", "a) e", "01. f")))
    assert markdown == "1. a\n2. b\n<!-- -->\n5. c\n<!-- -->\n1. d\n- a) e\n- 01\\. f\n"
    starts = re.findall(r"<ol(?: start=\"(\d+)\")?>", COMMONMARK.render(markdown))
    assert starts == ["", "5", ""]


def test_markdown_writes_tables() -> None:
    markdown = table(("Item", "Price | net"), ("", "5\n6"), ("*x*",))
    assert markdown == "| Item | Price \\| net |\n| --- | --- |\n|  | 5<br>6 |\n| \\*x\\* |\n"
    assert COMMONMARK.render(markdown).count("<td></td>") == 2


def test_markdown_writes_a_table_of_one_cell_as_text() -> None:
    assert table(("Only\nthis",)) == "Only\\\nthis\n"


def test_markdown_writes_quotes_by_their_marks() -> None:
    text = "On Monday Ada wrote:\n> Hello\n> > deep\n> again\n>\n> end"
    markdown = to_markdown(record(text, Passage(start=0, end=len(text), kind="quote"), format="mail"))
    assert markdown == "On Monday Ada wrote:\n\n> Hello\n>\n> > deep\n>\n> again\n>\n> end\n"
    assert written(("quote", "one", None), ("quote", "two", None)) == "> one\n>\n> two\n"
    assert written(("speaker_note", "slow", None), ("comment", "why?", None)) == "> slow\n\n> why?\n"


def test_markdown_joins_lines_of_code() -> None:
    assert written(("code", "  a = 1", None), ("code", "``` b", None)) == "````\n  a = 1\n``` b\n````\n"
    assert written(("code", "a\nb", None), ("code", "c", None)) == "```\na\nb\n```\n\n```\nc\n```\n"


def test_markdown_links_footnotes_whose_mark_stands_once_before() -> None:
    text = "The lamp1 burned in 1999.2 It was 3.1 long.\n\n1 An oil lamp.\nOf brass.\n\n2. In May.\n\n3 Lost."
    starts = [text.index("1 An"), text.index("2. In"), text.index("3 Lost")]
    notes = [Passage(start=start, end=text.find("\n\n", start) % (len(text) + 1), kind="footnote") for start in starts]
    assert to_markdown(record(text, *notes)) == (
        "The lamp[^1] burned in 1999.2 It was 3.1 long.\n\n[^1]: An oil lamp.\\\n    Of brass.\n\n2\\. In May.\n\n"
        "3 Lost.\n"
    )
    text = "He said so.* Twice.[2]\n\n* Once.\n\n[2] Again."
    notes = [Passage(start=24, end=31, kind="footnote"), Passage(start=33, end=len(text), kind="footnote")]
    assert to_markdown(record(text, *notes)) == "He said so.[^1] Twice.[^2]\n\n[^1]: Once.\n\n[^2]: Again.\n"


def test_markdown_writes_captions_in_italics() -> None:
    assert written(("caption", "Figure 1 *", None)) == "*Figure 1 \\**\n"


def test_markdown_writes_links_that_are_safe_to_follow() -> None:
    text = "Read this! here, there or https://x.de/a_b now"
    links = ((11, 15, "https://x.de/(1) |<b>"), (17, 22, "javascript:alert(1)"), (26, 42, "https://x.de/a_b"))
    markdown = to_markdown(record(text, Passage(start=0, end=len(text), links=links)))
    assert markdown == "Read this! [here](https://x.de/%281%29%20%7C%3Cb%3E), there or <https://x.de/a_b> now\n"
    assert to_markdown(record("Hi!you", Passage(start=0, end=6, links=((3, 6, "/a"),)))) == "Hi\\![you](/a)\n"


def test_markdown_writes_text_between_passages_and_none_twice() -> None:
    text = "Before.\n\nHeading\n\nAfter."
    passages = (Passage(start=9, end=16, kind="heading", level=1), Passage(start=9, end=18))
    assert to_markdown(record(text, *passages)) == "Before.\n\n# Heading\n\nAfter.\n"


def test_markdown_does_not_change_markdown() -> None:
    assert to_markdown(record("# *One*\n", format="markdown")) == "# *One*\n"
    assert to_markdown(record("")) == ""


def test_document_names_are_unique_and_stay_in_their_folder() -> None:
    names = DocumentNames(".md")
    given = [
        ("a.zip", "b"),
        ("a.zip", "B"),
        ("a.zip", "b.md/c"),
        ("a.zip", "../../x"),
        ("a.zip/b/../x", ""),
        ("y" * 900, ""),
    ]
    made = [names.of({"path": path, "part": part, "id": f"id{n}"}) for n, (path, part) in enumerate(given)]
    assert made[:4] == ["a.zip/b.md", "a.zip/B-id1.md", "a.zip/b.md-id2/c.md", "a.zip/_/_/x.md"]
    assert made[4] == "a.zip/b/_/x.md"
    assert len(made[5]) < 255


def test_underlines_of_headings_and_breaks_between_words_in_plain_text() -> None:
    text = "====\nHead\n====\n\nOne\n---\n\nREADME.txt\nsrc/a.py\nand more\nof it"
    files = text.index("README")
    passages = [
        Passage(start=5, end=9, kind="heading", level=1),
        Passage(start=16, end=19, kind="heading", level=2),
        Passage(start=files, end=len(text)),
    ]
    assert to_markdown(record(text, *passages, format="text")) == (
        "# Head\n\n## One\n\nREADME.txt\\\nsrc/a.py\\\nand more\nof it\n"
    )
