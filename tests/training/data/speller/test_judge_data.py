import json
import random
from pathlib import Path

import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

from docsight.bundle import load_folder
from docsight.errors import DataError
from docsight.networks.judge import EVIDENCE, NUM_EVIDENCE, Judge
from docsight.spelling.correction.corrector import Corrector
from docsight.spelling.lexicon.tables import TechnicalText
from docsight_training.data.speller.judge_data import JudgeData, is_held_out
from docsight_training.data.speller.judged_documents import JudgedDocument, read_judged
from docsight_training.data.speller.mistakes import SentenceNoise, make_mistakes
from docsight_training.data.speller.noise import Noise
from docsight_training.data.speller.technical_text import count_technical_text, read_technical, write_technical
from docsight_training.judge_fit import fit_judge, judge_loss

SENTENCES = ["The house is near the sea.", "We found the right country again.", "It is a great family picture."] * 12
DESCRIPTIONS = "\n\n".join(
    f"Package: lib{name}-tools\nDescription-en: a zlib manual page\n It reads the manual page of {name}.\n"
    for name in ("alpha", "beta", "gamma", "delta")
)


@pytest.fixture(scope="module")
def corrector(tiny_speller) -> Corrector:
    bundle = load_folder(tiny_speller, kind="speller")
    speller = bundle.network
    speller.technical, speller.judge = TechnicalText.from_counts([], {}), Judge(num_evidence=NUM_EVIDENCE)
    return Corrector(speller, bundle.vocabularies, device=torch.device("cpu"))


@pytest.fixture(scope="module")
def noise() -> SentenceNoise:
    pairs = [
        ("hosue", "house", 3),
        ("wich", "which", 3),
        ("teh", "the", 9),
        ("agian", "again", 2),
        ("famly", "family", 2),
    ]
    return SentenceNoise(Noise(pairs, lexicon=frozenset(), neighbours={}))


def _data(corrector: Corrector, noise: SentenceNoise, **options) -> JudgeData:
    arguments = {"sentences": SENTENCES, "edited": SENTENCES[:5], "paragraphs": {"talk": [SENTENCES[:3]] * 40}}
    data = JudgeData(corrector=corrector, sentence_noise=noise, **arguments | options)
    data.setup()
    return data


def test_judge_data_labels_inserted_mistakes_and_right_words(corrector, noise):
    data = _data(corrector, noise)
    assert len(data.train.right) > 10
    assert 0 < data.train.right.mean() < 1
    assert set(data.train.right.tolist()) == {0.0, 1.0}
    assert len(data.train.text) == len(data.train.evidence)
    assert int(data.train.text.max()) < len(data.train.words)


def test_judge_data_is_the_same_for_the_same_seed(corrector, noise):
    first, second = _data(corrector, noise, seed=3), _data(corrector, noise, seed=3)
    assert torch.equal(first.train.right, second.train.right)
    assert torch.allclose(first.train.evidence, second.train.evidence, atol=0.1)  # bfloat16
    assert first.train.evidence.shape != _data(corrector, noise, seed=4).train.evidence.shape


@pytest.mark.parametrize(("kind", "recased"), [("sentences", True), ("edited", False)])
def test_judge_data_keeps_the_case_of_edited_sentences(corrector, noise, kind, recased):
    texts = {"sentences": [], "edited": [], "paragraphs": {}} | {kind: ["We found teh House near London."] * 60}
    data = _data(corrector, noise, **texts)
    evidence = torch.cat([data.train.evidence, data.validation.evidence])
    assert len(evidence) >= 30
    assert bool(evidence[:, list(EVIDENCE).index("lower_sentence")].any()) == recased


def test_judge_data_weighs_judged_places_and_ignores_the_others(corrector, noise):
    text = "We found teh house and wich one is near agian."
    verdicts = [(text.index("teh"), text.index("teh") + 3, "the"), (text.index("wich"), text.index("wich") + 4, None)]
    package = next(f"package{n}" for n in range(100) if not is_held_out(f"package{n}"))
    judged = [
        JudgedDocument(text, package, "code", verdicts),
        JudgedDocument("teh wich agian hosue", package, "foreign", []),
    ]
    data = _data(corrector, noise, sentences=[], edited=[], paragraphs={}, judged=judged)
    places, suggestions = corrector.places([text])
    weights = data.train.weight[: len(suggestions)]
    right = data.train.right[: len(suggestions)]
    by_word = {text[a:b]: (w, r) for a, b, w, r in zip(places.start, places.end, weights, right, strict=True)}
    assert by_word["teh"] == (8.0, 1.0)
    assert by_word["wich"] == (8.0, 0.0)
    assert by_word["agian"][0] == 0.0  # nobody judged it
    assert (data.train.right[len(suggestions) :] == 0).all()  # in another language, no correction is right
    assert (data.train.weight[len(suggestions) :] == 4.0).all()


