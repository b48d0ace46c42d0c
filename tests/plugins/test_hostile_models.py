"""Untrusted model folders: anything invalid is refused, no code in them runs, and nothing is unpickled."""

import hashlib
import json
import pickle
import shutil
import struct
import sys
import time
from pathlib import Path

import pytest
import spacy

from docsight.bundle import CONFIG, WEIGHTS, load_folder
from docsight.errors import BundleError

resource = pytest.importorskip("resource", reason="memory is measured on Unix only")


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / CONFIG).read_text()) | changes
    (folder / CONFIG).write_text(json.dumps(config))


def write_weights(folder: Path, header: object, body: bytes) -> None:
    """Write weights by hand, with a matching checksum."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = struct.pack("<Q", len(text)) + text + body
    (folder / WEIGHTS).write_bytes(data)
    sums = json.loads((folder / CONFIG).read_text())["sha256"]
    change_config(folder, sha256=sums | {WEIGHTS: hashlib.sha256(data).hexdigest()})


def header_of(folder: Path) -> tuple[dict, bytes]:
    data = (folder / WEIGHTS).read_bytes()
    size = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def refused(folder: Path, message: str = ".") -> None:
    """Assert that the folder is refused quickly and without much memory."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with pytest.raises(BundleError, match=message):
        load_folder(folder, kind="tagger")
    assert time.perf_counter() - started < 20
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10 < 400


def test_model_folder_with_code_and_pickles_in_it_runs_no_code(folder, tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w').write('ran')"
    for name in ("__init__.py", "conftest.py", "sitecustomize.py", "network.py", "json.py"):
        (folder / name).write_text(code)
    for name in ("weights.pt", "pytorch_model.bin", "words.pkl", "data.pickle"):
        (folder / name).write_bytes(pickle.dumps(Bomb(mark)))
    monkeypatch.chdir(folder)
    modules = set(sys.modules)
    load_folder(folder, kind="tagger")
    nlp = spacy.blank("en")
    nlp.add_pipe("rnn_ner", config={"model": str(folder)})
    assert nlp("Ada went.").has_annotation("ENT_IOB")
    assert not mark.exists()
    assert not any(
        str(folder) in str(getattr(sys.modules[name], "__file__", "")) for name in set(sys.modules) - modules
    )


@pytest.mark.parametrize("name", [WEIGHTS, "words.txt"])
def test_model_folder_with_a_pickle_for_a_file_does_not_unpickle_it(folder, tmp_path, name):
    (folder / name).write_bytes(pickle.dumps(Bomb(tmp_path / "mark")))
    sums = json.loads((folder / CONFIG).read_text())["sha256"]
    change_config(folder, sha256=sums | {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()})
    refused(folder)
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS, "words.txt", "MODEL_CARD.md"])
def test_model_folder_with_a_file_of_a_terabyte_is_refused_unread(folder, name):
    with (folder / name).open("r+b") as file:
        file.truncate(1 << 40)
    refused(folder, "expected at most")


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS, "words.txt", "MODEL_CARD.md"])
def test_model_folder_with_a_device_or_a_pipe_for_a_file_is_refused(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")
    refused(folder, "is missing")


@pytest.mark.parametrize("deep", ['{"a":', "["])
def test_model_folder_with_a_deeply_nested_config_is_refused(folder, deep):
    (folder / CONFIG).write_text('{"format": 1, "kind": "tagger", "network": ' + deep * 100_000)
    refused(folder, CONFIG)


def test_model_folder_with_a_number_of_a_million_digits_is_refused(folder):
    (folder / CONFIG).write_text('{"format": ' + "9" * 1_000_000 + "}")
    refused(folder, CONFIG)


@pytest.mark.parametrize("value", [1e308, float("nan"), 10**18, 2**63, -1, True, "8", None, [8]])
@pytest.mark.parametrize("key", ["word_dim", "num_chars", "char_width", "hidden_dim"])
def test_model_folder_with_an_invalid_size_is_refused(folder, key, value):
    network = json.loads((folder / CONFIG).read_text())["network"]
    change_config(folder, network=network | {"encoder": network["encoder"] | {key: value}})
    refused(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry | {"data_offsets": [0, 2]},
        lambda entry: entry | {"data_offsets": [2**63, 2**64]},
        lambda entry: entry | {"data_offsets": [-4, 0]},
        lambda entry: entry | {"data_offsets": "all"},
        lambda entry: entry | {"shape": [2**32, 2**32]},
        lambda entry: entry | {"shape": [2**63, 2]},
        lambda entry: entry | {"shape": [-1, -13]},
        lambda entry: entry | {"shape": [1.5]},
        lambda entry: entry | {"shape": "13"},
        lambda entry: entry | {"shape": [1] * 100_000},
        lambda entry: entry | {"dtype": "F8_E4M3"},
        lambda entry: entry | {"dtype": ["F16"]},
        lambda entry: entry | {"dtype": "I16"},
        lambda entry: {},
        lambda entry: None,
    ],
)
def test_model_folder_with_a_false_header_of_the_weights_is_refused(folder, change):
    header, body = header_of(folder)
    header["emit.bias"] = change(header["emit.bias"])
    write_weights(folder, header, body)
    refused(folder, WEIGHTS)


def test_model_folder_with_tensors_that_overlap_is_refused(folder):
    header, body = header_of(folder)
    names = [name for name in header if name != "__metadata__" and header[name]["shape"] == [13]]
    other = header[next(name for name in header if name not in (*names, "__metadata__"))]["data_offsets"][0]
    header[names[0]]["data_offsets"] = [other, other + 26]
    write_weights(folder, header, body)
    refused(folder, WEIGHTS)


@pytest.mark.parametrize("header", [b"", b"{", b"[" * 100_000, b'{"a":' * 50_000, b"\xff" * 99, b"null", b"1"])
def test_model_folder_with_an_invalid_header_is_refused(folder, header):
    write_weights(folder, header, b"")
    refused(folder, WEIGHTS)


@pytest.mark.parametrize("name", ["../words", "/etc/passwd", "words/../words", "words\0", "w" * 5000, "\udce4"])
def test_model_folder_with_a_path_for_a_vocabulary_is_refused(folder, name):
    change_config(folder, vocabularies=["words", "chars", name])
    refused(folder)


def test_model_folder_with_a_vocabulary_of_too_many_words_is_refused(folder):
    data = b"".join(b"%d\n" % number for number in range(1_000_000))
    (folder / "words.txt").write_bytes(data)
    sums = json.loads((folder / CONFIG).read_text())["sha256"]
    change_config(folder, sha256=sums | {"words.txt": hashlib.sha256(data).hexdigest()})
    refused(folder, "words")
