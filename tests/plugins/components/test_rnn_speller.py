import pickle
import threading
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Corpus, Example

from docsight.components.passages import IN_CODE
from docsight.components.rnn_speller import THRESHOLDS, RnnSpeller
from docsight.errors import BundleError, ConfigError
from docsight.spelling.correction.corrector import Correction
from docsight.spelling.keystrokes.typing_model import completion_words

TEXT = "Teh house is to big, and I dont know wich freind."


@pytest.fixture
def nlp(tiny_speller) -> Language:
    return _with(tiny_speller)


def _with(model: Path, **config) -> Language:
    made = spacy.blank("en")
    made.add_pipe("rnn_speller", config={"model": str(model), **config})
    return made


def _speller(nlp: Language) -> RnnSpeller:
    found = nlp.get_pipe("rnn_speller")
    assert isinstance(found, RnnSpeller)
    return found


def _reported(doc: Doc) -> list[str]:
    return [row["text"] for row in doc._.corrections]


def _fixed(nlp: Language, *corrections: Correction) -> RnnSpeller:
    """Make the component return the same corrections for every Doc."""
    component = _speller(nlp)
    component.predict = lambda docs: [list(corrections) for _ in docs]  # type: ignore[method-assign]
    return component


def _built(**options) -> RnnSpeller:
    return RnnSpeller(spacy.blank("en").vocab, model="/nowhere", **options)


TEH = Correction(0, 3, [("The", 0.9), ("Ten", 0.06)], 0.6, False)
TO = Correction(13, 15, [("too", 0.4)], 0.4, True)
BIG = Correction(16, 19, [], 0.0, False)


def test_rnn_speller_corrects_without_changing_the_text(nlp):
    doc = nlp(TEXT)
    assert doc.text == TEXT
    assert doc._.corrected_text == "The house is to big, and I don't know which friend."


def test_rnn_speller_writes_one_row_for_each_correction(nlp):
    _fixed(nlp, TEH, TO, BIG)
    assert nlp(TEXT)._.corrections == [
        {
            "start": 0,
            "end": 3,
            "text": "Teh",
            "suggestion": "The",
            "suggestions": [{"text": "The", "probability": 0.9}, {"text": "Ten", "probability": 0.06}],
            "score": 0.6,
            "reason": "unknown_word",
            "because": "",
            "applied": True,
        },
        {
            "start": 13,
            "end": 15,
            "text": "to",
            "suggestion": "too",
            "suggestions": [{"text": "too", "probability": 0.4}],
            "score": 0.4,
            "reason": "context",
            "because": "",
            "applied": False,
        },
        {
            "start": 16,
            "end": 19,
            "text": "big",
            "suggestion": "big",
            "suggestions": [],
            "score": 0.0,
            "reason": "unknown_word",
            "because": "",
            "applied": False,
        },
    ]


def test_rnn_speller_rows_are_of_plain_types(nlp):
    for row in nlp(TEXT)._.corrections:
        types = {name: type(value) for name, value in row.items()}
        numbers = {"start": int, "end": int, "score": float, "applied": bool}
        assert types == dict.fromkeys(("text", "suggestion", "reason", "because"), str) | numbers | {
            "suggestions": list
        }
        for each in row["suggestions"]:
            assert {name: type(value) for name, value in each.items()} == {"text": str, "probability": float}


def test_rnn_speller_text_without_corrections_has_an_empty_list(nlp):
    assert nlp("It is there.")._.corrections == []
    assert nlp("")._.corrections == []


def test_rnn_speller_corrections_do_not_depend_on_the_threshold(tiny_speller):
    read = {}
    for setting in THRESHOLDS:
        nlp = _with(tiny_speller, setting=setting)
        _fixed(nlp, TEH, TO, BIG)
        rows = nlp(TEXT)._.corrections
        read[setting] = [row.pop("applied") for row in rows], rows
    assert read["precise"][1] == read["balanced"][1] == read["eager"][1]
    applied = {setting: found[0] for setting, found in read.items()}
    assert applied == {
        "precise": [False, False, False],
        "balanced": [True, False, False],
        "eager": [True, True, False],
    }


