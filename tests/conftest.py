"""Fixtures of all tests. The package test uses them without the sources, so they import only docsight."""

import json
import string
from pathlib import Path

import pytest
import torch

from docsight.bundle import Bundle
from docsight.images import ImageSettings
from docsight.networks.image_classifier import ImageClassifier
from docsight.networks.ranker import FEATURES
from docsight.networks.tagger import Tagger
from docsight.spelling.lexicon.tables import ZIPF_STEPS, KnownPairs, WordSource
from docsight.spelling.lexicon.trigrams import hash_ids
from docsight.spelling.model import Speller
from docsight.vocab import Vocab

torch.set_num_threads(1)  # networks as small as these are slower with more threads

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
        for parameter in [*network.encoder.parameters(), *network.output.parameters()]:
            torch.nn.init.normal_(parameter)  # far from zero, so that a few words get spans of all labels
        for module in network.encoder.modules():
            if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
                module.weight.data[module.padding_idx] = 0  # as in a trained model; a word must not depend on padding
    card = "# tiny\n\nA model for tests, with random weights.\n"
    folder = tmp_path_factory.mktemp("models") / "tiny"
    about = {"name": "tiny", "lang": "en"}
    Bundle("tagger", arguments, network, {"words": words, "chars": chars}, card, about).to_disk(folder)
    return folder


# In descending frequency, like a lexicon; capitalised words are names.
_LEXICON = """
the of and to in a is that it was i he for on are as with they be at one have this from or had by not but what some we
can out other were all there when up use your how said an each she which do their time if will way about many then them
would like so these her long make thing see him two has look more day could go come did number sound no most people my
over know water than call first who may down side been now find any new work part take get place made live where after
back little only round man year came show every good me give our under name very through just form sentence great think
say help low line differ turn cause much mean before move right boy old too same tell does set three want air well also
play small end put home read hand port large spell add even land here must big high such follow act why ask men change
went light kind off need house picture try us again animal point mother world near build self earth father head stand
own page should country found answer school grow study still learn plant cover food sun four between state keep eye
never last let thought city tree cross farm hard start might story saw far sea draw left late run while press close
night real life few north open seem together next white children begin got walk example ease paper group always music
those both mark often letter until mile river car feet care second book carry took science eat room friend began idea
fish mountain stop once base hear horse cut sure watch colour face wood main color enough plain girl usual young ready
above ever red list though feel talk bird soon body dog family direct pose leave song measure door product black short
met wrote society engine royal patterns lot don't it's its London Paris England
"""
LEXICON = _LEXICON.split()
MISSPELLINGS = [
    ("teh", "the", ""),
    ("becuase", "cause", ""),
    ("alot", "a", "lot"),
    ("dont", "don't", ""),
    ("wich", "which", ""),
]
CONFUSED = [("to", "too"), ("too", "to"), ("their", "there"), ("there", "their"), ("its", "it's"), ("it's", "its")]
TRIGRAMS = ["it is the", "there is no"]
BIGRAMS = ["of the", "in the", "to the", "it is", "there is", "too much", "their house"]


