"""Short mails, and what the reader makes of them, for the tests beside it."""

from typing import Any

from docsight.documents.formats.content import ParsedDocument, PartError
from docsight.documents.formats.detect import find_format
from docsight.documents.formats.source import Budget, ReadOptions, Source

HEAD = "From: Ada <ada@example.org>\nTo: Charles\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: Engine\n"
HEAD += "MIME-Version: 1.0\n"
SHOWN = "Subject: Engine\nFrom: Ada <ada@example.org>\nTo: Charles\nDate: Mon, 1 Jan 2024 10:00:00 +0000"


def read(data: str | bytes, name: str = "a.eml", **options: Any) -> list[ParsedDocument | PartError]:
    chosen = ReadOptions(**options)
    data = data.encode() if isinstance(data, str) else data
    source = Source(name=name, data=data, options=chosen, budget=Budget.of(chosen))
    return list(find_format(source).read(source))


def texts(items: list[ParsedDocument | PartError]) -> dict[str, str]:
    return {item.part: item.text for item in items if isinstance(item, ParsedDocument)}


def errors(items: list[ParsedDocument | PartError]) -> dict[str, Exception]:
    return {item.part: item.error for item in items if isinstance(item, PartError)}


def multipart(*parts: str, kind: str = "mixed", boundary: str = "x") -> str:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--\n"


def body(mail: str | bytes) -> str:
    (content,) = read(mail)
    assert isinstance(content, ParsedDocument)
    return content.text.partition("\n\n")[2]


def kinds(mail: str) -> list[tuple[str, str]]:
    (content,) = read(mail)
    assert isinstance(content, ParsedDocument)
    return [(content.text[passage.start : passage.end], passage.kind) for passage in content.passages[1:]]
