import numpy as np
import pytest
from PIL import Image

from docsight.errors import ConfigError, MissingExtraError
from docsight_training.data.drawings import FIGURES, draw
from docsight_training.data.drawings.engraving import REDRAWN
from docsight_training.data.drawings.fonts import Font, built_in_font
from docsight_training.data.drawings.typefaces import Typefaces

TYPEFACES = Typefaces([built_in_font()])


@pytest.fixture(scope="module", params=FIGURES)
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "formula":
        pytest.importorskip("matplotlib")
    return request.param


@pytest.fixture(scope="module")
def images(kind: str) -> list[Image.Image]:
    return [draw(kind, np.random.default_rng(seed), TYPEFACES) for seed in range(12)]


def test_draw_returns_rgb_images_of_a_suitable_size(kind: str, images: list[Image.Image]):
    for image in images:
        assert image.mode == "RGB"
        assert 60 <= max(image.size) <= 480
        assert min(image.size) >= 8


def test_draw_is_deterministic_for_a_seed(kind: str, images: list[Image.Image]):
    again = draw(kind, np.random.default_rng(5), TYPEFACES)
    assert again.tobytes() == images[5].tobytes()
    assert again.tobytes() != images[6].tobytes()


def test_draw_leaves_no_image_blank(images: list[Image.Image]):
    for image in images:
        assert np.ptp(np.asarray(image.convert("L"))) > 40


def test_draw_of_different_kinds_differs():
    kinds = [kind for kind in FIGURES if kind != "formula"]
    small = {draw(kind, np.random.default_rng(0), TYPEFACES).resize((16, 16)).tobytes() for kind in kinds}
    assert len(small) == len(kinds)


def test_receipts_are_usually_taller_than_wide():
    images = [draw("receipt", np.random.default_rng([0, number]), TYPEFACES) for number in range(20)]
    assert sum(image.height > image.width for image in images) > 14


def test_draw_rejects_an_unknown_kind_and_lists_the_known_ones():
    with pytest.raises(ConfigError, match=r"unknown kind of drawing poem; expected one of chart, .*receipt"):
        draw("poem", np.random.default_rng(0), TYPEFACES)


def test_typefaces_without_fonts_are_rejected():
    with pytest.raises(ConfigError, match="find_fonts"):
        Typefaces([])


def test_formulas_without_matplotlib_name_the_extra(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.mathtext", None)
    with pytest.raises(MissingExtraError, match=r"docsight\[plots\]"):
        draw("formula", np.random.default_rng(0), TYPEFACES)


def test_typefaces_choose_by_family_and_keep_handwriting_apart():
    plain = built_in_font()
    hand = Font(plain.path, 0, "Scrawl", "Regular", is_handwriting=True)
    mono = Font(plain.path, 0, "Plain Mono", "Regular")
    typefaces, rng = Typefaces([*[plain] * 30, mono, hand]), np.random.default_rng(0)
    drawn = [typefaces.plain(rng).family for _ in range(100)]
    assert set(drawn) == {plain.family, "Plain Mono"}
    assert 30 < drawn.count("Plain Mono") < 70
    assert typefaces.mono(rng) == mono
    assert typefaces.hand(rng) == hand
    assert Typefaces([plain]).hand(rng) is None


def test_typefaces_choose_those_of_programs_for_screens():
    plain = built_in_font()
    sans, serif = Font(plain.path, 0, "DejaVu Sans", "Book"), Font(plain.path, 0, "Tinos", "Regular")
    typefaces, rng = Typefaces([plain, sans, serif]), np.random.default_rng(0)
    assert {typefaces.interface(rng) for _ in range(20)} == {sans}
    assert {typefaces.usual(rng) for _ in range(40)} == {sans, serif}
    assert Typefaces([plain]).interface(rng) == plain


def test_images_can_be_saved(tmp_path):
    image = draw("map", np.random.default_rng(0), TYPEFACES)
    image.save(tmp_path / "map.jpg")
    assert Image.open(tmp_path / "map.jpg").size == image.size


@pytest.mark.parametrize("kind", ["qr_code", "bar_code"])
def test_codes_can_be_read_by_a_decoder(kind: str):
    cv2 = pytest.importorskip("cv2")
    detector = cv2.QRCodeDetector() if kind == "qr_code" else cv2.barcode.BarcodeDetector()
    read = 0
    for seed in range(20):
        image = draw(kind, np.random.default_rng(seed), TYPEFACES)
        large = image.resize((image.width * 3, image.height * 3))
        read += bool(detector.detectAndDecode(np.asarray(large)[..., ::-1].copy())[0])
    assert read >= (6 if kind == "qr_code" else 3)


@pytest.mark.parametrize(("kind", "module"), [("qr_code", "segno"), ("bar_code", "barcode")])
def test_codes_without_their_package_name_the_extra(kind: str, module: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(MissingExtraError, match=r"docsight\[train\]"):
        draw(kind, np.random.default_rng(0), TYPEFACES)


def test_photos_are_redrawn_as_other_images_of_the_same_size_class():
    gradient = np.linspace(0, 255, 90 * 60, dtype=np.uint8).reshape(60, 90)
    photo = Image.fromarray(gradient).convert("RGB")
    for label, redraw in REDRAWN.items():
        images = [redraw(photo, np.random.default_rng(seed)) for seed in range(12)]
        assert {image.mode for image in images} == {"RGB"}, label
        assert len({image.tobytes() for image in images}) == 12
        assert all(np.ptp(np.asarray(image)) > 40 for image in images)
