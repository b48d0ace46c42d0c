"""The authors and the date that a file states about itself."""

import datetime
import re
from collections.abc import Iterable
from contextlib import suppress
from email.utils import parsedate_to_datetime

from docsight.documents.formats.content import Metadata
from docsight.documents.formats.text.invisible import strip_invisible

_MAX_AUTHORS = 100
_MAX_NAME_CHARS = 200
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([-+])(\d\d)'?(\d\d)?)?")


def make_metadata(authors: Iterable[str | None], created: str | None = "") -> Metadata:
    """Return the authors, each once, and the date as ISO 8601, in UTC if its zone is known; empty if it is not valid.

    Args:
        authors: Names; several in one string are separated by semicolons.
        created: A date as in ISO 8601, in the headers of mails or in PDFs.
    """
    names = (" ".join(strip_invisible(name).split()) for several in authors for name in (several or "").split(";"))
    unique = dict.fromkeys(name[:_MAX_NAME_CHARS] for name in names if name)
    return Metadata(authors=tuple(unique)[:_MAX_AUTHORS], created=_iso_date((created or "").strip()))


def _iso_date(written: str) -> str:
    for parse in (datetime.datetime.fromisoformat, _parse_pdf_date, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return _in_utc(parse(written), has_time=len(written) > len("2024-01-31"))
    return ""


def _parse_pdf_date(written: str) -> datetime.datetime:
    if (found := _PDF_DATE.match(written)) is None:
        raise ValueError(f"{written!r} is not a date of a PDF")
    year, month, day, hour, minute, second = (int(digits or 0) for digits in found.groups()[:6])
    zone = datetime.UTC if found[7] else None
    if found[8] is not None:
        offset = datetime.timedelta(hours=int(found[9]), minutes=int(found[10] or 0))
        zone = datetime.timezone(offset if found[8] == "+" else -offset)
    return datetime.datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=zone)


def _in_utc(moment: datetime.datetime, *, has_time: bool) -> str:
    if not has_time:
        return moment.date().isoformat()
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC)
    return moment.isoformat(timespec="seconds")