def test_rnn_speller_believes_words_of_the_file_name():
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_speller")
    text = "The package uupdate reads the list and writes a new one."
    docs = [nlp.make_doc(text) for _ in range(3)]
    for doc, path in zip(docs, (None, "notes/uupdate.txt", "uupdate/notes.txt"), strict=True):
        if path:
            doc._.source = {"path": path, "part": ""}
    none, named, beside = (doc._.corrections[0] for doc in nlp.pipe(docs))
    assert (none["text"], named["text"]) == ("uupdate", "uupdate")
    assert named["score"] < none["score"]
    assert beside == none
    weights = [
        {each.fact: each.weight for each in _speller(nlp).explain(docs[at], row)} for at, row in ((0, none), (1, named))
    ]
    assert weights[1]["repeated"] < 0 < weights[0]["repeated"]


def test_rnn_speller_flags_words_of_code_without_applying_their_corrections(nlp):
    doc = nlp.make_doc("Teh house.\n\nTeh = house\n")
    doc.spans["passages"] = [doc.char_span(0, 10, label="paragraph"), doc.char_span(12, 23, label="code")]
    prose, code = nlp(doc)._.corrections
    assert (prose["text"], prose["applied"]) == ("Teh", True)
    assert (code["text"], code["suggestion"], code["applied"]) == ("Teh", "The", False)
    assert code["because"] == IN_CODE
    assert doc._.corrected_text == "The house.\n\nTeh = house\n"


def test_rnn_speller_threshold_overrides_the_setting(tiny_speller):
    nlp = _with(tiny_speller, setting="precise", threshold=0)
    _fixed(nlp, TEH, TO, BIG)
    assert [row["applied"] for row in nlp(TEXT)._.corrections] == [True, True, False]


@pytest.mark.parametrize("threshold", [1.5, -0.1, float("nan"), True, "0.5"])
def test_rnn_speller_rejects_an_invalid_threshold(threshold):
    with pytest.raises(ConfigError, match="expected a threshold from 0 to 1, or None"):
        _built(threshold=threshold)


def test_rnn_speller_rejects_unknown_settings_and_dialects():
    with pytest.raises(
        ConfigError, match="expected the setting to be one of precise, balanced, eager, flag; found 'bold'"
    ):
        _built(setting="bold")
    with pytest.raises(ConfigError, match="expected the dialect to be one of auto, us, uk; found 'british'"):
        _built(dialect="british")
    with pytest.raises(ConfigError, match=r"expected the setting to be one of .*; found \['eager'\]"):
        _built(setting=["eager"])


@pytest.mark.parametrize("word", ["Teh", "teh", "the house"])
def test_rnn_speller_protects_words(tiny_speller, word):
    doc = _with(tiny_speller, protect={"words": ["teh", "Wich", "Jean-Teh", word]})(TEXT)
    assert "Teh" not in _reported(doc)
    assert "wich" in _reported(doc)


def test_rnn_speller_protects_words_of_several_parts(tiny_speller):
    nlp = _with(tiny_speller, protect={"words": ["teh hosue", "Wich-Freind"]})
    assert _reported(nlp("Teh  hosue or teh freind")) == ["teh", "freind"]
    assert _reported(nlp("Wich-Freind and wich-freind")) == ["wich", "freind"]


def test_rnn_speller_protects_the_possessive_of_a_word(tiny_speller):
    assert _reported(_with(tiny_speller, protect={"words": ["Teh"]})("It is Teh's and Teh\u2019s house")) == []


def test_rnn_speller_protects_what_a_pattern_matches(tiny_speller):
    nlp = _with(tiny_speller, protect={"patterns": [r"(?i)\bt\w+", r"f\w*"]})
    assert _reported(nlp(TEXT)) == ["dont", "wich"]


def test_rnn_speller_pattern_that_matches_nothing_protects_nothing(tiny_speller):
    assert "Teh" in _reported(_with(tiny_speller, protect={"patterns": ["x*"]})(TEXT))


