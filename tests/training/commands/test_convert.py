"""`docsight-train convert`: every format to every other one, and what it refuses."""

import json
import sys
from itertools import product
from pathlib import Path

import pytest

from docsight.errors import ConfigError, DataError
from docsight_training import cli
from docsight_training.commands import convert
from docsight_training.data.ner.corpora import Corpus, CorpusFormat, read_corpus
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.registry import SOURCES, TARGETS, ReadSettings

ROWS = [
    {"text": "Ada met Acme (Paris).", "spans": [[0, 3, "PER"], [8, 12, "ORG"], [14, 19, "LOC"]]},
    {"text": "Nobody left. Ada stayed", "spans": [[13, 16, "PER"]], "doc_id": "second"},
]
READ = [
    (["Ada", "met", "Acme", "(", "Paris", ")", "."], [("PER", "Ada"), ("ORG", "Acme"), ("LOC", "Paris")]),
    (["Nobody", "left", "."], []),
    (["Ada", "stayed"], [("PER", "Ada")]),
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "in.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return file


def _read(path: Path) -> list[tuple[list[str], list[tuple[str, str]]]]:
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(path)))
    return [
        (s.tokens, [(label, " ".join(s.tokens[start:end])) for start, end, label in s.spans])
        for document in documents
        for s in document.sentences
    ]


@pytest.mark.parametrize(("first", "second"), list(product(TARGETS, TARGETS)))
def test_any_format_is_written_as_any_other(source: Path, tmp_path: Path, first: str, second: str):
    between, out = tmp_path / f"between{TARGETS[first].suffix}", tmp_path / f"out{TARGETS[second].suffix}"
    for path, written, target in ((source, between, first), (between, out, second)):
        list(convert.Conversion("auto", target, ReadSettings(), "en").run(path, written, Findings()))
    assert _read(out) == READ


def test_every_source_can_be_written():
    written = {"label-studio", "doccano", "spacy-json"} | set(SOURCES)
    assert set(TARGETS) == written


@pytest.mark.parametrize(
    "target", ["offsets", "doccano", "label-studio", "conll", "csv", "conllu", "parquet", "brat", "spacy"]
)
def test_documents_are_kept(source: Path, tmp_path: Path, target: str):
    out = tmp_path / f"out{TARGETS[target].suffix}"
    convert.main([str(source), str(out), "--to", target])
    documents = read_corpus("own", Corpus(), "train", CorpusFormat(path=str(out)))
    assert [len(document.sentences) for document in documents] == [1, 2]


