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

# Everything below such a line, or such headers, is a quoted or forwarded mail.
DIVIDER = re.compile(
    r"[ \t]*(?:-{2,}[ \t]*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht|"
    r"Message d'origine|Message original|Message transféré|Mensaje original|Mensaje reenviado|Messaggio originale|"
    r"Messaggio inoltrato|Mensagem original|Mensagem encaminhada|Oorspronkelijk bericht|Doorgestuurd bericht|"
    r"Oprindelig meddelelse|Opprinnelig melding|Ursprungligt meddelande|Alkuperäinen viesti|Oryginalna wiadomość|"
    r"Wiadomość oryginalna|Původní zpráva|Eredeti üzenet|Исходное сообщение|Пересылаемое сообщение|"
    r"Forwarded by [^\n]{1,80})[ \t]*-{2,}|"
    r"(?:Begin forwarded message|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|"
    r"Début du message (?:réexpédié|transféré))"
    r"\s?:)",
    re.I,
)
_FROM = "From|Von|De|Da|Van|Od|Från|Fra|Lähettäjä|Feladó|От|Από|Kimden|发件人|寄件者|差出人|보낸 사람"
_DETAIL = (
    "Sent|Date|To|Cc|Gesendet|Datum|An|Envoyé|À|Enviado|Enviada em|Para|Inviato|A|Verzonden|Aan|Wysłano|Data|Do|DW|"
    "Odesláno|Komu|Kopie|Skickat|Till|Sendt|Til|Dato|Lähetetty|Vastaanottaja|Elküldve|Címzett|Отправлено|Кому|Дата|"
    "Копия|Στάλθηκε|Προς|发送时间|收件人|抄送|日期|寄件日期|收件者|送信日時|宛先|日付|보낸 날짜|받는 사람"
)
_SUBJECT_NAMES = (
    "Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Assunto|Temat|Předmět|Predmet|Ämne|Emne|Aihe|Tárgy|Тема|Θέμα|Konu|"
    "主题|主旨|件名|제목"
)
HEADER_BLOCK = re.compile(
    rf"[ \t]*\*?(?:{_FROM})[ \t]*[:\uff1a][^\n]*\n(?:[ \t]*\*?(?:{_DETAIL})[ \t]*[:\uff1a][^\n]*\n){{1,4}}"
    rf"(?:[^\n]*\n)?[ \t]*\*?(?:{_SUBJECT_NAMES})[ \t]*[:\uff1a]",
    re.I,
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
