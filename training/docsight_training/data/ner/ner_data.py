"""The data module of `rnn_ner`: makes batches of windows of running text from corpora."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from docsight.batching import batches_by_cost
from docsight.components.annotation_conventions import AnnotationConventions
from docsight.errors import ConfigError, DataError
from docsight.networks.calibration import BetaCalibration
from docsight.networks.tagger import Tagger
from docsight.vocab import LINE_END, Vocab
from docsight_training.data.batching import EpochData, LazyBatches
from docsight_training.data.ner.annotated_documents import Document, names_in
from docsight_training.data.ner.augment import TextAugment, default_rename
from docsight_training.data.ner.corpus_reader import CorpusReader
from docsight_training.data.ner.label_checks import (
    check_exchange,
    check_labels_of_documents,
    warn_of_unseen_labels,
)
from docsight_training.data.ner.label_choice import LabelChoice
from docsight_training.data.ner.ner_batches import BatchEncoder, Features, NerBatch, NerDocument
from docsight_training.data.ner.open_documents import OPEN_TEXT
from docsight_training.data.ner.rehearsal import Rehearsal
from docsight_training.data.ner.rule_labels import RuleLabels
from docsight_training.data.ner.silver import SilverSource, read_silver
from docsight_training.data.ner.tagger_words import make_vocabularies, vector_widths
from docsight_training.data.ner.templates import TemplateFiller
from docsight_training.data.ner.training_windows import TEMPLATES, TrainingWindows, Window
from docsight_training.tagger_transfer import InitialTagger

MIN_CHOOSING_SPANS = 50  # entities of the validation data: the best weights by fewer are a choice by chance
_LOSS_BATCH_TOKENS = 2_000
_KEEPING_MIN_STEPS = 200  # with keep_labels; the longer a network learns new labels, the more it forgets the old ones


class NerData(EpochData[NerBatch]):
    """Corpora for the tagger.

    Args:
        corpora: By name, the arguments of `Corpus`. None for one corpus, at `path` itself.
        source: A format of `SOURCES` in `formats.registry`, hub, or auto to recognize each file by its content.
        path: The local folder above the corpora, or a file, or None to load each from the hub.
        hub: The id of the only corpus on the hub; `corpora` have ids of their own.
        columns: The arguments of `Columns`.
        conll_columns: The columns of a CoNLL file, in order; None to recognize them.
        lang: The language whose tokenizer the pipeline has; spans of characters are aligned to its tokens.
        validation: The fraction of the training text to validate on, if there is no validation split; None for none.
        test: The fraction of the training text to test on, if there is no test split; None for none.
        strip_titles: Whether titles are removed from the beginning of PER spans: President [Roosevelt].
        labels: The labels to learn; None for those of the training split.
        fold: For each label to learn, the labels of the corpora that map to it; None to keep all unchanged.
        unknown_labels: What a token outside all spans means for labels that its corpus does not annotate:
            `outside` (it has none of them) or `marginalise` (nothing).
        date_label: The label of dates. A corpus that does not annotate it gets it by rule where the rule is sure;
            needs `unknown_labels=marginalise`, because other words may be dates, too. None for no rule.
        amount_labels: Labels of `AMOUNT_LABELS` that all text gets by rule where the rule is sure, unless its corpus
            annotates them; needs `unknown_labels=marginalise`. None for no rule.
        glove_words: How many of the most frequent words of GloVe, or of `vectors`, the vocabulary includes; 0 for none.
        vectors: A text file of word vectors, see `load_vectors`. The network takes their width. None for GloVe.
        min_count: How often a word must occur in the training split for its vector to be tuned, or for a word that
            GloVe lacks to have a vector.
        window: The maximum number of tokens in a window.
        batch_tokens: The approximate number of tokens in a training step.
        augment: The arguments of `TextAugment`, which changes the text in each epoch; None for no changes.
        templates: The number of template sentences in an epoch, filled with names of the training data. They are
            English and have the labels PER, ORG, LOC, DATE and NORP.
        template_weights: By section, the name of a file in `template_texts`, how many times as often its templates are
            drawn as those of other sections.
        gazetteer: A Parquet file with the columns `name` and `kind`, whose names fill the templates, too; None for
            only those of the training data.
        silver: A folder of text that a teacher has labelled, see `docsight_training.data.ner.silver`; None for none.
        silver_tokens: The approximate number of silver tokens in an epoch.
        features: Computes features of words in context for a network that has them; None for none. Windows are then
            single sentences.
        leave_out: Corpora that are evaluated but not trained on.
        init_from: The model that the network starts from, whose vocabularies are extended: the name of a shipped
            model, or a folder. None to start from GloVe.
        keep_labels: Whether the labels of that model are kept although this data does not annotate them; see
            `docsight_training.data.ner.rehearsal`.
        rehearsal: A file or folder of open text that the model to keep labels, too: .txt, .jsonl with `text`, or
            .parquet with `text` or `tokens`. An epoch has as much of it as of the annotated text. None for none.
        seed: Seeds windows, batches and augmentation.
    """

    def __init__(
        self,
        *,
        corpora: Mapping[str, Mapping[str, Any]] | None = None,
        source: str = "auto",
        path: str | None = None,
        hub: str | None = None,
        columns: Mapping[str, str | None] | None = None,
        conll_columns: list[str] | None = None,
        lang: str = "en",
        validation: float | None = 0.1,
        test: float | None = None,
        strip_titles: bool = False,
        labels: Sequence[str] | None = None,
        fold: Mapping[str, Sequence[str]] | None = None,
        unknown_labels: str = "outside",
        date_label: str | None = None,
        amount_labels: Sequence[str] | None = None,
        glove_words: int = 400_000,
        vectors: str | None = None,
        min_count: int = 2,
        window: int = 160,
        batch_tokens: int = 1500,
        augment: Mapping[str, Any] | None = None,
        templates: int = 0,
        template_weights: Mapping[str, float] | None = None,
        gazetteer: str | None = None,
        silver: str | None = None,
        silver_tokens: int = 2_000_000,
        features: Features | None = None,
        leave_out: Sequence[str] = (),
        init_from: str | None = None,
        keep_labels: bool = False,
        rehearsal: str | None = None,
        seed: int = 1,
    ) -> None:
        super().__init__()
        _check_starts(init_from, vectors, glove_words=glove_words, keep_labels=keep_labels, rehearsal=rehearsal)
        self.rules = RuleLabels(date_label, tuple(amount_labels or ()), unknown_labels)
        self.reader = CorpusReader.from_config(
            corpora=corpora,
            hub=hub,
            source=source,
            path=path,
            columns=columns,
            conll_columns=conll_columns,
            fold=fold,
            lang=lang,
            strip_titles=strip_titles,
            validation=validation,
            test=test,
            leave_out=leave_out,
            seed=seed,
        )
        self.corpora = self.reader.corpora
        self.given_labels = labels
        self.strip_titles = strip_titles
        self.glove_words, self.min_count = glove_words, min_count
        self.vectors_path = None if vectors is None else Path(vectors)
        self.window, self.batch_tokens = window if features is None else 1, batch_tokens
        self.augment = TextAugment(**augment) if augment else None
        self.templates, self.gazetteer = templates, gazetteer
        self.template_weights = template_weights
        self.silver, self.silver_tokens = silver, silver_tokens
        self.features = features
        self.start = None if init_from is None else InitialTagger(init_from)
        self.keep_labels, self.rehearsal = keep_labels, rehearsal
        self.seed = seed
        self.documents: dict[str, list[Document]] = {}
        self.kept: frozenset[str] = frozenset()  # labels of the old model that this data does not annotate
        self.silver_sources: list[SilverSource] = []

    def setup(self, stage: str | None = None) -> None:
        """Read the corpora, and make the vocabularies.

        Raises:
            ConfigError: A setting does not fit the data.
            DataError: Something cannot be read, or a split that is needed has no text or no entity.
        """
        if self.documents:
            return
        self.documents = self.reader.read_for_training()
        choice = self._choose_labels()
        self.labels, self.kept = choice.labels, choice.kept
        unannotated = choice.unannotated({name: corpus.annotates for name, corpus in self.corpora.items()})
        train = self.rules.annotate(self.documents["train"], labels=self.labels, unannotated=unannotated)
        self.documents["train"] = train
        self._filler = self._make_filler(train)
        self._vocabularies, self._vectors = make_vocabularies(
            train,
            min_count=self.min_count,
            glove_words=self.glove_words,
            vectors_path=self.vectors_path,
            layout_words=self._layout_words(),
            start=self.start,
        )
        self.words, self.chars = self._vocabularies.words, self._vocabularies.chars
        self.encoder = self._make_encoder(unannotated)
        if self.augment:
            self.augment.learn_names(train)
            if self.augment.rename is None:
                self.augment.rename = default_rename(train, starts_from_model=self.start is not None)
        self.training_windows = self._make_windows(train)

    def _choose_labels(self) -> LabelChoice:
        annotated = {label for label, _ in names_in(self.documents["train"])}
        old = None if self.start is None or not self.keep_labels else self.start.network.labels
        choice = LabelChoice.of(annotated, given=self.given_labels, old=old)
        if not choice.labels:
            raise DataError("The training split has no entity, so there is no label to learn.")
        # Silver text, templates and the rule for dates bring labels that the corpora may lack.
        if self.silver is None and not self.templates:
            warn_of_unseen_labels(
                [each for each in choice.labels if each != self.rules.date_label], annotated | choice.kept
            )
        check_labels_of_documents(self.documents, choice.labels)
        if self.augment:
            check_exchange(self.augment.exchange, choice.labels)
        return choice

    def _make_encoder(self, unannotated: Mapping[str, frozenset[str]]) -> BatchEncoder:
        return BatchEncoder(
            self.words,
            self.chars,
            self.labels,
            unannotated=unannotated,
            open_labels=self._open_labels(unannotated),
            possible=self.rules.possible(),
            features=self.features,
        )

    def _make_windows(self, train: Sequence[Document]) -> TrainingWindows:
        silver: list[Document] = []
        if self.silver is not None:
            silver, teacher, self.silver_sources = read_silver(Path(self.silver), labels=self.labels)
            self.teacher_crf = teacher.make_crf()
        return TrainingWindows(
            documents=train,
            corpora=self.corpora,
            rehearsal=self._rehearse(train),
            filler=self._filler,
            templates=self.templates,
            silver=silver,
            silver_tokens=self.silver_tokens,
            augment=self.augment,
            window=self.window,
            batch_tokens=self.batch_tokens,
        )

    def _make_filler(self, train: Sequence[Document]) -> TemplateFiller | None:
        if not self.templates:
            return None
        named = [document for document in train if not self.corpora[document.corpus].terse]
        return TemplateFiller(
            named,
            labels=self.labels,
            gazetteer=self.gazetteer,
            weights=self.template_weights,
            annotate=self.rules.annotate_sentence,
        )

    def _rehearse(self, train: Sequence[Document]) -> Rehearsal | None:
        if self.start is None or not (self.kept or self.rehearsal):
            return None
        return Rehearsal(
            self.start,
            train,
            keep=sorted(self.kept),
            open_text=self.rehearsal,
            annotate=self.rules.annotate_sentence,
            seed=self.seed,
        )

    def _open_labels(self, unannotated: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """Return the labels that the annotation of a corpus leaves open; those to keep are annotated by rehearsal."""
        open_labels = {}
        if self.rules.marginalises:
            open_labels = {name: labels - self.kept for name, labels in unannotated.items()}
            if self._filler is not None:
                annotated = self._filler.annotated_labels - set(
                    self.rules.amount_labels
                )  # of these only some are slots
                open_labels[TEMPLATES] = frozenset(self.labels) - annotated
        if self.start is not None:
            open_labels[OPEN_TEXT] = frozenset(self.labels) - set(self.start.network.labels)
        return open_labels

    @property
    def min_steps(self) -> int:
        return _KEEPING_MIN_STEPS if self.keep_labels else super().min_steps

    def network_arguments(self) -> dict[str, Any]:
        words, chars, tuned_words = self._vocabularies
        sizes = {"num_words": len(words), "num_chars": len(chars), "tuned_words": tuned_words}
        if self.start is not None:
            sizes |= self.start.encoder_widths()
        elif self.vectors_path is not None and self._vectors is not None:
            sizes |= vector_widths(self._vectors.shape[1])
        arguments: dict[str, Any] = {"labels": self.labels, "encoder": sizes}
        if self.start is not None and (local := self.start.local_arguments(self.labels)):
            arguments["local"] = local
        return arguments if self.features is None else {**arguments, "feature_dim": self.features.dim}

    def initial_weights(self) -> dict[str, Tensor]:
        """Return pretrained vectors by the name of their embedding; a row of zeros has no pretrained vector."""
        return {} if self._vectors is None else {"encoder.embed_words": self._vectors}

    def start_network(self, network: Tagger) -> None:
        """Copy the weights of the model that the network starts from, if there is one."""
        if self.start is not None:
            self.start.copy_to(network, self._vocabularies)

    def average_with_start(self, network: Tagger, *, fraction: float) -> None:
        """Average the trained weights with those of the model that the network started from."""
        if self.start is not None:
            self.start.average_into(network, self._vocabularies, fraction=fraction)

    def vocabularies(self) -> dict[str, Vocab]:
        return {"words": self.words, "chars": self.chars}

    @property
    def can_choose_weights(self) -> bool:
        """Whether there are enough validation entities to choose weights by."""
        return sum(1 for _ in names_in(self.documents["validation"])) >= MIN_CHOOSING_SPANS

    @property
    def has_test(self) -> bool:
        return bool(self.documents["test"])

    def about(self) -> dict[str, Any]:
        """Return the conventions of the annotation; those of a label that is kept are the conventions of its model."""
        conventions = AnnotationConventions(
            strip_titles=self.strip_titles, date_label=self.rules.date_label, amount_labels=self.rules.amount_labels
        )
        if self.start is not None:
            conventions = conventions.with_labels(self.kept, of=self.start.conventions)
        about = asdict(conventions)
        return {**about, "amount_labels": list(about["amount_labels"])}

    def kept_calibration(self) -> dict[str, BetaCalibration]:
        """Return the calibration of the labels that are kept, which the validation data does not annotate."""
        calibration = {} if self.start is None else self.start.calibration
        return {label: curve for label, curve in calibration.items() if label in self.kept}

    def sources(self) -> dict[str, dict[str, str]]:
        trained = {document.corpus for document in self.documents["train"]}
        sources = {
            name: {"origin": corpus.origin, "licence": corpus.licence}
            for name, corpus in self.corpora.items()
            if name in trained
        }
        silver = {
            f"{source.name} (labelled by the teacher)": {"origin": source.origin, "licence": source.licence}
            for source in self.silver_sources
        }
        return sources | silver

    def val_dataloader(self) -> list[DataLoader[Any]]:
        """Return loaders of the documents, for the scores, and of their sentences in batches, for the loss."""
        rows = [(document.corpus, s) for document in self.documents["validation"] for s in document.sentences]
        batches = batches_by_cost([len(sentence.tokens) for _, sentence in rows], max_cost=_LOSS_BATCH_TOKENS)
        plans = [[rows[n] for n in batch] for batch in batches]
        documents = cast(Dataset[list[NerDocument]], self.groups("validation"))
        return [
            DataLoader(documents, batch_size=None),
            DataLoader(LazyBatches(plans, self.encoder.batch), batch_size=None),
        ]

    def test_dataloader(self) -> DataLoader[list[NerDocument]]:
        return DataLoader(cast(Dataset[list[NerDocument]], self.groups("test")), batch_size=None)

    def epoch_batches(self, epoch: int) -> LazyBatches[list[Window], NerBatch]:
        """Cut the training documents into windows and batches, as determined by seed and epoch."""
        rng = random.Random(f"{self.seed}-{epoch}")
        return LazyBatches(self.training_windows.batches(rng), self.encoder.batch)

    def groups(self, role: str, size: int = 64) -> list[list[NerDocument]]:
        """Return the documents of a role for evaluation, `size` at a time."""
        documents = [self.encoder.document(document) for document in self.documents[role]]
        return [documents[start : start + size] for start in range(0, len(documents), size)]

    def _layout_words(self) -> set[str]:
        """Return the ends of lines and cells that the training text has: the network must not be given others."""
        lines = {LINE_END} if self.augment and self.augment.lines else set()
        return lines if self._filler is None else lines | self._filler.layout_words


def _check_starts(
    init_from: str | None, vectors: str | None, *, glove_words: int, keep_labels: bool, rehearsal: str | None
) -> None:
    """Check the arguments of `NerData` for what a network starts from: most are for one kind of start."""
    if keep_labels and init_from is None:
        raise ConfigError("data.keep_labels=true keeps the labels of a model; set model.init_from, too.")
    if rehearsal is not None and not keep_labels:
        raise ConfigError("data.rehearsal is text for keeping the labels of a model; set data.keep_labels=true, too.")
    if vectors is not None and init_from is not None:
        raise ConfigError(
            "data.vectors is for a network that starts from scratch; model.init_from has vectors of its own. Leave one "
            "of them out."
        )
    if vectors is not None and not glove_words:
        raise ConfigError(
            "data.glove_words=0 reads none of data.vectors; set it to how many words to read, such as 400000."
        )
