"""The data of `ner.py`: annotated corpora, short texts with entities, and running text for the speed test."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf

from docsight.tags import TagSpan
from docsight_training.data.ner.annotated_documents import Document
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.ner_batches import join_sentences

HERE = Path(__file__).parent
EXPERIMENTS = HERE.parent / "conf" / "docsight_conf" / "experiment"
STEPS = ("rnn_ner.yaml", "rnn_ner_labels.yaml")  # the second one adds labels to the first
LEFT_OUT = HERE / "ner_left_out.yaml"
NAMES = ("PER", "ORG", "LOC")  # the labels of the F1 that is compared
OTHERS = ("DATE", "NORP", "WORK", "EVENT", "PRODUCT")  # labels with their own table
AMOUNTS = ("MONEY", "PERCENT", "TIME", "QUANTITY")  # that no corpus annotates; see `ner_amounts.py`
LABELS = (*NAMES, *OTHERS, *AMOUNTS)
TEXT_LABELS = (*NAMES, "DATE", "NORP")  # that the short texts annotate
MERGED = ("crossner",)  # families whose corpora are reported together


@dataclass(frozen=True)
class LabelledSet:
    """The documents of a corpus, or of a family of corpora, and the labels that it annotates, in the order of LABELS.

    Args:
        name: The corpus or family, in the tables.
        role: The part of the corpus: test or validation.
        documents: Its documents; spans have our labels.
        annotates: The labels that can be judged on it.
    """

    name: str
    role: str
    documents: list[Document]
    annotates: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """PER, ORG and LOC, as far as they are annotated."""
        return tuple(label for label in self.annotates if label in NAMES)

    @property
    def others(self) -> tuple[str, ...]:
        """The labels with their own table, as far as they are annotated."""
        return tuple(label for label in self.annotates if label in OTHERS)

    def with_documents(self, documents: list[Document]) -> "LabelledSet":
        """Return the same set with changed documents."""
        return replace(self, documents=documents)


@dataclass(frozen=True)
class ShortText:
    """A text with its entities.

    Args:
        text: The text.
        kind: What kind of text it is; empty if all are of one kind.
        entities: The entities, in characters.
        targets: The indices of the entities that are judged; all if the file names none.
    """

    text: str
    kind: str
    entities: list[TagSpan]
    targets: list[int]


def experiment_sets(
    data: Path, role: str = "test", *, limit: int | None = None, only: Collection[str] | None = None
) -> Iterator[LabelledSet]:
    """Yield the test or validation part of each corpus of the experiment, with labels folded as for training.

    Args:
        data: The folder above the corpora. A corpus that is not there is reported and skipped.
        role: test or validation.
        limit: The maximum number of documents of a corpus.
        only: The names of the corpora to read; None for all.
    """
    config = _read_experiment()
    for name, corpus in config["corpora"].items():
        if only is None or name in only:
            yield from _read_set(data, name, Corpus(**corpus), role, config["fold"], limit)


def left_out_sets(
    data: Path, *, limit: int | None = None, only: Collection[str] | None = None
) -> Iterator[LabelledSet]:
    """Yield the corpora of `ner_left_out.yaml`, which the shipped model was never trained on; see `experiment_sets`."""
    for name, about in yaml.safe_load(LEFT_OUT.read_text(encoding="utf-8")).items():
        if only is not None and name not in only:
            continue
        corpus = Corpus(folder=about["folder"], splits={"test": [about["split"]]}, annotates=list(about["fold"]))
        yield from _read_set(data, name, corpus, "test", about["fold"], limit)


def _read_experiment() -> dict[str, Any]:
    """Return the settings of the data of `rnn_ner`, with all labels that can be measured."""
    steps = [OmegaConf.load(EXPERIMENTS / step).data for step in STEPS]
    settings: Any = OmegaConf.to_container(OmegaConf.merge(*steps), resolve=False)
    return dict(settings)


def _read_set(
    data: Path, name: str, corpus: Corpus, role: str, fold: dict[str, list[str]], limit: int | None
) -> Iterator[LabelledSet]:
    if corpus.splits is None or not corpus.splits.get(role):
        return
    if not (data / corpus.folder).is_dir():
        print(f"Skipped {name}: expected its folder {corpus.folder!r} in the folder of --data.\n", flush=True)
        return
    labels = {theirs: ours for ours, names in fold.items() for theirs in names}
    documents = read_corpus(name, corpus, role, CorpusFormat(path=str(data), fold=labels, strip_titles=True))[:limit]
    yield LabelledSet(name, role, documents, _annotated(corpus, documents))


def _annotated(corpus: Corpus, documents: Sequence[Document]) -> tuple[str, ...]:
    """Return the labels that a corpus says it annotates; if it does not say, PER, ORG, LOC and those that occur."""
    if corpus.annotates is not None:
        return tuple(label for label in LABELS if label in corpus.annotates)
    occurring = {span.label for document in documents for sentence in document.sentences for span in sentence.spans}
    return tuple(label for label in LABELS if label in NAMES or label in occurring)


def family_of(name: str) -> str:
    """Return the family of a corpus, such as crossner of crossner_ai."""
    return name.split("_")[0]


def by_family(sets: Iterator[LabelledSet]) -> list[LabelledSet]:
    """Merge the corpora of the families that are reported together; the order stays that of the first of each."""
    merged: dict[str, LabelledSet] = {}
    for part in sets:
        family = family_of(part.name)
        name = family if family in MERGED else part.name
        before = merged.get(name)
        documents = [*(before.documents if before else []), *part.documents]
        annotates = tuple(
            label for label in LABELS if label in {*part.annotates, *(before.annotates if before else ())}
        )
        merged[name] = LabelledSet(name, part.role, documents, annotates)
    return list(merged.values())


def gold_spans(document: Document) -> list[TagSpan]:
    """Return the spans of a document in its tokens, counted over all its sentences."""
    return join_sentences(document.sentences).spans


def read_short_texts(name: str) -> list[ShortText]:
    """Read a file of `benchmarks/data`: JSON lines with text, entities and optionally kind and targets."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in (HERE / "data" / name).read_text("utf-8").splitlines()]
    return [
        ShortText(
            row["text"],
            row.get("kind", ""),
            [TagSpan(*entity) for entity in row["entities"]],
            row.get("targets", list(range(len(row["entities"])))),
        )
        for row in rows
    ]


def read_running_text(folder: Path, tokens: int) -> list[str]:
    """Read distinct paragraphs from Parquet files with a column `text`, about this many tokens in total."""
    import pyarrow.parquet as pq

    texts: dict[str, None] = {}
    wanted = tokens * 5  # about five characters per token
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise SystemExit(f"Expected Parquet files with a column 'text' in {folder}; found none.")
    for file in files:
        sentences, part = pq.read_table(file).column("text").to_pylist(), 0
        for at in range(0, len(sentences), 5):
            text = " ".join(sentences[at : at + 5])
            part += len(text)
            texts[text] = None
            if part > wanted / len(files):
                break
    return list(texts)
