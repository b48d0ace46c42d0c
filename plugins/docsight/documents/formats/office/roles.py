"""What a paragraph of an Office document is: its role, and the number of a list item or heading."""

from dataclasses import dataclass

from docsight.documents.formats.content import Kind


@dataclass(frozen=True, kw_only=True)
class Role:
    """The role of a paragraph.

    Args:
        kind: As in `Passage`.
        level: As in `Passage`.
        number: What Office shows before the text, such as "1. "; empty if nothing, or only a bullet.
    """

    kind: Kind = "paragraph"
    level: int | None = None
    number: str = ""


# By the names of the styles in Word and LibreOffice, in lower case.
ROLES_OF_STYLES: dict[str, Role] = {
    "title": Role(kind="heading", level=1),
    "toc heading": Role(),
    "caption": Role(kind="caption"),
    "quote": Role(kind="quote"),
    "intense quote": Role(kind="quote"),
    "block text": Role(kind="quote"),
    "quotations": Role(kind="quote"),
    "html preformatted": Role(kind="code"),
    "preformatted text": Role(kind="code"),
    "macro": Role(kind="code"),
    "plain code": Role(kind="code"),
    "source code": Role(kind="code"),
    "code": Role(kind="code"),
}