@pytest.mark.parametrize(
    ("labels", "expected"), [(["PER"], ["wich"]), (["*"], []), (["LOC"], ["Teh", "freind", "wich"])]
)
def test_rnn_speller_protects_entities_by_label(tiny_speller, labels, expected):
    nlp = _with(tiny_speller, protect={"entities": labels})
    doc = nlp.make_doc("Teh freind met wich")
    doc.ents = [Span(doc, 0, 2, label="PER"), Span(doc, 3, 4, label="ORG")]
    assert _reported(_speller(nlp)(doc)) == expected


@pytest.mark.parametrize(
    ("protect", "message"),
    [
        ({"regex": ["x"]}, "expected protect to have the keys words, patterns, entities; also found regex"),
        ({"patterns": ["(teh"]}, r"protect.patterns: '\(teh' is not a regular expression: missing \)"),
        ({"words": "teh"}, "expected protect.words to be a list of strings that are not empty; found 'teh'"),
        ({"words": [""]}, "expected protect.words to be a list of strings"),
        ({"entities": [3]}, "expected protect.entities to be a list of strings"),
    ],
)
def test_rnn_speller_rejects_invalid_protection(protect, message):
    with pytest.raises(ConfigError, match=message):
        _built(protect=protect)


def test_rnn_speller_user_words_are_right_and_suggested(tiny_speller):
    nlp = _with(tiny_speller, user_words=["freind", "Zorblat"])
    assert _reported(nlp("A freind of Zorblat")) == []
    (row,) = nlp("A Zorblaat")._.corrections
    assert row["suggestion"] == "Zorblat"


def test_rnn_speller_user_word_with_a_capital_is_right_in_this_form_alone(tiny_speller):
    nlp = _with(tiny_speller, user_words=["Zorblat"])
    assert _reported(nlp("A zorblat met Zorblat")) == ["zorblat"]


def test_rnn_speller_user_words_of_several_parts_are_right(tiny_speller):
    nlp = _with(tiny_speller, user_words=["Teh-Wich", "freind hosue"])
    assert _reported(nlp("It is Teh-Wich and a freind hosue, wich freind")) == ["wich", "freind"]


