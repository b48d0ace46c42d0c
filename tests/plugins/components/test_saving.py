"""Saved pipelines: slim ones, ones without a model, and what `spacy package` makes of them."""

import copy
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import pytest
import spacy
from spacy.cli.package import package
from spacy.language import Language
from spacy.tokens import Doc

import docsight
from docsight import bundle
from docsight.errors import BundleError

TEXT = "Teh house of Ada Lovelace in London"
COMPONENTS = {"rnn_ner": "tiny_model", "rnn_speller": "tiny_speller", "cnn_imagecat": "tiny_imagecat"}


@pytest.fixture
def models(tmp_path, monkeypatch, tiny_model, tiny_speller, tiny_imagecat) -> Path:
    """Let docsight ship the tiny models, under the names of the components."""
    folder = tmp_path / "shipped"
    for name, model in zip(COMPONENTS, (tiny_model, tiny_speller, tiny_imagecat), strict=True):
        shutil.copytree(model, folder / name)
    monkeypatch.setattr(bundle, "MODELS", folder)
    return folder


@pytest.fixture
def nlp(models) -> Language:
    made = spacy.blank("en")
    for name in COMPONENTS:
        made.add_pipe(name, config={"model": name})
    return made


def _results(doc: Doc) -> list:
    return [[(ent.text, ent._.score) for ent in doc.ents], doc._.corrections]


def _files(folder: Path) -> dict[str, list[str]]:
    return {name: sorted(path.name for path in (folder / name).iterdir()) for name in COMPONENTS}


SLIM = {name: ["shipped_model.json"] for name in COMPONENTS}
SLIM["rnn_speller"] = ["shipped_model.json", "user_words.txt"]

# ---- slim pipelines


def test_slim_pipeline_has_the_names_of_its_models_and_the_same_results(nlp, tmp_path):
    nlp.get_pipe("rnn_speller").add_user_words(["lovelacian"])
    assert docsight.slim(nlp) is nlp
    nlp.to_disk(tmp_path / "slim")
    assert _files(tmp_path / "slim") == SLIM
    loaded = spacy.load(tmp_path / "slim")
    assert _results(loaded(TEXT)) == _results(nlp(TEXT))
    assert loaded.get_pipe("rnn_speller").user_words == ("lovelacian",)
    assert loaded.meta["requirements"] == [f"docsight=={docsight.__version__}"]
    loaded.to_disk(tmp_path / "again")
    assert _files(tmp_path / "again") == SLIM


def test_slim_pipeline_is_saved_in_full_again(nlp, tmp_path, models):
    docsight.slim(nlp).to_disk(tmp_path / "pipeline")
    docsight.slim(nlp, enabled=False).to_disk(tmp_path / "pipeline")
    assert not set().union(*_files(tmp_path / "pipeline").values()) & {"shipped_model.json"}
    expected = _results(nlp(TEXT))
    shutil.rmtree(models)
    loaded = spacy.load(tmp_path / "pipeline")
    assert _results(loaded(TEXT)) == expected
    assert loaded.meta["requirements"] == [f"docsight>={docsight.__version__}"]


def test_slim_pipeline_over_a_full_one_removes_its_weights(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline")
    docsight.slim(nlp).to_disk(tmp_path / "pipeline")
    assert _files(tmp_path / "pipeline") == SLIM


def test_slim_pipeline_holds_a_changed_model_in_full(nlp, tmp_path):
    nlp.get_pipe("rnn_ner").bundle.network.crf.start.data += 1
    docsight.slim(nlp).to_disk(tmp_path / "slim")
    assert _files(tmp_path / "slim") == SLIM | {"rnn_ner": _files_of_model()}
    assert _results(spacy.load(tmp_path / "slim")(TEXT)) == _results(nlp(TEXT))


def test_slim_pipeline_holds_a_model_of_ones_own_in_full(tiny_model, tmp_path):
    made = spacy.blank("en")
    made.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    docsight.slim(made).to_disk(tmp_path / "slim")
    assert sorted(path.name for path in (tmp_path / "slim" / "rnn_ner").iterdir()) == _files_of_model()


def _files_of_model() -> list[str]:
    return ["MODEL_CARD.md", "chars.txt", "config.json", "weights.safetensors", "words.txt"]


def test_slim_pipeline_finds_a_shipped_model_that_has_retired_tensors(models, tmp_path, tiny_model):
    about = json.loads((models / "rnn_ner" / "config.json").read_text())
    about["network"]["num_corpora"] = 2  # an argument that no longer has an effect
    (models / "rnn_ner" / "config.json").write_text(json.dumps(about))
    made = spacy.blank("en")
    made.add_pipe("rnn_ner")
    docsight.slim(made).to_disk(tmp_path / "slim")
    assert (tmp_path / "slim" / "rnn_ner" / "shipped_model.json").is_file()


def test_slim_pipeline_says_what_is_missing_if_the_shipped_model_differs(nlp, tmp_path, models):
    docsight.slim(nlp).to_disk(tmp_path / "slim")
    with (models / "rnn_ner" / "config.json").open("a") as config:
        config.write("\n")
    with pytest.raises(BundleError, match=r"needs the model 'rnn_ner' of docsight .* ships another version of it"):
        spacy.load(tmp_path / "slim")
    shutil.rmtree(models / "rnn_ner")
    with pytest.raises(BundleError, match=r"ships only cnn_imagecat, rnn_speller\. Install docsight=="):
        spacy.load(tmp_path / "slim")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"model": {}, "sha256": "", "docsight": "9"}'])
