"""What is in annotated corpora, and what in them may be a mistake."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docsight.tags import TagSpan
from docsight_training.data.doubt import Doubt
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.formats.annotated import MAX_USUAL_TOKENS
from docsight_training.data.ner.titles import is_title

MIN_EXAMPLES = 50  # spans of a label in the training split; with fewer it is rarely learned well
LENGTHS = (5, 10, 20, 40, 80, 160)  # tokens; the upper limits of the bins of the histogram, but for the last one
_MIN_REPEATED_TOKENS = 4  # of a sentence that counts as a duplicate; shorter ones, such as headings, often recur


@dataclass
class SplitSurvey:
    """The contents of a split."""

    texts: int = 0
    sentences: int = 0
    tokens: int = 0
    spans: Counter[str] = field(default_factory=Counter)  # by label
    lengths: list[int] = field(default_factory=lambda: [0] * (len(LENGTHS) + 1))  # sentences in each bin


@dataclass
class Survey:
    """The contents of corpora, by role, and what may be a mistake in them.

    Args:
        splits: The contents of each split that is not empty.
        repeated: Sentences that occur again in their own split.
        leaked: Sentences of a split for evaluation that occur in training or in the other one.
        contradictory: Sentences that occur again with other spans, as when several people annotated them.
        long: Sentences of more than `MAX_USUAL_TOKENS` tokens.
        titles: Spans of PER that begin with a title, such as Dr.
        ambiguous: Names that have several labels, with their counts.
    """

    splits: dict[str, SplitSurvey]
    repeated: list[Doubt] = field(default_factory=list)
    leaked: list[Doubt] = field(default_factory=list)
    contradictory: list[Doubt] = field(default_factory=list)
    long: list[Doubt] = field(default_factory=list)
    titles: list[Doubt] = field(default_factory=list)
    ambiguous: list[Doubt] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        return sorted({label for split in self.splits.values() for label in split.spans})

    def lone_labels(self) -> dict[str, list[str]]:
        """Return by role the labels that only its split has, if there are several splits."""
        lone: dict[str, list[str]] = {}
        for label in self.labels if len(self.splits) > 1 else ():
            roles = [role for role, split in self.splits.items() if split.spans[label]]
            if len(roles) == 1:
                lone.setdefault(roles[0], []).append(label)
        return lone

    def rare_labels(self) -> dict[str, int]:
        """Return the labels with fewer than `MIN_EXAMPLES` spans for training, with their number."""
        counts = self.splits["train"].spans if "train" in self.splits else Counter[str]()
        return {label: counts[label] for label in self.labels if counts[label] < MIN_EXAMPLES}


def survey(documents: Mapping[str, Sequence[Document]]) -> Survey:
    """Survey the documents of each role."""
    found = Survey({role: SplitSurvey() for role, members in documents.items() if members})
    first: dict[tuple[str, ...], tuple[str, Sentence]] = {}  # the first sentence with these tokens, and its role
    labels_of: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for role, split in found.splits.items():
        split.texts = len(documents[role])
        for sentence in _sentences(documents[role]):
            _count(split, sentence)
            _compare(found, role, sentence, first)
            if len(sentence.tokens) > MAX_USUAL_TOKENS:
                found.long.append(Doubt(sentence.place, f"{len(sentence.tokens):,} tokens"))
            for span in sentence.spans:
                labels_of[tuple(sentence.tokens[span.start : span.end])][span.label] += 1
                if span.label == "PER" and _has_title(sentence.tokens[span.start : span.end]):
                    found.titles.append(Doubt(sentence.place, _describe(sentence, span)))
    several = [(name, counts) for name, counts in labels_of.items() if len(counts) > 1]
    for name, counts in sorted(several, key=lambda pair: -sum(pair[1].values())):
        shown = ", ".join(f"{label} {count}" for label, count in counts.most_common())
        found.ambiguous.append(Doubt(" ".join(name), shown))
    return found


def _sentences(documents: Sequence[Document]) -> Iterator[Sentence]:
    for document in documents:
        yield from document.sentences


def _count(split: SplitSurvey, sentence: Sentence) -> None:
    split.sentences += 1
    split.tokens += len(sentence.tokens)
    split.spans.update(span.label for span in sentence.spans)
    split.lengths[bisect_left(LENGTHS, len(sentence.tokens))] += 1


def _compare(found: Survey, role: str, sentence: Sentence, first: dict[tuple[str, ...], tuple[str, Sentence]]) -> None:
    """Note a sentence that occurred before."""
    if len(sentence.tokens) < _MIN_REPEATED_TOKENS:
        return
    first_role, other = first.setdefault(tuple(sentence.tokens), (role, sentence))
    if other.place is sentence.place and first_role == role:  # it recurs within its own row
        return
    doubt = Doubt(sentence.place, f"as {other.place} ({first_role}): {' '.join(sentence.tokens)[:60]}")
    (found.repeated if first_role == role else found.leaked).append(doubt)
    if other.spans != sentence.spans:
        found.contradictory.append(doubt)


def _has_title(name: Sequence[str]) -> bool:
    """Return whether a name begins with a title, or is an abbreviated one."""
    return is_title(name[0]) and (len(name) > 1 or name[0].endswith("."))


def _describe(sentence: Sentence, span: TagSpan) -> str:
    return f"{' '.join(sentence.tokens[span.start : span.end])[:60]} ({span.label})"
