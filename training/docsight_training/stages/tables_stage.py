"""The first stage of a speller: the tables that are counted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docsight.vocab import Vocab
from docsight_training.data.speller.learned_noise import make_noise
from docsight_training.data.speller.sentence_noise import SentenceNoise
from docsight_training.data.speller.tables import CHARS, count_tables
from docsight_training.runs import Run
from docsight_training.stages.part_stage import KeptStage


class TablesStage(KeptStage):
    """Count lexicon, known misspellings, error costs, confusions, trigrams and the rates of typing errors.

    Leaves `tables` (state dicts by name), `words` and `chars` (vocabularies), `noise` and `sentence_noise` for later
    stages.

    Args:
        name: The name of the stage.
        text: The folder of the running text; see `read_paragraphs`.
        lists: The folder of the misspelling lists; see `read_pairs`.
        scowl: The folder of SCOWL's word lists.
        thin: The fraction of the text that is read, by the head of a source's name.
        trigrams: The arguments of `count_trigrams`.
        parts_from: The folder of another run whose result is used instead.
    """

    def __init__(
        self,
        *,
        name: str,
        text: str,
        lists: str,
        scowl: str,
        thin: Mapping[str, float] | None = None,
        trigrams: Mapping[str, Any] | None = None,
        parts_from: str | None = None,
    ) -> None:
        super().__init__(name=name, parts_from=parts_from)
        self.text, self.lists, self.scowl = text, Path(lists), Path(scowl)
        self.thin, self.trigrams = thin, dict(trigrams or {})

    def make_result(self, run: Run) -> dict[str, Any]:
        return count_tables(self.text, lists=self.lists, scowl=self.scowl, thin=self.thin, trigrams=self.trigrams)

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        words = Vocab(result["words"])
        noise = make_noise(words.entries, result["lexicon"], lists=self.lists)
        run.results |= {"tables": result, "words": words, "chars": CHARS, "noise": noise}
        run.results["sentence_noise"] = SentenceNoise(noise)
