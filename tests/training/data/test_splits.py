import random
from pathlib import Path

import pytest

from docsight.errors import ConfigError, DataError
from docsight_training.data.ner.annotation_files import find_annotations
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.corpus_reader import CorpusReader
from docsight_training.data.ner.formats.recognition import recognize
from docsight_training.data.ner.formats.registry import ReadSettings
from docsight_training.data.ner.held_out import HoldOut
from docsight_training.data.splits import check_fractions, find_split, first_names, hold_out_groups

SENTENCE = "{} B-PER\nleft O\n\n"


def _names(folder: Path, split: str) -> list[str]:
    return [path.name for path in find_split(folder, split, (".conll", ".jsonl"))]


@pytest.mark.parametrize(
    ("names", "splits"),
    [
        ("train.conll validation.conll test.conll", "train.conll validation.conll test.conll"),
        ("train.conll dev.conll", "train.conll dev.conll -"),
        ("training.jsonl valid.jsonl", "training.jsonl valid.jsonl -"),
        ("Train.jsonl Val.jsonl", "Train.jsonl Val.jsonl -"),
        ("en_ewt-ud-train.conll en_ewt-ud-dev.conll", "en_ewt-ud-train.conll en_ewt-ud-dev.conll -"),
        ("eng.train eng.testa eng.testb", "eng.train eng.testa eng.testb"),
        ("train.conll train.md .train.conll README.conll", "train.conll - -"),
        ("mine.jsonl", "- - -"),
    ],
)
def test_split_is_found_by_any_of_its_names(tmp_path: Path, names: str, splits: str):
    for name in names.split():
        (tmp_path / name).touch()
    found = [_names(tmp_path, role) for role in ("train", "validation", "test")]
    assert found == [[] if name == "-" else [name] for name in splits.split()]


def test_shards_and_the_folder_data_are_found(tmp_path: Path):
    (tmp_path / "data").mkdir()
    for name in ("train-0-of-2.jsonl", "train-1-of-2.jsonl", "dev.jsonl"):
        (tmp_path / "data" / name).touch()
    assert _names(tmp_path, "train") == ["train-0-of-2.jsonl", "train-1-of-2.jsonl"]
    assert _names(tmp_path, "validation") == ["dev.jsonl"]


@pytest.mark.parametrize("fractions", [{"validation": 1.0}, {"test": -0.1}, {"validation": float("nan")}])
def test_fractions_outside_0_to_1_are_refused(fractions: dict[str, float]):
    with pytest.raises(ConfigError, match=r"data\.\w+: expected a fraction between 0 and 1, such as 0\.1; found"):
        check_fractions(**fractions)


def test_fractions_leave_something_for_training():
    check_fractions(validation=0.1, test=None)
    with pytest.raises(ConfigError, match=r"data\.validation and data\.test: expected less than 1 in total"):
        check_fractions(validation=0.5, test=0.5)


def test_last_group_with_a_label_stays_in_training():
    groups = [(1, ["RARE"]), *[(1, ["PER"])] * 9]
    for seed in range(20):
        chosen = hold_out_groups(groups, 0.3, random.Random(seed))
        assert len(chosen) == 3
        assert 0 not in chosen
    assert len(hold_out_groups([(1, ["A"]), (1, ["B"])], 0.1, random.Random(1))) == 1
    assert hold_out_groups([(1, ["A"])], 0.5, random.Random(1)) == []


def test_large_group_is_not_held_out_if_small_ones_suffice():
    groups = [(50, ["PER"]), *[(1, ["PER"])] * 50]
    for seed in range(20):
        chosen = hold_out_groups(groups, 0.1, random.Random(seed))
        assert len(chosen) == 10
        assert 0 not in chosen


def _words(documents: list) -> list[str]:
    return [sentence.tokens[0] for document in documents for sentence in document.sentences]


def _read(path: Path, **fractions: float | None) -> dict[str, list[str]]:
    reader = CorpusReader({"own": Corpus()}, CorpusFormat(path=str(path)), HoldOut(**fractions))
    return {role: _words(documents) for role, documents in reader.read().documents.items()}


