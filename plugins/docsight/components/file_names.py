"""The words of the file name of a Doc, which say what its text is about."""

import re

from spacy.tokens import Doc

from docsight.attributes import read_source

_NAME_WORD = re.compile(r"[^\W\d_]{3,}")


def file_name_words(doc: Doc) -> frozenset[str]:
    """Return the words of three letters or more of a Doc's file name, in lower case.

    The names are the last components of `path` and `part` in `doc._.source`, which `docsight.documents` sets.
    """
    source = read_source(doc)
    names = [str(source.get(key) or "").rstrip("/").rpartition("/")[2] for key in ("path", "part")]
    return frozenset(word.lower() for name in names for word in _NAME_WORD.findall(name))
