"""The commands of docs/training.md about one's own data, run as printed on tiny data."""

import io
import json
import logging
import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy
from PIL import Image

from docsight.bundle import load_folder
from docsight.networks.judge import NUM_EVIDENCE, Judge
from docsight.spelling.lexicon.tables import TechnicalText
from docsight.spelling.model import Speller
from docsight_training import cli

DOCS = Path(__file__).parents[2] / "docs" / "training.md"
SMALL_TAGGER = ["trainer=smoke", "data.glove_words=0", "model.network.encoder.hidden_dim=8", "overwrite=true"]
SMALL_CLASSIFIER = ["trainer=smoke", "overwrite=true", "model.network.blocks=[[8]]"]
SENTENCES = ["{} works for Acme .", "Acme met {} .", "{} left .", "It rained ."]
NAMES = ["Ada", "Bob", "Cy", "Di"]
SHIPPED_LABELS = ["PER", "ORG", "LOC", "DATE", "NORP", "MONEY", "PERCENT", "TIME", "QUANTITY"]


def _commands(title: str) -> list[list[str]]:
    """Return the arguments of the commands of a section."""
    section = DOCS.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("docsight-train")]


def _rows(key: str) -> list[dict[str, object]]:
    rows = []
    for number in range(40):
        name = NAMES[number % 3]
        text = SENTENCES[number % 4].format(name) + " " * number
        at = text.find(name)
        rows.append({key: text, "label": [[at, at + len(name), "PER"]] if at >= 0 else []})
    return rows


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for name in ("annotations.jsonl", "review.jsonl", "a=b"):
        Path(name).write_text("\n".join(map(json.dumps, _rows("text"))))
    products = [
        {"text": f"{name} bought a Zune .", "label": [[11 + len(name), 15 + len(name), "PRODUCT"]]}
        for name in NAMES * 9
    ]
    Path("products.jsonl").write_text("\n".join(map(json.dumps, products)))
    for name in ("TEXTS", "OPEN_TEXT"):
        Path(name).mkdir()
        (Path(name) / "news.txt").write_text("Angela Merkel met Barack Obama in Berlin.\n\nIt rained.")
    Path("tasks.json").write_text(json.dumps(_rows("body")))
    Path("FOLDER").mkdir()
    lines = [f"{NAMES[n % 4]} x B-PER -\nleft x O -\n. x O -\n\n" for n in range(12)]
    for split in ("train", "dev"):
        (Path("FOLDER") / f"{split}.conll").write_text("".join(lines))
    Path("glove.6B.100d.txt").write_text("works 0.1 0.2\nfor 0.3 0.4\n")
    handlers, level = logging.root.handlers[:], logging.root.level
    yield tmp_path
    logging.root.handlers[:] = handlers  # Hydra adds its own
    logging.root.setLevel(level)


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["docsight-train", *arguments])
    cli.main()


def _draw(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (16, 16), shade).save(buffer, "PNG")
    return buffer.getvalue()


DATA, IMAGES = _commands("Your data"), _commands("Your own images")
ADAPT, TUNE = _commands("The speller on your own texts"), _commands("Better settings")


def test_docs_name_commands_of_each_kind():
    kinds = Counter(command[0].partition("=")[0] for command in DATA)
    assert kinds["check"] >= 2
    assert kinds["convert"] >= 3
    assert kinds["review"] == 2
    assert kinds["data.path"] >= 5


@pytest.mark.parametrize("command", [each for each in DATA if each[0] in ("check", "convert")], ids=" ".join)
def test_commands_about_data_run(folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]):
    if command[1] == "corpus.conll":
        (folder / "tasks.json").unlink()
        _run(monkeypatch, "convert", "annotations.jsonl", "corpus.conll")
    _run(monkeypatch, *command)


@pytest.mark.parametrize("command", [each for each in DATA if each[0] == "review"], ids=" ".join)
def test_commands_that_review_run(folder: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]):
    _run(monkeypatch, "review", str(tiny_model), *command[2:])
    assert "</html>" in (folder / "review.html").read_text()


