import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from docsight.errors import ConfigError, DataError
from docsight.networks.calibration import BetaCalibration
from docsight.tags import TagSpan
from docsight.vocab import CELL_END, LINE_END
from docsight_training.data.ner.ner_data import NerData
from docsight_training.data.ner.templates import read_templates
from docsight_training.data.ner.training_windows import TEMPLATES
from docsight_training.stages.stage import make_network

CURVE = BetaCalibration(low=0.8, high=0.9)
SECTIONS = sorted({template.section for template in read_templates()})


def _data(folder: Path, **options: Any) -> NerData:
    rows = {"tokens": [["Ada", "left", "London"]], "ner_tags": [["B-PER", "O", "B-LOC"]]}
    for split in ("train", "validation", "test"):
        pq.write_table(pa.table(rows), folder / f"{split}.parquet")
    data = NerData(path=str(folder), min_count=1, **{"glove_words": 0, **options})
    data.setup()
    return data


@pytest.mark.parametrize(
    ("options", "ends"),
    [
        ({}, set()),
        ({"augment": {"lines": 0.3}}, {LINE_END}),
        ({"templates": 5}, {LINE_END, CELL_END}),
        ({"templates": 5, "labels": ["PER", "LOC"], "template_weights": dict.fromkeys(SECTIONS, 0.0)}, set()),
    ],
)
def test_vocabulary_has_the_ends_of_lines_and_cells_that_the_training_text_has(
    tmp_path: Path, options: dict[str, Any], ends: set[str]
):
    words = _data(tmp_path, **options).words
    assert {end for end in (LINE_END, CELL_END) if end in words} == ends


def test_the_network_takes_the_width_of_vectors_from_a_file(tmp_path: Path):
    path = tmp_path / "vectors.vec"
    path.write_text("2 4\nada 1 2 3 4\nriver 5 6 7 8\n")
    data = _data(tmp_path, glove_words=10, vectors=str(path))
    assert data.words.entries == ("ada", "left", "london", "river")
    arguments, network = make_network({"_target_": "docsight.networks.tagger.Tagger"}, data)
    assert (arguments["encoder"]["word_dim"], arguments["encoder"]["word_parts"]) == (4, 2)
    ids = torch.tensor([data.words.word_id(word) for word in ("Ada", "left", "river")])
    assert network.encoder.embed_words(ids).tolist() == [[1, 2, 3, 4], [0, 0, 0, 0], [5, 6, 7, 8]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"glove_words": 0, "vectors": "vectors.txt"}, "data.glove_words=0"),
        ({"init_from": "rnn_ner", "vectors": "vectors.txt"}, "model.init_from has vectors of its own"),
    ],
)
def test_settings_that_leave_vectors_unused_are_refused(tmp_path: Path, options: dict[str, Any], message: str):
    with pytest.raises(ConfigError, match=message):
        NerData(path=str(tmp_path), **options)


@pytest.fixture
def calibrated_model(tiny_model: Path, tmp_path: Path) -> Path:
    """Make a model without titles in its names, whose labels PER and ORG are calibrated."""
    folder = tmp_path / "calibrated"
    shutil.copytree(tiny_model, folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"strip_titles": True, "calibration": {label: CURVE.to_config() for label in ("PER", "ORG")}}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _write_products(folder: Path) -> Path:
    folder.mkdir()
    _write_rows(folder / "train.parquet", "B-PRODUCT", "B-PRODUCT")
    _write_rows(folder / "validation.parquet", "B-PRODUCT")
    return folder


def test_labels_that_are_kept_keep_their_conventions_and_calibration(calibrated_model: Path, tmp_path: Path):
    path = str(_write_products(tmp_path / "products"))
    data = NerData(path=path, glove_words=0, keep_labels=True, init_from=str(calibrated_model))
    data.setup()
    assert data.kept == {"PER", "ORG", "LOC"}
    assert data.about() == {"strip_titles": True, "date_label": None, "amount_labels": []}
    assert data.kept_calibration() == {"PER": CURVE, "ORG": CURVE}


