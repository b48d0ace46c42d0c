"""Sums of money, percentages, times of day and quantities that are drawn at random for the slots of template sentences.

They have the forms that annotated text rarely has, also those of which the rules of `amounts` are not sure.
"""

import random

from docsight_training.data.ner.drawn_words import Draw, Name

_CURRENCY_SIGNS = ("$", "$", "$", "\u00a3", "\u20ac", "\u20ac", "\u00a5", "\u20b9", "US$", "A$", "C$", "HK$")
_CURRENCIES = (
    "dollars", "dollars", "euros", "yen", "yuan", "rupees", "francs", "pesos", "rubles", "kronor", "pence", "cents",
    "lira", "shillings", "US dollars", "Canadian dollars", "Swiss francs", "zloty", "baht", "rand", "pounds sterling",
    "bucks", "quid", "won", "crowns", "marks",
)  # fmt: skip
# Lists of words, separated by spaces.
_AMOUNT_LISTS = {
    "small": "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty",
    "code": "USD EUR GBP CHF JPY CAD AUD INR CNY SEK NOK DKK KRW BRL NZD PLN",
    "scale": "hundred thousand million million million billion billion trillion m bn k",
    "zone": "GMT UTC EST PST CET CEST ET EDT BST",
    "unit": "km kilometres kilometers m metres meters cm centimetres mm miles mi feet ft inches yards hectares ha "
    "acres litres liters ml gallons pints barrels cups tablespoons teaspoons L l dl cl km\u00b2 km2 m\u00b2 "
    "m2 m\u00b3 nm \u00b5m au light-years kg kilograms kilos g grams mg \u00b5g tonnes tons t lb lbs pounds "
    "ounces oz stone carats kW MW GW W watts kWh MWh hp horsepower V volts mV A mA mAh amps ohms k\u03a9 "
    "J kJ joules kcal calories kPa MPa Pa bar psi hPa mbar Nm mph km/h kph m/s knots rpm Hz kHz MHz GHz dB "
    "decibels bytes bits KB kB MB GB TB MiB GiB Mbps Gbps Mbit/s kbps lux lm lumens dpi MP megapixels mol "
    "mmol mM kelvins",
    "singular": "foot inch mile yard acre metre meter pound ton gallon litre kilogram kilometre watt volt megawatt",
}
_AMOUNT_WORDS = {name: words.split() for name, words in _AMOUNT_LISTS.items()}
_SMALL_NUMBERS, _CODES, _DRAWN_SCALES, _ZONES, _DRAWN_UNITS, _SINGULAR = _AMOUNT_WORDS.values()
_HOURS = _SMALL_NUMBERS[:12]
_LONG_UNITS = [
    unit.split()
    for units in (
        "square metres, square kilometres, square miles, square feet, sq ft, sq km, sq mi, cubic metres, cubic feet",
        "nautical miles, metric tons, short tons, fluid ounces, miles per hour, km per hour, kilometres per hour",
        "litres per minute, degrees Celsius, degrees Fahrenheit, degrees, megabytes, gigabytes, kilobits per second",
        "parts per million, milligrams per litre, pounds per square inch, kilowatt hours, mg / l, km / h, m / s",
    )
    for unit in units.split(", ")
]


def _figure(rng: random.Random) -> str:
    return rng.choice(
        (
            str(rng.randint(1, 20)),
            str(rng.randint(2, 999)),
            f"{rng.randint(1, 999)},{rng.randint(0, 999):03}",
            f"{rng.randint(0, 99)}.{rng.randint(0, 99):02}",
            f"{rng.randint(0, 99)}.{rng.randint(1, 9)}",
        )
    )


def _number(rng: random.Random) -> Name:
    forms: tuple[Name, ...] = (
        (_figure(rng),),
        (_figure(rng),),
        (_figure(rng),),
        (rng.choice(_SMALL_NUMBERS),),
        (rng.choice(_SMALL_NUMBERS), "hundred"),
        (str(rng.randint(1, 40)), rng.choice(("-", "to", "\u2013")), str(rng.randint(41, 200))),
    )
    return rng.choice(forms)


