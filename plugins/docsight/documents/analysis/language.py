"""Identify the language of a document, and of passages in another language, with py3langid.

A long text is judged by a few slices of it. If they agree, only passages that have few of the document's common words
are looked at. A slice with many English function words is English. In English prose, this costs one per cent of the
time that the models take.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from docsight.documents.formats.content import Passage

# Those with millions of speakers or a country. Others are taken for these, or for none.
_LANGUAGES = (
    "af ar az be bg bn ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ku "
    "la lb lo lt lv mg mk ml mn mr ms mt my ne nl no oc pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tl tr uk "
    "ur uz vi xh yo zh zu"
)
_MIN_CONFIDENCE = 0.3  # for a document
_MIN_PASSAGE_CONFIDENCE = 0.5
_MIN_CONFIDENCE_OF_WORDS = 0.35  # for a document, by its words alone
_MIN_LETTERS_OF_WORDS = 40
_MIN_LINES_OF_WORDS = 5
_MAX_CHARS_OF_WORDS = 4000
_WORD_OF_TEXT = re.compile(r"(?<!\w)[^\W\d_]+(?:['\u2019][^\W\d_]+)*(?!\w)")
_MIN_SLICE_LETTERS = 20
_MIN_PASSAGE_LETTERS = 40
_SLICES, _SLICE_CHARS = 3, 160
_MAX_PASSAGE_CHARS = 200
_COMMON_WORDS = 50
_MAX_COUNTED_CHARS = 50_000
_MIN_COMMON_FRACTION = 0.12  # of the words of a passage in the document's language
_NOT_PROSE = ("code", "table", "signature")
# Function words that only English has, and these with others that are frequent in it. Counting them takes a tenth of
# the time of py3langid.
_ENGLISH_ONLY_WORDS = (
    "and be been but could from has his it's not should that the their them there they this were what when which who "
    "with would you"
)
_ENGLISH_WORDS = f"{_ENGLISH_ONLY_WORDS} are by for had have is of to was"
_ONLY_ENGLISH, _OFTEN_ENGLISH = frozenset(_ENGLISH_ONLY_WORDS.split()), frozenset(_ENGLISH_WORDS.split())
_MIN_ENGLISH_ONLY = 2  # different ones
_MIN_ENGLISH_WORDS, _MIN_ENGLISH_FRACTION = 4, 0.15

_LAST_NARROW = "\u2e7f"  # scripts in which a letter is a syllable or a word follow


def identify_languages(text: str, passages: Sequence[Passage]) -> tuple[str, tuple[Passage, ...]]:
    """Return the language of a text, and its passages with the language of each that is in another one.

    Languages are ISO 639 codes. The language is empty if it is not clear, or if py3langid is not installed.
    """
    if (identifier := load_identifier()) is None:
        return "", tuple(passages)
    slices = [each for each in _slices(text) if _has_letters(each, _MIN_SLICE_LETTERS)]
    confidences: defaultdict[str, float] = defaultdict(float)
    for each in slices:
        language, confidence = _classify(each, identifier)
        confidences[language] += confidence / len(slices)
    language, confidence = max(confidences.items(), key=lambda item: item[1], default=("", 0.0))
    if confidence < _MIN_CONFIDENCE:
        return _language_of_words(text, identifier), tuple(passages)
    is_mixed = sum(each >= _MIN_PASSAGE_CONFIDENCE / len(slices) for each in confidences.values()) > 1
    common = frozenset() if is_mixed else _common_words(text)
    return language, tuple(_with_language(each, text, language, common, identifier) for each in passages)


@cache
def identifier_version() -> str:
    """Return the version of py3langid; empty if it is not installed."""
    try:
        return version("py3langid")
    except PackageNotFoundError:
        return ""


@cache
def load_identifier() -> Any:
    """Load the model once, which takes a second; None without py3langid.

    Raises:
        OSError: It cannot be unpacked to a temporary file.
    """
    if not identifier_version():
        return None
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES.split())
    return identifier


def _slices(text: str) -> Iterable[str]:
    """Yield parts of a text that are spread evenly over it; all of a short one."""
    if len(text) <= _SLICES * _SLICE_CHARS:
        yield from (text[start : start + _SLICE_CHARS] for start in range(0, len(text), _SLICE_CHARS))
        return
    for number in range(_SLICES):
        start = number * (len(text) - _SLICE_CHARS) // (_SLICES - 1)
        yield text[start : start + _SLICE_CHARS]


def _classify(text: str, identifier: Any) -> tuple[str, float]:
    """Return the language of a text and the confidence in it, without py3langid if it plainly is English."""
    words = text.lower().split()
    english = [word for word in words if word in _OFTEN_ENGLISH]
    is_much = len(english) >= max(_MIN_ENGLISH_WORDS, _MIN_ENGLISH_FRACTION * len(words))
    if is_much and len(_ONLY_ENGLISH.intersection(english)) >= _MIN_ENGLISH_ONLY:
        return "en", 1.0
    language, confidence = identifier.classify(text)
    return str(language), float(confidence)


def _language_of_words(text: str, identifier: Any) -> str:
    """Return the language of the words of a text of several lines, as of a form or an invoice; empty if not clear.

    Capital letters make names of words, so that both ways to write them must be in the same language.
    """
    words = " ".join(_WORD_OF_TEXT.findall(text[:_MAX_CHARS_OF_WORDS]))[: _SLICES * _SLICE_CHARS]
    if text.count("\n", 0, _MAX_CHARS_OF_WORDS) < _MIN_LINES_OF_WORDS or not _has_letters(words, _MIN_LETTERS_OF_WORDS):
        return ""
    language, confidence = identifier.classify(words.lower())
    is_clear = confidence >= _MIN_CONFIDENCE_OF_WORDS and identifier.classify(words)[0] == language
    return str(language) if is_clear else ""


def _common_words(text: str) -> frozenset[str]:
    counts = Counter(text[:_MAX_COUNTED_CHARS].lower().split())
    return frozenset(word for word, _ in counts.most_common(_COMMON_WORDS))


def _with_language(passage: Passage, text: str, language: str, common: frozenset[str], identifier: Any) -> Passage:
    if passage.kind in _NOT_PROSE or passage.end - passage.start < _MIN_PASSAGE_LETTERS // 2:
        return passage
    written = text[passage.start : min(passage.end, passage.start + _MAX_PASSAGE_CHARS)]
    words = written.lower().split()
    if common and sum(map(common.__contains__, words)) >= _MIN_COMMON_FRACTION * len(words):
        return passage
    if not _has_letters(written, _MIN_PASSAGE_LETTERS):
        return passage
    found, confidence = _classify(written, identifier)
    if found == language or confidence < _MIN_PASSAGE_CONFIDENCE:
        return passage
    return replace(passage, language=found)


def _has_letters(text: str, count: int) -> bool:
    """Whether a text has enough letters, and more of them than other characters; one of a wide script counts twice."""
    letters = sum(map(str.isalpha, text))
    wide = 0 if text.isascii() else sum(char > _LAST_NARROW and char.isalpha() for char in text)
    return letters + wide >= count and 2 * letters > len(text) - sum(map(str.isspace, text))
