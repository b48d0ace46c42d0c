"""Models of format 1 can always be loaded.

`format_1/` holds tiny models as docsight 0.1.0 wrote them, with random weights, and in `expected.json` what it found
with them. Never regenerate them. The tagger was trained with an embedding of the corpus, which no longer exists.
"""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import spacy
import torch
from PIL import Image

from docsight.bundle import CONFIG, MODELS, WEIGHTS, load_folder

SAMPLE = Path(__file__).parent / "format_1"
EXPECTED = json.loads((SAMPLE / "expected.json").read_text())
FOLDERS = [SAMPLE / kind for kind in ("tagger", "speller", "image_classifier")]
FOLDERS += sorted(path.parent for path in MODELS.glob(f"*/{CONFIG}"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_tensor_of_a_folder_is_loaded_or_retired(folder: Path) -> None:
    network = load_folder(folder, kind=json.loads((folder / CONFIG).read_text())["kind"]).network
    saved, loaded = safetensors.torch.load_file(folder / WEIGHTS), network.state_dict()
    assert saved.keys() - loaded.keys() <= getattr(network, "retired_tensors", frozenset())
    for name, tensor in loaded.items():
        assert torch.equal(tensor.float(), saved[name].float()), name


def test_tagger_of_format_1_finds_the_same_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docsight.layers.lstms.has_fast_bfloat16", lambda device: False)  # as docsight 0.1.0
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(SAMPLE / "tagger"), "document_memory": 0.0})
    entities = nlp(EXPECTED["text"]).ents
    assert [[ent.start_char, ent.end_char, ent.label_] for ent in entities] == [row[:3] for row in EXPECTED["tagger"]]
    assert [ent._.score for ent in entities] == pytest.approx([row[3] for row in EXPECTED["tagger"]], abs=0.01)


def test_speller_of_format_1_makes_the_same_corrections() -> None:
    nlp = spacy.blank("en")
    speller = nlp.add_pipe("rnn_speller", config={"model": str(SAMPLE / "speller")})
    rows = nlp(EXPECTED["text"])._.corrections
    assert [[row["start"], row["end"], row["suggestion"]] for row in rows] == [row[:3] for row in EXPECTED["speller"]]
    assert [row["score"] for row in rows] == pytest.approx([row[3] for row in EXPECTED["speller"]], abs=0.01)
    session = speller.session()
    strokes = [session.type(letter) for letter in "teh wich"]
    assert [[stroke.letter, stroke.prefix] for stroke in strokes] == EXPECTED["letters"]


def test_image_classifier_of_format_1_gives_the_same_scores() -> None:
    pixels = (np.add.outer(np.arange(24) ** 2, 7 * np.arange(30)) % 256).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    nlp = spacy.blank("en")
    nlp.add_pipe("cnn_imagecat", config={"model": str(SAMPLE / "image_classifier")})
    doc = nlp.make_doc("")
    doc._.images = [{"id": "1", "bytes": file.getvalue()}]
    cats, expected = nlp(doc)._.images[0]["cats"]["cnn_imagecat"], EXPECTED["image_classifier"]
    assert cats["label"] == expected["label"]
    assert cats["scores"] == pytest.approx(expected["scores"], abs=0.01)
    assert cats["in_domain"] == pytest.approx(expected["in_domain"], abs=0.01)
