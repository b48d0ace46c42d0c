from itertools import islice

import numpy as np
import pytest
from PIL import Image

from docsight.errors import ConfigError, MissingExtraError
from docsight_training.data.drawings import KINDS, draw, drawn_images
from docsight_training.data.drawings.faces import Typefaces
from docsight_training.data.images.fonts import Font, built_in_font

FONTS = [built_in_font()]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "formula":
        pytest.importorskip("matplotlib")
    return request.param


def test_draw_gives_rgb_pictures_of_a_fit_size(kind: str):
    for seed in range(12):
        image = draw(kind, np.random.default_rng(seed), FONTS)
        assert image.mode == "RGB"
        assert 60 <= max(image.size) <= 480
        assert min(image.size) >= 8


def test_draw_gives_the_same_picture_for_the_same_seed(kind: str):
    one, other = (draw(kind, np.random.default_rng(5), FONTS).tobytes() for _ in range(2))
    assert one == other
    assert one != draw(kind, np.random.default_rng(6), FONTS).tobytes()


def test_draw_leaves_no_picture_blank(kind: str):
    for seed in range(12):
        assert np.ptp(np.asarray(draw(kind, np.random.default_rng(seed), FONTS).convert("L"))) > 40


def test_drawn_images_of_different_kinds_differ():
    kinds = [kind for kind in KINDS if kind != "formula"]
    drawn = dict(drawn_images(dict.fromkeys(kinds, 1), seed=0, fonts=FONTS))
    small = {image.resize((16, 16)).tobytes() for image in drawn.values()}
    assert list(drawn) == kinds
    assert len(small) == len(kinds)


def test_drawn_images_gives_as_many_of_each_kind_as_asked_for():
    kinds = [kind for kind, _ in drawn_images({"chart": 2, "logo": 0, "text": 1}, seed=0, fonts=FONTS)]
    assert kinds == ["chart", "chart", "text"]


def test_drawn_images_begin_the_same_whatever_is_asked_for_besides():
    few = list(drawn_images({"chart": 2}, seed=3, fonts=FONTS))
    many = list(islice(drawn_images({"chart": 9, "logo": 2}, seed=3, fonts=FONTS), 2))
    assert [image.tobytes() for _, image in few] == [image.tobytes() for _, image in many]


def test_drawn_images_of_another_seed_are_others():
    one, other = (next(drawn_images({"receipt": 1}, seed=seed, fonts=FONTS))[1] for seed in (0, 1))
    assert one.tobytes() != other.tobytes()


def test_receipts_are_taller_than_wide_more_often_than_not():
    images = [image for _, image in drawn_images({"receipt": 20}, seed=0, fonts=FONTS)]
    assert sum(image.height > image.width for image in images) > 14


@pytest.mark.parametrize(
    "call",
    [
        lambda: draw("poem", np.random.default_rng(0), FONTS),
        lambda: next(drawn_images({"receipt": 1, "poem": 1}, seed=0, fonts=FONTS)),
    ],
)
def test_an_unknown_kind_is_refused_with_the_known_ones(call):
    with pytest.raises(ConfigError, match=r"chart, .*receipt.*found poem"):
        call()


def test_drawing_without_fonts_is_refused():
    with pytest.raises(ConfigError, match="find_fonts"):
        draw("text", np.random.default_rng(0), [])


def test_formulas_without_matplotlib_name_the_extra(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.mathtext", None)
    with pytest.raises(MissingExtraError, match=r"docsight\[plots\]"):
        draw("formula", np.random.default_rng(0), FONTS)


def test_typefaces_choose_by_family_and_keep_handwriting_apart():
    plain = built_in_font()
    hand = Font(plain.path, 0, "Scrawl", "Regular", is_handwriting=True)
    mono = Font(plain.path, 0, "Plain Mono", "Regular")
    faces, rng = Typefaces([*[plain] * 30, mono, hand]), np.random.default_rng(0)
    drawn = [faces.plain(rng).family for _ in range(100)]
    assert set(drawn) == {plain.family, "Plain Mono"}
    assert 30 < drawn.count("Plain Mono") < 70
    assert faces.mono(rng) == mono
    assert faces.hand(rng) == hand
    assert Typefaces([plain]).hand(rng) is None


def test_pictures_can_be_saved(tmp_path):
    image = draw("map", np.random.default_rng(0), FONTS)
    image.save(tmp_path / "map.jpg")
    assert Image.open(tmp_path / "map.jpg").size == image.size
