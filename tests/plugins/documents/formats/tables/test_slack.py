"""Messages of Slack exports."""

import json
from typing import Any

from docsight.documents.formats.content import ParsedDocument
from docsight.documents.formats.source import Source
from docsight.documents.formats.tables.jsonl import read
from docsight.documents.formats.tables.slack import decode_message

NAMES = {"U1": "Anna"}


def message(text: str, user: str = "U1", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "ts": "1700000000.000100", "text": text, **fields}


def test_slack_messages_are_decoded_with_the_names_of_the_same_file() -> None:
    rows = [
        message("Hi <@U2>, R&amp;D has <http://x.org/?a=1&amp;b=2|the plan>."),
        message("<@U1> &lt;3", "U2", user_profile={"real_name": "Tom Fox", "display_name": ""}),
    ]
    first, second = read(Source(name="a.json", data=json.dumps(rows).encode()))
    assert isinstance(first, ParsedDocument)
    assert first.text == "Hi @Tom Fox, R&D has the plan."
    assert [(first.text[a:b], target) for a, b, target in first.passages[0].links] == [
        ("the plan", "http://x.org/?a=1&b=2")
    ]
    assert isinstance(second, ParsedDocument)
    assert second.text == "@U1 <3"


def test_decode_message_reads_all_marks() -> None:
    text = "<@U1> <@U9|bob> <#C1|general> <#C2> <!here> <!subteam^S1|@devs> <mailto:a@b.org|a@b.org> a < b > c"
    assert decode_message(text, NAMES)[0] == "@Anna @bob #general #C2 @here @devs a@b.org a < b > c"


def test_other_json_keeps_its_signs() -> None:
    (item,) = read(Source(name="a.json", data=json.dumps([{"text": "R&amp;D <@U1>"}]).encode()))
    assert isinstance(item, ParsedDocument)
    assert item.text == "R&amp;D <@U1>"
