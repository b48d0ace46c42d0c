"""Entities that are no names of persons, organizations or places: standards, verses, files, codes and floors."""

import re
from collections.abc import Sequence

from docsight.components.bible_verses import bible_verses
from docsight.components.inverted_names import PERSON_LABELS
from docsight.components.organization_names import ORGANIZATION_LABELS
from docsight.components.place_names import PLACE_LABELS
from docsight.components.word_rows import WordAt
from docsight.networks.spans import ScoredSpan
from docsight.vocab import CELL_END, LINE_END

_NAME_LABELS = (*PERSON_LABELS, *ORGANIZATION_LABELS, *PLACE_LABELS)

_STANDARD_BODY_WORDS = "ANSI ASTM BS DIN ECMA EN FIPS IEC IEEE IETF ISO ITU JIS NIST RFC STD"
_STANDARD_BODIES = frozenset(_STANDARD_BODY_WORDS.split())
_STANDARD_NUMBER = re.compile(r"-?[A-Z]?\.?\d[\w.:/-]*")
_BETWEEN_BODIES = ("/", "-", "Std", "Std.", "Standard", "standard", "Rec.", "No.")
# Formats, protocols and licences, which are written like the short names of organizations.
_TECHNICAL_WORDS = (
    "AGPL ASCII CSS CSV DHCP DNS FTP GFDL GIF GPL GUI HTML HTTP HTTPS JPEG JSON LDAP LGPL MIME MPEG PDF PHP POSIX RTF "
    "SDK SMTP SQL SSH SSL SVG TCP TIFF TLS UDP URI URL USB UTF XHTML XML YAML"
)
_TECHNICAL_ABBREVIATIONS = frozenset(_TECHNICAL_WORDS.split())
_TEX = re.compile(r"[A-Za-z]{0,9}TeX(?:\d\w*)?")  # LuaLaTeX, BibTeX
_FILE_TYPES = (
    "bak bat bib c cc cfg conf cpp csv css dll doc docx exe gif gz h hpp htm html ini java jpeg jpg js json log md odt "
    "pdf php pl pm png po pod ppt pptx ps py rb rs rst rtf sh so sql sty svg tar tex tgz tif tiff toml ts tsv txt xls "
    "xlsx xml yaml yml zip"
)
_FILE = re.compile(rf"[\w+-][\w.+-]*\.(?:{'|'.join(_FILE_TYPES.split())})", re.ASCII)
_FONT_STYLES = (
    "Thin|(?:Extra|Semi|Demi|Ultra)(?:[Ll]ight|[Bb]old|[Cc]ondensed)|Light|Regular|Medium|Bold|Italic|Oblique|Hairline|"
    "Heavy|(?:Book|Black|Roman|Condensed)(?:Italic|Oblique)"
)
_STYLES_LIKE_NAMES = "Black|Book|Condensed|Roman"  # only after a font in mixed case, such as NotoSans
_IDENTIFIERS = (
    r"[a-z][^\W_]*_\w+|[A-Z\d]+(?:_[A-Z\d]+)+",  # but not New_York
    r"\w+(?:::\w+)+|[\w.]+\(\)",  # Perl::Module, call()
    # Fonts: MavenPro-Medium, Lato-LightItalic, but not Alder-PowerGen.
    rf"[A-Z]\w+-(?:{_FONT_STYLES})+|[A-Z][a-z]{{3,}}[A-Z]\w*-(?:{_STYLES_LIKE_NAMES})",
)
_IDENTIFIER = re.compile("|".join(_IDENTIFIERS), re.ASCII)
_ROOM = re.compile(
    r"(?:(?:\d+(?:st|nd|rd|th)|[A-Z][a-z]*(?:st|nd|rd|th)|Ground|Top) Floor|Floor \w+"
    r"|(?:Apt|Apartment|Room|Suite|Unit|Box|P\.? ?O\.? Box)\.?(?: [\w-]*\d[\w-]*)?)"
)
_CODE = re.compile(r"[A-Z]{2,3}")
_AROUND_CODES = (LINE_END, CELL_END, ":", ";")  # not a comma: NYC, LA and SF are places
# Abbreviations of places that are used as names, also in tables.
_PLACE_ABBREVIATION_WORDS = (
    "AB AK AL AR AZ BC CA CO CT DC DE EU FL GA GDR HI IA ID IL IN KS KY LA MA MB MD ME MI MN MO MS MT NB NC ND NE NH "
    "NJ NL NM NS NV NY NYC NZ OH OK ON OR PA PE PRC QC RI SC SD SK TN TX UAE UK UN US USA UT VA VT WA WI WV WY"
)
_PLACE_ABBREVIATIONS = frozenset(_PLACE_ABBREVIATION_WORDS.split())
_POSTCODE_DIGITS = re.compile(r"\d{4,6}(?:-\d{3,4})?")


