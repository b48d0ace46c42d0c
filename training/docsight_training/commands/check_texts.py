"""The report of `docsight-train check` on annotated texts."""

from collections.abc import Iterator

from docsight_training.commands.check_report import conclusion_lines, doubt_lines, histogram_lines, table_lines
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import MAX_USUAL_TOKENS
from docsight_training.data.ner.survey import LENGTHS, MIN_EXAMPLES, Survey


def text_report(found: Survey, findings: Findings, *, limit: int | None) -> Iterator[str]:
    """Yield the lines of the report; each kind of doubt lists at most `limit` places, or all of them."""
    yield from table_lines([*_counts(found)])
    yield ""
    yield "Sentences by length in tokens:"
    lengths = [sum(split.lengths[at] for split in found.splits.values()) for at in range(len(LENGTHS) + 1)]
    yield from histogram_lines(LENGTHS, lengths)
    doubts = [*_label_lines(found), *findings.lines(limit=limit)]
    for title, listed in (
        ("sentences that occur again in their own split", found.repeated),
        ("sentences that also occur in another split (scores are then too high)", found.leaked),
        ("sentences that occur again with other spans (correct or remove one of them)", found.contradictory),
        (f"sentences of more than {MAX_USUAL_TOKENS} tokens (is an empty line missing between sentences?)", found.long),
        ("spans of PER that begin with a title (data.strip_titles=true removes it)", found.titles),
        ("names with several labels", found.ambiguous),
    ):
        doubts += doubt_lines(title, listed, limit=limit)
    yield from conclusion_lines(doubts)


def _counts(found: Survey) -> Iterator[list[str]]:
    splits = found.splits.values()
    yield ["", *found.splits]
    for name in ("texts", "sentences", "tokens"):
        yield [name, *(f"{getattr(split, name):,}" for split in splits)]
    yield ["spans", *(f"{split.spans.total():,}" for split in splits)]
    for label in found.labels:
        yield [f"  {label}", *(f"{split.spans[label]:,}" for split in splits)]


def _label_lines(found: Survey) -> Iterator[str]:
    for role, labels in found.lone_labels().items():
        missed = "" if role == "train" else " (they are not learned, and their spans count as missed)"
        yield f"labels only in the split for {role}{missed}: {', '.join(labels)}"
    if rare := found.rare_labels():
        shown = ", ".join(f"{label} ({count})" for label, count in rare.items())
        yield f"labels with fewer than {MIN_EXAMPLES} spans for training: {shown}"