def test_labels_that_are_not_kept_bring_nothing_of_their_model(calibrated_model: Path, tmp_path: Path):
    data = NerData(path=str(_write_products(tmp_path / "products")), glove_words=0, init_from=str(calibrated_model))
    data.setup()
    assert not data.kept
    assert data.about() == {"strip_titles": False, "date_label": None, "amount_labels": []}
    assert data.kept_calibration() == {}


def test_open_text_without_labels_to_keep_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"^data\.rehearsal is text for keeping the labels .* data\.keep_labels=true"):
        NerData(path=str(tmp_path), rehearsal=str(tmp_path))


@pytest.mark.parametrize(("unknown_labels", "expected"), [("marginalise", {"WORK"}), ("outside", set())])
def test_templates_leave_labels_open_that_they_lack(tmp_path: Path, unknown_labels: str, expected: set[str]):
    data = _data(tmp_path, templates=5, labels=["PER", "LOC", "WORK"], unknown_labels=unknown_labels)
    assert data.encoder.open_labels.get(TEMPLATES, set()) == expected


def test_rule_for_dates_needs_labels_that_may_be_missing(tmp_path: Path):
    options = {"labels": ["PER", "LOC", "DATE"], "corpora": {"own": {"annotates": ["PER", "LOC"]}}}
    with pytest.raises(ConfigError, match=r"needs data.unknown_labels=marginalise; found 'outside'"):
        _data(tmp_path, date_label="DATE", **options)
    assert _data(tmp_path, date_label="DATE").rules.date_label == "DATE"  # not among the labels, so there is no rule
    assert _data(tmp_path, date_label="DATE", unknown_labels="marginalise", **options).rules.date_label == "DATE"


def test_rule_for_amounts_annotates_the_training_text_and_leaves_open_what_it_is_not_sure_of(tmp_path: Path):
    rows = {"tokens": [["Ada", "paid", "$", "5", "and", "20", "pounds"]], "ner_tags": [["B-PER", *["O"] * 6]]}
    for split in ("train", "validation"):
        pq.write_table(pa.table(rows), tmp_path / f"{split}.parquet")
    options = {"labels": ["PER", "MONEY"], "amount_labels": ["MONEY"], "corpora": {"own": {"annotates": ["PER"]}}}
    with pytest.raises(
        ConfigError, match=r"data\.amount_labels=\['MONEY'\]: .* needs data\.unknown_labels=marginalise"
    ):
        NerData(path=str(tmp_path), glove_words=0, **options).setup()
    data = NerData(path=str(tmp_path), glove_words=0, min_count=1, unknown_labels="marginalise", **options)
    data.setup()
    sentence = data.documents["train"][0].sentences[0]
    assert sentence.spans == [TagSpan(0, 1, "PER"), TagSpan(2, 4, "MONEY")]
    assert data.documents["validation"][0].sentences[0].spans == [TagSpan(0, 1, "PER")]
    allowed = data.encoder.batch([("own", sentence)]).allowed[0].sum(dim=1)  # of each token
    assert allowed.tolist() == [1, 1, 1, 1, 1, 5, 5]


def test_amounts_of_another_label_are_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="expected labels of MONEY, PERCENT, TIME, QUANTITY; found DATE"):
        NerData(path=str(tmp_path), amount_labels=["MONEY", "DATE"])


def _write_rows(file: Path, *tags: str) -> None:
    rows = {"tokens": [["Ada", "left"]] * len(tags), "ner_tags": [[tag, "O"] for tag in tags]}
    pq.write_table(pa.table(rows), file)


