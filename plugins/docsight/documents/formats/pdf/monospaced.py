"""Text in a monospaced font, which keeps its spaces."""

from docsight.documents.formats.pdf.text_lines import TextLine

_MAX_INDENT = 80  # letters


def aligned_text(line: TextLine, left: float) -> str:
    """Return the text of a line with as many spaces as letters would fit in its gaps, and between `left` and it."""
    letters = sum(len(run.text) for run in line.runs)
    pitch = max(1e-6, sum(run.box[2] - run.box[0] for run in line.runs) / max(1, letters))
    text = " " * min(_MAX_INDENT, max(0, round((line.box[0] - left) / pitch)))
    right = line.box[0]
    for run in line.runs:
        text += " " * max(run is not line.runs[0], min(_MAX_INDENT, round((run.box[0] - right) / pitch))) + run.text
        right = run.box[2]
    return text
