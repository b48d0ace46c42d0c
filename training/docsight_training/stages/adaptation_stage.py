"""Adapting a finished speller to the texts of a domain: its words, their frequencies, its trigrams, and the judge."""

import logging
import random
from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch

from docsight.bundle import Bundle, find_model, load_folder
from docsight.components.rnn_speller import THRESHOLDS
from docsight.errors import ConfigError
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.model import Speller
from docsight.wording import count_of
from docsight_training.data.speller.domain_checks import check_words, effect_warnings
from docsight_training.data.speller.domain_mistakes import Planted, make_domain_noise, measure, plant_misspellings
from docsight_training.data.speller.domain_text import (
    DomainCounts,
    DomainSplit,
    count_words,
    read_documents,
    split_documents,
    split_sentences,
)
from docsight_training.data.speller.domain_trigrams import mix_trigrams
from docsight_training.data.speller.domain_words import AdaptedTables, adapt_words
from docsight_training.data.speller.judge_data import JudgeData
from docsight_training.data.speller.mistakes import NoisyText, SentenceNoise
from docsight_training.data.speller.open_text import Paragraph
from docsight_training.data.speller.tables import trigram_ids
from docsight_training.initial_sources import initial_sources
from docsight_training.judge_fit import fit_judge
from docsight_training.runs import Run, TrainedModel
from docsight_training.stages.stage import Stage

log = logging.getLogger(__name__)

_MAX_SHOWN_WORDS = 12
_WORDS_FILE = "words.txt"
# Of the mistakes that the judge learns from: those of writers who know the domain are mostly typing errors.
_DOMAIN_KINDS = {"real": 0.02, "split": 0.01, "join": 0.01}


