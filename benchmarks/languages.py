"""Measure how often the language of a short text is identified, and how long that takes.

The texts are single lines of gettext catalogues and manual pages in folders such as /usr/share/locale and
/usr/share/man. lingua is compared if it is installed (`pip install lingua-language-detector`).

    python benchmarks/languages.py --locale /usr/share/locale --man /usr/share/man
"""

import argparse
import gzip
import random
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from encoding_texts import manual_lines, messages

from docsight.documents.analysis.language import identify_languages

MIN_CHARS, MAX_CHARS = 30, 100
WIDE = ("ja", "ko", "zh_CN")  # half as many characters say as much
LANGUAGES = (
    *("bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hr", "hu", "it", "ja", "ko", "nl", "pl", "pt", "ro"),
    *("ru", "sk", "sl", "sv", "tr", "uk", "zh_CN"),
)
SAME = {"bs": "hr"}  # a line seldom has a word that only one of them uses

Identify = Callable[[str], str]


def lines_of(language: str, locale: Path, man: Path) -> Iterator[str]:
    """Yield lines in a language; the untranslated manual pages are English."""
    if language == "en":
        for path in sorted((man / "man1").glob("*.gz")):
            text = gzip.decompress(path.read_bytes()).decode("utf-8", "ignore")
            yield from (line for line in text.split("\n") if not line.startswith((".", "'")) and "\\" not in line)
        return
    for held_out in (True, False):
        yield from messages(locale, language, held_out=held_out)
    yield from manual_lines(man, language)


def sample(lines: Iterable[str], *, count: int, wide: bool, seed: str) -> list[str]:
    """Choose lines of the wanted length that are mostly letters."""
    low, high = (MIN_CHARS // 2, MAX_CHARS // 2) if wide else (MIN_CHARS, MAX_CHARS)
    fit = sorted({line for line in lines if low <= len(line) <= high and sum(map(str.isalpha, line)) > 0.6 * len(line)})
    random.Random(seed).shuffle(fit)
    return fit[:count]


def identifiers() -> Iterator[tuple[str, Identify]]:
    """Yield the identifiers that are installed, ready to use."""
    identify_languages("a text that loads the model of the identifier", ())
    yield "docsight (py3langid)", lambda line: identify_languages(line, ())[0]
    if find_spec("lingua") is not None:
        from lingua import LanguageDetectorBuilder

        for name, builder in (
            ("lingua", LanguageDetectorBuilder.from_all_languages()),
            ("lingua, low accuracy", LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode()),
        ):
            detector = builder.with_preloaded_language_models().build()

            def identify(line: str, detector: object = detector) -> str:
                found = detector.detect_language_of(line)  # type: ignore[attr-defined]
                return "" if found is None else str(found.iso_code_639_1.name.lower())

            yield name, identify


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locale", type=Path, default=Path("/usr/share/locale"), help="folder of gettext catalogues")
    parser.add_argument("--man", type=Path, default=Path("/usr/share/man"), help="folder of manual pages")
    parser.add_argument("--lines", type=int, default=100, help="lines per language")
    args = parser.parse_args()
    texts = [
        (language[:2], line)
        for language in LANGUAGES
        for line in sample(
            lines_of(language, args.locale, args.man), count=args.lines, wide=language in WIDE, seed=language
        )
    ]
    print("| identifier | lines | wrong | unknown | ms per line |\n|---|--:|--:|--:|--:|")
    for name, identify in identifiers():
        started = time.perf_counter()
        found = [identify(line) for _, line in texts]
        seconds = time.perf_counter() - started
        unknown = found.count("")
        wrong = sum(
            answer not in ("", language) and SAME.get(answer) != language
            for answer, (language, _) in zip(found, texts, strict=True)
        )
        rates = f"{wrong / len(texts):.1%} | {unknown / len(texts):.1%} | {1000 * seconds / len(texts):.2f}"
        print(f"| {name} | {len(texts)} | {rates} |")


if __name__ == "__main__":
    main()
