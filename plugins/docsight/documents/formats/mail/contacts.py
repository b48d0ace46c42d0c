"""Address cards (.vcf): each person or organization with its addresses, numbers, notes and photograph."""

import binascii
from collections.abc import Iterator

from docsight.documents.formats.content import DocumentImage, ParsedDocument
from docsight.documents.formats.image_collector import ImageCollector
from docsight.documents.formats.mail.content_lines import Property, components, read_properties
from docsight.documents.formats.ocr_text import append_image_text, recognizer_for
from docsight.documents.formats.source import Source
from docsight.documents.formats.text.builder import LINE, PARAGRAPH, Block, TextBuilder
from docsight.errors import DataError

_CARD_LABELS = {
    "NICKNAME": "Nickname", "ORG": "Organization", "TITLE": "Title", "ROLE": "Role", "EMAIL": "E-mail",
    "TEL": "Telephone", "ADR": "Address", "LABEL": "Address", "URL": "URL", "IMPP": "Messages", "BDAY": "Birthday",
}  # fmt: skip
_STRUCTURED = ("ADR", "ORG")
_NAME_ORDER = (3, 1, 2, 0, 4)  # of the fields of N: prefix, given, further, family name, suffix


def read(source: Source) -> Iterator[ParsedDocument]:
    """Yield all cards as one document; raise `DataError` if there are none."""
    properties, encoding, damaged = read_properties(source.read_bytes())
    builder, images = TextBuilder(), ImageCollector()
    cards = list(components(properties, ("VCARD",)))
    if not cards:
        raise DataError("has no address card")
    for card in cards:
        _write_card(card, builder)
        for one in card:
            if one.name in ("PHOTO", "LOGO") and (data := _image_bytes(one)) and images.is_new(data):
                images.add(DocumentImage(data=data))
    notes = [f"{damaged} damaged {'line was' if damaged == 1 else 'lines were'} left out"] if damaged else []
    document = ParsedDocument(
        text=builder.text(),
        encoding=encoding,
        images=tuple(images.images),
        passages=tuple(builder.passages()),
        notes=(*notes, *images.notes),
    )
    if source.options.ocr == "always" and (recognize := recognizer_for(source.options)) is not None:
        document = append_image_text(document, document.images, recognize)
    yield document


def _write_card(card: list[Property], builder: TextBuilder) -> None:
    by_name = {one.name: one for one in reversed(card)}
    name = by_name["FN"].text if "FN" in by_name else _full_name(by_name.get("N"))
    builder.interrupt(PARAGRAPH)
    builder.block = Block(kind="heading", level=1)
    builder.write_collapsed(name)
    builder.interrupt(PARAGRAPH)
    builder.block = Block()
    for one in card:
        if one.name in _CARD_LABELS:
            text = ", ".join(one.fields) if one.name in _STRUCTURED else one.text.strip()
            if text:
                builder.interrupt(LINE)
                builder.write_collapsed(f"{_CARD_LABELS[one.name]}: {text}")
    for one in card:
        if one.name == "NOTE":
            builder.interrupt(PARAGRAPH)
            builder.write(one.text)


def _full_name(name: Property | None) -> str:
    """Return the fields of a structured name in the order in which it is spoken."""
    fields = name.value.split(";") if name is not None else []
    return " ".join(
        fields[at].replace("\\", "").strip() for at in _NAME_ORDER if at < len(fields) and fields[at].strip()
    )


def _image_bytes(one: Property) -> bytes:
    """Return the bytes of an image that is written in the card; none if it is elsewhere or damaged."""
    head, _, encoded = one.value.partition(";base64,")
    if not one.is_base64 and not head.startswith("data:"):
        return b""
    try:
        return binascii.a2b_base64(encoded or one.value)
    except binascii.Error:
        return b""
