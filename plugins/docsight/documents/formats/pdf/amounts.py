"""Amounts: numbers with a currency, a sign or a percent sign, as in the cells of invoices."""

import re

AMOUNT = re.compile(
    r"[-+(\u2212]?(?:(?:[$€£¥]|CHF|EUR|USD|GBP|kr\.?|R\$) ?)?[-\u2212]?\d[\d.,'\u2019 \u202f\xa0]*"
    r"(?: ?(?:[$€£¥%]|CHF|EUR|USD|GBP|PLN|CZK|SEK|NOK|DKK|kr\.?|zł|Kč|Ft))?\)?[-*]?"
)
