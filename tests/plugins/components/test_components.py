"""spaCy's component protocol, one table over all components."""

import io
import multiprocessing
import pickle
import shutil
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
import torch
from PIL import Image
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from docsight.errors import BundleError, ConfigError

TEXTS = [
    "Ada Lovelace met Charles Babbage in London in 1833.",
    "",
    " \n\n ",
    "The Analytical Engine of the Royal Society weaves algebraical patterns, she wrote to Mr. De Morgan.",
    "London",
    "Bernoulli " * 700,
]


@dataclass(frozen=True)
class Case:
    """A component, and how to read its results."""

    name: str
    model: str  # the fixture of its model folder
    read: Callable[[Doc], Any]
    fixed_labels: tuple[str, ...] = ()  # labels that do not depend on the model
    prepare: Callable[[str], dict[Any, Any]] = lambda text: {}  # further `user_data` of a Doc of that text


def _entities(doc: Doc) -> list[tuple[str, int, int, float]]:
    return [(ent.label_, ent.start_char, ent.end_char, round(ent._.score, 2)) for ent in doc.ents]


def _corrections(doc: Doc) -> list[dict[str, Any]]:
    return [
        row
        | {
            "score": round(row["score"], 2),
            "suggestions": [(each["text"], round(each["probability"], 2)) for each in row["suggestions"]],
        }
        for row in doc._.corrections
    ]


