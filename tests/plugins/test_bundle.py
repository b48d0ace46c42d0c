import hashlib
import json
import shutil
import struct
from pathlib import Path

import pytest
import safetensors.torch
import torch

from docsight import bundle
from docsight.bundle import CONFIG, WEIGHTS, find_model, load_files, load_folder
from docsight.errors import BundleError


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def _change_config(folder: Path, **changes) -> None:
    config = json.loads((folder / CONFIG).read_text()) | changes
    (folder / CONFIG).write_text(json.dumps(config))


def _change_weights(folder: Path, change) -> None:
    """Rewrite the weights, with a matching checksum."""
    weights = safetensors.torch.load_file(folder / WEIGHTS)
    change(weights)
    safetensors.torch.save_file(weights, folder / WEIGHTS)
    _update_checksum(folder, WEIGHTS)


def _update_checksum(folder: Path, name: str) -> None:
    sums = json.loads((folder / CONFIG).read_text())["sha256"]
    _change_config(folder, sha256=sums | {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()})


def test_bundle_round_trip_through_a_folder_and_bytes_is_exact(folder, tmp_path):
    first = load_folder(folder, kind="tagger")
    first.to_disk(tmp_path / "again")
    for name in (WEIGHTS, "words.txt", "chars.txt", "MODEL_CARD.md", CONFIG):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()
    second = load_files(first.to_files(), kind="tagger")
    for name, tensor in first.network.state_dict().items():
        assert torch.equal(tensor, second.network.state_dict()[name])
    assert second.about == first.about
    assert second.card == first.card


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS, "words.txt", "MODEL_CARD.md"])
def test_bundle_names_a_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing"):
        load_folder(folder, kind="tagger")


@pytest.mark.parametrize("name", [WEIGHTS, "words.txt", "chars.txt"])
@pytest.mark.parametrize("how", ["truncated", "altered"])
def test_bundle_names_a_truncated_or_altered_file(folder, name, how):
    content = bytearray((folder / name).read_bytes())
    if how == "truncated":
        content = content[:-3]
    else:
        content[-3] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(BundleError, match=rf"{name} is truncated or altered: .* expects SHA-256 \w+, found \w+"):
        load_folder(folder, kind="tagger")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "oracle"}, "kind 'oracle' is unknown; expected one of"),
        ({"format": 2}, "format 2; this docsight reads 1 to 1. Upgrade"),
        ({"format": 0}, "format 0; this docsight reads"),
        ({"format": "1"}, "expected an object with an integer 'format'"),
        ({"network": []}, "expected 'network' to be a dict"),
        ({"network": {"strange": 1}}, "the network cannot be built from its arguments.*'strange'"),
        ({"vocabularies": ["words", "chars", "../../words"]}, "cannot name a vocabulary"),
        ({"vocabularies": ["words", "chars", 3]}, "cannot name a vocabulary"),
        ({"vocabularies": ["words"]}, "'vocabularies' does not list chars"),
        ({"lang": ["en"]}, "expected 'lang' to be a string"),
        ({"format": True}, "expected an object with an integer 'format'"),
        ({"kind": ["tagger"]}, r"kind \['tagger'\] is unknown"),
        ({"sha256": {}}, "truncated or altered: .* expects SHA-256 None"),
    ],
)
def test_bundle_refuses_a_config_of_another_kind_or_version(folder, changes, message):
    _change_config(folder, **changes)
    with pytest.raises(BundleError, match=message):
        load_folder(folder, kind="tagger")


def test_bundle_refuses_a_model_of_another_kind_than_the_component_reads(folder):
    with pytest.raises(BundleError, match="this is a 'tagger' model; the component needs a 'speller' model"):
        load_folder(folder, kind="speller")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"format": true}'])
def test_bundle_refuses_an_invalid_config(folder, content):
    (folder / CONFIG).write_bytes(content)
    with pytest.raises(BundleError, match=CONFIG):
        load_folder(folder, kind="tagger")


