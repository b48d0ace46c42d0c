"""A key of how an English word sounds, the same for most ways of writing it by ear."""

from collections.abc import Sequence

# Replaced in this order, all over a list of words at once; a word stands between line breaks. A capital is a sound
# that later lines leave alone: A a vowel, C ch and sh, J a soft g, K a hard c, S a soft c.
_RULES = (
    # Silent letters at the beginning and at the end.
    "\nkn>\nn \ngn>\nn \npn>\nn \nwr>\nr \nps>\ns \nx>\ns \nwho>\nho \nwh>\nw \nrh>\nr mb\n>m\n mn\n>m\n gn\n>n\n "
    # Endings that sound alike.
    "tion>Cn ssion>Cn sion>Cn cion>Cn shun>Cn cian>Cn sian>Cn tian>Cn tious>Cs cious>Cs xious>kCs tial>Cl cial>Cl "
    "cient>Cnt tient>Cnt sure>Cr ture>Cr cher\n>Cr\n "
    # Groups of consonants.
    "sch>sk chr>kr chl>kl tch>C ch>C sh>C ph>f dge>J dg>J ght>t ugh>u igh>i gh>g th>t qu>kw ck>k "
    # Soft and hard c and g.
    "cce>kSe cci>kSi sce>Se sci>Si scy>Sy ce>Se ci>Si cy>Sy c>k gue>ge gui>gi gge>ge ggi>gi ge>Je gi>Ji gy>Jy "
    "q>k x>ks z>s S>s J>j dj>j st\n>st\n wh>w"
)
_SOUNDS = [rule.split(">") for rule in _RULES.split(" ")]
_FIRST = [("\nh", "\nH"), ("\nw", "\nW"), ("\nya", "\nYa"), ("\nye", "\nYe"), ("\nyo", "\nYo"), ("\nyu", "\nYu")]
_FIRST += [(f"\n{vowel}", "\nA") for vowel in "aeiouy"]
_DOUBLES = [(2 * sound, sound) for sound in "bcdfghjklmnprstvzC"]
_UNSPOKEN = str.maketrans("", "", "aeiouyhw")


def phonetic_keys(words: Sequence[str]) -> list[str]:
    """Return the key of each word: its consonants, by sound, and A for a vowel at the beginning."""
    text = "\n" + "\n".join(words).replace("'", "") + "\n"
    for written, sound in (*_SOUNDS, *_DOUBLES, *_FIRST):
        text = text.replace(written, sound)
    return text.translate(_UNSPOKEN)[1:-1].split("\n")
