"""Open text in many languages: gettext catalogues and translated manual pages, as most Linux systems have them."""

import gettext
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

_MARKUP = re.compile(r"\\f[BIRP]|\\[&-]|\\-|<[^>]*>")


def is_held_out(catalogue: str) -> bool:
    """Return whether a catalogue is for testing, by a hash of its name, which is the same for all languages."""
    return zlib.crc32(catalogue.encode()) % 4 == 0


def catalogues(locale: Path, language: str, *, held_out: bool) -> Iterator[dict[str, str]]:
    """Yield the catalogues of a language, the held-out ones or the others, as translations by source."""
    for path in sorted((locale / language / "LC_MESSAGES").glob("*.mo")):
        if is_held_out(path.stem) == held_out:
            try:
                with path.open("rb") as file:
                    translations = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            except UnicodeDecodeError:  # a few declare another encoding than they have
                continue
            yield {source: text for source, text in translations.items() if isinstance(source, str) and source}


def messages(locale: Path, language: str, *, held_out: bool) -> Iterator[str]:
    """Yield the lines of the translated messages."""
    for catalogue in catalogues(locale, language, held_out=held_out):
        for source, message in catalogue.items():
            if message != source:
                yield from (_MARKUP.sub("", line).strip() for line in message.split("\n"))


def manual_lines(man: Path, language: str) -> Iterator[str]:
    """Yield the lines of prose of translated manual pages, without those that are markup."""
    for path in sorted((man / language).glob("man*/*.gz")):
        for line in gzip.decompress(path.read_bytes()).decode("utf-8", "ignore").split("\n"):
            if not line.startswith((".", "'", "\\")):
                yield _MARKUP.sub("", line).strip()
