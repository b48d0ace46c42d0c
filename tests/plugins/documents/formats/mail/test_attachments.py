"""The attachments of a mail: files, images, other mails, and what is left out."""

import base64
import gzip
import sys
from pathlib import Path

import pytest

from docsight.documents.formats.content import ParsedDocument, SkipError
from docsight.errors import DataError

sys.path.append(str(Path(__file__).parent))

from mail_samples import HEAD, SHOWN, body, errors, multipart, read, texts

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_mail_reads_attachments_by_name_and_format() -> None:
    items = read(
        HEAD
        + multipart(
            "\nHello.",
            'Content-Type: application/octet-stream; name="note.md"\n\n# Note',
            "Content-Disposition: attachment; filename=../../etc/evil.txt\n\nEvil.",
            "Content-Disposition: attachment; filename=note.md\n\nAgain.",
            "Content-Type: text/plain\nContent-Disposition: attachment\n\nNameless.",
            "Content-Type: text/plain\nContent-Disposition: attachment; filename=fix.diff\n\n-a\n+b",
            "Content-Disposition: attachment; filename*=utf-8''zw%C3%B6lf.txt\n\n12",
            'Content-Disposition: attachment; filename="=?utf-8?q?zw=C3=B6lf?= 2.txt"\n\n13',
            "Content-Type: application/octet-stream; name=a.exe\n\nMZ",
        )
    )
    assert texts(items) == {
        "": f"{SHOWN}\n\nHello.",
        "note.md": "# Note",
        "evil.txt": "Evil.",
        "note.md#2": "Again.",
        "part-5.txt": "Nameless.",
        "fix.diff": "-a\n+b",
        "zwölf.txt": "12",
        "zwölf 2.txt": "13",
    }
    assert [item.format for item in items if isinstance(item, ParsedDocument)][:3] == ["", "markdown", "text"]
    assert isinstance(errors(items)["a.exe"], SkipError)


def test_mail_keeps_embedded_images_and_reads_attached_ones_as_documents() -> None:
    encoded = base64.encodebytes(PNG).decode()
    leaf = f"Content-Type: image/png\nContent-Transfer-Encoding: base64\n{{}}\n\n{encoded}"
    page = multipart("\nHello.", leaf.format("Content-ID: <logo>"), kind="related", boundary="y")
    items = read(HEAD + multipart(page, leaf.format("Content-Disposition: attachment; filename=photo.png")))
    message, photo = items
    assert isinstance(message, ParsedDocument)
    assert isinstance(photo, ParsedDocument)
    assert [image.data for image in message.images] == [PNG]
    assert (photo.part, photo.format, [image.data for image in photo.images]) == ("photo.png", "png", [PNG])


def test_mail_reads_attached_mails_up_to_the_maximum_depth() -> None:
    inner = "Content-Type: message/rfc822\n\nSubject: Inner\nMIME-Version: 1.0\n" + multipart(
        "\nDeep.", "Content-Disposition: attachment; filename=a.txt\n\nA", boundary="y"
    )
    items = read(HEAD + multipart("\nHello.", inner))
    assert texts(items) == {
        "": f"{SHOWN}\n\nHello.",
        "part-2.eml": "Subject: Inner\n\nDeep.",
        "part-2.eml/a.txt": "A",
    }
    items = read(HEAD + multipart("\nHello.", inner), max_depth=0)
    assert list(errors(items)) == ["part-2.eml"]


def test_mail_that_exceeds_the_budget_is_an_error() -> None:
    attached = "Content-Disposition: attachment; filename=a.txt.gz\nContent-Transfer-Encoding: base64\n\n"
    attached += base64.encodebytes(gzip.compress(b"Ada")).decode()
    inner = "Content-Type: message/rfc822\n\nMIME-Version: 1.0\n" + multipart(
        "\nDeep.", attached, attached, boundary="y"
    )
    with pytest.raises(DataError, match="more than 20 parts"):
        read(HEAD + multipart("\nHello.", inner, inner), max_parts=20)


def test_mail_skips_encrypted_and_external_parts() -> None:
    items = read(
        HEAD
        + multipart(
            "\nHello.",
            "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nxx",
            multipart("Content-Type: application/pgp-encrypted\n\nVersion: 1", kind="encrypted", boundary="y"),
            "Content-Type: message/external-body; access-type=URL; URL=http://example.org\n\nA: b\n\n",
        )
    )
    assert list(errors(items)) == ["smime.p7m", "part-3", "part-4"]
    assert all(isinstance(error, SkipError) for error in errors(items).values())


def test_mail_leaves_out_signatures() -> None:
    signature = "Content-Type: application/pgp-signature; name=signature.asc\n\nxx"
    assert body(HEAD + multipart("\nHello.", signature, kind="signed")) == "Hello."


def test_mail_reads_damaged_parts_with_a_warning() -> None:
    coded = "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.txt\n\nQWRh\x01IQ"
    _, attached = read(HEAD + multipart("\nHello.", coded))
    assert isinstance(attached, ParsedDocument)
    assert (attached.text, attached.notes) == ("Ada!", ("its base64 is damaged",))
    (content,) = read(f"{HEAD}Content-Type: multipart/mixed\n\nNo boundary at all.")
    assert "No boundary at all." in content.text  # type: ignore[union-attr]


def test_mail_reads_uuencoded_files_as_attachments() -> None:
    encoded = "begin 644 dir/note.txt\n%2&5L;&\\\n`\nend\n"
    items = read(f"{HEAD}\nSee.\n\n{encoded}Bye.\nbegin 644 x\n!!\n")
    assert texts(items) == {"": f"{SHOWN}\n\nSee.\n\n\nBye.\nbegin 644 x\n!!", "note.txt": "Hello"}