def remove_false_names(spans: Sequence[ScoredSpan], word_at: WordAt, num_words: int) -> Sequence[ScoredSpan]:
    """Return the entities without those that are no names, and without punctuation and postcodes at their ends.

    The arguments are those of `AnnotationConventions.mend`.
    """
    names = [span for span in spans if span.label in _NAME_LABELS]
    if not names:
        return spans
    verses = bible_verses(names, word_at, num_words)
    kept: list[ScoredSpan] = []
    for span in spans:
        # After an @, it is the name of an account.
        if span.label in _NAME_LABELS and not (span.start > 0 and word_at(span.start - 1) == "@"):
            span = _trim(span, word_at)
            if span.start in verses or span.start >= span.end or _is_false(span, word_at, num_words):
                continue
        kept.append(span)
    return kept


def _trim(span: ScoredSpan, word_at: WordAt) -> ScoredSpan:
    """Return an entity without words that are not part of its name at its ends."""
    start, end = span.start, span.end
    is_place = span.label in PLACE_LABELS
    while start < end and _is_no_word(word_at(start), is_place=is_place):
        start += 1
    while start < end and _is_no_word(word_at(end - 1), is_place=is_place) and word_at(end - 1) not in (".", ")", "!"):
        end -= 1
    return span if (start, end) == span[:2] else span._replace(start=start, end=end)


def _is_no_word(word: str, *, is_place: bool) -> bool:
    return not any(map(str.isalnum, word)) or (is_place and _POSTCODE_DIGITS.fullmatch(word) is not None)


def _is_false(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    words = [word_at(at) for at in range(span.start, span.end)]
    text = " ".join(words)
    is_letters = len(words) > 1 and all(len(word) == 1 for word in words) and "&" not in words  # but not M & S
    if is_letters or not any(map(str.isalpha, text)):
        return True
    if len(words) == 1 or set(words[1::2]) == {"-"}:  # spaCy divides words at hyphens
        word = "".join(words)
        if _FILE.fullmatch(word) or _IDENTIFIER.fullmatch(word) or _TEX.fullmatch(word):
            return True
        if span.label in ORGANIZATION_LABELS and word in _TECHNICAL_ABBREVIATIONS:
            return True
    if span.label in PLACE_LABELS and (_ROOM.fullmatch(text) or _is_country_code(span, word_at, num_words)):
        return True
    return words[-1] in _STANDARD_BODIES and _is_standard(span, word_at, num_words)


def _is_country_code(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether an entity is a code of a country, all of its cell or of an item: AF, AFG."""
    word = word_at(span.start)
    if span.end - span.start > 1 or not _CODE.fullmatch(word) or word in _PLACE_ABBREVIATIONS:
        return False
    return (span.start == 0 or word_at(span.start - 1) in _AROUND_CODES) and (
        span.end == num_words or word_at(span.end) in _AROUND_CODES
    )


def _is_standard(span: ScoredSpan, word_at: WordAt, num_words: int) -> bool:
    """Return whether the number of a standard follows, as in ISO/IEC 8859-1."""
    at = span.end
    while at < num_words and (word_at(at) in _BETWEEN_BODIES or word_at(at) in _STANDARD_BODIES):
        at += 1
    return at < num_words and _STANDARD_NUMBER.fullmatch(word_at(at)) is not None
