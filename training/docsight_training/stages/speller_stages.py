"""The stages of a speller that are its own: counting its tables, and training its ranker and its judge."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from docsight.bundle import find_model, load_folder
from docsight.networks.judge import NUM_EVIDENCE, Judge
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.lexicon.tables import TechnicalText
from docsight.spelling.model import Speller
from docsight.vocab import Vocab
from docsight_training.building import build
from docsight_training.data.speller.mistakes import SentenceNoise
from docsight_training.data.speller.noise import make_noise
from docsight_training.data.speller.speller_inputs import check_speller_inputs
from docsight_training.data.speller.tables import CHARS, count_tables
from docsight_training.data.speller.technical_text import TechnicalCounts, read_technical
from docsight_training.judge_fit import fit_judge, judge_loss
from docsight_training.runs import Run, TrainedModel
from docsight_training.stages.stage import KeptStage, PartStage, Stage

_TABLES = ("lexicon", "pairs", "channel", "confusions", "trigrams", "letters")


class TablesStage(KeptStage):
    """Count lexicon, known misspellings, error costs, confusions, trigrams and the rates of typing errors.

    Provides `tables` (state dicts by name), `words` and `chars` (vocabularies), `noise` and `sentence_noise` for later
    stages.
    """

    def __init__(self, *, name: str, lists: str, parts_from: str | None = None, **counted: Any) -> None:
        super().__init__(name=name, parts_from=parts_from)
        self.lists, self.counted = Path(lists), counted

    def check_inputs(self, run: Run) -> None:
        is_counted = self.parts_from is not None or run.config["ckpt_path"] is not None
        check_speller_inputs(run.config["data"], needs_scowl=not is_counted)

    def make_result(self, run: Run) -> dict[str, Any]:
        return count_tables(lists=self.lists, **self.counted)

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        words = Vocab(result["words"])
        noise = make_noise(words.entries, result["lexicon"], lists=self.lists)
        run.results |= {"tables": result, "words": words, "chars": CHARS, "noise": noise}
        run.results["sentence_noise"] = SentenceNoise(noise)


class RankerStage(PartStage):
    """Assemble the speller from the results of the earlier stages, and train its ranker.

    The data module also gets `corrector`, which finds candidates and features with the other parts.
    """

    def __init__(self, *, origins: Mapping[str, Mapping[str, str]], **part: Any) -> None:
        super().__init__(**part)
        self.origins = {name: dict(origin) for name, origin in origins.items()}

    def run(self, run: Run) -> None:
        run.seed()
        arguments = self._speller_arguments(run.results)
        speller = Speller(**arguments)
        for name in _TABLES:
            speller.get_submodule(name).load_state_dict(run.results["tables"][name])
        speller.context.copy_from(run.results["context"])
        speller.typing.load_state_dict(run.results["typing"].state_dict())
        speller.eval().requires_grad_(False)
        vocabularies = {"words": run.results["words"], "chars": run.results["chars"]}
        run.results["speller"] = speller
        run.results["corrector"] = Corrector(speller, vocabularies, device=torch.device("cpu"))
        super().run(run)
        run.model = TrainedModel(speller, arguments, vocabularies, self.origins)

    def make_network(self, run: Run, data: Any) -> tuple[dict[str, Any], nn.Module]:
        ranker = cast(Speller, run.results["speller"]).ranker
        ranker.mean.copy_(torch.from_numpy(data.mean))
        ranker.scale.copy_(torch.from_numpy(data.scale))
        return {}, ranker.train().requires_grad_(True)

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        ranker = cast(Speller, run.results["speller"]).ranker
        ranker.load_state_dict(result["network"])
        ranker.eval().requires_grad_(False)
        run.add_metrics({f"{self.name}/{name}": value for name, value in result["figures"].items()})

    def _speller_arguments(self, results: Mapping[str, Any]) -> dict[str, Any]:
        tables = results["tables"]
        num_typed, num_meant = (size - 1 for size in tables["channel"]["rules"].shape)
        context = {name: value for name, value in results["context_arguments"].items() if name != "num_chars"}
        return {
            "num_words": len(results["words"]),
            "num_chars": len(results["chars"]),
            "num_pairs": len(tables["pairs"]["hashes"]),
            "num_confusions": len(tables["confusions"]["ids"]),
            "num_bigrams": len(tables["trigrams"]["bigram"]),
            "num_trigrams": len(tables["trigrams"]["trigram"]),
            "channel": {"num_typed": num_typed, "num_meant": num_meant},
            "context": {**context, "in_bytes": True},
            "ranker": {name: value for name, value in self.network.items() if name != "_target_"},
            "typing": results["typing_arguments"],
        }


class SpellerModelStage(Stage):
    """Take a finished speller, to train only its judge; the noise is learned from lists, as in `TablesStage`."""

    def __init__(self, *, name: str, model: str, lists: str, origins: Mapping[str, Mapping[str, str]]) -> None:
        self.name, self.model, self.lists = name, model, Path(lists)
        self.origins = {origin: dict(about) for origin, about in origins.items()}

    def check_inputs(self, run: Run) -> None:
        check_speller_inputs(run.config["data"], needs_scowl=False)

    def run(self, run: Run) -> None:
        bundle = load_folder(find_model(self.model), kind="speller")
        speller = cast(Speller, bundle.network)
        words = bundle.vocabularies["words"]
        noise = make_noise(words.entries, speller.lexicon.state_dict(), lists=self.lists)
        arguments = {name: value for name, value in bundle.arguments.items() if name != "judge"}
        run.results |= {"speller": speller, "sentence_noise": SentenceNoise(noise)}
        run.results["corrector"] = Corrector(speller, bundle.vocabularies, device=torch.device("cpu"))
        run.model = TrainedModel(speller, arguments, bundle.vocabularies, self.origins)


class JudgeStage(KeptStage):
    """Fit the judge of the speller that the earlier stages made.

    Args:
        data: The config of `JudgeData`, without the corrector and the noise, which earlier stages provide.
        penalty: Of the squares of the weights.
        technical: The file of the technical text; None to keep what the speller has, if it has any.
    """

    def __init__(
        self,
        *,
        name: str,
        data: dict[str, Any],
        penalty: float,
        technical: str | None = None,
        parts_from: str | None = None,
    ) -> None:
        super().__init__(name=name, parts_from=parts_from)
        self.data, self.penalty, self.technical = data, penalty, technical

    def run(self, run: Run) -> None:
        speller, model = cast(Speller, run.results["speller"]), run.model
        assert model is not None
        if self.technical or speller.technical is None:
            speller.technical = self._read_technical(speller)
        speller.judge = Judge(num_evidence=NUM_EVIDENCE)
        speller.eval().requires_grad_(False)
        super().run(run)
        sizes = {"num_terms": len(speller.technical.terms), "num_pairs": len(speller.technical.pairs)}
        run.model = replace(model, arguments=model.arguments | {"judge": sizes})

    def make_result(self, run: Run) -> dict[str, Any]:
        run.seed()
        inputs = {name: run.results[name] for name in ("corrector", "sentence_noise")}
        data = build(self.data, _partial_=True)(**inputs)
        data.setup()
        judge = Judge(num_evidence=NUM_EVIDENCE)
        judge.mean.copy_(torch.from_numpy(data.mean))
        judge.scale.copy_(torch.from_numpy(data.scale))
        fit_judge(judge, data.train, penalty=self.penalty)
        with torch.inference_mode():
            losses = {"train": judge_loss(judge, data.train), "val": judge_loss(judge, data.validation)}
        return {
            "network": judge.state_dict(),
            "figures": {f"{part}/loss": float(loss) for part, loss in losses.items()},
        }

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        judge = cast(Judge, run.results["speller"].judge)
        judge.load_state_dict(result["network"])
        judge.eval().requires_grad_(False)
        run.add_metrics({f"{self.name}/{name}": value for name, value in result["figures"].items()})

    def _read_technical(self, speller: Speller) -> TechnicalText:
        counts = read_technical(self.technical) if self.technical else TechnicalCounts([], {})
        is_misspelling = set(speller.pairs.lookup(counts.terms)[0].tolist())
        terms = [term for at, term in enumerate(counts.terms) if at not in is_misspelling]
        return TechnicalText.from_counts(terms, counts.pairs)
