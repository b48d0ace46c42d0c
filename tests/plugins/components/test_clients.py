"""spaCy's own commands and methods, and other users of spaCy's protocol, with all components in one pipeline."""

import copy
import inspect
import io
import json
import pickle
from pathlib import Path

import pytest
import spacy
from PIL import Image
from spacy import displacy
from spacy.cli import app
from spacy.cli.apply import apply
from spacy.cli.evaluate import evaluate
from spacy.cli.find_threshold import find_threshold
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.tokens.underscore import Underscore
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_nlp
from thinc.api import Config
from typer.main import get_command

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


# ---- pipelines


def _results(doc: Doc) -> list[object]:
    entities = [(ent.text, ent.label_, ent._.score) for ent in doc.ents]
    return [entities, doc._.corrections, [image.get("cats") for image in doc._.images]]


def test_pipes_are_disabled_and_selected(nlp, doc):
    with nlp.select_pipes(enable="rnn_speller"):
        assert nlp.pipe_names == ["rnn_speller"]
        assert (nlp(_make(nlp)).ents, nlp(TEXT)._.corrections) == ((), doc._.corrections)
    with nlp.disable_pipes("rnn_speller", "cnn_imagecat"):
        assert nlp(TEXT)._.corrections is None
    assert _results(nlp(_make(nlp))) == _results(doc)


def test_spacy_load_excludes_and_disables_components(nlp, gold):
    loaded = spacy.load(gold / "rnn_speller", exclude=["rnn_speller"])
    assert loaded.component_names == []
    loaded = spacy.load(gold / "rnn_speller", disable=["rnn_speller"])
    assert (loaded.pipe_names, loaded.component_names) == ([], ["rnn_speller"])
    loaded.enable_pipe("rnn_speller")
    assert loaded(TEXT)._.corrections == nlp(TEXT)._.corrections


def test_component_writes_under_the_name_that_it_was_renamed_to(tiny_imagecat, tmp_path):
    made = spacy.blank("en")
    made.add_pipe("cnn_imagecat", config={"model": str(tiny_imagecat)})
    made.rename_pipe("cnn_imagecat", "figures")
    assert list(made(_make(made))._.image_cats) == ["figures"]
    made.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    assert list(loaded(_make(loaded))._.image_cats) == ["figures"]


def test_component_is_replaced_by_one_with_other_settings(tiny_model):
    made = spacy.blank("en")
    made.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    assert made(TEXT).ents
    made.replace_pipe("rnn_ner", "rnn_ner", config={"model": str(tiny_model), "threshold": 1.0})
    assert not made(TEXT).ents


def test_component_is_sourced_from_a_saved_pipeline(nlp, gold, tmp_path):
    other = spacy.blank("en")
    other.add_pipe("rnn_ner", source=spacy.load(gold / "rnn_ner"), name="names")
    other.to_disk(tmp_path)
    expected = [ent.text for ent in other(TEXT).ents]
    assert expected
    assert [ent.text for ent in spacy.load(tmp_path)(TEXT).ents] == expected


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda nlp: pickle.loads(pickle.dumps(nlp))])
def test_pipeline_is_copied(nlp, doc, duplicate):
    other = duplicate(nlp)
    assert _results(other(_make(other))) == _results(doc)
    assert other.get_pipe("rnn_ner") is not nlp.get_pipe("rnn_ner")
    assert other.get_pipe("rnn_ner").vocab is other.vocab


def test_pipeline_is_made_of_its_config(nlp, doc):
    other = type(nlp).from_config(Config().from_str(nlp.config.to_str()))
    assert _results(other(_make(other))) == _results(doc)


def test_pipe_passes_contexts_on_to_processes(nlp, doc):
    pairs = [(_make(nlp), number) for number in range(4)]
    found = list(
        nlp.pipe(pairs, as_tuples=True, n_process=2, batch_size=2, component_cfg={"rnn_ner": {"batch_size": 1}})
    )
    assert [number for _, number in found] == [0, 1, 2, 3]
    assert all(_results(each) == _results(doc) for each, _ in found)


def test_pipeline_works_in_a_memory_zone(nlp, doc):
    expected = _results(doc)
    with nlp.memory_zone():
        assert _results(nlp(_make(nlp))) == expected


def test_pipeline_is_analyzed(nlp, capsys):
    analysis = nlp.analyze_pipes(pretty=True)
    assert not any(analysis["problems"].values())
    assert analysis["summary"]["rnn_ner"]["assigns"] == ["doc.ents", "token.ent_iob", "token.ent_type", "span._.score"]
    assert set(SCORES.values()) <= {score for name in COMPONENTS for score in analysis["summary"][name]["scores"]}
    assert "rnn_speller" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMPONENTS)
