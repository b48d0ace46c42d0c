"""What mail programs write around quotes and below mails, in the languages of their users."""

import re

_VERBS = (
    "wrote|writes|schrieb|schrieben|écrit|escribió|ha scritto|scrisse|schreef|escreveu|skrev|napisał|napisała|"
    r"napisał\(a\)|napsal|napsala|napsal\(a\)|napísal|napísala|kirjoitti|írta|a scris|yazd\u0131|έγραψε|"
    r"написал|написала|написал\(\u0430\)|пишет|писал|писала|написав|написала"
)
_VERB = rf"(?<!\w)(?:{_VERBS})(?!\w)"

# The line before a quoted mail; mailers wrap it onto at most three lines.
ATTRIBUTION = re.compile(
    rf"[ \t]*(?:On|Am|Le|El|Il|Op|Em|Den)\b[^\n]{{0,200}}(?:\n[^\n]{{1,200}}){{0,2}}?{_VERB}[^\n]{{0,80}}?:[ \t]*$",
    re.M,
)
# The same in any language, which only counts directly above lines with marks: with a verb, an address or a time.
INTRODUCTION = re.compile(r"[^\n>][^\n]{0,200}(?:\n[^\n>][^\n]{0,200}){0,2}?[:\uff1a][ \t]*$", re.M)
_TELLS_WRITER = re.compile(rf"{_VERB}|\S@\S|\b\d{{1,2}}[:.h]\d\d\b", re.I)
_HAS_DATE_OR_ADDRESS = re.compile(r"\d|\S@\S")
_MAX_UNDATED_WORDS = 6
_DATED = re.compile(
    r"\S@\S|\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\d{4}\s?年|"
    r"\b\d{1,2}\.?(?: de)? [^\W\d_]{3,10}\.?,?(?: de)? \d{4}\b|\b[^\W\d_]{3,10}\.? \d{1,2},? \d{4}\b"
)

# Outlook draws a line above these headers.
RULE_ABOVE_HEADERS = re.compile(r"[ \t]*[_-]{5,}[ \t]*\n(?:[ \t]*\n)?")

SIGNATURE = re.compile(
    r"--[ \t]*$|_{5,}[ \t]*$|-----BEGIN PGP SIGNATURE-----|"
    r"(?:Sent from my |Get Outlook for |Von meinem .{1,40} gesendet|"
    r"Gesendet von |Envoyé de(?:puis)? mon |Enviado desde mi |Enviado do meu |Inviato da |Verzonden vanaf mijn |"
    r"Wysłano z |Sendt fra min |Skickat från min |Отправлено \u0441 )",
    re.I,
)

_SIGNATURE_CLASS = re.compile(r"(?:moz|gmail|yahoo|protonmail|zmail|ms-outlook(?:-mobile)?)?[-_]?signature\w*", re.I)
_QUOTE_CLASS = re.compile(
    r"gmail_(?:quote|attr|extra)\w*|yahoo_quoted\w*|moz-cite-prefix|divRplyFwdMsg|OutlookMessageHeader|"
    r"(?:protonmail|tutanota)_quote\w*|zmail_extra|mail-quote\w*|wmQuote|zimbra_quote\w*"
)


def is_introduction(text: str) -> bool:
    """Return whether a line that ends with a colon says who wrote the quote below it."""
    return _TELLS_WRITER.search(text) is not None


def is_dated(text: str) -> bool:
    """Return whether a line has a full date, a time or an address, as programs write above quotes."""
    return _DATED.search(text) is not None


def stands_alone(attribution: str) -> bool:
    """Return whether an attribution is clear enough to make a quote of unmarked text below it."""
    return _HAS_DATE_OR_ADDRESS.search(attribution) is not None or len(attribution.split()) <= _MAX_UNDATED_WORDS


def is_quote_class(name: str) -> bool:
    """Return whether a class or id is one that mail programs give to quotes; Outlook writes `x_` before others'."""
    return _QUOTE_CLASS.fullmatch(_without_prefixes(name)) is not None


def is_signature_class(name: str) -> bool:
    """Return whether a class or id is one that mail programs give to signatures."""
    return _SIGNATURE_CLASS.fullmatch(_without_prefixes(name)) is not None


def _without_prefixes(name: str) -> str:
    while name.startswith("x_"):
        name = name.removeprefix("x_")
    return name
