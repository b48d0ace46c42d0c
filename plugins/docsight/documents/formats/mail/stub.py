"""Plain texts that take the place of a mail's HTML without its content."""

import re

MAX_STUB_CHARS = 4000  # longer plain texts are never stubs
_URL = re.compile(r"\b(?:https?://|www\.|mailto:)\S+")
_SENTENCE = re.compile(r"[^.!?:\n]+")
_STUB_SENTENCE = re.compile(
    r"\bhtml\b|\b(?:web ?)?browser\b|navigateur|navegador|\bweb version\b|webversion|view (?:this|it|the) .*online",
    re.I,
)
_STUB_WORD = re.compile(r"\w+")
_GRAM = 3  # words
_MIN_RATIO = 3  # of the words of the page to those of a plain text that shares nothing with it
_MIN_RATIO_OF_REST = 5  # of the words of the page to those besides the advice to view it
_MAX_SHARED = 0.1  # of the sequences of words of a plain text that has none of the page's content


def is_stub(plain: str, page: str) -> bool:
    """Return whether a plain text only stands in for a page with this visible text.

    Either it says that the mail is to be viewed in another way and says little else, or it is far shorter than the
    page and has none of its content.
    """
    plain = _URL.sub(" ", plain)
    words, page_words = _words(plain), _words(page)
    if not words or not page_words:
        return bool(page_words)
    shared = _shared(words, page_words)
    if _STUB_SENTENCE.search(plain):
        rest = _words(" ".join(one for one in _SENTENCE.findall(plain) if not _STUB_SENTENCE.search(one)))
        if shared < _MAX_SHARED and (not rest or len(words) <= len(page_words)):
            return True
        return len(rest) * _MIN_RATIO_OF_REST < len(page_words) and len(words) * _MIN_RATIO < len(page_words)
    return len(words) * _MIN_RATIO <= len(page_words) and shared < _MAX_SHARED


def _words(text: str) -> list[str]:
    return _STUB_WORD.findall(text.lower())


def _shared(words: list[str], page_words: list[str]) -> float:
    """Return the fraction of the sequences of words that the page has, too."""
    size = min(_GRAM, len(words))
    in_page = set(_grams(page_words, size))
    grams = _grams(words, size)
    return sum(gram in in_page for gram in grams) / len(grams)


def _grams(words: list[str], size: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[offset:] for offset in range(size)), strict=False))
