from functools import partial

import pytest
import torch

from docsight.errors import ConfigError
from docsight.networks.tagger import Tagger, WordTypes
from docsight_training.data.ner.ner_batches import NerBatch
from docsight_training.modules.base import one_cycle
from docsight_training.modules.ner import NerModule

ENCODER = {"num_words": 5, "num_chars": 5, "word_parts": 25, "hidden_dim": 4, "dropout": 0.0, "word_dropout": 0.0}


def _module(**options) -> NerModule:
    torch.manual_seed(0)
    network = Tagger(labels=["PER", "ORG"], encoder=ENCODER, dropout=0.0)
    module = NerModule(network, optimizer=partial(torch.optim.AdamW, lr=0.1), **options)
    module.log = lambda *args, **kwargs: None
    return module


def _batch(tag: int) -> NerBatch:
    """Make one row of two tokens, the first with the tag, the second outside; the third cell is padding."""
    allowed = torch.zeros(1, 3, 9, dtype=torch.bool)
    allowed[0, 0, tag] = allowed[0, 1, 0] = True
    types = WordTypes(torch.tensor([2, 3]), torch.tensor([[2, 3], [4, 0]]), torch.tensor([1, 2]))
    return NerBatch(types, torch.tensor([[0, 1, 0]]), torch.tensor([2]), allowed)


def test_ner_module_margin_raises_the_loss_of_its_label_only():
    s_per, s_org = 4, 8
    plain, strict = _module(), _module(margins={"ORG": 2.0})
    for tag, more in ((s_org, True), (s_per, False), (0, False)):
        without, with_margin = (float(m.training_step(_batch(tag), 0).detach()) for m in (plain, strict))
        assert (with_margin > without + 0.1) if more else with_margin == pytest.approx(without)


def test_ner_module_refuses_a_margin_for_an_unknown_label():
    with pytest.raises(ConfigError, match="margins: expected labels of the network, PER, ORG; found MISC"):
        _module(margins={"MISC": 1.0})


def test_ner_module_loss_is_per_token_and_ignores_padding():
    batch = _batch(4)
    short = NerBatch(batch.types, batch.index[:, :2], batch.lengths, batch.allowed[:, :2])
    module = _module()
    assert float(module.training_step(batch, 0).detach()) == pytest.approx(
        float(module.training_step(short, 0).detach()), abs=1e-6
    )


def test_ner_module_moves_words_by_a_fraction_of_their_length_to_where_the_loss_is_higher():
    module, batch = _module(adversarial=0.02), _batch(4)
    encoded = module.inputs(batch).detach().requires_grad_()
    loss = module._loss_of(encoded, batch)
    moved = module._move(encoded, loss, batch.lengths).detach()
    assert float((moved - encoded.detach()).norm() / encoded.detach()[:, :2].norm()) == pytest.approx(0.02, rel=1e-3)
    assert torch.equal(moved[:, 2], encoded[:, 2])  # padding
    higher = module._loss_of(moved, batch)
    assert float(higher) > float(loss)
    assert float(module.training_step(batch, 0).detach()) == pytest.approx(float((loss + higher) / 2), abs=1e-6)


def test_ner_module_has_gradients_of_the_words_that_it_moves():
    module = _module(adversarial=0.5)
    module.training_step(_batch(4), 0).backward()
    gradient = module.network.encoder.tune_words.weight.grad
    assert gradient is None or torch.isfinite(gradient).all()
    assert float(module.network.encoder.embed_casings.weight.grad.norm()) > 0


def test_ner_module_refuses_to_move_words_for_an_encoder_that_is_kept():
    with pytest.raises(ConfigError, match=r"adversarial moves the words .* leave one of them out"):
        _module(adversarial=0.02, new_labels_only=True)


def test_one_cycle_rises_to_its_peak_and_falls_to_zero():
    rates = [one_cycle(n / 100, warmup=0.1) for n in range(101)]
    assert rates[0] == pytest.approx(0.04)
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) == 10
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(0.0, abs=1e-9)