def _money(rng: random.Random) -> Name:
    symbol, scale, currency = (
        rng.choice(_CURRENCY_SIGNS),
        rng.choice(_DRAWN_SCALES),
        tuple(rng.choice(_CURRENCIES).split()),
    )
    forms: tuple[Name, ...] = (
        (symbol, _figure(rng)),
        (symbol, _figure(rng)),
        (symbol, _figure(rng), scale),
        (symbol, f"{rng.randint(1, 99)}{rng.choice(('m', 'bn', 'k', 'M', 'b'))}"),
        (f"{symbol}{_figure(rng)}",),
        (rng.choice(_CODES), _figure(rng)),
        (_figure(rng), rng.choice(_CODES)),
        (_figure(rng), rng.choice(("€", "£", "$"))),
        (*_number(rng), *currency),
        (*_number(rng), rng.choice(("million", "thousand", "billion")), *currency),
        (rng.choice(("hundreds", "thousands", "millions", "billions")), "of", currency[-1]),
        ("half", "a", "million", *currency),
        (rng.choice(("a", "one")), rng.choice(("dollar", "euro", "cent", "penny", "pound", "rupee"))),
        (_figure(rng), "-", rng.choice(("dollar", "euro", "pound", "cent"))),
        ("Rs.", _figure(rng)),
    )
    return rng.choice(forms)


def _percent(rng: random.Random) -> Name:
    sign = rng.choice(("%", "%", "%", "percent", "per cent", "pct", "percentage points")).split()
    forms: tuple[Name, ...] = (
        (*_number(rng), *sign),
        (_figure(rng), *sign),
        (f"{rng.choice(('-', '+', '~', '<'))}{rng.randint(1, 99)}", "%"),
        (f"{rng.randint(1, 99)}%",),
        (rng.choice(_SMALL_NUMBERS), "and", "a", "half", *sign),
        rng.choice((("half", "a", "percent"), ("one", "percentage", "point"), ("a", "percentage", "point"))),
    )
    return rng.choice(forms)


def _clock(rng: random.Random) -> str:
    return f"{rng.randint(0, 23):{rng.choice(('', '02'))}}:{rng.choice((0, 15, 30, 45, rng.randint(0, 59))):02}"


def _time(rng: random.Random) -> Name:
    hour, minute = str(rng.randint(1, 12)), rng.choice(("00", "15", "30", "45", f"{rng.randint(0, 59):02}"))
    half = rng.choice(("a.m.", "p.m.", "am", "pm", "AM", "PM"))
    forms: tuple[Name, ...] = (
        (_clock(rng),),
        (_clock(rng), rng.choice(_ZONES)),
        (hour, half),
        (f"{hour}:{minute}", half),
        (f"{hour}.{minute}", half),
        (f"{hour}:{minute}{half}",),
        (f"{hour}{half}",),
        (hour, half, rng.choice(_ZONES)),
        (rng.choice(("noon", "midnight", "midday")),),
        (rng.choice((hour, rng.choice(_HOURS))), "o'clock"),
        (
            rng.choice(("half", "quarter", "ten", "twenty", "five")),
            rng.choice(("past", "past", "to")),
            rng.choice(_HOURS),
        ),
        (f"{rng.randint(0, 23):02}{rng.choice(('00', '15', '30', '45'))}", "hours"),
        ("12", rng.choice(("noon", "midnight"))),
    )
    return rng.choice(forms)