def test_factory_meta_lists_the_attributes_and_the_score_of_most_weight(nlp, name):
    meta = nlp.get_pipe_meta(name)
    assert (meta.factory, meta.requires, meta.retokenizes) == (name, [], False)
    assert max(meta.default_score_weights, key=lambda score: meta.default_score_weights[score] or 0) == SCORES[name]
    extensions = {f"doc._.{key}" for key in Underscore.doc_extensions}
    extensions |= {f"token._.{key}" for key in Underscore.token_extensions}
    extensions |= {f"span._.{key}" for key in Underscore.span_extensions}
    assert {attribute for attribute in meta.assigns if "._." in attribute} <= extensions


def test_displacy_shows_the_entities(doc):
    html = displacy.render(doc, style="ent", jupyter=False)
    assert all(ent.label_ in html for ent in doc.ents)


# ---- commands of spaCy


def _spacy(*arguments: object) -> None:
    """Run a command of spaCy in this process."""
    get_command(app)([str(argument) for argument in arguments], standalone_mode=False)


CONFIG = """
[nlp]
lang = "en"
pipeline = ["names", "rnn_speller"]
[components]
[components.names]
factory = "rnn_ner"
model = {ner}
[components.rnn_speller]
source = {speller}
"""


@pytest.fixture
def config(tmp_path, tiny_model, gold) -> Path:
    path = tmp_path / "config.cfg"
    path.write_text(CONFIG.format(ner=json.dumps(str(tiny_model)), speller=json.dumps(str(gold / "rnn_speller"))))
    return path


def test_spacy_assemble_makes_a_pipeline_of_a_config(config, tmp_path):
    _spacy("assemble", config, tmp_path / "assembled")
    doc = spacy.load(tmp_path / "assembled")(TEXT)
    assert doc.ents
    assert doc._.corrections


@pytest.mark.slow
def test_spacy_init_fill_config_and_debug_config_accept_the_components(config, tmp_path):
    _spacy("init", "fill-config", config, tmp_path / "filled.cfg")
    filled = Config().from_disk(tmp_path / "filled.cfg")
    assert filled["components"]["names"]["scorer"] == {"@scorers": "spacy.ner_scorer.v1"}
    _spacy("debug", "config", tmp_path / "filled.cfg", "--paths.train", "a", "--paths.dev", "b")


@pytest.mark.slow
def test_spacy_benchmark_speed_runs_the_pipeline(gold, capsys):
    _spacy("benchmark", "speed", gold / "rnn_ner", gold / "rnn_ner.spacy", "--batches", 30, "--warmup", 0)
    assert "words/s" in capsys.readouterr().out


def test_spacy_apply_writes_a_docbin(gold, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    apply(
        tmp_path / "a.txt", tmp_path / "out.spacy", str(gold / "rnn_ner"), json_field="text", batch_size=1, n_process=1
    )
    vocab = spacy.blank("en").vocab
    assert [ent._.score for doc in DocBin().from_disk(tmp_path / "out.spacy").get_docs(vocab) for ent in doc.ents]


@pytest.mark.slow
def test_spacy_train_leaves_frozen_components_as_they_are(gold, tmp_path):
    nlp = spacy.blank("en")
    train = nlp.make_doc(TEXT)
    for token in train:
        token.tag_ = "A" if token.is_title else "B"
    DocBin(docs=[train]).to_disk(tmp_path / "train.spacy")
    nlp.add_pipe("rnn_ner", source=spacy.load(gold / "rnn_ner"))
    expected = [ent.text for ent in nlp(TEXT).ents]
    nlp.add_pipe("tagger")
    config = nlp.config.copy()
    config["components"]["rnn_ner"] = {"source": str(gold / "rnn_ner")}
    config["paths"] |= {"train": str(tmp_path / "train.spacy"), "dev": str(tmp_path / "train.spacy")}
    config["training"] |= {"max_steps": 1, "frozen_components": ["rnn_ner"], "annotating_components": ["rnn_ner"]}
    (tmp_path / "trained").mkdir()
    train_nlp(init_nlp(config), tmp_path / "trained", stdout=io.StringIO(), stderr=io.StringIO())
    loaded = spacy.load(tmp_path / "trained" / "model-last")
    assert loaded.pipe_names == ["rnn_ner", "tagger"]
    assert [ent.text for ent in loaded(TEXT).ents] == expected != []


def test_training_methods_of_a_pipeline_skip_the_components(nlp):
    example = spacy.training.Example.from_dict(nlp.make_doc(TEXT), {})
    nlp.initialize()
    nlp.resume_training()
    assert nlp.update([example]) == {}
    assert nlp.rehearse([example]) == {}