def test_one_file_is_enough(tmp_path: Path):
    file = tmp_path / "mine.conll"
    file.write_text("".join(SENTENCE.format(name) for name in "ABCDEFGHIJ" * 2))
    read = _read(file, validation=0.1, test=0.2)
    assert {role: len(words) for role, words in read.items()} == {"train": 14, "validation": 2, "test": 4}
    assert read == _read(tmp_path, validation=0.1, test=0.2)  # the only file of a folder
    assert read != _read(file, validation=0.1, test=0.2, seed=2)
    for first, second in (("train", "validation"), ("train", "test"), ("validation", "test")):
        assert set(read[first]).isdisjoint(read[second])  # texts that are the same stay together


def test_parts_of_a_document_are_held_out_together(tmp_path: Path):
    file = tmp_path / "mine.conll"
    parts = [SENTENCE.format(f"{name}{n}") for name in "ABCDE" for n in range(4)]
    file.write_text("".join(("-DOCSTART- O\n\n" if n % 4 == 0 else "") + part for n, part in enumerate(parts)))
    read = _read(file, validation=0.1)
    assert len(read["validation"]) == 4
    assert len({word[0] for word in read["validation"]}) == 1


def test_split_that_exists_is_not_held_out(tmp_path: Path):
    for name in ("train", "dev"):
        (tmp_path / f"{name}.conll").write_text(SENTENCE.format("A") * 3)
    assert {role: len(words) for role, words in _read(tmp_path, validation=0.3, test=None).items()} == {
        "train": 3,
        "validation": 3,
        "test": 0,
    }


def test_only_document_is_divided_between_sentences(tmp_path: Path):
    file = tmp_path / "mine.conll"  # as Label Studio exports it, with one -DOCSTART- line for everything
    file.write_text("-DOCSTART- O\n\n" + "".join(SENTENCE.format(f"A{n}") for n in range(60)))
    read = _read(file, validation=0.1, test=0.1)
    assert {role: len(words) for role, words in read.items()} == {"train": 48, "validation": 6, "test": 6}


def test_only_sentence_cannot_be_divided(tmp_path: Path):
    file = tmp_path / "mine.conll"
    file.write_text(SENTENCE.format("A"))
    with pytest.raises(DataError, match=r"no split for validation, and .* one text.* Add a file named validation\."):
        _read(file, validation=0.1)


def test_files_of_several_formats_are_refused(tmp_path: Path):
    for name in ("train.conll", "train.jsonl"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"in one format; found train\.conll, train\.jsonl\. Name the format"):
        _read(tmp_path)


def test_files_without_a_split_are_all_for_training(tmp_path: Path):
    for name in "ab":
        (tmp_path / f"{name}.conll").write_text(SENTENCE.format(name))
    (tmp_path / "README.txt").write_text("Two files.\n")
    assert _words(read_corpus("own", Corpus(), "train", CorpusFormat(path=str(tmp_path)))) == ["a", "b"]


def test_files_that_are_not_read_are_listed(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for name in ("train.jsonl", "dev.jsonl"):
        (tmp_path / name).write_text('{"text": "Ada left", "spans": []}\n')
    for name in ("train2.jsonl", "more.csv", "README.txt", "notes.md", ".hidden"):
        (tmp_path / name).write_text("x")
    found = {role: find_annotations(tmp_path, role, "auto", ReadSettings()) for role in ("train", "validation")}
    assert [path.name for paths in found.values() for path in paths] == ["train.jsonl", "dev.jsonl"]
    assert caplog.messages == [f"{tmp_path}: files that are not read: more.csv, train2.jsonl."]


def test_files_with_several_suffixes_are_read_if_their_format_is_named(tmp_path: Path):
    for name in ("a.json", "b.jsonl"):
        (tmp_path / name).write_text('{"text": "Ada left", "spans": []}\n')
    with pytest.raises(DataError, match=r"found a\.json, b\.jsonl\. Name the format, such as .* data\.source=offsets"):
        find_annotations(tmp_path, "train", "auto", ReadSettings())
    found = find_annotations(tmp_path, "train", "offsets", ReadSettings())
    assert [path.name for path in found] == ["a.json", "b.jsonl"]


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c"])
def test_archive_is_to_be_unpacked(tmp_path: Path, head: bytes):
    (tmp_path / "a.zip").write_bytes(head + b"\0" * 100)
    with pytest.raises(DataError, match=r"a\.zip: expected annotations; found an archive .* Unpack it first"):
        recognize(tmp_path / "a.zip", ReadSettings())


def test_first_names_count_the_others():
    assert first_names(["a", "b"]) == "a, b"
    assert first_names([str(n) for n in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