def test_format_of_the_output_is_told_by_its_suffix(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, start in (
        ("a.conll", "Ada\tB-PER"),
        ("a.json", "[\n"),
        ("a.jsonl", '{"text"'),
        ("a.conllu", "# text = "),
    ):
        convert.main([str(source), str(tmp_path / name)])
        assert (tmp_path / name).read_text().startswith(start)
    convert.main([str(source), str(tmp_path / "folder")])
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == [
        "000001.ann",
        "000001.txt",
        "second.ann",
        "second.txt",
    ]
    assert "folder: 2 texts, 4 spans (brat)" in capsys.readouterr().out


def test_folder_of_splits_becomes_a_folder_of_splits(source: Path, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("train", "dev"):
        (folder / f"{name}.jsonl").write_bytes(source.read_bytes())
    convert.main([str(folder), str(tmp_path / "out"), "--to", "conll"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["train.conll", "validation.conll"]
    with pytest.raises(
        ConfigError, match=r"has several splits, so the output must be a folder; found the file .*x\.conll"
    ):
        convert.main([str(folder), str(tmp_path / "x.conll")])


def test_spans_between_formats_with_characters_stay_as_they_are(tmp_path: Path):
    row = {"text": "New York-based ", "label": [[0, 8, "LOC"], [0, 3, "X"], [4, 6, "X"], [9, 15, "X"], [3, 3, "X"]]}
    (tmp_path / "in.jsonl").write_text(json.dumps(row))
    convert.main([str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")])
    written = json.loads((tmp_path / "out.jsonl").read_text())
    assert [(span["start"], span["end"]) for span in written["spans"]] == [(0, 8), (0, 3), (4, 6), (9, 14)]


def test_changed_spans_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [{"text": "Ada left", "label": [[0, 4, "PER"]]}] * 25
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    convert.main([str(tmp_path / "in.jsonl"), str(tmp_path / "out.conll")])
    shown = capsys.readouterr().err
    assert "spans that begin or end in white space (trimmed): 25" in shown
    assert "in.jsonl, row 20: 0 to 4: 'Ada ' (PER)" in shown
    assert "and 5 more" in shown
    convert.main([str(tmp_path / "in.jsonl"), str(tmp_path / "out.iob"), "--all"])
    assert "in.jsonl, row 25: 0 to 4" in capsys.readouterr().err


def test_output_is_never_overwritten(source: Path, tmp_path: Path):
    out = tmp_path / "out.conll"
    out.write_text("mine")
    with pytest.raises(ConfigError, match=r"out\.conll exists and is not overwritten"):
        convert.main([str(source), str(out)])
    assert out.read_text() == "mine"


def test_failed_conversion_leaves_nothing(tmp_path: Path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"tokens": ["a\tb"], "ner_tags": ["O"]}))
    with pytest.raises(DataError, match=r"in\.jsonl, row 1: the token 'a\\tb' has a tab or a line break in it"):
        convert.main([str(tmp_path / "in.jsonl"), str(tmp_path / "out.conll")])
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in.jsonl", "out.xyz"], r"out\.xyz: no format has the suffix \.xyz; pass --to with one of offsets, doccano"),
        (["in.jsonl", "out.jsonl", "--to", "xml"], r"--to xml: expected one of offsets, doccano"),
        (["in.jsonl", "out.jsonl", "--from", "xml"], r"--from xml: expected one of auto, offsets"),
        (["nowhere", "out.jsonl"], r"nowhere does not exist"),
        (["text.xml", "out.jsonl"], r"text\.xml: is in none of the formats .* data\.source can be: offsets \(JSON"),
        (
            ["in.jsonl", "out.jsonl", "data.colums.text=x"],
            r"there is no key data\.colums in the config; did you mean data\.columns\?",
        ),
        (
            ["in.jsonl", "out.jsonl", "data=images"],
            r"this command reads annotated texts \(data=ner\); found data of another kind",
        ),
        (["in.jsonl", "out.conll", "lang=xyz"], r"lang=xyz: spaCy has no tokenizer"),
        (["in.jsonl", "out.jsonl", "--from", "conll"], r"in\.jsonl, line 1: expected a token and a tag"),
    ],
)
def test_command_reports_mistakes_in_one_line(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
):
    (tmp_path / "text.xml").write_text("<xml/>")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["docsight-train", "convert", *arguments])
    with pytest.raises(SystemExit, match=f"docsight-train: error: .*{message}"):
        cli.main()


def test_columns_and_language_are_options(tmp_path: Path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"body": "Ada can't", "label": [[0, 3, "PER"]]}))
    convert.main([str(tmp_path / "in.jsonl"), str(tmp_path / "out.conll"), "lang=xx", "data.columns.text=body"])
    assert (tmp_path / "out.conll").read_text() == "Ada\tB-PER\ncan't\tO\n\n"


def test_labels_that_brat_cannot_write_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"text": "Ada left.", "spans": [[0, 3, "first name"]]}))
    convert.main([str(file), str(tmp_path / "out")])
    assert "labels that the format cannot write (renamed): 1\n  out: 'first name' to 'first_name'" in (
        capsys.readouterr().err
    )


def test_argument_that_is_missing_is_named_alone(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        convert.main(["in.jsonl"])
    assert capsys.readouterr().err.endswith("the following arguments are required: OUT\n")