def test_rnn_speller_reads_user_words_from_a_file(tiny_speller, tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeff# ours\r\nfreind\r\n\r\n  wich  \n".encode())
    nlp = _with(tiny_speller, user_words=["dont"], user_words_path=str(path))
    assert _reported(nlp(TEXT)) == ["Teh"]
    assert _speller(nlp).user_words == ("dont", "freind", "wich")


def test_rnn_speller_adds_and_removes_user_words_at_run_time(nlp):
    speller = _speller(nlp)
    speller.add_user_words(["freind"])
    assert "freind" not in _reported(nlp(TEXT))
    speller.add_user_words(word for word in ("wich", "freind"))
    assert speller.user_words == ("freind", "wich")
    assert _reported(nlp(TEXT)) == ["Teh", "dont"]
    speller.remove_user_words(["freind", "unheard"])
    assert _reported(nlp(TEXT)) == ["Teh", "dont", "freind"]


@pytest.mark.parametrize("words", ["teh", [""], ["a\nb"], [3], ["#tag"], [" "]])
def test_rnn_speller_rejects_invalid_user_words(words):
    for use in (lambda: _built(user_words=words), lambda: _built().add_user_words(words)):
        with pytest.raises(ConfigError, match=r"rnn_speller.*: expected"):
            use()


def test_rnn_speller_reports_an_unreadable_file_of_user_words(tiny_speller, tmp_path):
    nlp = _with(tiny_speller, user_words_path=str(tmp_path / "none.txt"))
    with pytest.raises(ConfigError, match=r"user_words_path: .*none\.txt cannot be read"):
        nlp(TEXT)
    (tmp_path / "none.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ConfigError, match=r"none\.txt is not UTF-8"):
        nlp(TEXT)


def test_rnn_speller_user_words_survive_disk_bytes_and_pickling(nlp, tiny_speller, tmp_path):
    speller = _speller(nlp)
    speller.add_user_words(["freind", "Jean-Wich"])
    nlp.to_disk(tmp_path / "pipeline")
    assert (tmp_path / "pipeline/rnn_speller/user_words.txt").read_text() == "freind\nJean-Wich\n"
    by_bytes = spacy.blank("en")
    by_bytes.add_pipe("rnn_speller", config={"model": "/nowhere", "user_words": ["dont"]})
    by_bytes.from_bytes(nlp.to_bytes())
    copies = [_speller(spacy.load(tmp_path / "pipeline")), _speller(by_bytes), pickle.loads(pickle.dumps(speller))]
    for copy in copies:
        assert copy.user_words == ("freind", "Jean-Wich")
        assert _reported(copy(nlp.make_doc(TEXT))) == ["Teh", "dont", "wich"]


def test_rnn_speller_pipeline_with_words_of_a_file_needs_nothing_but_its_own_folder(tiny_speller, tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("freind\n")
    _with(tiny_speller, user_words_path=str(path)).to_disk(tmp_path / "pipeline")
    path.unlink()
    loaded = spacy.load(tmp_path / "pipeline")
    assert "freind" not in _reported(loaded(TEXT))


def test_rnn_speller_words_that_were_removed_do_not_come_back_with_the_config(tiny_speller, tmp_path):
    nlp = _with(tiny_speller, user_words=["freind"])
    _speller(nlp).remove_user_words(["freind"])
    nlp.to_disk(tmp_path / "pipeline")
    assert _speller(spacy.load(tmp_path / "pipeline")).user_words == ()


def test_rnn_speller_model_folder_without_user_words_leaves_those_of_the_config(tiny_speller):
    speller = _built(user_words=["freind"]).from_disk(tiny_speller)
    assert speller.user_words == ("freind",)


def test_rnn_speller_pickles_with_all_its_settings():
    protect = {"words": ["teh"], "patterns": ["x+"], "entities": ["*"]}
    speller = _built(setting="eager", threshold=0.4, dialect="uk", protect=protect, user_words=["freind"])
    copy = pickle.loads(pickle.dumps(speller))
    assert (copy.setting, copy.threshold, copy.dialect) == ("eager", 0.4, "uk")
    assert copy.protect == protect
    assert copy.user_words == ("freind",)


def test_rnn_speller_accepts_words_while_other_threads_correct(nlp):
    speller, failed = _speller(nlp), []
    expected = _reported(nlp(TEXT))

    def work() -> None:
        for _ in range(15):
            found = _reported(nlp(TEXT))
            if found not in (expected, [word for word in expected if word != "freind"]):
                failed.append(found)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        speller.add_user_words(["freind"])
        speller.remove_user_words(["freind"])
    for thread in threads:
        thread.join()
    assert not failed


def test_rnn_speller_session_goes_letter_by_letter_and_knows_the_words_of_the_user(nlp):
    speller = _speller(nlp)
    session = speller.session("It is ")
    letters = [session.type(letter).letter for letter in "the "]
    assert len(letters) == 4
    speller.add_user_words(["zzyzx"])
    words, zipf = completion_words(
        speller.bundle.vocabularies["words"], speller.bundle.network.lexicon, speller.user_words
    )
    assert words[-1] == "zzyzx"
    assert len(words) == len(zipf)
    assert speller.session().type("z").letters


@pytest.mark.parametrize("layout", ["colemak", 3, ["qwerty"]])
def test_rnn_speller_session_rejects_unknown_layouts(nlp, layout):
    with pytest.raises(ConfigError, match="expected the layout to be one of qwerty, azerty, qwertz, dvorak; found"):
        _speller(nlp).session(layout=layout)


def test_rnn_speller_generates_the_same_text_from_the_same_seed(nlp):
    speller = _speller(nlp)
    assert len(speller.generate("The ", length=30)) == 30
    assert speller.generate("The ", length=30, seed=3) == speller.generate("The ", length=30, seed=3)
    assert speller.generate("The ", length=30, temperature=2.0, seed=3) != speller.generate(
        "The ", length=30, temperature=2.0, seed=4
    )


def test_rnn_speller_labels_are_the_reasons(nlp):
    assert _speller(nlp).labels == ("context", "unknown_word")


def _gold(nlp: Language, text: str, *corrections: tuple[int, int, str]) -> Doc:
    doc = nlp.make_doc(text)
    doc._.corrections = [{"start": start, "end": end, "suggestion": word} for start, end, word in corrections]
    return doc


def test_rnn_speller_scores_against_the_corrections_of_the_reference(nlp):
    gold = _gold(nlp, TEXT, (0, 3, "The"), (13, 15, "too"), (27, 31, "don't"), (37, 41, "witch"), (42, 48, "friend"))
    plain = Example(nlp.make_doc("Teh"), nlp.make_doc("Teh"))  # no gold corrections
    scores = nlp.evaluate([Example(nlp.make_doc(TEXT), gold), plain])
    assert (scores["detections_p"], scores["detections_r"]) == (1.0, 0.8)
    assert (scores["corrections_p"], scores["corrections_r"]) == (0.75, 0.6)
    assert scores["corrections_f05"] == pytest.approx(1.25 * 0.75 * 0.6 / (0.25 * 0.75 + 0.6))


def test_rnn_speller_scores_reference_docs_from_a_spacy_file(nlp, tmp_path):
    gold = _gold(nlp, TEXT, (0, 3, "The"), (27, 31, "don't"), (37, 41, "which"), (42, 48, "friend"))
    DocBin(docs=[gold], store_user_data=True).to_disk(tmp_path / "dev.spacy")
    scores = nlp.evaluate(list(Corpus(tmp_path / "dev.spacy")(nlp)))
    assert scores["corrections_f05"] == 1.0


def test_rnn_speller_scores_nothing_without_gold(nlp):
    scores = nlp.evaluate([Example(nlp.make_doc(TEXT), nlp.make_doc(TEXT))])
    assert scores["corrections_f05"] is None


def test_rnn_speller_rejects_a_model_of_another_kind(tiny_model):
    with pytest.raises(BundleError, match="this is a 'tagger' model; the component needs a 'speller' model"):
        _with(tiny_model)(TEXT)


def test_rnn_speller_reads_a_copy_of_its_own_folder_exactly(nlp, tiny_speller, tmp_path):
    speller = _speller(nlp)
    speller.bundle.to_disk(tmp_path / "copy")
    for path in tiny_speller.iterdir():
        assert (tmp_path / "copy" / path.name).read_bytes() == path.read_bytes()


def test_rnn_speller_feeds_rnn_ner(tiny_model, tiny_speller):
    nlp = _with(tiny_speller)
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    right, wrong = nlp("and the house"), nlp("adn teh hosue")
    assert [row["applied"] for row in wrong._.corrections] == [True, True, True]
    assert [(ent.start, ent.end) for ent in wrong.ents] == [(ent.start, ent.end) for ent in right.ents]
    assert [ent._.score for ent in wrong.ents] == [ent._.score for ent in right.ents]


STRANGE = [
    "",
    " ",
    "\n\t \n",
    "a",
    "'",
    "\u2019",
    "...",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "Привет мир",
    "日本語のテキスト",
    "naïve café Ångström",
    "x" * 10_000,
    "teh" * 3_000,
    "\x00\x01\x7f\u200b\ufeff",
    "teh\u0301 te\u0308h",
    "see https://teh.example/wich?dont=1 or wich@freind.org, #freind @wich 12th A4x",
    "-" * 5_000,
    "' " * 3_000,
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_rnn_speller_handles_strange_texts_and_does_not_correct_them(nlp, text):
    doc = nlp(text)
    assert doc._.corrected_text == text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["teh", "Wich", "alot", "fam", "ily", "I", "dont", "!", "-", "\n"])).map(" ".join)
)
def test_rnn_speller_rows_of_any_text_are_ordered_and_can_be_applied(nlp, text):
    doc = nlp(text)
    rows, last = doc._.corrections, 0
    for row in rows:
        assert last <= row["start"] < row["end"] <= len(text)
        assert row["text"] == text[row["start"] : row["end"]]
        assert 0 <= row["score"] <= 1
        last = row["end"]
    pieces = [token._.suggestion if token._.is_misspelled else token.text for token in doc]
    assert len(pieces) == len(doc)
    assert doc._.offset_map.corrected_size == len(doc._.corrected_text)


def test_rnn_speller_batch_of_many_docs_equals_each_alone(nlp):
    texts = [TEXT, "", "It is there.", "alot of peeple", "TEH HOSUE"] * 3
    assert [d._.corrections for d in nlp.pipe(texts)] == [nlp(text)._.corrections for text in texts]
