"""Dates, numbers and initials that are drawn at random for the slots of template sentences."""

import random
from collections.abc import Callable

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CAPITAL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Name = tuple[str, ...]
Draw = Callable[[random.Random], Name]


def draw_initials(rng: random.Random) -> Name:
    return tuple(f"{rng.choice(CAPITAL_LETTERS)}." for _ in range(rng.choice((1, 1, 2))))


def _year(rng: random.Random) -> str:
    return str(rng.choice((rng.randint(1700, 2030), rng.randint(1900, 2030), rng.randint(1980, 2026))))


def _month(rng: random.Random) -> str:
    return rng.choice(_MONTHS)


def _full_date(rng: random.Random) -> Name:
    day, month, year = str(rng.randint(1, 31)), rng.choice(_MONTHS), _year(rng)
    forms: tuple[Name, ...] = (
        (day, month, year),
        (month, day, ",", year),
        (month, day),
        (day, month),
        (rng.choice(_WEEKDAYS),),
        (rng.choice(_WEEKDAYS), ",", day, month, year),
        (rng.choice(_WEEKDAYS), ",", month, day),
    )
    return rng.choice(forms)


def _numeric_date(rng: random.Random) -> Name:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1990, 2026)
    forms = (
        f"{year}-{month:02}-{day:02}",
        f"{day:02}/{month:02}/{year}",
        f"{month}/{day}/{year % 100:02}",
        f"{day}.{month}.{year}",
        f"{day:02}.{month:02}.{year}",
    )
    return (rng.choice(forms),)


def _short_date(rng: random.Random) -> Name:
    month, day = rng.choice(_MONTHS), str(rng.randint(1, 31))
    short = month if len(month) < 5 else rng.choice((month, month[:3], f"{month[:3]}."))
    return rng.choice(((short, day), (day, short)))


DRAWN_DATES: dict[str, Draw] = {
    "": _full_date,
    "day": lambda rng: rng.choice(
        ((_month(rng), str(rng.randint(1, 31)), ",", _year(rng)), (str(rng.randint(1, 31)), _month(rng), _year(rng)))
    ),
    "year": lambda rng: (_year(rng),),
    "month": lambda rng: (rng.choice(_MONTHS), _year(rng)),
    "month_name": lambda rng: (rng.choice(_MONTHS),),
    "weekday": lambda rng: (rng.choice(_WEEKDAYS),),
    "iso": lambda rng: (f"{rng.randint(1990, 2026)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",),
    "numeric": _numeric_date,
    "short": _short_date,
    "decade": lambda rng: ("the", f"{rng.randint(170, 202)}0s"),
    "season": lambda rng: ("the", rng.choice(("spring", "summer", "autumn", "winter")), "of", _year(rng)),
}


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _phone(rng: random.Random) -> Name:
    forms: tuple[Name, ...] = (
        (f"+{rng.randint(1, 99)}", _digits(rng, 3), _digits(rng, 6)),
        (f"({_digits(rng, 3)})", f"{_digits(rng, 3)}-{_digits(rng, 4)}"),
        (f"{_digits(rng, 3)}-{_digits(rng, 3)}-{_digits(rng, 4)}",),
        (_digits(rng, 3), _digits(rng, 3), _digits(rng, 4)),
        (f"0{_digits(rng, 3)}", _digits(rng, 3), _digits(rng, 4)),
    )
    return rng.choice(forms)


def _sets(rng: random.Random) -> Name:
    return tuple(f"{rng.randint(6, 7)}-{rng.randint(0, 6)}" for _ in range(rng.choice((2, 2, 3))))


DRAWN_NUMBERS: dict[str, Draw] = {
    "digit": lambda rng: (str(rng.randint(0, 9)),),
    "number": lambda rng: (str(rng.randint(2, 99)),),
    "hundred": lambda rng: (str(rng.randint(100, 999)),),
    "thousand": lambda rng: (f"{rng.randint(1, 999)},{_digits(rng, 3)}",),
    "thousand_plain": lambda rng: (str(rng.randint(1000, 99999)),),
    "decimal": lambda rng: (f"{rng.randint(0, 99)}.{_digits(rng, rng.randint(1, 2))}",),
    "average": lambda rng: (f".{_digits(rng, 3)}",),
    "seconds": lambda rng: (f"{rng.randint(9, 59)}.{_digits(rng, 2)}",),
    "minutes": lambda rng: (f"{rng.randint(1, 59)}:{rng.randint(0, 59):02}.{_digits(rng, 2)}",),
    "fraction": lambda rng: (f"{rng.randint(1, 99)}-{rng.choice((1, 3, 5, 7))}/{rng.choice((8, 16))}",),
    "acronym_plain": lambda rng: ("".join(rng.choices(CAPITAL_LETTERS, k=rng.randint(2, 4))),),
    "score": lambda rng: (f"{rng.randint(0, 9)}-{rng.randint(0, 9)}",),
    "high_score": lambda rng: (f"{rng.randint(60, 130)}-{rng.randint(60, 130)}",),
    "sets": _sets,
    "ordinal": lambda rng: (f"{rng.randint(4, 20)}th",),
    "age": lambda rng: (str(rng.randint(16, 95)),),
    "time": lambda rng: (f"{rng.randint(0, 23)}:{rng.randint(0, 59):02}",),
    "clock": lambda rng: (f"{rng.randint(1, 12)}:{rng.choice(('00', '15', '30', '45'))}", rng.choice(("p.m.", "a.m."))),
    "money": lambda rng: ("$", rng.choice((str(rng.randint(2, 900)), f"{rng.randint(1, 99)}.{_digits(rng, 1)}"))),
    "phone": _phone,
    "postcode": lambda rng: (_digits(rng, 5),),
    "uk_postcode": lambda rng: (
        f"{''.join(rng.choices(CAPITAL_LETTERS, k=2))}{rng.randint(1, 20)}",
        f"{rng.randint(1, 9)}{''.join(rng.choices(CAPITAL_LETTERS, k=2))}",
    ),
    "version": lambda rng: (f"{rng.randint(0, 12)}.{rng.randint(0, 30)}{rng.choice(('', f'.{rng.randint(0, 20)}'))}",),
    "hash": lambda rng: (f"{rng.getrandbits(28):07x}",),
    "issue": lambda rng: (f"#{rng.randint(1, 9999)}",),
    "pages": lambda rng: (f"{rng.randint(1, 400)}-{rng.randint(401, 900)}",),
    "ip": lambda rng: (".".join(str(rng.randint(1, 254)) for _ in range(4)),),
    "letter": lambda rng: (rng.choice(CAPITAL_LETTERS),),
    "roman": lambda rng: (rng.choice(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")),),
    "iso_number": lambda rng: (f"{rng.randint(200, 27999)}{rng.choice(('', '', f'-{rng.randint(1, 15)}'))}",),
}
