"""Receipts: the text that is printed on them."""

import numpy as np
from PIL import Image

from docsight_training.data.drawings.choices import amount, chance, digits, pick, sentence, word, words
from docsight_training.data.drawings.raster import SCALE
from docsight_training.data.drawings.receipt_printer import ReceiptPrinter
from docsight_training.data.drawings.receipt_scan import scan_receipt
from docsight_training.data.drawings.typefaces import Typefaces

_RECEIPT_RULES = ["-", "-", "-", "=", "*", ".", "_", "|", "|", "‖", "", "- ", "* "]
_FORMS = ["", "", " LTD", " SDN BHD", " INC", " GMBH", " & SONS", " CAFE", " MARKET", " STORE", " S.A.", " ENTERPRISE"]
_TITLES = ["RECEIPT", "TAX INVOICE", "INVOICE", "CASH SALE", "SIMPLIFIED TAX INVOICE", "Tax Invoice", "Bon", "Rechnung"]
_SUBTOTALS = [
    "Subtotal",
    "Sub Total",
    "Discount",
    "Tax",
    "GST 6%",
    "VAT 20%",
    "Rounding",
    "Service charge",
    "Items",
    "MwSt",
]
_TOTAL = ["TOTAL", "Total", "TOTAL DUE", "Grand Total", "Total Sales", "SUMME", "NET TOTAL", "BALANCE", "Total Payable"]
_PAYMENTS = ["CASH", "Cash", "VISA", "Card", "Change", "CHANGE", "Tendered", "Mastercard", "Debit", "Paid", "Bar"]
_COLUMN_HEADERS = ["Item", "Qty", "Price", "Amount", "Tax", "Description", "U/P", "RM", "Disc", "Total", "No."]
_FACTS = [
    "Date",
    "Time",
    "Cashier",
    "Till",
    "Receipt",
    "Doc No.",
    "Table",
    "Operator",
    "Invoice",
    "Terminal",
    "Ref",
    "User",
]
_THANKS = [
    "THANK YOU",
    "Thank you for shopping",
    "Please come again",
    "THANK YOU! PLEASE COME AGAIN",
    "Vielen Dank",
    "***",
]


def draw_receipt(rng: np.random.Generator, typefaces: Typefaces) -> Image.Image:
    height = SCALE * int(rng.integers(190, 400))
    width = int(height * float(pick(rng, [rng.uniform(0.25, 0.42), rng.uniform(0.35, 0.55), rng.uniform(0.45, 0.7)])))
    font = typefaces.mono(rng) if chance(rng, 0.55) else typefaces.plain(rng)
    columns = int(rng.integers(26, 60) if chance(rng, 0.8) else rng.integers(18, 30))
    printer = ReceiptPrinter(rng, (width, height), font, columns)
    _print(printer, typefaces)
    # A long receipt is cut off by the image; the paper of a short one ends at some distance below its last line.
    rest = printer.leading * float(rng.uniform(0, 3)) if chance(rng, 0.7) else height * float(rng.uniform(0, 0.3))
    ink = printer.ink.crop((0, 0, width, int(min(height, max(printer.y + rest, width * 0.6)))))
    if chance(rng, 0.06):  # the top is cut off
        ink = ink.crop((0, int(ink.height * rng.uniform(0.1, 0.4)), width, ink.height))
    return scan_receipt(ink, rng, typefaces)


def _print(printer: ReceiptPrinter, typefaces: Typefaces) -> None:
    rng = printer.rng
    rule = pick(rng, _RECEIPT_RULES)
    if chance(rng, 0.94):
        _head(printer, typefaces)
    printer.rule(rule if chance(rng, 0.6) else "")
    _facts(printer)
    printer.rule(rule)
    _items(printer, rule)
    printer.rule(rule)
    _totals(printer, rule)
    if chance(rng, 0.5):
        printer.gap()
        _taxes(printer, rule)
    if chance(rng, 0.85):
        _foot(printer, rule)


def _head(printer: ReceiptPrinter, typefaces: Typefaces) -> None:
    rng = printer.rng
    align = "m" if chance(rng, 0.85) else "l"
    if chance(rng, 0.25):
        printer.emblem()
    name = words(rng, int(rng.integers(1, 4))) + pick(rng, _FORMS)
    name = name.upper() if chance(rng, 0.7) else name
    style = rng.random()
    if style < 0.2:
        printer.stretched(name[:16], across=int(rng.integers(1, 4)), down=int(rng.integers(1, 4)))
    else:
        font = typefaces.plain(rng) if chance(rng, 0.5) else None
        big = float(rng.uniform(1, 1.4) if chance(rng, 0.5) else rng.uniform(1.4, 3))
        printer.line(name, align=align, bold=chance(rng, 0.7), scale=big, font=font)
    capitals, bold = chance(rng, 0.5), chance(rng, 0.15)
    for _ in range(int(rng.integers(1, 7))):
        lines = [
            f"({digits(rng, 6)}-{pick(rng, 'ABDHKMPTUVWX')})",
            f"{rng.integers(1, 300)} {words(rng, 2)} {pick(rng, ['Street', 'Road', 'Jalan', 'Ave', 'Str.', ''])}",
            f"{digits(rng, 5)} {words(rng, int(rng.integers(1, 3)))}, {words(rng, 1)}",
            f"Tel: {digits(rng, 3)}-{digits(rng, 7)}",
            f"{pick(rng, ['GST', 'VAT', 'Tax', 'Reg'])} {pick(rng, ['ID', 'No', 'Reg No.'])}: {digits(rng, 12)}",
            f"www.{word(rng)}.com",
        ]
        text = pick(rng, lines)
        printer.line(text.upper() if capitals else text, align=align, bold=bold)
    if chance(rng, 0.55):
        printer.gap(float(rng.uniform(0, 1)))
        printer.line(pick(rng, _TITLES), align=align, bold=chance(rng, 0.6), scale=float(rng.uniform(1, 1.7)))


