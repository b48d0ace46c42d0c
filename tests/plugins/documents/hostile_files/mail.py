"""Mails: nested parts, malformed headers and names that point outside."""

import base64
import gzip

from .builders import MEGA, make_zip
from .case import DOCUMENT, EITHER, PARTLY, Cases
from .good import SENTENCE

CASES = Cases()
HEAD = b"From: Ada <ada@example.org>\r\nSubject: Notes\r\nMIME-Version: 1.0\r\n"
TEXT = SENTENCE.encode()


def attached(*attachments: bytes, text: bytes = TEXT) -> bytes:
    """Make a mail of a text and attachments; each attachment includes its headers."""
    parts = [b"Content-Type: text/plain\r\n\r\n" + text, *attachments]
    body = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + body + b"--B--\r\n"


def attachment(name: bytes, data: bytes = TEXT, kind: bytes = b"application/octet-stream") -> bytes:
    """Make an attachment with its headers, in base64."""
    head = b"Content-Type: %s\r\nContent-Disposition: attachment; filename=%s\r\n" % (kind, name)
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)


def nested(depth: int) -> bytes:
    """Make a mail with nested multiparts."""
    level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    inner = b"".join(level % (number, number) for number in range(depth))
    return HEAD + inner + b"Content-Type: text/plain\r\n\r\n" + TEXT + b"\r\n"


def forwarded(depth: int) -> bytes:
    """Make a mail with nested forwarded mails."""
    level = b"Subject: %d\r\nContent-Type: message/rfc822\r\n\r\n"
    return b"".join(level % number for number in range(depth)) + HEAD + b"\r\n" + TEXT


