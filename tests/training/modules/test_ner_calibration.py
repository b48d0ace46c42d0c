import json
import math
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from docsight.bundle import load_folder
from docsight.networks.calibration import BetaCalibration
from docsight.networks.spans import ScoredSpan
from docsight.tags import TagSpan
from docsight.vocab import Vocab
from docsight_training.data.ner.annotated_documents import Document, Sentence
from docsight_training.data.ner.ner_batches import BatchEncoder, NerDocument
from docsight_training.modules.ner import NerModule
from docsight_training.modules.ner_calibration import (
    METHODS,
    MIN_SPANS,
    JudgedSpan,
    calibrate_judged,
    choose_method,
    compare_methods,
    fit_beta,
    fit_labels,
    judge_spans,
    span_error,
    write_calibration,
)


def _draw(curve: BetaCalibration, size: int = 40_000) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw scores, and whether each span is right, with the probability of the curve."""
    generator = torch.Generator().manual_seed(1)
    scores = torch.rand(size, generator=generator, dtype=torch.double)
    probabilities = torch.tensor([curve.probability(score) for score in scores.tolist()])
    return scores, torch.rand(size, generator=generator) < probabilities


def _judged(curve: BetaCalibration, size: int, label: str = "PER") -> list[JudgedSpan]:
    scores, right = (part.tolist() for part in _draw(curve, size))
    return [
        JudgedSpan(ScoredSpan(0, 1, label, score), is_right, score > 0.4, n // 7)
        for n, (score, is_right) in enumerate(zip(scores, right, strict=True))
    ]


@pytest.mark.parametrize(
    ("method", "curve"),
    [
        ("temperature", BetaCalibration(low=0.4, high=0.4)),
        ("platt", BetaCalibration(low=0.5, high=0.5, shift=-1)),
        ("beta", BetaCalibration(low=1.3, high=0.4, shift=0.5)),
    ],
)
def test_fit_beta_recovers_the_curve_of_the_data(method, curve):
    fitted = METHODS[method](*_draw(curve))
    for name in ("low", "high", "shift"):
        assert getattr(fitted, name) == pytest.approx(getattr(curve, name), abs=0.06)


def test_fit_beta_with_one_slope_and_no_shift_fits_only_a_temperature():
    fitted = fit_beta(*_draw(BetaCalibration(low=1.5, high=0.3, shift=1)), one_slope=True, shift=False)
    assert fitted.low == fitted.high
    assert fitted.shift == 0


def test_fit_beta_stays_finite_where_scores_separate_right_from_wrong():
    scores = torch.tensor([0.1, 0.2, 0.3, 0.7, 0.8, 1.0])
    fitted = fit_beta(scores, scores > 0.5)
    assert all(math.isfinite(value) for value in fitted.to_config().values())
    assert fitted.probability(0.2) < 0.5 < fitted.probability(0.8) < 0.99


def test_fit_labels_leaves_out_labels_with_few_spans_or_one_outcome():
    few = _judged(BetaCalibration(), MIN_SPANS - 1, "ORG")
    wrong = [one._replace(is_right=False) for one in _judged(BetaCalibration(), 2 * MIN_SPANS, "LOC")]
    enough = _judged(BetaCalibration(), 2 * MIN_SPANS)
    assert list(fit_labels([*few, *wrong, *enough], "beta")) == ["PER"]


def test_compare_methods_shows_that_held_out_spans_are_better_calibrated():
    errors = compare_methods(_judged(BetaCalibration(low=1.3, high=0.4, shift=0.5), 6000))
    assert list(errors) == ["none", "temperature", "platt", "beta"]
    assert errors["none"]["entities"] > 0.05
    assert errors["beta"]["entities"] < 0.03
    assert errors["beta"]["log_loss"] < errors["platt"]["log_loss"] < errors["none"]["log_loss"]


def test_compare_methods_of_no_spans_has_no_errors():
    assert compare_methods([])["beta"] == {"entities": 0.0, "other_spans": 0.0, "log_loss": 0.0}


@pytest.mark.parametrize(
    ("temperature", "platt", "beta", "chosen"),
    [
        ((0.02, 0.01, 0.4), (0.01, 0.01, 0.3), (0.0, 0.0, 0.2), "temperature"),
        ((0.01, 0.03, 0.4), (0.02, 0.02, 0.3), (0.0, 0.0, 0.2), "platt"),
        ((0.03, 0.01, 0.4), (0.03, 0.01, 0.2), (0.03, 0.01, 0.3), "platt"),
    ],
)
def test_choose_method_takes_the_simplest_that_is_good_enough_or_the_best(temperature, platt, beta, chosen):
    errors = {
        name: dict(zip(("entities", "other_spans", "log_loss"), values, strict=True))
        for name, values in zip(METHODS, (temperature, platt, beta), strict=True)
    }
    assert choose_method(errors) == chosen


def test_judge_spans_compares_with_the_annotation_and_skips_labels_that_the_corpus_lacks():
    document = SimpleNamespace(spans=[TagSpan(0, 2, "PER"), TagSpan(5, 6, "ORG")], unannotated=frozenset({"LOC"}))
    right, loc = ScoredSpan(0, 2, "PER", 0.9), ScoredSpan(3, 4, "LOC", 0.8)
    shorter = ScoredSpan(0, 1, "PER", 0.08)
    judged = judge_spans([document, document], [[right, loc], []], [[right, shorter, loc], [shorter]])
    assert judged == [
        JudgedSpan(right, True, True, 0),
        JudgedSpan(shorter, False, False, 0),
        JudgedSpan(shorter, False, False, 1),
    ]


def test_calibration_lowers_the_error_of_spans():
    judged = _judged(BetaCalibration(low=0.3, high=0.3), 4000)
    calibrated = calibrate_judged(judged, fit_labels(judged, "temperature"))
    assert span_error(calibrated) < 0.03 < span_error(judged)
    assert [one.is_right for one in calibrated] == [one.is_right for one in judged]


def test_write_calibration_reports_errors_by_label(tmp_path):
    judged = [*_judged(BetaCalibration(low=0.3, high=0.3), 700), *_judged(BetaCalibration(), 700, "ORG")]
    methods = compare_methods(judged)
    write_calibration(tmp_path, judged, fit_labels(judged, "beta"), methods, part="test")
    report = json.loads((tmp_path / "calibration.json").read_text())
    assert report["bins"] == 15
    assert report["methods"] == methods
    assert set(report["calibration"]) == {"PER", "ORG"}
    entities = report["test"]["entities"]
    assert entities["all"]["spans"] == entities["PER"]["spans"] + entities["ORG"]["spans"]
    assert entities["PER"]["error_calibrated"] < entities["PER"]["error_posterior"]
    assert report["test"]["other_spans"]["all"]["spans"] == 1400 - entities["all"]["spans"]


def test_write_calibration_draws_the_reliability(tmp_path):
    pytest.importorskip("matplotlib")
    judged = _judged(BetaCalibration(), 200)
    write_calibration(tmp_path, judged, {}, compare_methods(judged), part="validation")
    assert (tmp_path / "reliability.png").read_bytes().startswith(b"\x89PNG")


KEPT = BetaCalibration(low=0.8, high=0.9)


class TinyData:
    """Documents whose annotation equals what a module finds in two of three, and is empty in the others."""

    has_test = keep_labels = False
    start = None

    def __init__(self, module: NerModule, vocabularies: dict[str, Vocab]) -> None:
        self.encoder = BatchEncoder(
            vocabularies["words"],
            vocabularies["chars"],
            module.network.labels,
            unannotated={"tiny": frozenset({"ORG"})},
            open_labels={},
        )
        sentence = Sentence(["Ada", "Lovelace", "met", "Alan", "Turing", "in", "London", "."], [])
        self.documents = {"validation": [Document("tiny", [sentence]) for _ in range(300)]}
        self.encoded = [self.encoder.document(document) for document in self.documents["validation"]]
        for document in self.encoded[::3] + self.encoded[1::3]:
            document.spans = module.predict_spans([document])[0]

    def kept_calibration(self) -> dict[str, BetaCalibration]:
        return {"LOC": KEPT}

    def groups(self, role: str) -> list[list[NerDocument]]:
        assert role == "validation"
        return [self.encoded[:200], self.encoded[200:]]


def test_ner_module_describes_its_calibration_and_reports_it(tiny_model, tmp_path):
    tagger = load_folder(tiny_model, kind="tagger")
    module = NerModule(tagger.network.eval(), optimizer=partial(torch.optim.AdamW, lr=0.1))
    data = TinyData(module, tagger.vocabularies)
    module.train()
    about = module.describe(data)
    assert not module.network.training
    assert set(about["calibration"]) == {"PER", "LOC"}  # LOC is that of the model whose labels are kept
    assert about["calibration"]["LOC"] == KEPT.to_config()
    module.write_reports(tmp_path, data)
    report = json.loads((tmp_path / "calibration.json").read_text())
    assert report["calibration"] == about["calibration"]
    entities = report["validation"]["entities"]
    assert set(entities) == {"all", "PER"}
    assert entities["PER"]["right"] == pytest.approx(2 / 3, abs=0.001)
    assert entities["PER"]["error_calibrated"] != entities["PER"]["error_posterior"]


@pytest.mark.parametrize(("start", "advice"), [(None, "Start from the shipped model"), ("rnn_ner", "Train longer")])
def test_warning_of_a_model_that_finds_nothing_says_what_is_left_to_change(tiny_model, start, advice):
    tagger = load_folder(tiny_model, kind="tagger")
    module = NerModule(tagger.network.eval(), optimizer=partial(torch.optim.AdamW, lr=0.1))
    data = TinyData(module, tagger.vocabularies)
    data.start = start
    module.describe(data)
    module.on_validation_epoch_start()
    module._scores["tiny"].add([TagSpan(0, 2, "PER")], [])
    (warning,) = module.warnings()
    assert warning.startswith(f"The model finds no entity of the validation data. {advice}")
