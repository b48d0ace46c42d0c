"""What a paragraph of a Word or PowerPoint document is: its role, and the number of a list item or heading."""

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