def test_slim_pipeline_with_a_damaged_reference_is_refused(nlp, tmp_path, content):
    docsight.slim(nlp).to_disk(tmp_path / "slim")
    (tmp_path / "slim" / "rnn_ner" / "shipped_model.json").write_text(content)
    with pytest.raises(BundleError, match=r"shipped_model\.json"):
        spacy.load(tmp_path / "slim")


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda component: pickle.loads(pickle.dumps(component))])
def test_slim_component_stays_slim_when_it_is_copied(nlp, duplicate):
    component = docsight.slim(nlp).get_pipe("rnn_ner")
    assert duplicate(component).slim


# ---- pipelines without a model


def test_pipeline_saved_without_a_component_uses_the_shipped_model(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipeline", exclude=["rnn_ner", "rnn_speller"])
    with (
        pytest.warns(UserWarning, match="using the shipped model 'rnn_ner', which the config names"),
        pytest.warns(UserWarning, match="using the shipped model 'rnn_speller', which the config names"),
    ):
        loaded = spacy.load(tmp_path / "pipeline")
    assert _results(loaded(TEXT)) == _results(nlp(TEXT))


def test_component_saved_without_its_model_uses_the_shipped_model(nlp, tmp_path):
    nlp.get_pipe("rnn_speller").add_user_words(["teh"])
    nlp.get_pipe("rnn_speller").to_disk(tmp_path / "speller", exclude=["model"])
    assert [path.name for path in (tmp_path / "speller").iterdir()] == ["user_words.txt"]
    with pytest.warns(UserWarning, match="using the shipped model 'rnn_speller'"):
        other = spacy.blank("en").add_pipe("rnn_speller").from_disk(tmp_path / "speller")
    assert other.user_words == ("teh",)
    assert "Teh" not in [row["text"] for row in other(nlp.make_doc(TEXT))._.corrections]


def test_component_as_bytes_without_its_model_keeps_the_one_it_has(nlp):
    speller = nlp.get_pipe("rnn_speller")
    speller.add_user_words(["teh"])
    content = speller.to_bytes(exclude=["model"])
    assert len(content) < 100
    other = spacy.blank("en").add_pipe("rnn_speller")
    model = other.bundle
    assert other.from_bytes(content, exclude=["model"]).user_words == ("teh",)
    assert other.bundle is model
    with pytest.raises(BundleError):
        other.from_bytes(content)


def test_pipeline_saved_without_a_model_of_ones_own_cannot_be_loaded(tiny_model, tmp_path):
    made = spacy.blank("en")
    made.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    made.to_disk(tmp_path / "pipeline", exclude=["rnn_ner"])
    with pytest.raises(BundleError, match=r"config\.json is missing from the model folder"):
        spacy.load(tmp_path / "pipeline")


# ---- meta.json


def test_pipeline_meta_has_what_the_model_cards_say(models):
    (models / "rnn_ner" / "MODEL_CARD.md").write_text(
        "# ner\n\nFinds v1.5 names. In mail.\n\nLicence of the weights: CC0.\n"
    )
    (models / "rnn_speller" / "MODEL_CARD.md").write_text("# s\n\nCorrects\n\nx. Licence of the weights: CC BY 4.0.\n")
    made = spacy.blank("en")
    for name in COMPONENTS:
        made.add_pipe(name, config={"model": name})
    made.add_pipe("rnn_ner", name="second")
    assert made.meta["license"] == "CC0 AND CC BY 4.0"
    assert made.meta["description"] == "Finds v1.5 names. Corrects"
    assert made.meta["requirements"] == [f"docsight>={docsight.__version__}"]


def test_pipeline_meta_keeps_entries_of_others(nlp):
    mine = {
        "license": "MIT",
        "description": "mine",
        "requirements": ["docsight>=0.0.1", "docsight-x"],
        "sources": ["a"],
    }
    made = spacy.blank("en", meta=dict(mine))
    made.add_pipe("rnn_ner")
    assert {key: made.meta[key] for key in mine} == mine


def test_pipeline_meta_is_the_same_after_loading(tmp_path):
    made = spacy.blank("en")
    made.add_pipe("rnn_ner")
    made.to_disk(tmp_path / "pipeline")
    loaded = spacy.load(tmp_path / "pipeline")
    assert [loaded.meta.get(key) for key in made.meta] == list(made.meta.values())


@pytest.fixture
def packaged(tmp_path) -> Path:
    """Save a pipeline of shipped models, slim so that the package is small."""
    made = spacy.blank("en")
    for name in ("rnn_ner", "cnn_imagecat"):
        made.add_pipe(name)
    docsight.slim(made).to_disk(tmp_path / "pipeline")
    (tmp_path / "packages").mkdir()
    return tmp_path / "pipeline"


def test_spacy_package_requires_docsight(packaged):
    folder = packaged.parent / "packages"
    package(packaged, folder, create_sdist=False, name="names", version="1.0.0")
    meta = json.loads((folder / "en_names-1.0.0" / "meta.json").read_text())
    assert meta["requirements"] == [f"docsight=={docsight.__version__}"]
    assert meta["license"] == "CC BY-SA 4.0"
    assert "entity recognizer" in meta["description"]


@pytest.mark.slow
def test_spacy_package_makes_a_wheel_that_requires_docsight(packaged):
    pytest.importorskip("build")
    folder = packaged.parent / "packages"
    package(packaged, folder, create_sdist=False, create_wheel=True, name="names", version="1.0.0")
    (wheel,) = folder.glob("*/dist/*.whl")
    metadata = zipfile.ZipFile(wheel).read("en_names-1.0.0.dist-info/METADATA").decode()
    assert f"Requires-Dist: docsight=={docsight.__version__}" in metadata
    assert "License: CC BY-SA 4.0" in metadata