@pytest.fixture(scope="session")
def tiny_speller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a model folder of kind "speller" that corrects by hand-set rules; a test that changes it copies it first."""
    words, chars = Vocab(word.lower() for word in LEXICON), Vocab(string.ascii_lowercase + "'")
    ids = {word: at for at, word in enumerate(words.entries, start=2)}
    confused = sorted((ids[typed], ids[meant]) for typed, meant in CONFUSED)
    bigrams = [[ids[word] for word in entry.split()] for entry in BIGRAMS]
    trigrams = [[ids[word] for word in entry.split()] for entry in TRIGRAMS]
    arguments = {
        "num_words": len(words),
        "num_chars": len(chars),
        "num_pairs": len(MISSPELLINGS),
        "num_confusions": len(confused),
        "num_bigrams": len(bigrams),
        "num_trigrams": len(trigrams),
        "channel": {"num_typed": 1, "num_meant": 1},
        "context": {"num_words": 50, "word_dim": 8, "char_dim": 4, "char_hidden": 4, "casing_dim": 2, "hidden_dim": 8},
        "ranker": {"hidden_dim": 2, "members": 1},
        "typing": {"chars": string.ascii_letters + " .,'\n", "char_dim": 4, "hidden_dim": 8},
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = Speller(**arguments)
    lexicon = network.lexicon
    is_name = torch.tensor([False, False, *(word[0].isupper() for word in LEXICON)])
    lexicon.sources[2:] = int(WordSource.US | WordSource.UK)
    lexicon.sources[2:] |= torch.where(is_name[2:], int(WordSource.PROPER), int(WordSource.LOWER)).to(torch.uint8)
    lexicon.zipf[2:] = (torch.linspace(7, 4, len(LEXICON)) * ZIPF_STEPS).round().to(torch.uint8)
    for word, twin, where in (("colour", "color", WordSource.UK), ("color", "colour", WordSource.US)):
        lexicon.variant[ids[word]] = ids[twin]
        lexicon.sources[ids[word]] = int(where | WordSource.LOWER)
    rows = [(typed, ids[first], ids.get(second, 0)) for typed, first, second in MISSPELLINGS]
    network.pairs.load_state_dict(KnownPairs.from_pairs(rows).state_dict())
    network.confusions.ids.copy_(torch.tensor([meant for _, meant in confused]))
    starts = [sum(typed < at for typed, _ in confused) for at in range(len(words) + 1)]
    network.confusions.offsets.copy_(torch.tensor(starts))
    network.trigrams.unigram.copy_(((8 - lexicon.zipf / ZIPF_STEPS) * 2.3 * 16).clamp(max=255))
    for name, entries in (("bigram", bigrams), ("trigram", trigrams)):
        network.trigrams.get_buffer(f"{name}_keys").copy_(hash_ids(*torch.tensor(entries).T).sort().values)
        network.trigrams.get_buffer(name).fill_(16)
    for name, cost in (("substitute", 4.0), ("insert", 3.5), ("delete", 3.0), ("swap", 3.0), ("first", 1.0)):
        network.channel.get_buffer(name).fill_(cost)
    # The ranker adds up weighted features; those of the context network, which is random, have no weight.
    torch.nn.init.zeros_(network.ranker.score)
    weights = {"typed": -6.0, "known": 11.0, "cost": -1.0, "zipf": 0.5, "pair": 4.0, "split": -3.0, "trigram": 0.5}
    for feature, weight in weights.items():
        network.ranker.direct.weight.data[:, FEATURES.index(feature)] = weight
    card = "# tiny\n\nA speller for tests, with weights set by hand.\n"
    folder = tmp_path_factory.mktemp("models") / "tiny_speller"
    about = {"name": "tiny_speller", "lang": "en"}
    Bundle("speller", arguments, network, {"words": words, "chars": chars}, card, about).to_disk(folder)
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
def tiny_imagecat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a model folder of kind "image_classifier" with random weights, for greyscale images of 16 by 16 pixels."""
    arguments = {"labels": list("0123456789"), "channels": 1, "blocks": [[4, 4], [8, 8]], "other": True, "init_seed": 3}
    network = ImageClassifier(**arguments)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(1)
        for parameter in network.parameters():
            parameter += 0.3 * torch.randn_like(parameter)  # away from the initial weights
    settings = ImageSettings(size=16, mode="L", fit="ink", stretch=True)
    about = {
        "name": "tiny",
        "lang": "en",
        "images": settings.to_config(),
        "decision": {"temperature": 1.5, "score": "energy", "threshold": 0.0},
    }
    folder = tmp_path_factory.mktemp("models") / "tiny_imagecat"
    Bundle("image_classifier", arguments, network, {}, "# tiny\n", about).to_disk(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with train, validation and test splits as JSON lines."""
    folder = tmp_path_factory.mktemp("corpus")
    for split, first, size in (("train", 0, 80), ("validation", 100, 20), ("test", 200, 20)):
        rows = [json.dumps(_sentence(number)) for number in range(first, first + size)]
        (folder / f"{split}.jsonl").write_text("\n".join(rows) + "\n")
    return folder
