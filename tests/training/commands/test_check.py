"""`docsight-train check`."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from docsight.errors import DataError
from docsight.image_decoding import open_image
from docsight_training import cli
from docsight_training.commands import check

ROWS = {
    "train": [
        {"text": "Dr. Washington met Acme there.", "label": [[0, 14, "PER"], [19, 24, "ORG"]]},
        {"text": "Washington grew.", "label": [[0, 10, "LOC"]]},
        {"text": "Dr. Washington met Acme there.", "label": []},
    ],
    "dev": [
        {"text": "Dr. Washington met Acme there.", "label": []},
        {"text": "On Monday.", "label": [[3, 9, "DATE"], [5, 5, "DATE"]]},
    ],
}
REPORT = """\
           train  validation
texts          3           2
sentences      3           2
tokens        15           9
spans          3           1
  DATE         0           1
  LOC          1           0
  ORG          1           0
  PER          1           0

Sentences by length in tokens:
     1-5          2  ###########################
    6-10          3  ########################################
   11-20          0
   21-40          0
   41-80          0
  81-160          0
over 160          0

To look at:
labels only in the split for validation (they are not learned, and their spans count as missed): DATE
labels only in the split for train: LOC, ORG, PER
labels with fewer than 50 spans for training: DATE (0), LOC (1), ORG (1), PER (1)
spans that begin or end in white space (trimmed): 1
  train.jsonl, row 1: 19 to 24: 'Acme ' (ORG)
spans that cover no text (left out): 1
  dev.jsonl, row 2: 5 to 5: '' (DATE)
sentences that occur again in their own split: 1
  train.jsonl, row 3: as train.jsonl, row 1 (train): Dr. Washington met Acme there .
sentences that also occur in another split (scores are then too high): 1
  dev.jsonl, row 1: as train.jsonl, row 1 (train): Dr. Washington met Acme there .
sentences that occur again with other spans (correct or remove one of them): 2
  train.jsonl, row 3: as train.jsonl, row 1 (train): Dr. Washington met Acme there .
  dev.jsonl, row 1: as train.jsonl, row 1 (train): Dr. Washington met Acme there .
spans of PER that begin with a title (data.strip_titles=true removes it): 1
  train.jsonl, row 1: Dr. Washington (PER)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for split, rows in ROWS.items():
        (tmp_path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


@pytest.mark.parametrize("argument", ["data.path={}", "{}"])
def test_check_reports_what_the_texts_hold(folder: Path, capsys: pytest.CaptureFixture[str], argument: str):
    check.main([argument.format(folder)])
    assert capsys.readouterr().out == REPORT


def test_check_lists_names_with_several_labels_and_all_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [{"tokens": [f"Name{n}"], "ner_tags": [f"B-{label}"]} for n in range(9) for label in ("PER", "LOC")]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    check.main([str(tmp_path / "mine.jsonl")])
    shown = capsys.readouterr().out
    assert "names with several labels: 9\n  Name0: PER 1, LOC 1\n" in shown
    assert "  and 4 more\n" in shown
    check.main([str(tmp_path / "mine.jsonl"), "--all"])
    assert "  Name8: PER 1, LOC 1\n" in capsys.readouterr().out


def test_check_says_if_there_is_no_doubt(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine.conll").write_text("".join(f"Name{n} B-PER\nleft{n} O\n\n" for n in range(60)))
    check.main([str(tmp_path)])
    assert capsys.readouterr().out.endswith("\nNothing looks like a mistake.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere does not exist; expected a folder with the splits, or a file"),
        (
            ["data.path=mine.txt"],
            r"mine\.txt: is in none of the formats that can be read\. .*convert IN OUT",
        ),
        (["data.source=conl", "data.path=mine.txt"], r"data\.source='conl' is unknown; expected one of: auto, hub"),
        (["data.validation=2", "data.path=mine.txt"], r"data\.validation: input should be less than 1; found 2\."),
        (["data.path="], r"data\.path: input should be a path \(null for none\); found ''\."),
        (["data.columns.sentence=3"], r"data\.columns\.sentence: input should be a valid string; found 3\."),
        (["experiment=rnn_speller"], "this command reads annotated texts .* or images .*; found data of another kind"),
        (["data.corpora={a: {foldr: x}}"], r"data\.corpora\.a: unknown key 'foldr'; expected one of: folder, hub"),
    ],
)
def test_command_reports_mistakes_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
):
    (tmp_path / "mine.txt").write_text("Just a text.\nOf two lines.\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["docsight-train", "check", *arguments])
    with pytest.raises(SystemExit, match=f"docsight-train: error: .*{message}"):
        cli.main()


IMAGE_REPORT = """\
             train  test
images           6     2
  cat            3     1
  dog            2     0
  fox            0     1
  odd            1     0
grey             3     1
median side     20    20

Images by their longer side in pixels:
    1-16          0
   17-32          6  ########################################
   33-64          0
  65-128          1  #######
 129-256          0
 257-512          0
513-1024          0
over 1024          0

To look at:
classes of the split for test without an image for training (a run stops): fox
classes with fewer than 20 images for training: cat (3), dog (2), fox (0), odd (1)
images that cannot be read (correct or remove them): 1
  {folder}/train/cat/broken.png: {broken}
images that occur with different labels: 1
  {folder}/train/dog/copy.png: dog, but cat as {folder}/train/cat/red.png
images that occur again in their own split: 1
  {folder}/train/dog/copy.png: as {folder}/train/cat/red.png (train)
images that also occur in another split (scores are then too high): 1
  {folder}/test/cat/again.bmp: as {folder}/train/cat/red.png (train)
images that are tiny, or a narrow strip: 1
  {folder}/train/odd/strip.png: 100 x 4 pixels
"""


def write_image(path: Path, colour: tuple[int, int, int], *, size: tuple[int, int] = (20, 20)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


def test_check_reports_what_the_images_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_image(tmp_path / "train/cat/red.png", (255, 0, 0))
    write_image(tmp_path / "train/cat/white.png", (255, 255, 255))
    write_image(tmp_path / "train/dog/copy.png", (255, 0, 0))
    write_image(tmp_path / "train/dog/black.png", (0, 0, 0))
    write_image(tmp_path / "train/odd/strip.png", (9, 9, 9), size=(100, 4))
    write_image(tmp_path / "test/cat/again.bmp", (255, 0, 0))
    write_image(tmp_path / "test/fox/grey.png", (99, 99, 99))
    broken = tmp_path / "train/cat/broken.png"
    broken.write_bytes((tmp_path / "train/cat/red.png").read_bytes()[:40])
    with pytest.raises(DataError) as error:
        open_image(str(broken))
    check.main(["experiment=cnn_imagecat", str(tmp_path)])
    assert capsys.readouterr().out == IMAGE_REPORT.format(folder=tmp_path, broken=error.value)


def test_check_says_how_to_check_images(tmp_path: Path):
    write_image(tmp_path / "train/cat/red.png", (255, 0, 0))
    with pytest.raises(DataError, match="experiment=cnn_imagecat"):
        check.main([str(tmp_path)])