def _facts(printer: ReceiptPrinter) -> None:
    rng = printer.rng
    for _ in range(int(rng.integers(0, 7))):
        fact = f"{pick(rng, _FACTS)}: {digits(rng, int(rng.integers(2, 9)))}"
        if chance(rng, 0.5):
            printer.line(fact)
        else:
            printer.row(fact, f"{rng.integers(1, 32):02}/{rng.integers(1, 13):02}/{rng.integers(2004, 2027)}")


def _items(printer: ReceiptPrinter, rule: str) -> None:
    rng = printer.rng
    style = int(rng.integers(5))
    count = int(2 ** rng.uniform(0.8, 5.2))
    ends = [0.0, *(float(end) for end in np.linspace(rng.uniform(0.45, 0.62), 1, int(rng.integers(2, 5))))]
    if style in (0, 1) or chance(rng, 0.2):
        printer.cells([pick(rng, _COLUMN_HEADERS) for _ in ends], ends, bold=chance(rng, 0.5))
        printer.rule(rule)
    capitals, highest, spaced = chance(rng, 0.65), float(10 ** rng.uniform(1, 3.2)), chance(rng, 0.2)
    tail = pick(rng, ["", "", "", " A", " SR", " *", " EUR"])
    for _ in range(count):
        if printer.y > printer.ink.height * 0.75:
            break
        name = words(rng, int(rng.integers(1, 4)))
        name = name.upper() if capitals else name
        price = amount(rng, highest=highest) + tail
        if style == 0:
            printer.cells([name[:14], *(amount(rng, highest=highest) for _ in ends[2:]), price], ends)
        elif style == 1:
            printer.line(name)
            printer.cells([digits(rng, 7), *(amount(rng, highest=highest) for _ in ends[2:]), price], ends)
        elif style == 2:
            printer.row(f"{rng.integers(1, 10)} {name}", price)
        elif style == 3:
            printer.row(name, price)
        else:
            printer.line(name if chance(rng, 0.5) else f"{digits(rng, 12)} {name}")
            printer.row(f"{rng.integers(1, 10)} x {amount(rng, highest=highest)}", price, indent=0.1)
        if spaced:
            printer.gap(0.4)


def _totals(printer: ReceiptPrinter, rule: str) -> None:
    rng = printer.rng
    indent, bold = float(pick(rng, [0.0, 0.0, 0.2, 0.4])), chance(rng, 0.15)
    highest = float(10 ** rng.uniform(1, 3.5))
    sign = pick(rng, ["", "", ":"])
    for _ in range(int(rng.integers(0, 5))):
        printer.row(pick(rng, _SUBTOTALS) + sign, amount(rng, highest=highest), indent=indent, bold=bold)
    big = float(pick(rng, [1.0, 1.0, 1.2, 1.5, 2.0]))
    label, total = pick(rng, _TOTAL) + sign, pick(rng, ["", "$", "RM "]) + amount(rng, highest=highest)
    printer.row(label, total, scale=big, bold=chance(rng, 0.6), indent=indent)
    for _ in range(int(rng.integers(0, 4))):
        printer.row(pick(rng, _PAYMENTS) + sign, amount(rng, highest=highest), indent=indent, bold=bold)
    if chance(rng, 0.3):
        printer.rule(rule)


def _taxes(printer: ReceiptPrinter, rule: str) -> None:
    rng = printer.rng
    top, boxed = printer.y, chance(rng, 0.3)
    printer.line(pick(rng, ["GST Summary", "VAT", "TAX SUMMARY", "Steuer"]), bold=chance(rng, 0.4))
    ends = [0.0, 0.6, 0.98]
    printer.cells(["Code", "Amount", "Tax"], ends)
    if chance(rng, 0.5):
        printer.rule(rule)
    for _ in range(int(rng.integers(1, 4))):
        printer.cells([f"{pick(rng, 'ABSZ')} = {rng.integers(0, 26)}%", amount(rng), amount(rng, highest=9)], ends)
    if boxed:
        printer.box(top)


def _foot(printer: ReceiptPrinter, rule: str) -> None:
    rng = printer.rng
    printer.gap(float(rng.uniform(0, 2)))
    if chance(rng, 0.12):
        printer.banner(pick(rng, _THANKS))
    for _ in range(int(rng.integers(0, 7))):
        text = pick(rng, _THANKS) if chance(rng, 0.3) else sentence(rng, int(rng.integers(3, 7)))
        printer.line(text.upper() if chance(rng, 0.3) else text, align="m")
    if chance(rng, 0.18):
        printer.gap()
        printer.bars()
        printer.line(digits(rng, 12), align="m")
    if chance(rng, 0.1):
        printer.gap()
        printer.squares()
    if chance(rng, 0.2):
        printer.rule(rule)