def test_label_of_validation_or_test_alone_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    _write_rows(tmp_path / "train.parquet", "B-PER")
    _write_rows(tmp_path / "dev.parquet", "B-PER", "B-GOD", "B-GOD")
    data = NerData(path=str(tmp_path), glove_words=0)
    data.setup()
    assert data.labels == ["PER"]
    assert not data.has_test
    assert caplog.messages == [
        "The label GOD is only in the split for validation and not among the labels to learn: its 2 spans count as "
        "missed. Add training examples, or fold it with data.fold."
    ]
    spans = [span for group in data.groups("validation") for document in group for span in document.spans]
    assert [span.label for span in spans] == ["PER", "GOD", "GOD"]
    [batch] = data.val_dataloader()[1]  # for the loss
    tags = ["O", "B-PER", "I-PER", "E-PER", "S-PER"]
    assert list(data.encoder.tag_ids) == tags
    assert batch.allowed[:, 0].sum(dim=1).sort().values.tolist() == [1, len(tags), len(tags)]  # any tag for GOD


def test_label_of_training_that_is_not_learned_is_refused(tmp_path: Path):
    _write_rows(tmp_path / "train.parquet", "B-PER", "B-ORG")
    _write_rows(tmp_path / "dev.parquet", "B-PER")
    data = NerData(path=str(tmp_path), glove_words=0, labels=["PER"])
    with pytest.raises(DataError, match=r"data: the label 'ORG' of 'Ada' is not among.*'data\.fold=\{PER: \[PER\]\}'"):
        data.setup()


def test_option_that_drops_labels_is_shown_where_it_needs_no_quotes(tmp_path: Path):
    _write_rows(tmp_path / "train.parquet", "B-PER", "B-ORG")
    _write_rows(tmp_path / "dev.parquet", "B-PER")
    data = NerData(path=str(tmp_path), glove_words=0, labels=["PER", "Straße:1"])
    with pytest.raises(DataError, match=r"'ORG' of 'Ada' is not among.* all others: data\.fold\."):
        data.setup()


def test_held_out_text_and_changed_spans_are_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    file = tmp_path / "mine.jsonl"
    rows = [{"text": f"Ada left {n} times.", "label": [[0, 4, "PER"]]} for n in range(20)]
    file.write_text("\n".join(map(json.dumps, rows)))
    with caplog.at_level("INFO"):
        data = NerData(path=str(file), glove_words=0)
        data.setup()
    assert [len(data.documents[role]) for role in ("train", "validation", "test")] == [18, 2, 0]
    assert caplog.messages[:3] == [
        "data: there is no split for validation, so 2 of 20 training texts are held out (data.validation=0.1).",
        "spans that begin or end in white space (trimmed): 20",
        "  mine.jsonl, row 1: 0 to 4: 'Ada ' (PER)",
    ]
    assert caplog.messages[-1] == "  and 15 more"


def test_training_without_validation_is_refused(tmp_path: Path):
    _write_rows(tmp_path / "train.parquet", "B-PER", "B-PER")
    with pytest.raises(
        DataError, match=r"no corpus has a split for validation; see data\.validation and the key splits"
    ):
        NerData(path=str(tmp_path), glove_words=0, validation=None).setup()


def test_label_without_training_example_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    _data(tmp_path, labels=["PER", "LOC", "GOD"])
    assert caplog.messages == ["data.labels: no training text has GOD, so the model will not find any."]
    caplog.clear()
    _data(tmp_path, labels=["PER", "LOC", "DATE"], date_label="DATE", unknown_labels="marginalise")
    assert caplog.messages == []


def test_exchange_of_words_with_an_unknown_label_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"data\.augment\.exchange: expected labels to learn, LOC, PER; found GOD\."):
        _data(tmp_path, augment={"exchange": {"PER": {"GOD": 0.5}}})


def test_corpora_that_are_all_left_out_leave_nothing_to_train_on(tmp_path: Path):
    with pytest.raises(DataError, match=r"no corpus is left to train on; see data\.leave_out"):
        _data(tmp_path, leave_out=["own"])
