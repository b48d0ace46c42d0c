"""`docsight info`: what one pastes into a bug report."""

import json
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

import docsight
from docsight import bundle
from docsight.cli import main
from docsight.cli.environment import describe_environment
from docsight.cli.environment_text import environment_lines


def test_info_names_versions_devices_and_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"docsight {docsight.__version__}\nPython {sys.version.split()[0]} (")
    assert f"spacy {metadata.version('spacy')}" in out
    assert "\n  cpu: " in out
    for name in ("rnn_ner: tagger, en", "rnn_speller: speller, en", "digits: image_classifier", "figures: image_"):
        assert f"\n  {name}" in out
    assert ", CC BY-SA 4.0\n" in out
    assert "test/f1 0." in out
    assert str(bundle.MODELS / "rnn_ner") in out


def test_info_counts_cores_and_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("torch.get_num_threads", lambda: 2)
    assert describe_environment()["devices"]["cpu"].startswith("1 core, 2 threads, ")


def test_info_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"docsight", "python", "platform", "packages", "devices", "models", "extras", "programs"}
    models = {model["name"]: model for model in found["models"]}
    assert models["digits"]["licence"] == "CC BY-SA 3.0"
    assert models["digits"]["figures"]["test/accuracy"] > 0.99
    assert models["digits"]["error"] is None


def test_info_describes_the_models_that_are_named(tiny_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(tiny_model), "no_such_model"]) == 0
    out = capsys.readouterr().out
    assert "tiny: tagger, en, 0.0 MB, no licence stated" in out
    assert "no_such_model: damaged or missing: 'no_such_model' is neither a shipped model" in out


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors", "words.txt", "MODEL_CARD.md"])
@pytest.mark.parametrize("damage", ["remove", "cut", "binary"])
def test_info_reports_a_damaged_model_among_the_others(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: str
) -> None:
    for model in ("bad", "good"):
        shutil.copytree(tiny_model, tmp_path / model)
    file = tmp_path / "bad" / name
    if damage == "remove":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-9] if damage == "cut" else b"\xff\xfe\0" * 9)
    monkeypatch.setattr(bundle, "MODELS", tmp_path)
    environment = describe_environment()
    bad, good = environment["models"]
    assert good["error"] is None
    if (name, damage) != ("MODEL_CARD.md", "cut"):
        assert name.partition(".")[0] in bad["error"] or "utf-8" in bad["error"]
        assert any("bad: damaged or missing: " in line for line in environment_lines(environment))


def test_info_lists_demonstration_models_last(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model in ("demo_a", "reader", "demo_b"):
        shutil.copytree(tiny_model, tmp_path / model)
    monkeypatch.setattr(bundle, "MODELS", tmp_path)
    environment = describe_environment()
    assert [model["name"] for model in environment["models"]] == ["reader", "demo_a", "demo_b"]
    lines = [line for line in environment_lines(environment) if ": tagger, en" in line]
    assert [line.endswith(", for demonstration") for line in lines] == [False, True, True]


def test_info_without_models_or_torch_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MODELS", tmp_path / "none")
    assert "FileNotFoundError" in describe_environment()["error"]
    monkeypatch.setitem(sys.modules, "torch", None)
    environment = describe_environment()
    assert environment["error"].startswith("ModuleNotFoundError: ")
    assert any(line.startswith("error: ModuleNotFoundError") for line in environment_lines(environment))


def test_info_lists_what_an_extra_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = describe_environment()["extras"].get("documents")
    if documents is None:
        pytest.skip("docsight is not installed")
    version = metadata.version

    def without_some(name: str) -> str:
        if name == "lxml":
            raise metadata.PackageNotFoundError(name)
        return "0.1" if name == "selectolax" else version(name)

    monkeypatch.setattr(metadata, "version", without_some)
    environment = describe_environment()
    assert {"lxml>=5.3", "selectolax>=0.3.29"} <= set(environment["extras"]["documents"])
    (line,) = (line for line in environment_lines(environment) if line.startswith("  documents: "))
    assert "without lxml>=5.3, " in line
    assert line.endswith(": pip install 'docsight[documents]'")
    assert "dev" not in environment["extras"]
