"""Measure how often short texts in legacy encodings are read as they were written.

The texts are single lines of gettext catalogues that the letter statistics were not made from, and lines of translated
manual pages. Each has a letter beyond ASCII. A system is right if it decodes the bytes to the same text, whatever it
calls the encoding. chardet and charset-normalizer are compared if they are installed.

    python benchmarks/encoding_guesses.py --locale /usr/share/locale --man /usr/share/man
"""

import argparse
import random
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from encoding_texts import manual_lines, messages
from markdown_tables import print_head, print_row

from docsight.documents.formats.text.encoding import decode
from docsight.errors import DataError

WESTERN = ("cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437")
CENTRAL = ("cp1250", "iso8859-2", "cp852")
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")
ENCODINGS = {
    **dict.fromkeys(("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi"), WESTERN),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "sl", "ro"), CENTRAL),
    "el": ("cp1253", "iso8859-7"),
    "ru": CYRILLIC,
    "uk": ("cp1251", "koi8-u"),
    "bg": ("cp1251", "iso8859-5", "cp866"),
    "tr": ("cp1254", "iso8859-9"),
    "ja": ("shift_jis", "euc_jp", "iso2022_jp"),
    "zh_CN": ("gb18030", "gbk"),
    "zh_TW": ("big5",),
    "ko": ("euc_kr", "cp949"),
}
MIN_CHARS, MAX_CHARS = 30, 100
WIDE = ("ja", "zh_CN", "zh_TW", "ko")  # half as many characters say as much


def sample(lines: Iterable[str], encoding: str, *, count: int, wide: bool, seed: str) -> list[str]:
    """Choose lines of the wanted length that have a letter beyond ASCII and are in the encoding's repertoire."""
    low = MIN_CHARS // 2 if wide else MIN_CHARS
    fit = sorted({line for line in lines if low <= len(line) <= MAX_CHARS and not line.isascii()})
    random.Random(seed).shuffle(fit)
    chosen = []
    for line in fit:
        try:
            data = line.encode(encoding)
        except UnicodeEncodeError:
            continue
        if data.decode(encoding) == line and any(char.isalpha() and char > "\x7f" for char in line):
            chosen.append(line)
        if len(chosen) == count:
            break
    return chosen


def decode_with_docsight(data: bytes) -> str | None:
    try:
        return decode(data)[0]
    except DataError:
        return None


def decode_with_chardet(data: bytes) -> str | None:
    import chardet

    return _try_decode(data, chardet.detect(data)["encoding"])


def decode_with_charset_normalizer(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return None if best is None else _try_decode(data, best.encoding)


def _try_decode(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding or "cp1252")
    except (UnicodeDecodeError, LookupError):
        return None


Decoder = Callable[[bytes], str | None]
PEERS: dict[str, Decoder] = {"chardet": decode_with_chardet, "charset_normalizer": decode_with_charset_normalizer}
GROUPS = {"western": WESTERN, "Central European": CENTRAL, "Cyrillic": CYRILLIC}


def test_lines(locale: Path, man: Path, language: str) -> Iterator[list[str]]:
    """Yield the lines of the held-out catalogues and of the manual pages that are not in the other catalogues."""
    known = {unicodedata.normalize("NFC", line) for line in messages(locale, language, held_out=False)}
    for lines in (messages(locale, language, held_out=True), manual_lines(man, language)):
        yield [line for line in (unicodedata.normalize("NFC", line) for line in lines) if line not in known]


def count_errors(systems: dict[str, Decoder], lines: list[str], encoding: str) -> dict[str, int]:
    return {name: sum(decode(line.encode(encoding)) != line for line in lines) for name, decode in systems.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locale", type=Path, default=Path("/usr/share/locale"))
    parser.add_argument("--man", type=Path, default=Path("/usr/share/man"))
    parser.add_argument("--lines", type=int, default=30, help="of each source, language and encoding")
    arguments = parser.parse_args()
    systems: dict[str, Decoder] = {"docsight": decode_with_docsight}
    systems |= {name: decode for name, decode in PEERS.items() if find_spec(name)}
    totals: defaultdict[str, int] = defaultdict(int)
    wrong: defaultdict[tuple[str, str], int] = defaultdict(int)
    print_head("language", "encoding", "lines", *systems, text=2)
    for language, encodings in ENCODINGS.items():
        sources = list(test_lines(arguments.locale, arguments.man, language))
        group = next((name for name, members in GROUPS.items() if encodings == members), language)
        for encoding in encodings:
            lines = [
                line
                for source in sources
                for line in sample(source, encoding, count=arguments.lines, wide=language in WIDE, seed=language)
            ]
            errors = count_errors(systems, lines, encoding)
            print_row(language, encoding, str(len(lines)), *map(str, errors.values()))
            for name in (group, "all"):
                totals[name] += len(lines)
                for system, count in errors.items():
                    wrong[name, system] += count
    for name, total in totals.items():
        print_row(name, "", str(total), *(f"{wrong[name, system] / total:.1%}" for system in systems))


if __name__ == "__main__":
    main()