class AdaptationStage(Stage):
    """Adapt a speller, and measure it before and after on documents that nothing was learned from.

    Args:
        model: A model folder, or the name of a shipped model.
        data: `path` and `column` of the texts, the fractions `refit` and `test` of the documents, and `min_documents`
            and `min_count` of a word that becomes known.
        min_trigrams: How often a pair or triple of words must occur to be stored.
        penalty: Of the squared distance of the judge's weights from what they were.
        clean: The fraction of the texts without mistakes that the judge learns from.
        planted: The fraction of the words of the test that are misspelled.
        seed: Of the split and of all misspellings.
    """

    def __init__(
        self,
        *,
        name: str,
        model: str,
        data: Mapping[str, Any],
        min_trigrams: int = 2,
        penalty: float = 0.001,
        clean: float = 0.8,
        planted: float = 0.02,
        seed: int = 1,
    ) -> None:
        self.name, self.model, self.data = name, model, data
        self.min_trigrams, self.penalty, self.clean = min_trigrams, penalty, clean
        self.planted, self.seed = planted, seed

    def run(self, run: Run) -> None:
        run.seed()
        bundle, speller = self._load()
        split = self._read()
        corrector = Corrector(speller, bundle.vocabularies, device=torch.device("cpu"))
        counts = count_words(split.words, corrector.dictionary)
        for warning in check_words(counts, split.words):
            log.warning("%s", warning)
        run.write_config()
        noise = make_domain_noise(speller, bundle.vocabularies["words"], speller.lexicon)
        planted = plant_misspellings(split.test, noise, random.Random(self.seed), rate=self.planted)
        before = self._measure(run, corrector, split, planted, "before")
        adapted = self._adapt_tables(speller, bundle, split, counts)
        vocabularies = {**bundle.vocabularies, "words": adapted.words}
        corrector = Corrector(speller, vocabularies, device=torch.device("cpu"))
        self._refit(speller, corrector, split, adapted)
        after = self._measure(run, corrector, split, planted, "after")
        for warning in effect_warnings(before, after, num_planted=sum(len(text.meant) for text in planted)):
            log.warning("%s", warning)
        (run.folder / _WORDS_FILE).write_text("".join(f"{word}\n" for word in sorted(adapted.learned)), "utf-8")
        arguments = bundle.arguments | {
            "num_words": len(adapted.words),
            "num_bigrams": len(speller.trigrams.bigram_keys),
            "num_trigrams": len(speller.trigrams.trigram_keys),
        }
        sources = {
            **initial_sources(self.model),
            "domain": {"origin": count_of(len(split.words) + len(split.refit), "document")},
        }
        run.model = TrainedModel(speller, arguments, vocabularies, sources)

    def _load(self) -> tuple[Bundle, Speller]:
        bundle = load_folder(find_model(self.model), kind="speller")
        speller = cast(Speller, bundle.network)
        if speller.judge is None:
            raise ConfigError(
                f"model.init_from={self.model}: expected a speller with a judge; this one was trained with docsight "
                "0.1.0. Adapt the shipped one, model.init_from=rnn_speller, or train the speller again."
            )
        return bundle, speller

    def _read(self) -> DomainSplit:
        documents = read_documents(self.data["path"], column=self.data["column"])
        return split_documents(documents, refit=self.data["refit"], test=self.data["test"], seed=self.seed)

    def _adapt_tables(
        self, speller: Speller, bundle: Bundle, split: DomainSplit, counts: DomainCounts
    ) -> AdaptedTables:
        """Replace the tables of the speller by those with the words of the domain."""
        adapted = adapt_words(
            counts,
            words=bundle.vocabularies["words"],
            lexicon=speller.lexicon,
            pairs=speller.pairs,
            confusions=speller.confusions,
            min_documents=self.data["min_documents"],
            min_count=self.data["min_count"],
        )
        log.info("words that are now known (%d): %s", len(adapted.learned), _shown(adapted.learned))
        log.info(
            "words that look like misspellings (%d): %s",
            len(adapted.refused),
            _shown([f"{typed} ({meant})" for typed, meant in adapted.refused]),
        )
        paragraphs = [Paragraph("domain", split_sentences(document)) for document in split.words]
        speller.trigrams = mix_trigrams(
            speller.trigrams,
            trigram_ids(paragraphs, adapted.words),
            adapted.lexicon.zipf,
            min_count=self.min_trigrams,
        )
        speller.lexicon, speller.confusions = adapted.lexicon, adapted.confusions
        return adapted

    def _refit(self, speller: Speller, corrector: Corrector, split: DomainSplit, adapted: AdaptedTables) -> None:
        assert speller.judge is not None
        paragraphs = [
            sentences
            for document in split.refit
            for paragraph in document.split("\n\n")
            if (sentences := split_sentences(paragraph))
        ]
        noise = SentenceNoise(make_domain_noise(speller, adapted.words, adapted.lexicon), _DOMAIN_KINDS)
        data = JudgeData(
            corrector=corrector,
            sentence_noise=noise,
            sentences=[],
            edited=[],
            paragraphs={"domain": paragraphs},
            clean=self.clean,
            seed=self.seed,
        )
        data.setup()
        if not len(data.train.right):
            log.warning(
                "The judge stays as it was: no word of the texts that it would learn from has a suggestion. "
                "Give more texts, or a larger data.refit."
            )
            return
        fit_judge(speller.judge, data.train, penalty=self.penalty)

    def _measure(
        self, run: Run, corrector: Corrector, split: DomainSplit, planted: Sequence[NoisyText], when: str
    ) -> Planted:
        figures = measure(corrector, split.test, planted, THRESHOLDS["balanced"])
        run.add_metrics({f"test/{name}/{when}": value for name, value in figures._asdict().items()})
        return figures


def _shown(words: Sequence[str]) -> str:
    more = f" and {len(words) - _MAX_SHOWN_WORDS:,} more" if len(words) > _MAX_SHOWN_WORDS else ""
    return (", ".join(words[:_MAX_SHOWN_WORDS]) or "none") + more
