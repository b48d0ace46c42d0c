"""Fonts, printed characters, and images without a digit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docsight.errors import ConfigError, DataError
from docsight_training.data.drawings import fonts
from docsight_training.data.drawings.fonts import Font
from docsight_training.data.images import glyphs, textures

PLAIN = fonts.built_in_font()


def test_find_fonts_always_finds_a_usable_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", ())  # a system may have thousands
    found = fonts.find_fonts()
    assert found
    assert found == sorted(found, key=lambda font: (font.family, font.style))
    assert any(fonts.load(found[0], 20).getmask("A"))


def test_find_fonts_falls_back_to_the_built_in_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(fonts, "_matplotlib_folder", list)
    assert fonts.find_fonts() == [PLAIN]


def test_find_fonts_names_a_missing_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        fonts.find_fonts([tmp_path / "nowhere"])
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(DataError, match="Latin letters"):
        fonts.find_fonts([tmp_path])


def test_find_fonts_leaves_out_symbol_fonts() -> None:
    pytest.importorskip("matplotlib")
    (folder,) = fonts._matplotlib_folder()
    families = {font.family for font in fonts.find_fonts([folder])}
    assert "DejaVu Sans" in families
    assert not families & {"cmsy10", "cmex10", "STIXSizeOneSym", "STIXNonUnicode"}


def test_built_in_font_is_latin() -> None:
    assert fonts._is_latin(PLAIN)


def test_is_held_out_keeps_a_family_together_and_is_stable() -> None:
    def held(family: str) -> bool:
        return fonts.is_held_out(replace(PLAIN, family=family))

    # Changing which families are held out would make older results on them worthless.
    assert [held(name) for name in ("Roboto", "Lato", "DejaVu Sans", "TeX Gyre Termes")] == [True, False, False, True]
    assert held("Roboto Condensed")
    assert 0.1 < sum(held(f"Family{chr(97 + i // 26)}{chr(97 + i % 26)}") for i in range(300)) / 300 < 0.3


def test_is_handwriting_matches_whole_names() -> None:
    pens = ("Comic Neue", "Nanum Pen Script", "xkcd", "DkgHandwriting")
    others = ("Open Sans", "GNUTypewriter", "PostScript Sans", "DejaVu Sans")
    assert [bool(fonts._HANDWRITING.search(name)) for name in pens + others] == [True] * 4 + [False] * 4


def test_draw_glyph_fills_the_box_of_mnist_and_centres_the_mass() -> None:
    drawn = [glyphs.draw_glyph("8", PLAIN, np.random.default_rng(seed)) for seed in range(20)]
    assert all(image.shape == (28, 28) and image.dtype == np.uint8 for image in drawn)
    for image in drawn:
        rows, columns = np.nonzero(image > 60)
        assert 15 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
        down, across = np.mgrid[:28, :28] + 0.5
        mass = image.astype(float) / image.sum()
        assert (mass * down).sum() == pytest.approx(14, abs=0.8)
        assert (mass * across).sum() == pytest.approx(14, abs=0.8)
    assert len({image.tobytes() for image in drawn}) == 20


def test_glyph_set_is_determined_by_its_seed() -> None:
    images, chars = glyphs.glyph_set("0123456789", 60, seed=1, fonts=[PLAIN])
    again, same = glyphs.glyph_set("0123456789", 60, seed=1, fonts=[PLAIN])
    other, _ = glyphs.glyph_set("0123456789", 60, seed=2, fonts=[PLAIN])
    assert images.shape == (60, 28, 28)
    assert images.dtype == np.uint8
    assert len(chars) == 60
    assert set(chars) <= set(glyphs.DIGITS)
    assert np.array_equal(images, again)
    assert chars == same
    assert not np.array_equal(images, other)
    assert images.max(axis=(1, 2)).min() > 100


def test_glyph_set_draws_any_size() -> None:
    assert glyphs.glyph_set("7", 2, seed=1, fonts=[PLAIN], size=40)[0].shape == (2, 40, 40)


def test_outlier_set_is_determined_by_its_seed() -> None:
    images = glyphs.outlier_set(80, seed=1, fonts=[PLAIN])
    assert images.shape == (80, 28, 28)
    assert images.dtype == np.uint8
    assert np.array_equal(images, glyphs.outlier_set(80, seed=1, fonts=[PLAIN]))
    assert not np.array_equal(images, glyphs.outlier_set(80, seed=2, fonts=[PLAIN]))


def test_outlier_set_draws_no_digit_and_nothing_shaped_like_one(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def remember(text: str, font: Font, rng: np.random.Generator, size: int = 28) -> np.ndarray:
        drawn.append(text)
        return np.zeros((size, size), dtype=np.uint8)

    monkeypatch.setattr(glyphs, "draw_glyph", remember)
    by_hand = replace(PLAIN, family="Pen", is_handwriting=True)
    glyphs.outlier_set(800, seed=1, fonts=[by_hand])
    letters = {text for text in drawn if len(text) == 1}
    assert not set("".join(drawn)) & set(glyphs.DIGITS + glyphs.SHAPED_LIKE_DIGITS + glyphs.NEAR_DIGITS)
    assert not letters & set(glyphs.NEAR_DIGITS_BY_HAND)
    assert {"W", "k", "m"} <= letters


def test_outlier_set_draws_no_sign_that_the_font_lacks() -> None:
    assert glyphs._has("#", PLAIN)
    assert not glyphs._has("\U0010fffc", PLAIN)


def test_is_like_digit_ignores_letters_that_differ_in_print() -> None:
    assert glyphs.is_like_digit("O", PLAIN)
    assert glyphs.is_like_digit("o", PLAIN)
    assert not glyphs.is_like_digit("W", PLAIN)
    assert not glyphs.is_like_digit("b", PLAIN)
    assert glyphs.is_like_digit("b", replace(PLAIN, is_handwriting=True))


@pytest.mark.parametrize("draw", [*textures._OVERLAID_TEXTURES, textures.blank, textures.overlay])
def test_textures_have_the_requested_size(draw: textures.TextureFunction) -> None:
    for seed in range(30):
        image = draw(np.random.default_rng(seed), 28)
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8


def test_sets_without_fonts_raise_helpful_errors() -> None:
    with pytest.raises(ConfigError, match="find_fonts"):
        glyphs.glyph_set("1", 1, seed=1, fonts=[])
    with pytest.raises(ConfigError, match="find_fonts"):
        glyphs.outlier_set(1, seed=1, fonts=[])
    with pytest.raises(ConfigError, match="characters"):
        glyphs.glyph_set("", 1, seed=1, fonts=[PLAIN])