def test_fitted_judge_tells_inserted_mistakes_from_right_words(corrector, noise):
    places = _data(corrector, noise).train
    judge = Judge(num_evidence=NUM_EVIDENCE)
    before = float(judge_loss(judge, places))
    fit_judge(judge, places, penalty=0.001)
    assert float(judge_loss(judge, places)) < before / 2
    assert not any(parameter.requires_grad for parameter in judge.parameters())


def test_penalty_keeps_a_judge_near_its_start(corrector, noise):
    places = _data(corrector, noise).train
    moved = []
    for penalty in (0.001, 10.0):
        judge = Judge(num_evidence=NUM_EVIDENCE)
        fit_judge(judge, places, penalty=penalty)
        moved.append(float(judge.weight.square().sum()))
    assert moved[1] < moved[0] / 100


def test_judge_data_hides_evidence(corrector, noise):
    scale = _data(corrector, noise, ablate=["odds"]).scale
    assert scale[list(EVIDENCE).index("odds")] == 0
    assert scale[list(EVIDENCE).index("cost")] > 0


def test_make_mistakes_keeps_the_separator_and_the_case_of_a_document(noise):
    lines = ["The House", "  is near", "", "THE SEA"]
    made = make_mistakes(lines, noise, random.Random(1), clean=1.0, separator="\n", recase=False)
    assert made.text == "\n".join(lines)
    assert made.meant == {}


def _write_judged(folder: Path, rows: list[dict], lines: list[str]) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), folder / "archive.parquet")
    (folder / "corrections_gold.jsonl").write_text("\n".join(lines) + "\n")
    return folder


ROW = {"doc_id": "a", "class": "prose", "text": "teh house", "package": "p"}


def test_read_judged_reads_documents_with_their_verdicts(tmp_path):
    lines = [json.dumps({"doc_id": "a", "start": 0, "end": 3, "meant": "the", "note": "x"})]
    (read,) = read_judged(_write_judged(tmp_path, [ROW], lines))
    assert read == JudgedDocument("teh house", "p", "prose", [(0, 3, "the")])
    (named,) = read_judged(_write_judged(tmp_path, [ROW | {"path": "a/b.txt"}], lines))
    assert named == read._replace(path="a/b.txt")
    assert (read.is_prose, read.is_foreign) == (True, False)


@pytest.mark.parametrize(
    ("rows", "lines", "message"),
    [
        (
            [{"doc_id": "a", "text": "x"}],
            [],
            "expected the columns doc_id, class, text, package; class, package is missing",
        ),
        ([ROW], ["not json"], r"line 1: expected an object with doc_id, start, end and meant; found 'not json'"),
        ([ROW], ['{"doc_id": "a", "start": 0}'], "line 1: expected an object"),
    ],
)
def test_read_judged_reports_other_forms(tmp_path, rows, lines, message):
    with pytest.raises(DataError, match=message):
        read_judged(_write_judged(tmp_path, rows, lines))


def test_read_judged_reports_missing_files(tmp_path):
    with pytest.raises(DataError, match=r"expected the files archive\.parquet and corrections_gold\.jsonl; archive"):
        read_judged(tmp_path)


def test_technical_text_is_counted_and_read_back(tmp_path):
    projects = "".join(
        f'<a href="{name}/">{name}</a>' for name in ("zope-x", "zope-y", "zope-z", "zope-w", "once-seen")
    )
    counts = count_technical_text(DESCRIPTIONS, projects)
    assert {"libalpha", "tools", "zlib", "manual", "zope"} <= set(counts.terms)
    assert not {"once", "seen"} & set(counts.terms)
    assert counts.pairs["manual", "page"] == 4
    write_technical(counts, tmp_path / "technical.parquet")
    assert read_technical(tmp_path / "technical.parquet") == counts


def test_read_technical_reports_another_file(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"no")
    with pytest.raises(
        DataError, match=r"data\.technical=.*x\.parquet: expected a Parquet file with the columns first"
    ):
        read_technical(tmp_path / "x.parquet")


@pytest.mark.parametrize("paragraphs", [{}, {"domain": []}, {"domain": [["42"]]}])
@pytest.mark.filterwarnings("error")
def test_texts_without_suggestions_leave_nothing_to_learn_from(corrector, noise, paragraphs):
    data = _data(corrector, noise, sentences=[], edited=[], paragraphs=paragraphs)
    assert not len(data.train.right)
    assert not data.scale.any()
