"""Titles before the names of persons, such as Dr. or President."""

# A title is not part of a name: President [Roosevelt]. Corpora differ, so titles are removed from PER spans.
# fmt: off
TITLES = frozenset(
    [
        "mr", "mrs", "ms", "miss", "mister", "dr", "doctor", "prof", "professor", "sir", "lady", "lord",
        "dame", "madam", "madame", "mme", "monsieur", "master", "president", "senator", "sen", "rep",
        "representative", "congressman", "congresswoman", "gov", "governor", "mayor", "judge", "justice",
        "secretary", "minister", "chancellor", "ambassador", "general", "gen", "colonel", "col", "major",
        "maj", "captain", "capt", "lieutenant", "lt", "sergeant", "sgt", "admiral", "commander", "pope",
        "cardinal", "archbishop", "bishop", "rev", "reverend", "father", "king", "queen", "prince",
        "princess", "emperor", "empress", "duke", "duchess", "count", "countess", "baron", "baroness",
        "uncle", "aunt", "aunty", "auntie", "cousin", "hon", "honorable",
    ]
)
# fmt: on


def is_title(token: str) -> bool:
    """Return whether a token is a title, such as Dr. or President."""
    return token.rstrip(".").lower() in TITLES