def test_bundle_lists_missing_and_unexpected_tensors(folder):
    def rename(weights):
        weights["emit.wheel"] = weights.pop("emit.weight")

    _change_weights(folder, rename)
    with pytest.raises(BundleError, match=r"Missing: emit\.weight; unexpected: emit\.wheel"):
        load_folder(folder, kind="tagger")


def test_bundle_reports_expected_and_found_shape(folder):
    _change_weights(folder, lambda weights: weights.update({"emit.bias": torch.zeros(5)}))
    with pytest.raises(BundleError, match=r"'emit\.bias' has shape \[5\]; the network expects \[13\]"):
        load_folder(folder, kind="tagger")


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (torch.full((13,), float("nan")), "holds NaN or infinity"),
        (torch.full((13,), float("inf")), "holds NaN or infinity"),
        (torch.zeros(13, dtype=torch.float64), r"is of type F64; expected F16 or F32"),
        (torch.zeros(13, dtype=torch.int8), r"is of type I8; expected F16 or F32"),
    ],
)
def test_bundle_refuses_weights_of_another_type_or_not_finite(folder, tensor, message):
    _change_weights(folder, lambda weights: weights.update({"emit.bias": tensor}))
    with pytest.raises(BundleError, match=rf"'emit\.bias' {message}"):
        load_folder(folder, kind="tagger")


def test_bundle_does_not_write_what_half_precision_cannot_hold(folder):
    loaded = load_folder(folder, kind="tagger")
    loaded.network.output.bias.data[0] = 1e6
    with pytest.raises(BundleError, match=r"emit\.bias are not finite, or too large"):
        loaded.to_files()


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_bundle_refuses_a_vocabulary_changed_by_an_editor(folder, change):
    (folder / "words.txt").write_bytes(change((folder / "words.txt").read_text()).encode())
    _update_checksum(folder, "words.txt")
    with pytest.raises(BundleError, match="carriage return or a byte order mark"):
        load_folder(folder, kind="tagger")


def test_bundle_refuses_a_vocabulary_of_another_model(folder):
    with (folder / "words.txt").open("a") as file:
        file.write("more\n")
    _update_checksum(folder, "words.txt")
    with pytest.raises(BundleError, match=r"words\.txt makes 12 ids, but config\.json says num_words=11"):
        load_folder(folder, kind="tagger")


@pytest.mark.parametrize(
    "arguments",
    [
        {"encoder": {"num_words": 10**12}},
        {"encoder": {"hidden_dim": 10**9}},
        {"encoder": {"num_layers": 10**9}},
        {"encoder": {"num_words": -5}},
        {"labels": [f"L{n}" for n in range(10_000)]},
        {"labels": []},
        {"labels": ["PER", "PER"]},
        {"labels": 7},
        {"labels": "AB"},
        {"labels": [""]},
        {"labels": [1, 2]},
        {"labels": ["A\ud800"]},
        {"encoder": {"dropout": "x"}},
        {"encoder": 7},
    ],
)
def test_bundle_checks_sizes_before_it_allocates_memory(folder, arguments):
    network = json.loads((folder / CONFIG).read_text())["network"]
    for key, value in arguments.items():
        network[key] = network[key] | value if isinstance(value, dict) else value
    _change_config(folder, network=network)
    with pytest.raises(BundleError):
        load_folder(folder, kind="tagger")


@pytest.mark.parametrize(
    "header",
    [
        {"x": {"dtype": "F16", "shape": [10**12], "data_offsets": [0, 2 * 10**12]}},
        {"x": {"dtype": "F16", "shape": [-1], "data_offsets": [0, 2]}},
        {"x": {"dtype": "F99", "shape": [1], "data_offsets": [0, 2]}},
        {"x": {}},
        {"x": 3},
        [1],
    ],
)
def test_bundle_refuses_a_false_header(folder, header):
    text = json.dumps(header).encode()
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + b"\0\0")
    _update_checksum(folder, WEIGHTS)
    with pytest.raises(BundleError, match=WEIGHTS):
        load_folder(folder, kind="tagger")


