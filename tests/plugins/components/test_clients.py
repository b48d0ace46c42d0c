"""spaCy's own commands and methods, and other users of spaCy's protocol, with all components in one pipeline."""

import inspect
import io
from pathlib import Path

import pytest
import spacy
from PIL import Image
from spacy.cli.evaluate import evaluate
from spacy.cli.find_threshold import find_threshold
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from docsight.components import make_cnn_imagecat, make_rnn_ner, make_rnn_speller

TEXT = "Teh house of Ada Lovelace in London is becuase of alot of london"
COMPONENTS = ("rnn_speller", "rnn_ner", "cnn_imagecat")


@pytest.fixture(scope="module")
def nlp(tiny_model, tiny_speller, tiny_imagecat) -> Language:
    made = spacy.blank("en")
    for name, model in zip(COMPONENTS, (tiny_speller, tiny_model, tiny_imagecat), strict=True):
        made.add_pipe(name, config={"model": str(model)})
    return made


def _png(level: int) -> bytes:
    file = io.BytesIO()
    pixels = bytes((n * level) % 251 for n in range(400))
    Image.frombytes("L", (20, 20), pixels).save(file, "PNG")
    return file.getvalue()


def _make(nlp: Language, text: str = TEXT) -> Doc:
    """Make a Doc with two images, unprocessed."""
    doc = nlp.make_doc(text)
    doc._.images = [{"id": f"{level}", "bytes": _png(level)} for level in (3, 7)]
    return doc


@pytest.fixture(scope="module")
def doc(nlp) -> Doc:
    processed = nlp(_make(nlp))
    assert processed.ents
    assert processed._.corrections
    assert processed._.image_cats["cnn_imagecat"]
    return processed


# ---- scores


@pytest.fixture(scope="module")
def gold(nlp, tmp_path_factory) -> Path:
    """Save a pipeline of each component, and beside it a .spacy file whose annotations are its own results."""
    folder = tmp_path_factory.mktemp("gold")
    for name in COMPONENTS:
        single = spacy.blank("en")
        single.add_pipe(name, source=nlp)
        single.to_disk(folder / name)
        DocBin(docs=[single(_make(single))], store_user_data=True).to_disk(folder / f"{name}.spacy")
    return folder


SCORES = {"rnn_ner": "ents_f", "rnn_speller": "corrections_f05", "cnn_imagecat": "image_cats_macro_f"}


@pytest.mark.parametrize(("name", "score"), SCORES.items())
def test_find_threshold_scores_each_threshold(gold, name, score):
    _, best, scores = find_threshold(str(gold / name), gold / f"{name}.spacy", name, "threshold", score, n_trials=2)
    assert scores[0.0] == best == 1.0
    # What cnn_imagecat compares with its threshold, `in_domain`, is above 1 here.
    assert scores[1.0] == 1.0 if name == "cnn_imagecat" else scores[1.0] < 1.0


@pytest.mark.parametrize(("name", "score"), SCORES.items())
def test_spacy_evaluate_scores_the_component(gold, name, score):
    assert evaluate(str(gold / name), gold / f"{name}.spacy")[score] == 1.0


def test_cnn_imagecat_classifies_the_images_of_the_reference_for_each_instance(tiny_imagecat, nlp, doc):
    two = spacy.blank("en")
    for name in ("cnn_imagecat", "second"):
        two.add_pipe("cnn_imagecat", name=name, config={"model": str(tiny_imagecat)})
    reference = two(_make(two))
    example = spacy.training.Example(two.make_doc(TEXT), reference)
    scores = two.evaluate([example], per_component=True)
    assert [scores[name]["image_cats_acc"] for name in ("cnn_imagecat", "second")] == [1.0, 1.0]


def test_component_without_scorer_has_no_scores(tiny_model):
    made = spacy.blank("en")
    component = made.add_pipe("rnn_ner", config={"model": str(tiny_model), "scorer": None})
    assert component.score([]) == {}


# ---- EDS-NLP


@pytest.mark.parametrize("factory", [make_rnn_ner, make_rnn_speller, make_cnn_imagecat])
def test_factory_annotates_its_result_with_a_class(factory):
    # EDS-NLP reads the annotation and refuses a string.
    assert inspect.isclass(inspect.signature(factory).return_annotation)


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_works_in_edsnlp(name):
    edsnlp = pytest.importorskip("edsnlp")
    made = edsnlp.blank("en")
    made.add_pipe(name)
    assert made(TEXT).text == TEXT
