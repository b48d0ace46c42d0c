import pytest
import torch

from docsight.networks.image_classifier import ClassifierOutput
from docsight_training.modules.images import fit_decision, fit_temperature


@pytest.mark.parametrize("truth", [0.5, 1.0, 3.0])
def test_fit_temperature_recovers_the_temperature_of_the_labels(truth):
    generator = torch.Generator().manual_seed(1)
    logits = 4 * torch.randn(20_000, 4, generator=generator)
    labels = torch.multinomial((logits / truth).softmax(dim=1), 1, generator=generator)[:, 0]
    assert fit_temperature(logits, labels) == pytest.approx(truth, rel=0.05)


def test_fit_temperature_stays_within_its_bounds():
    logits = torch.tensor([[5.0, 0.0]] * 10)
    assert 0.05 <= fit_temperature(logits, torch.zeros(10, dtype=torch.long)) < 0.5  # all correct: a low temperature
    assert 19 <= fit_temperature(logits, torch.ones(10, dtype=torch.long)) <= 20.01


def test_fit_decision_lets_95_percent_of_the_known_images_pass():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(1000, 3, generator=generator)
    labels = torch.arange(1000) % 4 - 1  # every fourth image belongs to no class
    output = ClassifierOutput(logits, torch.zeros(1000, 1), torch.randn(1000, generator=generator))
    decision = fit_decision(output, labels, score="other")
    passed = decision.in_domain(output) >= decision.threshold
    assert float(passed[labels >= 0].float().mean()) == pytest.approx(0.95, abs=0.002)
    assert decision.temperature == fit_temperature(logits[labels >= 0], labels[labels >= 0])
