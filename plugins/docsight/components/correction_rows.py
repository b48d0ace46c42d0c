"""The rows of `doc._.corrections`, made from what the corrector found."""

from typing import Any

from docsight.corrections import CONTEXT_REASON, UNKNOWN_WORD
from docsight.spelling.correction.corrector import Correction


def correction_row(correction: Correction, typed: str, *, min_score: float) -> dict[str, Any]:
    """Return the row of `doc._.corrections` for a correction, in plain types for `Doc.to_bytes`.

    Args:
        correction: A misspelled word with its suggestions.
        typed: The word as the text has it.
        min_score: The minimum score of an applied correction.
    """
    return {
        "start": int(correction.start),
        "end": int(correction.end),
        "text": typed,
        "suggestion": correction.suggestions[0][0] if correction.suggestions else typed,
        "suggestions": [
            {"text": word, "probability": float(probability)} for word, probability in correction.suggestions
        ],
        "score": float(correction.score),
        "reason": CONTEXT_REASON if correction.known else UNKNOWN_WORD,
        "because": "; ".join(correction.because),
        "applied": bool(correction.suggestions) and float(correction.score) >= min_score,
    }