def test_bundle_refuses_a_header_longer_than_the_file(folder):
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", 1 << 62) + b"{}")
    _update_checksum(folder, WEIGHTS)
    with pytest.raises(BundleError, match="is truncated: its header needs"):
        load_folder(folder, kind="tagger")


def test_bundle_refuses_a_file_of_an_excessive_size_unread(folder):
    with (folder / CONFIG).open("r+b") as file:
        file.truncate(50 << 20)
    with pytest.raises(BundleError, match="expected at most 1,048,576"):
        load_folder(folder, kind="tagger")


def test_find_model_lists_what_is_shipped(tmp_path):
    with pytest.raises(BundleError, match=r"neither a shipped model \(.*\) nor a folder with a config\.json"):
        find_model(str(tmp_path / "nothing"))


def test_find_model_names_the_model_in_the_folder_of_a_run(tmp_path):
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "model" / "config.json").write_text("{}")
    with pytest.raises(BundleError, match=r"Pass the model folder in it: .*run/model\.$"):
        find_model(str(tmp_path / "run"))


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", ""])
def test_find_model_refuses_a_name_that_no_file_system_takes(name):
    with pytest.raises(BundleError, match="neither a shipped model"):
        find_model(name)


def test_vocabulary_with_a_line_break_is_not_written(folder):
    loaded = load_folder(folder, kind="tagger")
    loaded.vocabularies["words"] = bundle.Vocab(["a\nb"])
    with pytest.raises(BundleError, match="holds a line break"):
        loaded.to_files()


@pytest.mark.parametrize(
    ("name", "dtype", "expected"),
    [
        ("lexicon.zipf", torch.int32, "is of type I32; expected U8"),
        ("lexicon.twin", torch.int64, "is of type I64; expected I32"),
        ("pairs.hashes", torch.int32, "is of type I32; expected I64"),
        ("pairs.hashes", torch.float32, "is of type F32; expected I64"),
        ("channel.typed_groups", torch.int32, "is of type I32; expected I16"),
        ("ranker.mean", torch.int32, "is of type I32; expected F16 or F32"),
    ],
)
def test_bundle_whole_numbers_have_the_type_that_the_network_expects(tiny_speller, tmp_path, name, dtype, expected):
    folder = Path(shutil.copytree(tiny_speller, tmp_path / "copy"))
    _change_weights(folder, lambda weights: weights.update({name: weights[name].to(dtype)}))
    with pytest.raises(BundleError, match=rf"{name}' {expected}"):
        load_folder(folder, kind="speller")


def test_bundle_of_a_speller_round_trip_is_exact(tiny_speller, tmp_path):
    first = load_folder(tiny_speller, kind="speller")
    first.to_disk(tmp_path / "again")
    for path in tiny_speller.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_bundle_of_a_speller_with_another_lexicon_is_refused(tiny_speller, tmp_path):
    folder = Path(shutil.copytree(tiny_speller, tmp_path / "copy"))
    with (folder / "words.txt").open("a") as file:
        file.write("zorblat\n")
    _update_checksum(folder, "words.txt")
    with pytest.raises(BundleError, match=r"words\.txt makes \d+ ids, but config\.json says num_words=\d+"):
        load_folder(folder, kind="speller")


@pytest.mark.parametrize("arguments", [{"num_words": 10**12}, {"num_pairs": -1}, {"context": 3}, {"strange": 1}])
def test_bundle_checks_the_sizes_of_a_speller_before_it_allocates_memory(tiny_speller, tmp_path, arguments):
    folder = Path(shutil.copytree(tiny_speller, tmp_path / "copy"))
    _change_config(folder, network=json.loads((folder / CONFIG).read_text())["network"] | arguments)
    with pytest.raises(BundleError):
        load_folder(folder, kind="speller")


def test_read_labels_reads_those_of_the_config(tiny_model):
    assert bundle.read_labels(tiny_model, kind="tagger") == ("PER", "ORG", "LOC")
