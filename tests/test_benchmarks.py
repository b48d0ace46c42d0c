"""The benchmark wrappers treat the peers fairly, and the scores are correct."""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from docsight.image_decoding import open_image
from docsight.images import ImageSettings
from docsight.networks.image_classifier import ImageClassifier

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
ANSWERS = {"teh": "the", "jhon": "John", "adn": "and", "nt": "not", "dont": "don't", "english": "English"}

pytestmark = pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are in a checkout only")


def test_no_benchmark_hides_a_module_of_python() -> None:
    assert not {path.stem for path in BENCHMARKS.glob("*.py")} & sys.stdlib_module_names


def test_ablation_of_digits_leaves_out_each_damage_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    ablation = importlib.import_module("image_ablation")
    groups = [group for name, group in ablation.GROUPS.items() if name != "all"]
    assert sorted(damage for group in groups for damage in group) == sorted(ablation.DAMAGES)


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("spelling_systems")
    for name in ("spelling", "spelling_systems", "spelling_eval"):
        sys.modules.pop(name, None)


@pytest.fixture
def correct(systems: ModuleType) -> Callable[[str], str]:
    class Peer(systems.WordByWord):
        def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
            return [[ANSWERS[word]] if word in ANSWERS else [word] for word in words]

    return lambda text: Peer().correct([text])[0]


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("Teh cat,  (teh) TEH adn-teh!", "The cat,  (the) THE and-the!"),
        ("teh jhon english", "the john english"),
        ("Teh jhon english", "The John English"),
        ("jhon's adn JHON\u2019S", "John's and JOHN\u2019S"),
        ("teh1 teh@adn.org #adn /teh tehé tEh", "teh1 teh@adn.org #adn /teh tehé tEh"),
        ("do n't dont 's I", "do n't don't 's I"),
        ("", ""),
    ],
)
def test_peers_keep_case_punctuation_and_non_words(correct: Callable[[str], str], text: str, corrected: str) -> None:
    assert correct(text) == corrected


def test_peers_rank_single_words_in_their_case(systems: ModuleType) -> None:
    class Peer(systems.WordByWord):
        def rank(self, words: Sequence[str], most: int) -> list[list[str]]:
            return [["the", "tea", "ten", "eh", "he", "ted"] if word == "teh" else [] for word in words]

    assert Peer().suggest(["Teh", "qqq"]) == [["The", "Tea", "Ten", "Eh", "He"], ["qqq"]]


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        ([], ["teh"]),
        (["& teh 2 1: the, t eh"], ["the", "t eh"]),
        (["# teh 1"], []),
        (["& te 1 1: tea", "# h 3"], []),
    ],
)
def test_ispell_lines_are_parsed(systems: ModuleType, lines: list[str], answers: list[str]) -> None:
    assert systems.parse_ispell("teh", lines) == answers


