"""A phonetic key of English words, the same for most ways of spelling a word by ear."""

from collections.abc import Sequence

# Applied in this order to a whole list of words at once; line breaks separate the words. Capitals are sounds that later
# rules do not change: A a vowel, C ch and sh, J a soft g, K a hard c, S a soft c.
_RULES = (
    # Silent letters at the start and at the end.
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
    """Return the key of each word: its consonants by sound, and A for an initial vowel."""
    text = "\n" + "\n".join(words).replace("'", "") + "\n"
    for written, sound in (*_SOUNDS, *_DOUBLES, *_FIRST):
        text = text.replace(written, sound)
    return text.translate(_UNSPOKEN)[1:-1].split("\n")
