"""`docsight.load`, and components that many threads use before they are loaded."""

import pickle
import threading
from collections import Counter

import pytest
import spacy

import docsight
from docsight import bundle
from docsight.components.loaded_pipeline import warm_up
from docsight.errors import ConfigError
from docsight.spelling.correction import corrector as corrector_module

THREADS = 40


@pytest.fixture
def loads(monkeypatch):
    """Count the models that are read and the correctors that are built."""
    counts, load, init = Counter(), bundle.load_folder, corrector_module.Corrector.__init__

    def count_load(folder, *, kind):
        counts[kind] += 1
        return load(folder, kind=kind)

    def count_corrector(self, *args, **options):
        counts["corrector"] += 1
        init(self, *args, **options)

    monkeypatch.setattr(bundle, "load_folder", count_load)
    monkeypatch.setattr(corrector_module.Corrector, "__init__", count_corrector)
    return counts


def run_together(work):
    """Run a function in many threads that begin at the same moment, and return what they raised."""
    barrier, errors = threading.Barrier(THREADS), []

    def run():
        barrier.wait()
        try:
            work()
        except Exception as err:  # noqa: BLE001 - the test looks at it
            errors.append(err)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def make(tiny_model, tiny_speller):
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_speller", config={"model": str(tiny_speller)})
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    return nlp


def test_forty_threads_that_meet_a_cold_pipeline_load_each_model_once(tiny_model, tiny_speller, loads):
    nlp = make(tiny_model, tiny_speller)
    texts = []
    assert run_together(lambda: texts.append(nlp("We saw teh house in London.")._.corrected_text)) == []
    assert loads == {"speller": 1, "tagger": 1, "corrector": 1}
    assert len(texts) == THREADS
    assert len(set(texts)) == 1


def test_forty_threads_that_start_typing_load_one_model(tiny_speller, loads):
    speller = spacy.blank("en").add_pipe("rnn_speller", config={"model": str(tiny_speller)})
    models = []
    assert run_together(lambda: models.append(speller.typing_model)) == []
    assert loads == {"speller": 1}
    assert len(set(map(id, models))) == 1


def test_threads_that_meet_a_missing_model_all_get_its_error(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(tmp_path / "none")})
    errors = run_together(lambda: nlp.get_pipe("rnn_ner").bundle)
    assert len(errors) == THREADS


def test_lock_is_not_pickled(tiny_model, tiny_speller):
    nlp = make(tiny_model, tiny_speller)
    for name in nlp.pipe_names:
        restored = pickle.loads(pickle.dumps(nlp.get_pipe(name)))
        assert restored._lock is not nlp.get_pipe(name)._lock
        restored.warm_up()


def test_load_makes_a_pipeline_and_warms_it_if_asked(loads):
    nlp = docsight.load("rnn_ner")
    assert nlp.pipe_names == ["rnn_ner"]
    assert not loads
    warm_up(nlp)
    assert loads == {"tagger": 1}
    warm = docsight.load("rnn_ner", warm=True)
    assert loads == {"tagger": 2}
    assert [ent.label_ for ent in warm("Ada Lovelace lived in London.").ents] == ["PER", "LOC"]
    assert loads == {"tagger": 2}


def test_load_reads_a_saved_pipeline(tmp_path, tiny_model, tiny_speller):
    make(tiny_model, tiny_speller).to_disk(tmp_path / "saved")
    assert docsight.load(str(tmp_path / "saved"), warm=True).pipe_names == ["rnn_speller", "rnn_ner"]
    assert docsight.load().pipe_names == ["rnn_speller", "rnn_ner", "cnn_imagecat"]


@pytest.mark.parametrize("names", [("rnn_none",), ("/nowhere/at/all",), ("rnn_ner", "rnn_none")])
def test_load_refuses_unknown_names(names):
    with pytest.raises(ConfigError, match="neither a component"):
        docsight.load(*names)
