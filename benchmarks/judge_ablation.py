"""Measure what each kind of evidence contributes to the judge of `rnn_speller`.

    python benchmarks/judge_ablation.py --data FOLDER --judged FOLDER --archive FOLDER --learners FILE [--wordlist FILE]

--data is the folder that `experiment=rnn_speller` reads, --judged the documents that the judge learns from (by default
benchmarks/data/judged), --archive other judged documents, and --learners sentences with errors (Parquet with `noisy`
and `clean`). An error that --wordlist contains is a real word. The places of the training texts are found once. Then a
judge is fitted for each row of the table, with the other parts of the shipped speller, and corrects the archive and the
sentences with the setting balanced. Some twenty minutes on one core.
"""

import argparse
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import spacy
import torch
from archive import correct, count
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from markdown_tables import print_head, print_row
from score_archive import CLASSES
from spacy.language import Language
from spelling_eval import COUNTS, metrics, read_rows, score_sentence
from torch import Tensor

from docsight.components.rnn_speller import THRESHOLDS
from docsight.networks.judge import EVIDENCE, NUM_EVIDENCE, Judge
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.model import Speller
from docsight_training.data.speller.judge_data import JudgeData
from docsight_training.data.speller.judged_documents import JudgedDocument, read_judged
from docsight_training.data.speller.mistakes import SentenceNoise
from docsight_training.data.speller.noise import make_noise
from docsight_training.judge_fit import fit_judge

GROUPS = {
    "recurrence in the text": ("repeats", "repeated", "suggestion_repeats"),
    "technical terms": ("vocabulary", "typed_phrases", "suggested_phrases"),
    "word formation and frequent names": ("derived", "compound", "listed", "typed_zipf"),
    "signs of code": ("glued", "quoted", "symbols"),
    "whole sentences": ("whole",),
    "language": ("english", "usual", "foreign"),
    "unknown words near it": ("unknown", "unknown_in_text"),
    "capitals": ("title_inside", "title_start", "upper", "beside_title", "lower_sentence", "upper_sentence"),
}
OF_RANKER = [name for name in EVIDENCE if not any(name in group for group in GROUPS.values())]
PENALTY = 0.002  # of the squares of the weights, as in the recipe
HEAD = ("judge", "prose: precision", "wrong per 10,000", "technical: precision", "wrong per 10,000",
        "code: wrong per 10,000", "foreign: applied per 10,000", "errors fixed in prose and technical",
        "learners: F0.5", "correction rate", "real words fixed")  # fmt: skip


class JudgeWithoutDensity(Judge):
    """A judge for which errors are equally frequent in all texts."""

    def _density_log_odds(self, own: Tensor, text: Tensor, words: Tensor, share: Tensor) -> Tensor:
        return torch.zeros_like(own)


class Variant(NamedTuple):
    name: str
    evidence: frozenset[str]
    has_density: bool


class Sets(NamedTuple):
    """What the judges are measured on."""

    documents: list[JudgedDocument]
    sentences: list[dict[str, str]]
    wordlist: set[str] | None


def main() -> None:
    options = parse_options()
    torch.set_num_threads(1)
    logging.basicConfig(level=logging.INFO)
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("rnn_speller")
    speller = cast(Speller, pipe.bundle.network)  # type: ignore[attr-defined]
    data = read_training_places(speller, pipe.bundle.vocabularies, options)  # type: ignore[attr-defined]
    wordlist = set(options.wordlist.read_text("utf-8").lower().split()) if options.wordlist else None
    sets = Sets(read_judged(options.archive), read_rows(str(options.learners))[1], wordlist)
    print_head(*HEAD)
    speller.judge, shipped = None, speller.judge
    print_variant("none: the ranker decides", nlp, sets)
    speller.judge = shipped
    print_variant("shipped", nlp, sets)
    for variant in variants():
        speller.judge = fit(variant, data)
        print_variant(variant.name, nlp, sets)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that experiment=rnn_speller reads")
    parser.add_argument("--judged", type=Path, default=Path("benchmarks/data/judged"), help="documents to learn from")
    parser.add_argument("--archive", type=Path, required=True, help="judged documents to measure on")
    parser.add_argument("--learners", type=Path, required=True, help="sentences with errors to measure on")
    parser.add_argument("--wordlist", type=Path, help="a word a line; an error that is one is a real word")
    return parser.parse_args()


