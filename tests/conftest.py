"""What tests share. It also runs away from the sources, in the package test, so it imports docsight alone."""

import string
from pathlib import Path

import pytest
import torch

from docsight.bundle import Bundle
from docsight.networks.tagger import Tagger
from docsight.vocab import Vocab

torch.set_num_threads(1)  # networks as small as those of tests are slower with more

WORDS = ["the", "in", "of", ".", ",", "ada", "lovelace", "london", "0000"]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a model folder of kind "tagger" with random weights; a test that changes it copies it first."""
    words, chars = Vocab(WORDS), Vocab(string.ascii_letters + string.digits + string.punctuation)
    arguments = {
        "labels": ["PER", "ORG", "LOC"],
        "encoder": {
            "num_words": len(words),
            "num_chars": len(chars),
            "word_dim": 8,
            "word_parts": 4,
            "char_dim": 4,
            "char_width": 8,
            "casing_dim": 2,
            "hidden_dim": 8,
        },
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = Tagger(**arguments)
        network.encoder.embed_words.encode(torch.randn(len(words), 8))
        for parameter in [*network.encoder.parameters(), *network.emit.parameters()]:
            torch.nn.init.normal_(parameter)  # far from zero, so that a few words get spans of all labels
    card = "# tiny\n\nA model for tests, with random weights.\n"
    folder = tmp_path_factory.mktemp("models") / "tiny"
    about = {"name": "tiny", "lang": "en"}
    Bundle("tagger", arguments, network, {"words": words, "chars": chars}, card, about).to_disk(folder)
    return folder
