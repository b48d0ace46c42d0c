"""A host process may change torch's default dtype and device, before or after a component is loaded."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc

from docsight.inspection.activations import filters_before_and_after
from docsight.inspection.loading import load

TEXT = "Teh house of Ada Lovelace in London is becuase of alot of london. Ada Lovelace of london, adn Ada ."
HOSTS = [(torch.float64, None), (torch.bfloat16, None), (torch.float32, "meta")]


@contextmanager
def _host(dtype: torch.dtype, device: str | None) -> Iterator[None]:
    torch.set_default_dtype(dtype)
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)


@pytest.fixture(params=["rnn_ner", "rnn_speller", "cnn_imagecat"])
def settings(request) -> tuple[str, dict[str, Any]]:
    model = {"rnn_ner": "tiny_model", "rnn_speller": "tiny_speller", "cnn_imagecat": "tiny_imagecat"}[request.param]
    more = {"spans_key": "all", "min_score": 0.01} if request.param == "rnn_ner" else {}
    return request.param, {"model": str(request.getfixturevalue(model)), **more}


def _pipeline(settings: tuple[str, dict[str, Any]]) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe(settings[0], config=settings[1])
    return nlp


def _results(nlp: Language, samples: Path) -> Any:
    doc: Doc = nlp.make_doc(TEXT)
    doc._.images = [{"id": path.stem, "bytes": path.read_bytes()} for path in sorted(samples.glob("*.png"))]
    doc = nlp(doc)
    typed = []
    if "rnn_speller" in nlp.pipe_names:
        speller = nlp.get_pipe("rnn_speller")
        session = speller.session("I am ")
        typed = [session.type(letter) for letter in "in teh "]
        typed.append(speller.generate("the ", length=20))
    return doc.user_data, [(span.label_, span._.score) for span in doc.spans.get("all", [])], typed


@pytest.fixture(scope="module")
def samples(tmp_path_factory) -> Path:
    from PIL import Image

    folder = tmp_path_factory.mktemp("images")
    for step in (3, 7):
        pixels = (np.arange(400, dtype=np.uint32) * step % 251).astype(np.uint8)
        Image.fromarray(pixels.reshape(20, 20)).save(folder / f"{step}.png")
    return folder


@pytest.mark.parametrize(("dtype", "device"), HOSTS, ids=["float64", "bfloat16", "meta"])
def test_component_results_do_not_depend_on_the_defaults_of_torch(settings, samples, dtype, device):
    loaded = _pipeline(settings)
    expected = _results(loaded, samples)
    with _host(dtype, device):
        assert _results(_pipeline(settings), samples) == expected
        assert _results(loaded, samples) == expected
        assert torch.get_default_dtype() == dtype  # which loading must not change
        networks = [component.bundle.network for _, component in _pipeline(settings).pipeline]
    floats = [tensor for network in networks for tensor in network.state_dict().values() if tensor.is_floating_point()]
    assert {(tensor.dtype, tensor.device.type) for tensor in floats} == {(torch.float32, "cpu")}


@pytest.mark.parametrize(("dtype", "device"), HOSTS, ids=["float64", "bfloat16", "meta"])
def test_initial_filters_do_not_depend_on_the_defaults_of_torch(tiny_imagecat, dtype, device):
    expected = filters_before_and_after(load(str(tiny_imagecat)))
    with _host(dtype, device):
        found = filters_before_and_after(load(str(tiny_imagecat)))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def _random_states() -> tuple[Any, ...]:
    return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()


def test_random_numbers_and_modes_of_the_host_stay(settings, samples):
    """A seeded program gets the same numbers with a component as without, whenever its model is loaded."""
    modes = torch.get_num_threads(), torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    before = _random_states()
    nlp = _pipeline(settings)
    assert _results(nlp, samples)  # reads the model
    restored = _pipeline(settings).from_bytes(nlp.to_bytes())
    assert _results(restored, samples)
    assert _random_states() == before
    assert modes == (torch.get_num_threads(), torch.is_grad_enabled(), torch.is_inference_mode_enabled())