def _images(text: str) -> dict[Any, Any]:
    """Make an image for each of the first words of a text, one of them broken."""
    rows = [{"id": f"{n}", "bytes": _png(word)} for n, word in enumerate(text.split()[:5])]
    return {("._.", "images", None, None): rows + [{"id": "broken", "bytes": b"not an image"}][: len(rows) // 3]}


def _png(word: str) -> bytes:
    pixels = np.zeros((20, 20), dtype=np.uint8)
    rows = np.frombuffer(word.encode() * 20, dtype=np.uint8)[:20]
    pixels[4:16, 4:16] = np.outer(rows[:12], rows[8:20]) % 251
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _image_cats(doc: Doc) -> list[Any]:
    read = []
    for image in doc._.images:
        cats = image["cats"]["cnn_imagecat"]
        if "error" in cats:
            read.append((image["id"], cats["error"]))
        else:
            scores = {label: round(score, 2) for label, score in cats["scores"].items()}
            read.append((image["id"], cats["label"], round(cats["score"], 2), scores, round(cats["in_domain"], 1)))
    return read


CASES = [
    Case("rnn_ner", "tiny_model", _entities),
    Case("rnn_speller", "tiny_speller", _corrections, fixed_labels=("context", "unknown_word")),
    Case("cnn_imagecat", "tiny_imagecat", _image_cats, prepare=_images),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request) -> Case:
    return request.param


@pytest.fixture
def make(case) -> Callable[[Language, str], Doc]:
    """Make a Doc of a text with the data that the case needs, unprocessed."""

    def made(nlp: Language, text: str) -> Doc:
        doc = nlp.make_doc(text)
        doc.user_data |= case.prepare(text)
        return doc

    return made


@pytest.fixture
def docs(make) -> Callable[[Language], list[Doc]]:
    """Make Docs of all texts."""
    return lambda nlp: [make(nlp, text) for text in TEXTS]


@pytest.fixture
def model(case, request) -> Path:
    return request.getfixturevalue(case.model)


@pytest.fixture
def nlp(case, model) -> Language:
    made = spacy.blank("en")
    made.add_pipe(case.name, config={"model": str(model)})
    return made


@pytest.fixture
def expected(case, nlp, docs) -> list[Any]:
    results = [case.read(nlp(doc)) for doc in docs(nlp)]
    assert any(results), "the tiny model must find something, or nothing is tested"
    return results


def test_component_batch_equals_one_by_one_in_order(case, nlp, expected, docs):
    read = list(nlp.pipe(docs(nlp)))
    assert [doc.text for doc in read] == TEXTS
    assert [case.read(doc) for doc in read] == expected
    assert [case.read(doc) for doc in nlp.pipe(docs(nlp), batch_size=2)] == expected


def test_component_pipe_is_lazy(nlp):
    taken = []

    def stream():
        for n in range(100):
            taken.append(n)
            yield f"London {n}"

    next(nlp.pipe(stream(), batch_size=4))
    assert len(taken) < 20


def test_component_disk_and_bytes_round_trips(case, nlp, expected, tmp_path, docs):
    nlp.to_disk(tmp_path / "pipeline")
    by_disk = spacy.load(tmp_path / "pipeline")
    by_bytes = spacy.blank("en")
    by_bytes.add_pipe(case.name, config={"model": "/nowhere"})
    by_bytes.from_bytes(nlp.to_bytes())
    for other in (by_disk, by_bytes):
        assert [case.read(doc) for doc in other.pipe(docs(other))] == expected
        assert other.get_pipe(case.name).labels == nlp.get_pipe(case.name).labels
    assert (tmp_path / "pipeline" / case.name / "MODEL_CARD.md").is_file()


def test_component_saved_pipeline_needs_only_its_own_folder(case, model, expected, tmp_path, monkeypatch, docs):
    copy = shutil.copytree(model, tmp_path / "model")
    nlp = spacy.blank("en")
    nlp.add_pipe(case.name, config={"model": str(copy)})
    nlp.to_disk(tmp_path / "pipeline")
    shutil.rmtree(copy)
    from docsight import bundle

    read = []
    plain = bundle.read_file
    monkeypatch.setattr(bundle, "read_file", lambda folder, name: read.append(folder) or plain(folder, name))
    loaded = spacy.load(tmp_path / "pipeline")
    assert [case.read(doc) for doc in loaded.pipe(docs(loaded))] == expected
    assert set(read) == {tmp_path / "pipeline" / case.name}


def test_component_reads_its_model_on_first_use_only(case):
    nlp = spacy.blank("en")
    component = nlp.add_pipe(case.name, config={"model": "/nowhere"})
    assert component.labels == case.fixed_labels
    with pytest.raises(BundleError, match="neither a shipped model"):
        nlp("London")


def test_component_missing_model_is_raised_past_an_error_handler(case):
    nlp = spacy.blank("en")
    nlp.add_pipe(case.name, config={"model": "/nowhere"})
    nlp.set_error_handler(lambda name, proc, docs, error: None)
    with pytest.raises(BundleError):
        list(nlp.pipe(["London"]))


def test_component_pickles(case, nlp, expected, docs):
    copy = pickle.loads(pickle.dumps(nlp.get_pipe(case.name)))
    assert [case.read(copy(doc)) for doc in docs(nlp)] == expected


def test_component_pickles_before_its_model_is_read(case, model, expected, make):
    nlp = spacy.blank("en")
    copy = pickle.loads(pickle.dumps(nlp.add_pipe(case.name, config={"model": str(model)})))
    assert case.read(copy(make(nlp, TEXTS[0]))) == expected[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_component_n_process_after_torch_has_run_with_threads(case, nlp, expected, threads, docs, make):
    torch.set_num_threads(threads)
    try:
        torch.randn(400, 400) @ torch.randn(400, 400)
        nlp(make(nlp, TEXTS[0]))
        assert [case.read(doc) for doc in nlp.pipe(docs(nlp), n_process=2, batch_size=2)] == expected
    finally:
        torch.set_num_threads(1)


@pytest.mark.slow
def test_component_works_under_spawn(case, nlp, expected, docs):
    before = multiprocessing.get_start_method()
    multiprocessing.set_start_method("spawn", force=True)
    try:
        assert [case.read(doc) for doc in nlp.pipe(docs(nlp), n_process=2, batch_size=3)] == expected
    finally:
        multiprocessing.set_start_method(before, force=True)


def test_component_works_when_threads_share_one_nlp(case, model, expected, docs):
    nlp = spacy.blank("en")
    nlp.add_pipe(case.name, config={"model": str(model)})  # not loaded yet, so the threads race for that, too
    results: dict[int, Any] = {}

    def work(n: int) -> None:
        results[n] = [case.read(doc) for doc in nlp.pipe(docs(nlp))]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[n] for n in range(6)] == [expected] * 6


def test_component_labels_outlive_a_memory_zone(case, model, docs):
    nlp = spacy.blank("en")
    nlp.add_pipe(case.name, config={"model": str(model)})
    with nlp.memory_zone():
        inside = [case.read(doc) for doc in nlp.pipe(docs(nlp))]
    with nlp.memory_zone():
        assert [case.read(doc) for doc in nlp.pipe(docs(nlp))] == inside
    for label in nlp.get_pipe(case.name).labels:
        assert nlp.vocab.strings[nlp.vocab.strings[label]] == label
        assert label in nlp.vocab.strings


def test_component_error_affects_one_document_and_not_its_batch(case, nlp, expected, monkeypatch, docs):
    component = nlp.get_pipe(case.name)
    predict = component.predict

    def fragile(docs):
        if any(doc.text == "London" for doc in docs):
            raise RuntimeError("no London today")
        return predict(docs)

    monkeypatch.setattr(component, "predict", fragile)
    failed = []
    nlp.set_error_handler(lambda name, proc, docs, error: failed.append((name, docs[0].text, str(error))))
    read = [case.read(doc) for doc in nlp.pipe(docs(nlp))]
    assert read == [e for text, e in zip(TEXTS, expected, strict=True) if text != "London"]
    assert failed == [(case.name, "London", "no London today")]


def test_component_raises_by_default(case, nlp, monkeypatch):
    def broken(docs):
        raise RuntimeError("broken")

    monkeypatch.setattr(nlp.get_pipe(case.name), "predict", broken)
    with pytest.raises(RuntimeError, match="broken"):
        nlp("London")
    with pytest.raises(RuntimeError, match="broken"):
        list(nlp.pipe(["London"]))


def test_component_results_survive_doc_bytes_and_docbin(case, nlp, expected, docs):
    read = list(nlp.pipe(docs(nlp)))
    assert [case.read(Doc(nlp.vocab).from_bytes(doc.to_bytes())) for doc in read] == expected
    held = DocBin(docs=read, store_user_data=True).to_bytes()
    assert [case.read(doc) for doc in DocBin().from_bytes(held).get_docs(nlp.vocab)] == expected


def test_component_passes_pipe_analysis(case, nlp):
    analysis = nlp.analyze_pipes()
    assert analysis["problems"][case.name] == []
    assert analysis["summary"][case.name]["assigns"]


def test_component_is_not_trainable_by_spacy(case, nlp):
    assert not nlp.get_pipe(case.name).is_trainable


def test_component_warns_once_of_another_language(case, model):
    nlp = spacy.blank("de")
    nlp.add_pipe(case.name, config={"model": str(model)})
    with pytest.warns(UserWarning, match="trained for 'en', the pipeline is for 'de'"):
        nlp("London")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nlp("London")


@pytest.mark.parametrize("device", ["tpu", "cuda:banana", "cuda:99"])
def test_component_refuses_an_unavailable_device(case, device):
    with pytest.raises(ConfigError, match=device):
        spacy.blank("en").add_pipe(case.name, config={"device": device})


@pytest.mark.slow
def test_component_reads_a_million_characters_in_one_document(case, nlp, make):
    text = "Ada Lovelace lived in London. " * 33_000
    nlp.max_length = len(text) + 1
    doc = nlp(make(nlp, text))
    assert doc.text == text
    assert case.read(doc)
