"""The last stage of a speller: the parts are put together, and the ranker is trained on their output."""

from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import nn

from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.model import Speller
from docsight_training.runs import Run, TrainedModel
from docsight_training.stages.part_stage import PartStage

_TABLES = ("lexicon", "pairs", "channel", "confusions", "trigrams", "letters")


class RankerStage(PartStage):
    """Assemble the speller from the results of the earlier stages, and train its ranker.

    The data module also gets `corrector`, which finds candidates and features with the other parts.

    Args:
        origins: The origin and licence of each corpus, for the model card.
        part: The arguments of `PartStage`.
    """

    def __init__(self, *, origins: Mapping[str, Mapping[str, str]], **part: Any) -> None:
        super().__init__(**part)
        self.origins = {name: dict(origin) for name, origin in origins.items()}

    def run(self, run: Run) -> None:
        run.seed()
        ranker_arguments = {name: value for name, value in self.network.items() if name != "_target_"}
        arguments = _speller_arguments(run.results, ranker_arguments)
        speller = _assemble(run.results, arguments)
        vocabularies = {"words": run.results["words"], "chars": run.results["chars"]}
        run.results["speller"] = speller
        run.results["corrector"] = Corrector(speller, vocabularies, device=torch.device("cpu"))
        super().run(run)
        run.model = TrainedModel(speller, arguments, vocabularies, self.origins)

    def make_network(self, run: Run, data: Any) -> tuple[dict[str, Any], nn.Module]:
        """Return the ranker of the assembled speller, with the mean and scale of the features."""
        ranker = cast(Speller, run.results["speller"]).ranker
        ranker.mean.copy_(torch.from_numpy(data.mean))
        ranker.scale.copy_(torch.from_numpy(data.scale))
        return {}, ranker.train().requires_grad_(True)

    def use_result(self, run: Run, result: dict[str, Any]) -> None:
        ranker = cast(Speller, run.results["speller"]).ranker
        ranker.load_state_dict(result["network"])
        ranker.eval().requires_grad_(False)
        run.add_metrics({f"{self.name}/{name}": value for name, value in result["figures"].items()})


def _speller_arguments(results: Mapping[str, Any], ranker: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `Speller`: the sizes of the tables, and the arguments of the networks."""
    tables, num_chars = results["tables"], len(results["chars"])
    num_typed, num_meant = (size - 1 for size in tables["channel"]["rules"].shape)
    context = {name: value for name, value in results["context_arguments"].items() if name != "num_chars"}
    return {
        "num_words": len(results["words"]),
        "num_chars": num_chars,
        "num_pairs": len(tables["pairs"]["hashes"]),
        "num_confusions": len(tables["confusions"]["ids"]),
        "num_bigrams": len(tables["trigrams"]["bigram"]),
        "num_trigrams": len(tables["trigrams"]["trigram"]),
        "channel": {"num_typed": num_typed, "num_meant": num_meant},
        "context": {**context, "in_bytes": True},
        "ranker": dict(ranker),
        "typing": results["typing_arguments"],
    }


def _assemble(results: Mapping[str, Any], arguments: Mapping[str, Any]) -> Speller:
    """Build a speller with the tables and networks of the earlier stages; its ranker is new."""
    speller = Speller(**arguments)
    for name in _TABLES:
        speller.get_submodule(name).load_state_dict(results["tables"][name])
    speller.context.copy_from(results["context"])
    speller.typing.load_state_dict(results["typing"].state_dict())
    return speller.eval().requires_grad_(False)
