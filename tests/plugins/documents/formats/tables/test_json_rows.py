"""JSON whose texts are lists of pieces, and arrays of rows within objects."""

import json
from typing import Any

import pytest

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.json_rows import join_pieces
from docsight.documents.formats.tables.jsonl import read

PIECES = ["See ", {"type": "link", "text": "https://example.org"}, ", then call ", {"type": "bold", "text": "Tom"}, "."]
MESSAGES = [
    {"id": 1, "type": "service", "action": "create_group", "text": ""},
    {"id": 2, "type": "message", "from": "Anna Berg", "text": PIECES},
    {"id": 3, "type": "message", "from": "Tom", "text": "Fine."},
]


def texts(value: Any) -> list[str]:
    items = list(read(Source(name="result.json", data=json.dumps(value).encode())))
    assert all(isinstance(item, ParsedDocument) for item in items)
    return [item.text for item in items if isinstance(item, ParsedDocument)]


@pytest.mark.parametrize("messages", [MESSAGES, MESSAGES[1:2]])
def test_messages_of_an_exported_chat_are_documents(messages: list[dict[str, Any]]) -> None:
    chat = {"name": "Plans of the family for next summer", "type": "personal_chat", "id": 7, "messages": messages}
    expected = {1: "", 2: "See https://example.org, then call Tom.", 3: "Fine."}
    assert texts(chat) == [expected[message["id"]] for message in messages]


def test_messages_of_several_chats_are_documents() -> None:
    chats = [{"name": "A", "id": 1, "messages": MESSAGES[1:]}, {"name": "B", "id": 2, "messages": MESSAGES[2:]}]
    export = {
        "about": "Here is the data that you requested.",
        "contacts": {"about": "These are all of your contacts.", "list": [{"first_name": "Tom"}]},
        "chats": {"about": "These are all of your chats.", "list": chats},
    }
    assert texts(export) == ["See https://example.org, then call Tom.", "Fine.", "Fine."]


def test_pieces_that_are_paragraphs_are_lines() -> None:
    block = {"title": "T", "content": [{"type": "paragraph", "text": "One."}, {"type": "paragraph", "text": "Two."}]}
    assert texts(block) == ["One.\nTwo."]
    assert texts({"title": "T", "text": ["One.", "Two."], "tags": ["a", "b"]}) == ["One.\nTwo."]


def test_an_array_of_objects_under_a_usual_name_has_rows() -> None:
    assert texts({"content": [{"id": 1, "text": "One."}, {"id": 2, "text": "Two."}], "pages": 1}) == ["One.", "Two."]


def test_join_pieces_finds_links() -> None:
    value = ["at ", {"text": "our site", "href": "https://example.org"}]
    assert join_pieces(value) == ("at our site", ((3, 11, "https://example.org"),))
    assert join_pieces(["a", 1]) == (["a", 1], ())


def test_pieces_without_text_are_left_out() -> None:
    content = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:"}}]
    assert texts({"messages": [{"role": "user", "content": content}, {"role": "user", "content": "Why?"}]}) == [
        "What is this?",
        "Why?",
    ]
