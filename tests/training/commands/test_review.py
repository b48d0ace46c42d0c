"""`docsight-train review`, but for what the page does in a browser."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import spacy

from docsight_training import cli
from docsight_training.commands import review

GOLD = {"text": "Ada Lovelace 😀 in London.", "label": [[0, 12, "PER"], [18, 22, "CITY"]], "doc_id": "d"}


def _write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def _content(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="content">(.*)</script>', page.read_text(encoding="utf-8"))
    assert found is not None
    return json.loads(found[1])


def _review(model: Path | str, data: Path, *more: str) -> dict[str, Any]:
    out = data.parent / "new" / "review.html"
    shutil.rmtree(out.parent, ignore_errors=True)
    review.main([str(model), str(data), "--out", str(out), *more])
    return _content(out)


def test_review_shows_the_annotation_and_where_the_model_differs(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    content = _review(tiny_model, _write(tmp_path / "mine.jsonl", GOLD, {"text": "It rained.", "label": []}))
    assert content["annotated"]
    assert content["labels"] == ["PER", "ORG", "LOC", "CITY"]
    assert content["file"] == "review.jsonl"
    first, second = content["documents"]
    assert (first["text"], first["place"], first["id"]) == (GOLD["text"], "mine.jsonl, row 1", "d")
    assert first["tokens"] == [0, 3, 1, 8, 1, 1, 1, 2, 1, 6, 0, 1]
    shown = [span for span in first["spans"] if span[4]]
    # A span inside a token is widened, as in training, and the user is told.
    assert [span[:3] for span in shown] == [[0, 2, "PER"], [4, 5, "CITY"]]
    assert all(span[5] for span in first["spans"])
    assert (second["id"], [span for span in second["spans"] if span[4]]) == (None, [])
    told = capsys.readouterr()
    assert "widened to whole tokens" in told.err
    assert "2 texts. Open it in a browser." in told.out


def test_review_counts_a_single_text(tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    _review(tiny_model, _write(tmp_path / "mine.jsonl", GOLD))
    assert "review.html: 1 text. Open it in a browser." in capsys.readouterr().out


def test_review_calls_a_model_in_a_run_by_the_name_of_the_run(tiny_model: Path, tmp_path: Path):
    model = tmp_path / "runs" / "mine" / "model"
    shutil.copytree(tiny_model, model)
    _review(model, _write(tmp_path / "mine.jsonl", GOLD))
    page = (tmp_path / "new" / "review.html").read_text(encoding="utf-8")
    assert "compared with what the model mine finds" in page


def test_review_puts_the_spans_of_the_model_on_texts_without_annotation(tiny_model: Path, tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    text = "Ada Lovelace met the queen in London . Ada left ."
    doc = nlp(text)
    content = _review(tiny_model, _write(tmp_path / "mine.jsonl", {"text": text}))
    assert not content["annotated"]
    on = [span for span in content["documents"][0]["spans"] if span[4]]
    assert [span[:3] for span in on] == [[ent.start, ent.end, ent.label_] for ent in doc.ents]
    assert [span[3] for span in on] == [pytest.approx(ent._.score, abs=1e-3) for ent in doc.ents]
    for start, end, _, posterior, is_on, relation, certainty in content["documents"][0]["spans"]:
        assert start < end
        assert relation == ""
        assert certainty == pytest.approx(posterior if is_on else 1 - posterior, abs=1e-3)


def test_review_reads_what_check_reads_and_plain_text(tiny_model: Path, tiny_corpus: Path, tmp_path: Path):
    folder = tmp_path / "texts"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.txt").write_text("Ada left.\r\n", newline="")
    (folder / "inner" / "a.txt").write_text("\ufeffBob  stayed.")
    plain = _review(tiny_model, folder)["documents"]
    assert [(doc["text"], doc["id"]) for doc in plain] == [("Ada left.\r\n", "a.txt"), ("Bob  stayed.", "inner/a.txt")]
    assert plain[1]["tokens"] == [0, 3, 2, 6, 0, 1]
    assert len(_review(tiny_model, folder / "a.txt")["documents"]) == 1
    assert len(_review(tiny_model, tmp_path / "texts", "lang=en")["documents"]) == 2
    rows = [json.loads(line) for path in sorted(tiny_corpus.glob("*.jsonl")) for line in path.read_text().splitlines()]
    corpus = tmp_path / "corpus"
    shutil.copytree(tiny_corpus, corpus)
    assert len(_review(tiny_model, corpus)["documents"]) == len(rows)
    body = _write(tmp_path / "body.jsonl", {"body": "Ada left."})
    assert _review(tiny_model, body, "data.columns.text=body")["documents"][0]["text"] == "Ada left."


def test_review_takes_a_pipeline(tiny_model: Path, tmp_path: Path):
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(tiny_model)})
    nlp.to_disk(tmp_path / "pipeline")
    data = _write(tmp_path / "mine.jsonl", GOLD)
    assert _review(tmp_path / "pipeline", data) == _review(tiny_model, data)


def test_review_holds_texts_that_are_hostile_to_a_page(tiny_model: Path, tmp_path: Path):
    text = "</script><script>alert(1)</script> \u2028 <!-- \x00 Ada"
    assert _review(tiny_model, _write(tmp_path / "mine.jsonl", {"text": text}))["documents"][0]["text"] == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope", "mine.jsonl"], "'nope' is neither a shipped model"),
        (["MODEL", "nowhere"], "nowhere does not exist"),
        (["MODEL", "mine.jsonl", "data.source=conl"], r"data\.source='conl' is unknown"),
        (["MODEL", "mine.jsonl", "--out", "there.html"], r"there\.html exists and is not overwritten"),
        (["blank", "mine.jsonl"], "expected a pipeline with the component rnn_ner, .* found no component"),
        (["MODEL", "empty.jsonl"], r"empty\.jsonl: the file is empty"),
    ],
)
def test_review_reports_mistakes_in_one_line(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
):
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "mine.jsonl", GOLD)
    for name in ("there.html", "empty.jsonl"):
        (tmp_path / name).touch()
    spacy.blank("en").to_disk("blank")
    given = [str(tiny_model) if each == "MODEL" else each for each in arguments]
    out = [] if "--out" in given else ["--out", "new.html"]
    monkeypatch.setattr(sys, "argv", ["docsight-train", "review", *given, *out])
    with pytest.raises(SystemExit, match=f"docsight-train: error: .*{message}"):
        cli.main()
    assert not (tmp_path / "new.html").exists()
    assert not (tmp_path / "there.html").read_text()
