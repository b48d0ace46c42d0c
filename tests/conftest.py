"""What tests share. It also runs away from the sources, in the package test, so it imports docsight alone."""

import json
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


NAMES = {
    "PER": ["Ada", "Alan Turing", "Grace Hopper"],
    "ORG": ["Acme", "Globex Corporation"],
    "LOC": ["Paris", "New York"],
}
FRAMES = [
    "{PER} works for {ORG} .",
    "{ORG} moved to {LOC} .",
    "Yesterday {PER} flew to {LOC} with {PER} .",
    "It rained .",
]


def _sentence(number: int) -> dict[str, object]:
    """Make a sentence with its IOB2 tags, the same one for the same number."""
    tokens: list[str] = []
    tags: list[str] = []
    for word in FRAMES[number % len(FRAMES)].split():
        label = word.strip("{}")
        name = NAMES[label][number % len(NAMES[label])].split() if label in NAMES else [word]
        tokens += name
        tags += [f"{'I' if n else 'B'}-{label}" for n in range(len(name))] if label in NAMES else ["O"]
    return {"tokens": tokens, "ner_tags": tags, "doc_id": f"d{number // 5}"}


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with train, validation and test splits as JSON lines."""
    folder = tmp_path_factory.mktemp("corpus")
    for split, first, size in (("train", 0, 80), ("validation", 100, 20), ("test", 200, 20)):
        rows = [json.dumps(_sentence(number)) for number in range(first, first + size)]
        (folder / f"{split}.jsonl").write_text("\n".join(rows) + "\n")
    return folder
