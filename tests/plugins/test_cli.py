"""The docsight command."""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import spacy

from docsight import __version__
from docsight.cli import main, print_summary
from docsight.documents import Summary
from docsight.documents.output.summary import ImageCounts
from docsight.documents.pipeline import CORRECTIONS, DEFAULT_COMPONENTS, Pipeline
from docsight.errors import ConfigError
from docsight.terminal import ProgressLine, terminating


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> str:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Ada Lovelace"}])
    path = tmp_path_factory.mktemp("pipeline")
    nlp.to_disk(path)
    return str(path)


def outputs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".docsight")


def run(*args: object) -> int:
    return main([str(arg) for arg in args])


def test_cli_processes_a_folder(tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Ada Lovelace wrote.", encoding="utf-8")
    out = tmp_path / "new" / "out"
    assert run("process", tmp_path, "--out", out, "--pipeline", pipeline, "--max-chars", 50) == 0
    (line,) = (out / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["entities"] == [{"start": 0, "end": 12, "label": "PER", "score": None}]
    captured = capsys.readouterr()
    assert captured.out.splitlines()[0].startswith("1 document, 3 words, 1 entity (PER 1) in ")
    assert str(out) in captured.out.splitlines()[-1]
    assert "docsight:" not in captured.err  # progress may be there, if the machine is slow


@pytest.mark.parametrize(
    ("name", "advice"), [("rnn_nr", "did you mean rnn_ner?"), ("qqqq", "register your own in the file of --code")]
)
def test_a_component_that_does_not_exist_is_refused_with_advice(name: str, advice: str) -> None:
    with pytest.raises(ConfigError, match=f"there is no component '{name}'; ") as refused:
        Pipeline(components=(name,)).load()
    assert advice in str(refused.value)


def test_cli_reports_images_by_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def counts(**labels: int) -> ImageCounts:
        return ImageCounts(labels=Counter(labels), unsure=1)

    def first_line(**cats: ImageCounts) -> str:
        print_summary(Summary(documents=4, images=4, image_cats=cats), str(tmp_path))
        return capsys.readouterr().out.splitlines()[0]

    assert ", 4 images (chart 2, map 1, not sure 1) in " in first_line(figures=counts(chart=2, map=1))
    assert ", 4 images (a: chart 3, not sure 1; b: 7 3, not sure 1) in " in first_line(
        a=counts(chart=3), b=counts(**{"7": 3})
    )
    assert ", 4 images in " in first_line()


def test_cli_returns_3_if_some_files_fail(tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    assert run("process", tmp_path, tmp_path / "gone.txt", "--out", tmp_path / "out", "--pipeline", pipeline) == 3
    assert "docsight: failed: gone.txt: No such file or directory" in capsys.readouterr().err


def test_cli_returns_1_if_nothing_could_be_done(
    tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "file").touch()
    (empty / "program.exe").touch()
    options = ["--out", tmp_path / "out", "--pipeline", pipeline]
    assert run("process", empty, *options) == 1
    assert run("process", tmp_path / "gone.txt", *options) == 1
    assert run("process", empty, "--out", tmp_path / "out", "--pipeline", tmp_path / "none") == 1
    assert run("process", empty, "--out", tmp_path / "file", "--pipeline", pipeline) == 1
    errors = capsys.readouterr().err
    assert "no document was found" in errors
    assert "docsight: error: cannot load the pipeline" in errors
    assert "Pass the folder of a saved pipeline, or install its package." in errors
    assert "docsight: error: cannot write to" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["process", "x.txt"],
        ["process", "--out", "o"],
        ["process", "x.txt", "--out", "o", "--max-chars", "0"],
        ["process", "x.txt", "--out", "o", "--batch-size", "many"],
        ["process", "x.txt", "--out", "o", "--device", "toaster"],
        ["process", "x.txt", "--out", "o", "--pipeline", "p", "--lang", "de"],
        ["process", "x.txt", "--out", "o", "--pipeline", "p", "--components", "rnn_ner"],
        ["process", "x.txt", "--out", "o", "--format", "docx"],
        ["process", "x.txt", "--out", "o", "--workers", "-1"],
        ["process", "x.txt", "--out", "o", "--workers", "0", "--timeout", "3"],
        ["process", "x.txt", "--out", "o", "--timeout", "nan"],
        ["process", "x.txt", "--out", "o", "--ray-address", "auto"],
        ["process", "x.txt", "--out", "o", "--redact-paths"],
        ["process", "x.txt", "--out", "o", "--operators", "mask"],
        ["process", "x.txt", "--out", "o", "--operators", "replace"],
        ["process", "x.txt", "--out", "o", "--redact-threshold", "0.1"],
        ["process", "x.txt", "--out", "o", "--redact-types", "PERSON"],
        ["process", "x.txt", "--out", "o", "--redact", "r", "--operators", "hash"],
        ["process", "x.txt", "--out", "o", "--redact", "r", "--operators", "shred"],
    ],
)
def test_cli_returns_2_for_wrong_usage(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(args)
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.fixture
def speller_pipeline(tmp_path: Path, tiny_speller: Path) -> Path:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("rnn_speller", name="corrector", config={"model": str(tiny_speller), "threshold": 0.0})
    nlp.to_disk(tmp_path / "nlp")
    return tmp_path / "nlp"


def test_pipeline_passes_the_device_to_components_with_that_setting(speller_pipeline: Path) -> None:
    nlp = Pipeline(path=str(speller_pipeline), device="cpu").load()
    assert nlp.config["components"]["corrector"]["device"] == "cpu"
    assert "device" not in nlp.config["components"]["sentencizer"]
    assert (
        Pipeline(components=("sentencizer", "rnn_ner"), device="cpu").load().config["components"]["rnn_ner"]["device"]
        == "cpu"
    )


def test_pipeline_applies_flags_or_leaves_out_corrections(speller_pipeline: Path) -> None:
    path = str(speller_pipeline)
    apply, flag, off = (Pipeline(path=path, corrections=each).load() for each in CORRECTIONS)
    text = "We know teh house."
    assert apply(text)._.corrected_text == "We know the house."
    assert flag(text)._.corrected_text == text
    assert [row["text"] for row in flag(text)._.corrections] == ["teh"]
    assert off.pipe_names == ["sentencizer"]
    assert Pipeline(corrections="off").load().pipe_names == ["rnn_ner", "cnn_imagecat"]
    prints = {Pipeline(path=path, corrections=each).fingerprint() for each in CORRECTIONS}
    assert len(prints) == len(CORRECTIONS)


def test_pipeline_rejects_another_use_of_corrections() -> None:
    with pytest.raises(ConfigError, match="corrections must be one of apply, flag, off, not 'maybe'"):
        Pipeline(corrections="maybe")  # type: ignore[arg-type]


def test_cli_help_states_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["process", "--help"])
    assert ",".join(DEFAULT_COMPONENTS) in "".join(capsys.readouterr().out.split())


def test_cli_continues_where_a_run_stopped(tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / f"{name}.txt").write_text("Ada Lovelace wrote.", encoding="utf-8")
    options = ["--out", tmp_path / "out", "--pipeline", pipeline, "--workers", 0]
    assert run("process", tmp_path / "in", *options) == 0
    assert "from an earlier run" not in capsys.readouterr().out
    (tmp_path / "in" / "b.txt").write_text("Nobody wrote.", encoding="utf-8")
    assert run("process", tmp_path / "in", *options) == 0
    assert "1 of 2 files was kept from an earlier run" in capsys.readouterr().out
    assert run("process", tmp_path / "in", *options, "--overwrite") == 0
    assert "from an earlier run" not in capsys.readouterr().out


def test_cli_runs_user_defined_components(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from spacy.language import Language\n"
        "from spacy.tokens import Span\n"
        "@Language.component('first_word')\n"
        "def first_word(doc):\n"
        "    doc.ents = [Span(doc, 0, 1, label='FIRST')]\n"
        "    return doc\n",
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_text("Ada wrote.", encoding="utf-8")
    out = tmp_path / "out"
    assert (
        run("process", tmp_path / "a.txt", "--out", out, "--components", "first_word", "--code", tmp_path / "mine.py")
        == 0
    )
    (line,) = (out / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["entities"] == [{"start": 0, "end": 3, "label": "FIRST", "score": None}]


def test_cli_allows_chunks_above_the_limit_of_spacy(tmp_path: Path, pipeline: str) -> None:
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    assert run("process", tmp_path, "--out", tmp_path / "o", "--pipeline", pipeline, "--max-chars", 5_000_000) == 0


def test_cli_ends_quietly_when_interrupted(
    tmp_path: Path, pipeline: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    monkeypatch.setattr(ProgressLine, "__call__", interrupt)
    assert run("process", tmp_path, "--out", tmp_path / "out", "--pipeline", pipeline) == 130
    assert "interrupted" in capsys.readouterr().err
    assert outputs(tmp_path / "out") == []


def shell(redirection: str, *args: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a shell, for what only a shell does with its streams."""
    command = shlex.join([sys.executable, "-m", "docsight", *map(str, args)])
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} {redirection}"], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
@pytest.mark.parametrize(
    "redirection",
    [
        ">&-",
        "2>&1 | true",
        *(pytest.param(streams, marks=pytest.mark.slow) for streams in ("2>&-", ">&- 2>&-", "<&- >&- 2>&-", "| true")),
    ],
)
@pytest.mark.parametrize(("more", "code"), [pytest.param([], 0, marks=pytest.mark.slow), (["gone.txt"], 3)])
def test_cli_completes_with_closed_streams(
    tmp_path: Path, pipeline: str, redirection: str, more: list[str], code: int
) -> None:
    (tmp_path / "a.txt").write_text("Ada Lovelace wrote.", encoding="utf-8")
    out = tmp_path / "o"
    done = shell(redirection, "process", tmp_path / "a.txt", *more, "--out", out, "--pipeline", pipeline)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert outputs(out) == ["documents.jsonl", "errors.jsonl", "manifest.jsonl", "report.html"]
    assert len((out / "documents.jsonl").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_cli_does_not_write_errors_to_another_stream(tmp_path: Path) -> None:
    done = shell("2>&-", "process", tmp_path, "--out", "")
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("name", [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)])
def test_cli_cleans_up_when_it_is_terminated(
    tmp_path: Path, pipeline: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    number = signal.Signals[name]
    inherited = signal.signal(number, signal.SIG_DFL)  # SIGHUP is ignored where the tests run under nohup
    before = signal.getsignal(number)
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    monkeypatch.setattr(ProgressLine, "__call__", lambda *_: signal.raise_signal(number))
    assert run("process", tmp_path, "--out", tmp_path / "out", "--pipeline", pipeline) == 143
    assert "terminated" in capsys.readouterr().err
    assert outputs(tmp_path / "out") == []
    assert signal.getsignal(number) is before
    signal.signal(number, inherited)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="only on POSIX systems")
def test_cli_ignores_sighup_under_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminating():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_cli_escapes_terminal_control_characters(
    tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    out = tmp_path / "\x1b[31mout"
    assert run("process", tmp_path, "\x1b[2J\u202e.txt", "--out", out, "--pipeline", pipeline) == 3
    captured = capsys.readouterr()
    assert r"\x1b[2J\u202e.txt: No such file" in captured.err
    assert r"\x1b[31mout" in captured.out
    with pytest.raises(SystemExit):
        run("process", "a", "--out", "b", "--\x1b[2J")
    assert "\x1b" not in captured.err + captured.out + capsys.readouterr().err


def test_cli_refuses_empty_paths(tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("process", "", "--out", tmp_path / "out", "--pipeline", pipeline) == 1
    assert run("process", tmp_path, "--out", "", "--pipeline", pipeline) == 1
    assert capsys.readouterr().err.count("docsight: error: a path is empty") == 2
    assert not (tmp_path / "out").exists()


def test_cli_error_states_the_valid_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("process", "a", "--out", "b", "--max-chars", "x")
    assert "argument --max-chars: expected an integer of at least 1, found 'x'" in capsys.readouterr().err


def test_cli_accepts_a_device_for_a_pipeline_without_components(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = 'en'\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    assert run("process", tmp_path, "--out", tmp_path / "o", "--pipeline", tmp_path, "--device", "cpu") == 1
    error = capsys.readouterr().err
    assert f"cannot load the pipeline {tmp_path}: " in error
    assert not error.endswith("'components'\n")


def test_cli_prints_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out == f"docsight {__version__}\n"


def test_cli_help_imports_nothing_slow() -> None:
    script = (
        "import sys, docsight.cli\n"
        "try: docsight.cli.main(['process', '--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'torch', 'spacy', 'numpy', 'jinja2', 'selectolax'} & set(sys.modules)\n"
        "sys.exit(f'imported: {slow}' if slow else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--max-chars" in done.stdout


def test_documents_import_nothing_slow() -> None:
    script = "import sys, docsight.documents; sys.exit(str({'torch', 'spacy'} & set(sys.modules) or '') or 0)"
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("code", ["raise ValueError('no')", "import sys; sys.exit(0)", "import os; os._exit(0)"])
def test_cli_reports_user_code_that_fails(tmp_path: Path, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    (tmp_path / "a.txt").write_text("fine", encoding="utf-8")
    options = ["--out", tmp_path / "out", "--components", "sentencizer", "--code", tmp_path / "mine.py"]
    assert run("process", tmp_path / "a.txt", *options) == 1
    error = capsys.readouterr().err
    assert "cannot run" in error or "could not load the pipeline" in error


def test_cli_dry_run_tells_what_a_run_would_do(
    tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.txt", "b.exe"):
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_text("Ada", encoding="utf-8")
    options = ["process", tmp_path / "in", "--out", tmp_path / "out", "--pipeline", pipeline]
    assert run(*options, "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Would read 1 file, 3 bytes", "  text: 1 file, 3 bytes", "Would skip 1"]
    assert lines[3].startswith("  1: no reader for .exe files")
    assert lines[4:] == ["Estimated time: 5 seconds, by typical rates", "Nothing was written"]
    assert not (tmp_path / "out").exists()
    assert run(*options) == 0
    capsys.readouterr()
    assert run(*options, "--dry-run") == 0
    assert "Done by an earlier run: 1 file; partly done: 0" in capsys.readouterr().out
    assert run(*options, "--markdown") == 0
    assert (tmp_path / "out" / "markdown" / "a.txt.md").read_text(encoding="utf-8") == "Ada\n"
    assert capsys.readouterr().out.endswith("report.html, markdown/\n")
    (tmp_path / "empty").mkdir()
    assert run("process", tmp_path / "empty", "--out", tmp_path / "new", "--dry-run") == 1


def test_cli_dry_run_of_a_redaction_writes_no_key_and_names_no_paths(
    tmp_path: Path, pipeline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("presidio_analyzer")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "keller.exe").write_text("Ada", encoding="utf-8")
    (tmp_path / "in" / "a.txt").write_text("Ada", encoding="utf-8")
    options = ["process", tmp_path / "in", "--out", tmp_path / "out", "--pipeline", pipeline, "--dry-run"]
    assert run(*options, "--redact", tmp_path / "red", "--redact-paths", "--redact-key", tmp_path / "key") == 0
    assert "keller" not in capsys.readouterr().out
    assert not (tmp_path / "key").exists()
    assert run(*options, "--redact", tmp_path / "in") == 1
    assert "other files" in capsys.readouterr().err
