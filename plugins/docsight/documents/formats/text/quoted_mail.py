"""Mails that other documents quote, as Outlook and other programs write them: below a line or a block of headers."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from docsight.documents.formats.content import Passage

# Everything below such a line, or such headers, is a quoted or forwarded mail.
DIVIDER = re.compile(
    r"[ \t]*(?:-{2,}[ \t]*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Weitergeleitete Nachricht|"
    r"Message d'origine|Message original|Message transféré|Mensaje original|Mensaje reenviado|Messaggio originale|"
    r"Messaggio inoltrato|Mensagem original|Mensagem encaminhada|Oorspronkelijk bericht|Doorgestuurd bericht|"
    r"Oprindelig meddelelse|Opprinnelig melding|Ursprungligt meddelande|Alkuperäinen viesti|Oryginalna wiadomość|"
    r"Wiadomość oryginalna|Původní zpráva|Eredeti üzenet|Исходное сообщение|Пересылаемое сообщение|"
    r"Forwarded by [^\n]{1,80})[ \t]*-{2,}|"
    r"-{2,}[ \t]*(?:Below this line is a copy|This is a copy) of (?:the|your) message\b[^\n]{0,80}|"
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

_BEGIN_OF_MAIL = re.compile(rf"^(?:{DIVIDER.pattern}|{HEADER_BLOCK.pattern})", re.M | re.I)
_NEVER_QUOTED = ("table", "header", "footer")
_RULE_SIGNS = " \t\n_-"  # that a program draws above the headers, and not under a heading
_MIN_HEADERS = 4  # in a document that is no mail: the sender, the date, the recipients and the subject


def mark_quoted_mail(text: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield the passages of a document that is no mail; a mail that it quotes, up to its end, has that kind.

    Only what mail programs write above such a mail counts. Headers at the beginning are those of a mail that was saved
    as text, or as a page below its title.
    """
    blocks = list(passages)
    start = next(_starts_of_mails(text, blocks), None)
    for block in blocks:
        if start is None or block.end <= start or block.kind in _NEVER_QUOTED:
            is_above_rule = start is not None and not text[block.end : start].strip(_RULE_SIGNS)
            yield replace(block, kind="paragraph", level=None) if is_above_rule and block.kind == "heading" else block
        elif block.start < start:
            yield block.clipped(block.start, block.start + len(text[block.start : start].rstrip()))
            yield replace(block.clipped(start, block.end), kind="quote", level=None)
        else:
            yield replace(block, kind="quote", level=None)


def _starts_of_mails(text: str, passages: list[Passage]) -> Iterator[int]:
    """Yield where mails begin in a document, in paragraphs that are not its first ones."""
    starts = [each.start for each in passages]
    first = next((each.start for each in passages if each.kind not in ("heading", "header")), len(text))
    for match in _BEGIN_OF_MAIL.finditer(text):
        start = match.start()
        within = passages[bisect_right(starts, start) - 1] if passages else None
        if start <= first or within is None or within.kind != "paragraph":
            continue
        line_above = text[text.rfind("\n", 0, start - 1) + 1 : start - 1]
        is_apart = start == within.start or not line_above.strip(_RULE_SIGNS)
        if DIVIDER.match(text, start) or (is_apart and match[0].count("\n") >= _MIN_HEADERS - 1):
            yield start
