"""The British forms of American words."""

import re
from collections.abc import Iterator

# Words that no rule covers. The rules for endings apply to them, too.
_IRREGULAR = {
    "tire": "tyre", "program": "programme", "check": "cheque", "practice": "practise", "license": "licence",
    "story": "storey", "stories": "storeys",
    "plow": "plough", "draft": "draught", "mustache": "moustache", "pajama": "pyjama", "skeptic": "sceptic",
    "skeptical": "sceptical", "skepticism": "scepticism", "aluminum": "aluminium", "airplane": "aeroplane",
    "mold": "mould", "molt": "moult", "smolder": "smoulder", "jewelry": "jewellery", "specialty": "speciality",
    "maneuver": "manoeuvre", "curb": "kerb", "ax": "axe", "advisor": "adviser", "adapter": "adaptor", "chili": "chilli",
    "flier": "flyer", "phony": "phoney", "ambiance": "ambience", "licorice": "liquorice", "omelet": "omelette",
    "tidbit": "titbit", "checkered": "chequered", "checkbook": "chequebook", "specialties": "specialities",
    "ruble": "rouble", "whiz": "whizz", "naught": "nought", "collectible": "collectable", "cozy": "cosy",
    "artifact": "artefact", "pediatric": "paediatric", "mom": "mum", "mommy": "mummy", "math": "maths",
    "filet": "fillet", "disk": "disc", "whiskey": "whisky", "yogurt": "yoghurt", "aging": "ageing", "woolen": "woollen",
    "marvelous": "marvellous", "vise": "vice", "czar": "tsar", "donut": "doughnut", "carburetor": "carburettor",
    "karat": "carat", "councilor": "councillor", "counselor": "counsellor", "fulfillment": "fulfilment",
    "installment": "instalment", "skillful": "skilful", "willful": "wilful", "enrollment": "enrolment",
    "enthrallment": "enthralment", "inquiry": "enquiry", "inquire": "enquire", "learned": "learnt", "dreamed": "dreamt",
    "burned": "burnt", "spelled": "spelt", "spoiled": "spoilt", "leaned": "leant", "leaped": "leapt",
    "smelled": "smelt", "spilled": "spilt", "kneeled": "knelt",
}  # fmt: skip

# A pattern in American forms, and what British forms may have in its place, at each match.
_RULES = [
    (re.compile(american), british)
    for american, british in (
        (r"or", "our"),
        (r"(?<=[a-z]{3}[iy])z(?=(e|ed|es|er|ers|ing|ingly|able|ation|ations|ational|ement)$)", "s"),
        (r"(?<=[a-z]{2}[cgtbpdvuh])er(?=(s|board|boards|piece|pieces|fold)?$)", "re"),
        (r"^(fib|cent|lit|met)er(?=[^s])", r"\1re"),
        (r"(?<=[ctbpg])er(?=(ed|ing)$)", "r"),
        (r"og(?=s?$)", "ogue"),
        (r"og(?=(ed|ing|er|ers)$)", "ogu"),
        (r"(?<=[aeiou])([lp])(?=(ed|ing|ings|er|ers|or|ors|able|ist|ists|ous|ously|ery|ish|ity)$)", r"\1\1"),
        (r"ll(?=(s|ment|ments|ful|fully|fulness)?$)", "l"),
        (r"ens(?=(e|es|ed|eless|er|ers|eman|emen)$)", "enc"),
        (r"(?<![aoe])e(?=[a-z]{2}|a$)", "ae"),
        (r"(?<![aoe])e(?=[a-z]{2}|a$)", "oe"),
        (r"ward$", "wards"),
        (r"ction(?=(s|al)?$)", "xion"),
        (r"dgment", "dgement"),
        (r"(?<=[kvz])able$", "eable"),
        (r"sulf", "sulph"),
        (r"gray", "grey"),
    )
]
_ENDINGS = ("s", "es", "d", "ed", "r", "rs", "er", "ers", "ing", "ings", "ly", "y", "'s")


def british_forms(word: str) -> Iterator[str]:
    """Yield the forms that a British dictionary may have for an American word; most of them are not words."""
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    for ending in _ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            for form in (stem, stem + "e"):
                if form in _IRREGULAR and (form == stem or not ending.startswith("e")):
                    yield _IRREGULAR[form].removesuffix("e" if form != stem else "") + ending
    for pattern, british in _RULES:
        matches = list(pattern.finditer(word))
        for match in matches:
            yield word[: match.start()] + match.expand(british) + word[match.end() :]
        if len(matches) > 1:
            yield pattern.sub(british, word)