def _quantity(rng: random.Random) -> Name:
    unit, singular = rng.choice(_DRAWN_UNITS), rng.choice(_SINGULAR)
    forms: tuple[Name, ...] = (
        (*_number(rng), unit),
        (*_number(rng), unit),
        (*_number(rng), unit),
        (_figure(rng), rng.choice(_DRAWN_UNITS)),
        (*_number(rng), *rng.choice(_LONG_UNITS)),
        (f"{_figure(rng)}{rng.choice(_DRAWN_UNITS)}",),
        (rng.choice((_figure(rng), rng.choice(_SMALL_NUMBERS))), "-", singular),
        (f"{rng.randint(2, 900)}-{singular}",),
        (
            str(rng.randint(2, 7)),
            rng.choice(("ft", "feet")),
            str(rng.randint(1, 11)),
            rng.choice(("in", "inches", "in.")),
        ),
        (
            _figure(rng),
            rng.choice(("x", "\u00d7", "by")),
            _figure(rng),
            rng.choice(("cm", "mm", "m", "feet", "inches", "ft")),
        ),
        (str(rng.randint(-20, 40)), "°", rng.choice(("C", "F"))),
        (str(rng.randint(-20, 40)), rng.choice(("°C", "°F", "degrees"))),
        (rng.choice(("half", "quarter")), "a", rng.choice(("mile", "pound", "cup", "litre", "teaspoon", "kilometre"))),
        (rng.choice(_SMALL_NUMBERS), "and", "a", "half", rng.choice(("miles", "feet", "tons", "litres", "metres"))),
        (rng.choice(("a", "one")), singular),
        (
            rng.choice(("hundreds", "thousands", "tens")),
            "of",
            rng.choice(("miles", "tons", "acres", "kilometres", "feet")),
        ),
    )
    return rng.choice(forms)


def _count(rng: random.Random) -> Name:
    """Draw a number of things that looks like a quantity, or an age."""
    number = rng.choice((str(rng.randint(2, 99)), rng.choice(_SMALL_NUMBERS)))
    things = "year day month week man woman member point share seat page part storey game hole inning core bit way"
    forms: tuple[Name, ...] = (
        (f"{number}-year-old",),
        (f"{number}-{rng.choice(('year', 'month', 'week'))}-old",),
        (f"{number}-{rng.choice(things.split())}",),
        (number, "-", rng.choice(things.split())),
        (f"{rng.randint(1, 30)}-under",),
        (f"{rng.randint(2, 300)}{rng.choice(('st', 'nd', 'rd', 'th'))}",),
        (
            str(rng.randint(2, 99)),
            rng.choice(("k", "K", "M", "bps", "runs", "lashes", "points", "votes", "goals", "fps")),
        ),
        (str(rng.randint(530, 1700)), "AM"),
        (f"{rng.randint(87, 108)}.{rng.randint(0, 9)}", "FM"),
        (f"{rng.randint(1, 20)}=",),
        (f"{rng.randint(1, 9)}{rng.choice(('pm', 'am', 'perl', 'ssl', 'x'))}{rng.choice(('', rng.randint(1, 9)))}+",),
    )
    return rng.choice(forms)


def _code(rng: random.Random) -> Name:
    """Draw letters and digits of code, tables of characters and lists of hyphenation patterns."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    pattern = "".join(rng.choice(letters) + rng.choice(("", rng.choice("12345"))) for _ in range(rng.randint(2, 6)))
    size = rng.choice((2, 4, 4, 4, 6, 8))
    forms: tuple[Name, ...] = (
        (f"{rng.getrandbits(4 * size):0{size}x}",),
        (f"{rng.getrandbits(4 * size):0{size}x}",),
        (f"{rng.getrandbits(4 * size):0{size}X}",),
        (pattern,),
        (rng.choice("123") + pattern,),
        (rng.choice(("%", "%%", "%%%", "$", "$$", "#", "\u00b0", "\u20ac")),),
        (f"{rng.choice(letters)}{rng.randint(1, 999)}",),
        (f"0x{rng.getrandbits(16):x}",),
        (f"{rng.randint(1, 9)}{rng.choice(letters)}{rng.randint(1, 9)}",),
    )
    return rng.choice(forms)


DRAWN_AMOUNTS: dict[tuple[str | None, str], Draw] = {
    ("MONEY", ""): _money,
    ("MONEY", "pounds"): lambda rng: (*_number(rng), "pounds"),
    ("MONEY", "sign"): lambda rng: (rng.choice(_CURRENCY_SIGNS), _figure(rng)),
    ("PERCENT", ""): _percent,
    ("TIME", ""): _time,
    ("TIME", "clock"): lambda rng: (_clock(rng),),
    ("TIME", "hour"): lambda rng: (rng.choice((str(rng.randint(1, 12)), rng.choice(_HOURS))),),
    ("QUANTITY", ""): _quantity,
    (None, "count"): _count,
    (None, "code"): _code,
    ("QUANTITY", "pounds"): lambda rng: (*_number(rng), rng.choice(("pounds", "pounds", "lbs"))),
}
