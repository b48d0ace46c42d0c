"""Reads all corpora of a run, and holds out the splits that are missing."""

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.annotated_documents import Document
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import Columns
from docsight_training.data.ner.formats.registry import check_source
from docsight_training.data.ner.held_out import HoldOut, hold_out_documents
from docsight_training.data.splits import ROLES

log = logging.getLogger(__name__)

ONLY_CORPUS = "own"  # the name of the corpus where data.corpora names none; model cards have it
_MAX_LOGGED_FINDINGS = 5  # of each kind; `docsight-train check` shows more


@dataclass(frozen=True)
class ReadCorpora:
    """Corpora that were read.

    Args:
        documents: By role: train, validation and test.
        findings: What was changed or left out.
        notes: Sentences about the splits, for the user.
    """

    documents: dict[str, list[Document]]
    findings: Findings
    notes: list[str]


@dataclass(frozen=True)
class CorpusReader:
    """Reads all splits of corpora, and holds out what is missing.

    A corpus whose config names no splits may lack those for validation and test. Documents of its training split are
    then held out. Texts that are the same, and the parts of a document, are held out together.

    Args:
        corpora: The corpora by name.
        corpus_format: How they are stored.
        hold_out: What is held out.
        leave_out: The corpora that are evaluated but not trained on.
    """

    corpora: Mapping[str, Corpus]
    corpus_format: CorpusFormat
    hold_out: HoldOut
    leave_out: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_source(self.corpus_format.source)
        if unknown := sorted(self.leave_out - set(self.corpora)):
            raise ConfigError(
                f"data.leave_out: unknown corpus {', '.join(unknown)}; expected {', '.join(self.corpora)}."
            )

    @classmethod
    def from_config(
        cls,
        *,
        corpora: Mapping[str, Mapping[str, Any]] | None,
        source: str,
        path: str | None,
        hub: str | None,
        columns: Mapping[str, str | None] | None,
        conll_columns: Sequence[str] | None,
        fold: Mapping[str, Sequence[str]] | None,
        lang: str,
        strip_titles: bool,
        validation: float | None,
        test: float | None,
        leave_out: Sequence[str],
        seed: int,
    ) -> "CorpusReader":
        """Make a reader from keys of the config `data`; see `NerData`.

        Raises:
            ConfigError: A value is invalid, or a corpus has an unknown key.
        """
        known = [each.name for each in fields(Corpus)]
        if hub is not None and corpora is not None:
            raise ConfigError("data.hub is the id of the only corpus; with data.corpora, set data.corpora.NAME.hub.")
        named = dict(corpora or {ONLY_CORPUS: {} if hub is None else {"hub": hub}})
        for name, corpus in named.items():
            for key in set(corpus or {}) - set(known):
                raise ConfigError(f"data.corpora.{name}: unknown key {key!r}; expected one of: {', '.join(known)}.")
        folded = None if fold is None else {theirs: label for label, names in fold.items() for theirs in names}
        columns_of = Columns(**(columns or {}))  # type: ignore[arg-type]
        return cls(
            {name: Corpus(**(corpus or {})) for name, corpus in named.items()},
            CorpusFormat(source, path, columns_of, folded, conll_columns, lang, strip_titles),
            HoldOut(validation, test, seed),
            frozenset(leave_out),
        )

    def read(self) -> ReadCorpora:
        """Read the corpora.

        Raises:
            ConfigError: A split is malformed, or there is no tokenizer for the language.
            DataError: A file is missing or cannot be read, or a split is empty; the message names the row.
        """
        read = ReadCorpora({role: [] for role in ROLES}, Findings(), [])
        for name, corpus in self.corpora.items():
            parts = {role: read_corpus(name, corpus, role, self.corpus_format, read.findings) for role in ROLES}
            if corpus.splits is None:
                hold_out_documents("data" if name == ONLY_CORPUS else name, parts, self.hold_out, read.notes)
            for role, documents in parts.items():
                if role != "train" or name not in self.leave_out:
                    read.documents[role] += documents
        return read

    def read_for_training(self) -> dict[str, list[Document]]:
        """Read the documents of each role, and log what was held out, changed or left out.

        Raises:
            ConfigError, DataError: As in `read`; or no document is left to train on or to validate on.
        """
        read = self.read()
        for note in read.notes:
            log.info(note)
        for line in read.findings.lines(limit=_MAX_LOGGED_FINDINGS):
            log.warning(line)
        if not read.documents["train"]:
            raise DataError("data.corpora: no corpus is left to train on; see data.leave_out and the key splits.")
        if not read.documents["validation"]:
            raise DataError(
                "data.corpora: no corpus has a split for validation; see data.validation and the key splits of each "
                "corpus."
            )
        return read.documents


# The keys of the config `data` that decide how corpora are read.
READER_KEYS = tuple(inspect.signature(CorpusReader.from_config).parameters)