def read_training_places(speller: Speller, vocabularies: Any, options: argparse.Namespace) -> JudgeData:
    """Find and label the places of the texts that the recipe of the judge learns from."""
    overrides = ["experiment=rnn_speller_judge", f"data.path={options.data}", f"data.judged={options.judged}"]
    with initialize_config_module("docsight_conf", version_base=None):
        config = compose("train", overrides=overrides)
    noise = make_noise(vocabularies["words"].entries, speller.lexicon.state_dict(), lists=Path(config.data.lists))
    corrector = Corrector(speller, vocabularies, device=torch.device("cpu"))
    data = instantiate(config.model.judge.data, corrector=corrector, sentence_noise=SentenceNoise(noise))
    data.setup()
    return cast(JudgeData, data)


def variants() -> Iterator[Variant]:
    """Yield all evidence together, without each group, what the ranker says alone, and that with each group."""
    everything, ranker = frozenset(EVIDENCE), frozenset(OF_RANKER)
    yield Variant("all evidence and the density of errors", everything, True)
    yield Variant("without the density", everything, False)
    for name, group in GROUPS.items():
        yield Variant(f"without {name}", everything - set(group), True)
    yield Variant("only what the ranker says", ranker, False)
    yield Variant("the ranker and the density", ranker, True)
    for name, group in GROUPS.items():
        yield Variant(f"the ranker and {name}", ranker | set(group), False)


def fit(variant: Variant, data: JudgeData) -> Judge:
    judge = (Judge if variant.has_density else JudgeWithoutDensity)(num_evidence=NUM_EVIDENCE)
    judge.mean.copy_(torch.from_numpy(data.mean))
    is_used = torch.tensor([name in variant.evidence for name in EVIDENCE])
    judge.scale.copy_(torch.from_numpy(data.scale) * is_used)
    fit_judge(judge, data.train, penalty=PENALTY)
    return judge


def print_variant(name: str, nlp: Language, sets: Sets) -> None:
    print_row(name, *archive_cells(nlp, sets.documents), *learner_cells(nlp, sets))


def archive_cells(nlp: Language, documents: list[JudgedDocument]) -> list[str]:
    corrections = correct(nlp, documents)
    by_class = {kind: count(documents, corrections, kind, THRESHOLDS["balanced"]) for kind in CLASSES}
    cells = []
    for kind in ("prose", "technical"):
        verdicts, words, _ = by_class[kind]
        judged = verdicts["right"] + verdicts["half"] + verdicts["wrong"]
        cells += [f"{verdicts['right'] / max(judged, 1):.0%}", f"{verdicts['wrong'] * 10_000 / words:.1f}"]
    cells.append(f"{by_class['code'][0]['wrong'] * 10_000 / by_class['code'][1]:.1f}")
    cells.append(f"{by_class['foreign'][0].total() * 10_000 / by_class['foreign'][1]:.1f}")
    read = [by_class[kind] for kind in ("prose", "technical")]
    cells.append(f"{sum(verdicts['right'] for verdicts, _, _ in read)} of {sum(errors for _, _, errors in read)}")
    return cells


def learner_cells(nlp: Language, sets: Sets) -> list[str]:
    total = dict.fromkeys(COUNTS, 0)
    corrected = nlp.pipe(row["noisy"] for row in sets.sentences)
    for row, doc in zip(sets.sentences, corrected, strict=True):
        scored = score_sentence(row["noisy"], row["clean"], doc._.corrected_text, wordlist=sets.wordlist)
        for name, value in scored.counts.items():
            total[name] += value
    figures: Any = metrics(total)
    real = figures["real_word_errors"]["corrected"] if sets.wordlist else None
    return [
        f"{100 * figures['correction']['f0.5']:.1f}",
        f"{figures['correction_rate']:.1%}",
        "-" if real is None else f"{real:.1%}",
    ]


if __name__ == "__main__":
    main()
