"""Silver text: sentences with the scores that a teacher gives to their tags, as Parquet files."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from docsight.errors import ConfigError, DataError
from docsight.layers.crf import LinearChainCRF
from docsight.tags import iobes_rules, iobes_tags
from docsight_training.data.ner.annotated_documents import Document, Sentence

SILVER = "silver"  # the corpus name of silver documents
_METADATA_KEY = b"docsight"


@dataclass(frozen=True)
class Teacher:
    """What a teacher's scores mean: its labels, and the scores of its CRF, which the emissions are added to.

    Args:
        labels: The labels, whose IOBES tags are the columns of the emissions.
        transitions: (tags, tags).
        start: (tags,).
        end: (tags,).
    """

    labels: list[str]
    transitions: list[list[float]]
    start: list[float]
    end: list[float]

    def make_crf(self) -> LinearChainCRF:
        """Make the CRF of the teacher."""
        follows, first, last = iobes_rules(iobes_tags(self.labels))
        crf = LinearChainCRF(follows=follows, first=first, last=last)
        with torch.no_grad():
            crf.transitions.copy_(torch.tensor(self.transitions))
            crf.start.copy_(torch.tensor(self.start))
            crf.end.copy_(torch.tensor(self.end))
        return crf


@dataclass(frozen=True)
class SilverSource:
    """The origin and the licence of a silver text, for the model card."""

    name: str
    origin: str
    licence: str


def write_silver(file: Path, documents: Sequence[Document], teacher: Teacher, source: SilverSource) -> None:
    """Write documents with scores to a Parquet file, in one step: the file exists only when it is complete."""
    rows: dict[str, list[object]] = {"document": [], "tokens": [], "scores": []}
    for number, document in enumerate(documents):
        for sentence in document.sentences:
            assert sentence.scores is not None, "a silver sentence has scores"
            rows["document"].append(number)
            rows["tokens"].append(sentence.tokens)
            rows["scores"].append(sentence.scores.astype(np.float16).tobytes())
    schema = pa.schema(
        [("document", pa.int64()), ("tokens", pa.list_(pa.string())), ("scores", pa.binary())],
        metadata={_METADATA_KEY: json.dumps({"teacher": asdict(teacher), "source": asdict(source)})},
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    pq.write_table(pa.table(rows, schema=schema), temporary, compression="zstd")
    temporary.replace(file)


def read_silver(folder: Path, *, labels: Sequence[str]) -> tuple[list[Document], Teacher, list[SilverSource]]:
    """Read all silver texts of a folder.

    Raises:
        ConfigError: There is none.
        DataError: A file was not written by a teacher, by another teacher than the first, or with other labels.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise ConfigError(
            f"data.silver={folder}: expected Parquet files of a teacher; found none. Train one with "
            "docsight-train experiment=rnn_ner_teacher, or pass data.silver=null to train without."
        )
    documents: list[Document] = []
    sources: list[SilverSource] = []
    teacher: Teacher | None = None
    for file in files:
        about = json.loads((pq.read_schema(file).metadata or {}).get(_METADATA_KEY, b"{}"))
        if "teacher" not in about:
            raise DataError(f"{file}: expected silver text with the labels of its teacher; found another Parquet file.")
        of_file = Teacher(**about["teacher"])
        if of_file.labels != list(labels):
            raise DataError(
                f"{file}: expected scores of the labels {', '.join(labels)}; found {', '.join(of_file.labels)}. "
                "Set data.labels to the teacher's, in the same order."
            )
        if teacher is not None and of_file != teacher:
            raise DataError(f"{file}: expected the teacher of {files[0]}; found the scores of another one.")
        teacher = of_file
        sources.append(SilverSource(**about["source"]))
        documents += _read_documents(file, tags=len(of_file.start))
    assert teacher is not None
    return documents, teacher, sources


def _read_documents(file: Path, *, tags: int) -> Iterator[Document]:
    table = pq.read_table(file)
    sentences: list[Sentence] = []
    last = None
    columns = (table.column(name).to_pylist() for name in ("document", "tokens", "scores"))
    for number, tokens, scores in zip(*columns, strict=True):
        if number != last and sentences:
            yield Document(SILVER, sentences)
            sentences = []
        sentences.append(Sentence(tokens, [], np.frombuffer(scores, dtype=np.float16).reshape(-1, tags)))
        last = number
    if sentences:
        yield Document(SILVER, sentences)
