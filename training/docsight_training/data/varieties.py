"""How British English spells what American English spells otherwise."""

import re
from collections.abc import Iterator

# Forms that no rule gives, with the endings that they take.
_SINGLE = {
    "gray": "grey", "tire": "tyre", "program": "programme", "check": "cheque", "practice": "practise",
    "license": "licence", "plow": "plough", "draft": "draught", "mustache": "moustache", "pajama": "pyjama",
    "skeptic": "sceptic", "skeptical": "sceptical", "skepticism": "scepticism", "sulfur": "sulphur",
    "aluminum": "aluminium", "airplane": "aeroplane", "mold": "mould", "molt": "moult", "smolder": "smoulder",
    "jewelry": "jewellery", "specialty": "speciality", "maneuver": "manoeuvre", "curb": "kerb", "story": "storey",
    "ax": "axe", "cozy": "cosy", "artifact": "artefact", "pediatric": "paediatric", "mom": "mum", "mommy": "mummy",
    "math": "maths", "filet": "fillet", "disk": "disc", "whiskey": "whisky", "yogurt": "yoghurt",
    "judgment": "judgement",
    "acknowledgment": "acknowledgement", "aging": "ageing", "woolen": "woollen", "marvelous": "marvellous",
    "vise": "vice", "czar": "tsar", "donut": "doughnut", "carburetor": "carburettor", "karat": "carat",
    "sulfate": "sulphate", "sulfide": "sulphide", "sulfuric": "sulphuric", "councilor": "councillor",
    "counselor": "counsellor", "fulfillment": "fulfilment", "installment": "instalment", "skillful": "skilful",
    "willful": "wilful", "enrollment": "enrolment", "enthrallment": "enthralment", "inquiry": "enquiry",
    "inquire": "enquire", "story's": "storey's",
    "learned": "learnt", "dreamed": "dreamt", "burned": "burnt", "spelled": "spelt", "spoiled": "spoilt",
    "leaned": "leant", "leaped": "leapt", "smelled": "smelt", "spilled": "spilt", "kneeled": "knelt",
}  # fmt: skip

# What stands in an American form and what a British one may have there, at each place where it matches.
_RULES = [
    (re.compile(american), british)
    for american, british in (
        (r"or(?=(s|ed|ing|ings|er|ers|able|ably|ful|fully|less|ite|ites|y|ism|ist|ists|ly|ation)?$)", "our"),
        (r"(?<=[bcdfghjklmnpqrstvwxyz])or", "our"),
        (r"z(?=(e|ed|es|er|ers|ing|ingly|able|ation|ations|ational|ement)$)", "s"),
        (r"(?<=c|g|t|b|p|d|v|u|h)er(?=(s|ed|ing|ings|board|boards|piece|pieces|fold)?$)", "re"),
        (r"og(?=(s|ed|ing|er|ers)?$)", "ogue"),
        (r"og(?=ing$)", "ogu"),
        (r"(?<=[aeiou])([lpt])(?=(ed|ing|ings|er|ers|or|ors|able|ist|ists|ous|ously|ery|ish)$)", r"\1\1"),
        (r"ll(?=(s|ment|ments|ful|fully|fulness)?$)", "l"),
        (r"ens(?=e|es|ed|eless|er)", "enc"),
        (r"(?<!a|o|e)e(?!s?$)", "ae"),
        (r"(?<!a|o|e)e(?!s?$)", "oe"),
        (r"a(?=t(e|ed|es|ing|ion)$)", "ea"),
        (r"ward$", "wards"),
        (r"ction(?=(s|al)?$)", "xion"),
        (r"sk(?=ept)", "sc"),
        (r"gm(?=ents?$)", "gem"),
        (r"dgment", "dgement"),
        (r"sulf", "sulph"),
        (r"ling(?=s?$)", "lling"),
    )
]
_ENDINGS = ("s", "es", "d", "ed", "r", "rs", "er", "ers", "ing", "ings", "ly", "y", "'s")


def british_forms(word: str) -> Iterator[str]:
    """Yield the forms a British dictionary may have for an American word; most of them are no words."""
    if word in _SINGLE:
        yield _SINGLE[word]
    for ending in _ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            for form in (stem, stem + "e"):
                if form in _SINGLE and (form == stem or not ending.startswith("e")):
                    yield _SINGLE[form].removesuffix("e" if form != stem else "") + ending
                    if _SINGLE[form].endswith("e"):
                        yield _SINGLE[form][:-1] + ending
    for pattern, british in _RULES:
        for match in pattern.finditer(word):
            yield word[: match.start()] + match.expand(british) + word[match.end() :]
        if british in ("s", "ae", "our"):  # organizations, anaesthesia: twice in one word
            yield pattern.sub(british, word)