def test_every_system_is_found_by_the_evaluator(systems: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    benchmark = importlib.import_module("spelling")
    for system in systems.SYSTEMS.values():
        monkeypatch.setattr(system, "__init__", lambda self: None)
        for what in ("correct", "suggest"):
            assert callable(benchmark.spelling_eval.load_callable(benchmark.factory(system, what)))


def test_evaluator_passes_its_own_check(systems: ModuleType) -> None:
    pytest.importorskip("pyarrow")
    importlib.import_module("spelling_eval").self_check()


@pytest.fixture
def benchmark_modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(sys.modules[name].__file__ or "").parent == BENCHMARKS:
            sys.modules.pop(name)


@pytest.fixture
def image_modules(benchmark_modules: Callable[[str], ModuleType]) -> Callable[[str], ModuleType]:
    for name in ("pyarrow", "sklearn"):
        pytest.importorskip(name)
    return benchmark_modules


def bars(count: int) -> np.ndarray:
    """Draw vertical and horizontal bars in turn, light on dark, (count, 28, 28)."""
    pixels = np.zeros((count, 28, 28), dtype=np.uint8)
    pixels[::2, 4:24, 12:16] = 255
    pixels[1::2, 12:16, 4:24] = 255
    return pixels


def test_auroc_is_the_fraction_of_pairs_in_order(image_modules: Callable[[str], ModuleType]) -> None:
    auroc = image_modules("image_run").auroc
    assert auroc(np.array([3.0, 2.0]), np.array([1.0, 0.0])) == 1.0
    assert auroc(np.array([1.0, 1.0]), np.array([1.0])) == 0.5
    assert auroc(np.array([2.0, 0.0, 1.0]), np.array([1.0, 3.0])) == pytest.approx(1.5 / 6)


def test_shifted_images_lose_no_ink_that_stays_inside(image_modules: Callable[[str], ModuleType]) -> None:
    pixels = bars(16)
    moved = image_modules("image_sets").shifted(pixels, np.random.default_rng(1), by=3)
    assert moved.sum(axis=(1, 2)).tolist() == pixels.sum(axis=(1, 2)).tolist()
    assert not (moved == pixels).all(axis=(1, 2)).any()


def test_scanned_digit_is_dark_on_light_and_large(image_modules: Callable[[str], ModuleType]) -> None:
    rng = np.random.default_rng(1)
    for one in bars(6):
        image = open_image(image_modules("image_sets").scanned_digit(one, rng))
        assert all(100 <= side <= 300 for side in image.size)
        grey = np.asarray(image.convert("L")).astype(float)
        assert np.median(grey) > 130
        assert grey.min() < np.median(grey) - 60


@pytest.mark.parametrize("name", ["train_mlp", "train_lstm", "train_cnn"])
def test_peers_learn_to_separate_vertical_from_horizontal_bars(
    image_modules: Callable[[str], ModuleType], name: str
) -> None:
    systems = image_modules("image_systems")
    encoded = [image_modules("image_sets").png(pixels) for pixels in bars(64)]
    images = systems.inputs(encoded, ImageSettings(size=28, mode="L"))
    peer = getattr(systems, name)(images, torch.arange(64) % 2, epochs=20)
    assert (peer.predict(images) == np.arange(64) % 2).mean() > 0.9
    assert peer.parameters > 0 < peer.multiply_adds


def test_multiply_adds_of_a_classifier_are_counted(image_modules: Callable[[str], ModuleType]) -> None:
    count = image_modules("image_systems").multiply_adds
    network = ImageClassifier(labels=["a", "b", "c"], channels=1, blocks=[[4, 4], [6, 6, 6]], other=True)
    first = 28 * 28 * (1 * 4 * 9 + 4 * 4 * 9)
    second = 14 * 14 * (4 * 6 * 9 + 2 * 6 * 6 * 9)
    assert count(network, 28) == first + second + 6 * 4
    strided = ImageClassifier(labels=["a"], channels=3, blocks=[[8]], stem_stride=2)
    assert count(strided, 32) == 16 * 16 * 3 * 8 * 9 + 8


def test_left_out_runs_are_found_by_their_config(image_modules: Callable[[str], ModuleType], tmp_path: Path) -> None:
    for name, left in (("a", "[books]"), ("b", "[]"), ("c", "[logos]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text(f"data: {{leave_out: {left}}}\n")
        if name != "c":
            (tmp_path / name / "model").mkdir()
    found = image_modules("image_figures").find_left_out(tmp_path)
    assert found == [(["books"], tmp_path / "a" / "model")]


def test_transfer_runs_of_a_pair_differ_only_in_their_start(
    benchmark_modules: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    for name in ("hydra", "pyarrow", "pytorch_lightning"):
        pytest.importorskip(name)
    transfer = benchmark_modules("transfer")
    for pair in transfer.PAIRS:
        configs = [
            transfer.configure(pair, tmp_path, name="run", epochs=pair.epochs, count=10, seed=2, start=start)
            for start in (None, tmp_path / "model")
        ]
        bare, started = ({**config, "model": dict(config["model"])} for config in configs)
        assert (bare["model"].pop("init_from"), bare["model"].pop("thaw")) == (None, None)
        assert (started["model"].pop("init_from"), started["model"].pop("thaw")) == (
            str(tmp_path / "model"),
            transfer.THAW,
        )
        assert bare == started
        assert pair.epochs > transfer.THAW["after"] + transfer.THAW["every"] * (len(pair.blocks) - 1)
