"""The precision of a run: `auto` follows the device, and bfloat16 is refused where training in it would fail."""

import pytest
import torch
from hydra import compose, initialize_config_module

from docsight.errors import ConfigError
from docsight_training.trainer import _precision, make_trainer


def precision_of_a_run(wanted: str, monkeypatch: pytest.MonkeyPatch, **instructions: bool) -> str:
    """Return the precision of a trainer on a processor that has some instructions."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: instructions, raising=False)
    with initialize_config_module(config_module="docsight_conf", version_base="1.3"):
        settings = compose("train", overrides=[f"trainer.precision={wanted}", "trainer.accelerator=cpu"])["trainer"]
    return make_trainer({**settings, "max_epochs": 1, "check_val_every_n_epoch": 1}, None).precision


@pytest.mark.parametrize(
    ("wanted", "instructions", "precision"),
    [
        ("auto", {"avx2": True}, "32-true"),
        ("auto", {"avx2": True, "avx512_bf16": True}, "bf16-mixed"),
        ("32-true", {"avx2": True, "avx512_bf16": True}, "32-true"),
        ("bf16-mixed", {"avx2": True, "avx512_bf16": True}, "bf16-mixed"),
    ],
)
def test_a_run_is_in_bfloat16_only_where_that_is_fast(wanted, instructions, precision, monkeypatch):
    assert precision_of_a_run(wanted, monkeypatch, **instructions) == precision


@pytest.mark.parametrize("wanted", ["bf16-mixed", "bf16"])
def test_bfloat16_is_refused_on_a_processor_without_it(wanted, monkeypatch):
    with pytest.raises(ConfigError, match=rf"^trainer\.precision: '{wanted}' needs a processor .*'auto'"):
        precision_of_a_run(wanted, monkeypatch, avx2=True)


def test_bfloat16_is_left_to_lightning_where_there_is_a_gpu_of_apple(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True}, raising=False)
    assert _precision({"precision": "bf16-mixed", "accelerator": "auto"}) == "bf16-mixed"
    assert _precision({"precision": "auto", "accelerator": "auto"}) == "32-true"