CASES.add_bytes("nested-10000.eml", nested(10_000), EITHER)
CASES.add_bytes("nested-50.eml", nested(50), EITHER)
CASES.add_bytes("forwarded-5000.eml", forwarded(5000), EITHER)
CASES.add_bytes("forwarded-20.eml", forwarded(20), PARTLY)
CASES.add_bytes(
    "same-boundary.eml",
    HEAD
    + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
    + b"--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" * 2000,
    EITHER,
)
CASES.add_bytes("many-parts.eml", attached(*[attachment(b"a.txt", b"x")] * 5000), EITHER)
CASES.add_bytes("no-boundary.eml", HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + TEXT, EITHER)
CASES.add_bytes(
    "long-boundary.eml",
    HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 200_000 + b"\r\n\r\n" + TEXT,
    EITHER,
)
CASES.add_bytes(
    "traversing-names.eml",
    attached(
        attachment(b'"../../escaped.txt"'),
        attachment(b'"/etc/cron.d/x.txt"'),
        attachment(b'"a\\nb\\0.txt"'),
        attachment(b'""'),
    ),
    EITHER,
    "Ada Lovelace",
)
CASES.add_bytes(
    "folded-name.eml",
    attached(
        attachment(b'"a\r\n b.txt"'),
        attachment(b"=?utf-8?b?Li4vLi4veC50eHQ=?="),
        attachment(b"x.txt; filename*0*=utf-9''%ff; filename*7=y"),
    ),
    EITHER,
)
CASES.add_bytes(
    "bad-base64.eml",
    attached(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!@@@@===" + b"A" * 1001),
    EITHER,
)
CASES.add_bytes(
    "bad-encoding.eml", HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-yenc\r\n\r\n" + TEXT, EITHER
)
CASES.add_bytes(
    "bad-uu.eml", HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 ../../x\n" + b"M" * 61 + b"\n", EITHER
)
CASES.add_bytes(
    "bad-charset.eml",
    HEAD + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n" + TEXT + b"\\x41",
    DOCUMENT,
    "Ada",
)
CASES.add_bytes(
    "unknown-charset.eml",
    HEAD + b"Content-Type: text/plain; charset=x-klingon\r\n\r\n" + TEXT,
    DOCUMENT,
    "Ada Lovelace",
)
CASES.add_bytes("nul-charset.eml", HEAD + b'Content-Type: text/plain; charset="utf\0-8"\r\n\r\n' + TEXT, EITHER)
CASES.add_bytes("utf7.eml", HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+ADw-script+AD4-" + TEXT, EITHER)
CASES.add_bytes("zlib-charset.eml", HEAD + b"Content-Type: text/plain; charset=zlib_codec\r\n\r\n" + TEXT, EITHER)
CASES.add_bytes(
    "comments.eml", b"To: " + b"(" * 20_000 + b"\r\nFrom: " + b"<" * 20_000 + b"\r\n" + HEAD + b"\r\n" + TEXT, EITHER
)
CASES.add_bytes("addresses.eml", b"To: " + b"a@b.example, " * 30_000 + b"\r\n" + HEAD + b"\r\n" + TEXT, EITHER)
CASES.add_bytes("long-subject.eml", b"Subject: " + b"word " * 200_000 + b"\r\n\r\n" + TEXT, EITHER)
CASES.add_bytes("encoded-words.eml", b"Subject: " + b"=?utf-8?q?=C3=A9?= " * 30_000 + b"\r\n\r\n" + TEXT, EITHER)
CASES.add_bytes(
    "bad-words.eml",
    b"Subject: =?utf-8?b?!!?= =?x?y?z?= =?utf-8?q?=ED=A0=80?= =?cp037?b?gIE=?=\r\n\r\n" + TEXT,
    DOCUMENT,
    "Ada Lovelace",
)
CASES.add_bytes(
    "many-headers.eml", b"".join(b"X-%d: y\r\n" % n for n in range(100_000)) + HEAD + b"\r\n" + TEXT, EITHER
)
CASES.add_bytes(
    "bytes-in-headers.eml",
    b"Subject: caf\xe9 \xff\xfe\0 x\r\nFrom: \xe9@\xe9\r\nDate: not a date\r\n" + HEAD + b"\r\n" + TEXT,
    EITHER,
)
CASES.add_bytes(
    "parameters.eml",
    b"Content-Type: text/plain"
    + b"; a*%d*=x" * 0
    + b"".join(b"; a*%d=x" % n for n in range(5000))
    + b"\r\nSubject: y\r\n\r\n"
    + TEXT,
    EITHER,
)
CASES.add_bytes("folded-headers.eml", b"Subject: x\r\n" + b" y\r\n" * 200_000 + b"\r\n" + TEXT, EITHER)
CASES.add_bytes("no-headers.eml", TEXT, EITHER)
CASES.add_bytes("only-headers.eml", HEAD, EITHER)
CASES.add_bytes("empty.eml", b"", EITHER)
CASES.add_bytes("bomb-attached.eml", attached(attachment(b"a.txt.gz", gzip.compress(bytes(200 * MEGA)))), EITHER)
CASES.add_bytes(
    "archive-attached.eml", attached(attachment(b"a.zip", make_zip({"../x.txt": TEXT}))), DOCUMENT, "Ada Lovelace"
)
CASES.add_bytes(
    "external-body.eml",
    attached(b'Content-Type: message/external-body; access-type=local-file; name="/etc/hosts"\r\n\r\n'),
    EITHER,
)
CASES.add_bytes("signed.eml", attached(attachment(b"smime.p7m", b"0\x80", b"application/pkcs7-mime")), EITHER)
CASES.add_bytes(
    "remote-images.eml",
    HEAD + b"Content-Type: text/html\r\n\r\n<p>Ada Lovelace<img src=http://203.0.113.7/x.png><script>x()</script>",
    DOCUMENT,
    "Ada Lovelace",
    needs=("selectolax",),
)

LETTER = b"From ada@example.org Mon Jul 10 10:00:00 1843\nSubject: x\n\n"
CASES.add_bytes("giant-line.mbox", LETTER + b"Ada " * 3_000_000, EITHER)
CASES.add_bytes("many-empty.mbox", LETTER * 5000, EITHER)
CASES.add_bytes("from-lines.mbox", LETTER + b"From \n" * 200_000, EITHER)
CASES.add_bytes("no-from.mbox", b"Subject: x\n\n" + TEXT, EITHER)
CASES.add_bytes("nested.mbox", LETTER[:-1] + nested(3000), EITHER)
CASES.add_bytes("empty.mbox", b"", EITHER)