@pytest.mark.parametrize(
    "command",
    [
        # The shipped model takes seconds to load: one of its commands is enough for a quick test.
        pytest.param(
            each,
            marks=[pytest.mark.slow]
            if "model.init_from=rnn_ner" in each and "data.rehearsal=OPEN_TEXT" not in each
            else [],
        )
        for each in DATA
        if each[0].startswith("data.path")
    ],
    ids=" ".join,
)
def test_commands_that_train_on_entities_run(folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]):
    has_vectors = any(each.startswith("data.vectors=") for each in command)
    _run(monkeypatch, *command, *SMALL_TAGGER, *(["data.glove_words=2"] if has_vectors else []))
    [config] = (folder / "runs").glob("*/model/config.json")
    network = json.loads(config.read_text())["network"]
    labels = network["labels"]
    if has_vectors:
        assert network["encoder"]["word_dim"] == 2
    assert labels == ([*SHIPPED_LABELS, "PRODUCT"] if "data.keep_labels=true" in command else ["PER"])


@pytest.mark.parametrize(
    "command",
    [each for each in IMAGES if not {"hub", "init_from"} & set(re.split(r"[.=]", " ".join(each)))],
    ids=" ".join,
)
def test_commands_about_images_run(folder: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]):
    shades = [(label, shade + number) for label, shade in (("dark", 0), ("light", 200)) for number in range(10)]
    for label, shade in shades:
        file = folder / "PICTURES" / label / f"{shade}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_draw(shade))
    images = [{"bytes": _draw(shade), "path": None} for _, shade in shades]
    pq.write_table(pa.table({"image": images, "label": [label for label, _ in shades]}), folder / "FILE.parquet")
    command = [each.replace("=FOLDER", "=PICTURES") for each in command]
    if command[0] == "check":
        _run(monkeypatch, *command)
        return
    _run(monkeypatch, *command, *SMALL_CLASSIFIER)
    assert (folder / "runs" / "mine" / "model").is_dir()


@pytest.mark.parametrize("command", ADAPT, ids=" ".join)
def test_commands_that_adapt_a_speller_run(
    folder: Path, tiny_speller: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
):
    bundle = load_folder(tiny_speller, kind="speller")
    speller = cast(Speller, bundle.network)
    speller.technical, speller.judge = TechnicalText.from_counts([], {}), Judge(num_evidence=NUM_EVIDENCE)
    bundle.arguments["judge"] = {"num_terms": 0, "num_pairs": 0}
    bundle.to_disk(folder / "SPELLER")
    rows = [{"text": f"They read the zygote story {n}. It is the house by the sea."} for n in range(20)]
    (folder / "TEXTS" / "all.jsonl").write_text("\n".join(map(json.dumps, rows)))
    arguments = command if "model=SPELLER" in command else [*command, "model=SPELLER"]
    _run(monkeypatch, *arguments)
    metrics = json.loads((folder / "runs" / "mine" / "metrics.json").read_text())
    assert {"test/wrong/before", "test/wrong/after", "test/corrected/after"} <= set(metrics)
    nlp = spacy.load(folder / "runs" / "mine" / "pipeline")
    assert not nlp("They read the zygote story.")._.corrections
    with pytest.raises(SystemExit, match="holds an earlier run"):
        _run(monkeypatch, *arguments)


def test_commands_that_tune_run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("optuna")
    tune, train = TUNE[0], TUNE[-1]
    monkeypatch.chdir(folder)
    shutil.copy("annotations.jsonl", "FOLDER.jsonl")
    small = [each for each in SMALL_TAGGER if each != "overwrite=true"]
    arguments = [each.replace("=FOLDER", "=FOLDER.jsonl") for each in tune if not each.startswith("n_trials")]
    _run(monkeypatch, *arguments, "n_trials=2", *small)
    assert "best: trial" in capsys.readouterr().out
    assert sorted(path.name for path in (folder / "runs" / "mine").glob("trial-*")) == ["trial-0", "trial-1"]
    _run(monkeypatch, *train)
    assert (folder / "runs" / "mine-best" / "model" / "config.json").is_file()
