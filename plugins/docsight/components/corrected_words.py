"""The words that `rnn_ner` reads as `rnn_speller` corrected them."""

from spacy.tokens import Doc

from docsight import attributes
from docsight.corrections import CorrectionRow, applied_rows
from docsight.stored_results import text_size
from docsight.vocab import UNK, Vocab

# The minimum score of a correction that is read instead of the word as written. The second is for a capitalised word
# that the network has no vector for, while it has one for the suggestion: the letters of a misspelled name say
# little about it. Both were chosen on the validation sets.
_MIN_CORRECTION_SCORE, _MIN_SCORE_OF_KNOWN_NAME = 0.7, 0.2


def corrected_words(doc: Doc, vocab: Vocab) -> list[tuple[int, str]]:
    """Return the tokens that are read as another word; corrections that split or join words are ignored."""
    rows = attributes.corrections(doc)
    applied = applied_rows(rows, text_size(doc))
    words: dict[int, str] = {}
    for row in [*applied, *(row for row in rows if not row["applied"])]:
        if row["suggestion"] and not any(char.isspace() for char in row["suggestion"]):
            span = doc.char_span(row["start"], row["end"])
            if span is not None and len(span) == 1 and _is_reliable(row, span.text, vocab):
                words.setdefault(span.start, row["suggestion"])
    return list(words.items())


def _is_reliable(row: CorrectionRow, typed: str, vocab: Vocab) -> bool:
    """Return whether a correction is certain enough to be read; without a score, whether it is applied."""
    score = row.get("score", float(row["applied"]))
    if row["applied"] and score >= _MIN_CORRECTION_SCORE:
        return True
    is_unknown_name = typed[:1].isupper() and vocab.word_id(typed) == UNK
    return bool(is_unknown_name and score >= _MIN_SCORE_OF_KNOWN_NAME and vocab.word_id(row["suggestion"]) != UNK)
