"""Pictures as they come: hostile, strange, turned, small; and what the network gets of them."""

import io
import json
import os
import socket
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from docsight import images
from docsight.errors import ConfigError, DataError
from docsight.images import ImageSettings, normalise, open_image, read_pixels, to_pixels
from docsight.images import stretch as stretched

GREY = ImageSettings(size=28, mode="L")
COLOUR = ImageSettings(size=28, mode="RGB")
INK = ImageSettings(size=28, mode="L", fit="ink", stretch=True)


def encode(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *, depth: int = 8, colour: int = 0, data: bytes = b"", more: bytes = b"") -> bytes:
    """Make a PNG by hand, which may claim more than it holds."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def tiff(width: int, height: int) -> bytes:
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 4, height)]
    tags += [(277, 3, 1), (279, 4, 1)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted(tags))
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + b"\0\0\0\0"


def gif(width: int, height: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frame + b";"


def digit(
    side: int, *, ink: tuple[int, ...] = (20, 20, 20), paper: tuple[int, ...] = (255, 255, 255), canvas=None, at=None
) -> Image.Image:
    """Draw something like a 7, `side` pixels high, on a canvas."""
    canvas = canvas or (side * 2, side * 2)
    x, y = at or ((canvas[0] - side) // 2, (canvas[1] - side) // 2)
    image = Image.new("RGB", canvas, paper)
    line = max(2, side // 8)
    points = [(x, y + line // 2), (x + side * 0.7, y + line // 2), (x + side * 0.25, y + side)]
    ImageDraw.Draw(image).line(points, fill=ink, width=line, joint="curve")
    return image


# ---- what is no picture, or a bad one


@pytest.mark.parametrize(
    "content",
    [png(100_000, 100_000), tiff(100_000, 100_000), gif(65_535, 65_535), png(2**31 - 1, 2**31 - 1)],
    ids=["png", "tiff", "gif", "png-largest"],
)
def test_open_image_refuses_a_decompression_bomb_before_it_is_decoded(content):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow warns, too, by its own limit
        with pytest.raises(DataError, match=r"[\d,]+ x [\d,]+ pixels; expected at most 64,000,000 in all|too large"):
            open_image(content)


def test_open_image_goes_by_max_pixels_and_not_by_pillows_own_limit(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    content = encode(Image.new("L", (10, 10), 7))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_image(content).getpixel((5, 5)) == 7
        with pytest.raises(DataError, match="10 x 10 pixels; expected at most 99 in all"):
            open_image(content, max_pixels=99)
    assert open_image(content, max_pixels=100).size == (10, 10)


def test_open_image_leaves_the_warnings_of_other_threads_alone():
    content = encode(Image.new("RGB", (64, 64), "red"))
    done = threading.Event()
    changed = []
    before = warnings.filters

    def watch():
        while not done.is_set():
            changed.append(warnings.filters is not before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(50):
        open_image(content)
    done.set()
    watcher.join()
    assert not any(changed)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_open_image_refuses_a_truncated_picture(kind, share):
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = encode(Image.fromarray(noise), kind)
    with pytest.raises(DataError):
        open_image(content[: int(len(content) * share)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "picture of 0 bytes: it is empty; expected a PNG, JPEG"),
        (b"Dear Sir or Madam,", "picture of 18 bytes: this is no picture; expected a PNG, JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "this is no picture"),  # Pillow would run Ghostscript
        (b"\x89PNG\r\n\x1a\n", "cannot be decoded"),
        (b"\xff\xd8\xff", "cannot be decoded"),
        (png(0, 0), "cannot be decoded|pixels|damaged"),
    ],
)
def test_open_image_says_what_is_wrong(content, message):
    with pytest.raises(DataError, match=message):
        open_image(content)


def test_open_image_names_the_file_and_what_is_wrong_with_it(tmp_path):
    text = tmp_path / "letter.png"
    text.write_text("Dear Sir or Madam,")
    empty = tmp_path / "empty.png"
    empty.touch()
    for path, message in (
        (text, "this is no picture"),
        (empty, "it is empty"),
        (tmp_path / "gone.png", "cannot be read: No such file"),
        (tmp_path, "this is a folder"),
        ("a\0b.png", "cannot be a path"),
        ("x" * 5000, "cannot be read"),
    ):
        with pytest.raises(DataError, match=message) as caught:
            open_image(path)
        assert str(path).replace("\0", "\\x00") in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="POSIX files")
def test_open_image_refuses_what_is_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(DataError, match="expected a file; this is none"):
        open_image(tmp_path / "pipe.png")
    for device in ("/dev/zero", "/dev/null"):
        if os.path.exists(device):
            with pytest.raises(DataError, match="expected a file; this is none"):
                open_image(device)
    with socket.socket(socket.AF_UNIX) as held:
        name = os.path.relpath(tmp_path / "s")  # the path of a socket may have 108 bytes
        if len(name) < 100:
            held.bind(name)
            with pytest.raises(DataError, match="expected a file"):
                open_image(tmp_path / "s")
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    with pytest.raises(DataError, match="cannot be read"):
        open_image(loop)


def test_open_image_follows_a_link_to_a_picture(tmp_path):
    (tmp_path / "a.png").write_bytes(encode(Image.new("L", (4, 4), 9)))
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    assert open_image(tmp_path / "link.png").getpixel((0, 0)) == 9


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_open_image_says_that_a_file_may_not_be_read(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encode(Image.new("L", (4, 4))))
    path.chmod(0)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        open_image(path)


def test_open_image_refuses_a_giant_file_unread(tmp_path, monkeypatch):
    path = tmp_path / "a.webp"
    path.write_bytes(b"RIFF\0\0\0\0WEBPVP8L")
    os.truncate(path, images.MAX_BYTES + 1)  # sparse
    with pytest.raises(DataError, match=r"has 1,073,741,825 bytes; expected at most"):
        open_image(path)


def test_open_image_closes_the_file(tmp_path):
    path = tmp_path / "a.gif"
    path.write_bytes(encode(Image.new("P", (4, 4)), "GIF"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for _ in range(3):
            open_image(path)
    if Path("/proc/self/fd").is_dir():
        held = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        assert str(path) not in held


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP"]), st.data())
def test_open_image_of_any_bytes_gives_a_picture_or_a_data_error(content, kind, data):
    if kind:  # a real one, with some bytes changed
        real = bytearray(encode(Image.linear_gradient("L").resize((12, 9)), kind))
        for at in data.draw(st.lists(st.integers(0, len(real) - 1), max_size=8)):
            real[at] = data.draw(st.integers(0, 255))
        content = bytes(real[: len(real) - data.draw(st.integers(0, 5))]) + content[:5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pixels = read_pixels(content, INK, max_pixels=10_000)
        except DataError:
            return
    assert pixels.shape == (1, 28, 28)


# ---- what is a picture, though a strange one


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_open_image_reads_the_first_of_several_frames(kind):
    first, second = Image.new("RGB", (20, 10), (255, 0, 0)), Image.new("RGB", (20, 10), (0, 0, 255))
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encode(first, kind, save_all=True, append_images=[second, second], **options)
    image = open_image(content)
    assert image.mode == "RGB"
    assert image.getpixel((3, 3)) == (255, 0, 0)


def test_open_image_reads_a_cmyk_jpeg():
    content = encode(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = open_image(content).getpixel((8, 8))
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_open_image_brings_16_bits_to_8(kind):
    values = np.linspace(0, 65535, 64).round().astype(np.uint16).reshape(8, 8)
    pixels = np.asarray(open_image(encode(Image.fromarray(values), kind)))
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - values / 257).max() <= 1


def test_open_image_reads_8_bits_in_a_container_of_16():
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    assert np.array_equal(np.asarray(open_image(encode(Image.fromarray(values)))), values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0.0, 0.5], [1.0, 0.25]], [[0, 128], [255, 64]]),
        ([[0.0, 128.0], [255.0, 64.0]], [[0, 128], [255, 64]]),
        ([[-1.0, 0.0], [1.0, 0.0]], [[0, 128], [255, 128]]),
        ([[np.nan, 0.5], [1.0, np.inf]], [[128, 128], [255, 255]]),
        ([[0.0, 1000.0], [-np.inf, np.inf]], [[0, 255], [0, 255]]),
        ([[np.nan, np.nan], [np.nan, np.nan]], [[0, 0], [0, 0]]),
        ([[-3e38, 3e38], [0.0, np.nan]], [[0, 255], [128, 0]]),
    ],
)
def test_open_image_brings_floats_to_8_bits(values, expected):
    content = encode(Image.fromarray(np.array(values, dtype=np.float32)), "TIFF")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.asarray(open_image(content)).tolist() == expected


def test_open_image_brings_signed_integers_to_8_bits():
    values = np.array([[-100, 0], [100, 50]], dtype=np.int32)
    assert np.asarray(open_image(encode(Image.fromarray(values), "TIFF"))).tolist() == [[0, 128], [255, 191]]


def test_open_image_brings_more_rows_than_a_strip_to_8_bits():
    values = np.tile(np.arange(700, dtype=np.float32)[:, None], (1, 3))
    pixels = np.asarray(open_image(encode(Image.fromarray(values), "TIFF")))
    assert np.array_equal(pixels, (values / 699 * 255).round().astype(np.uint8))


def test_open_image_reads_palettes_with_and_without_transparency():
    image = Image.new("P", (4, 4), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    assert open_image(encode(image)).getpixel((0, 0)) == (0, 0, 255)
    image.putpixel((0, 0), 0)
    see_through = open_image(encode(image, transparency=0))
    assert see_through.getpixel((0, 0)) == (255, 255, 255)
    assert see_through.getpixel((1, 1)) == (0, 0, 255)


def test_open_image_puts_what_is_transparent_on_white_and_white_on_black():
    dark = Image.new("LA", (4, 4), (10, 0))
    dark.putpixel((1, 1), (10, 255))
    image = open_image(encode(dark))
    assert (image.convert("L").getpixel((0, 0)), image.convert("L").getpixel((1, 1))) == (255, 10)
    light = Image.new("RGBA", (4, 4), (250, 250, 250, 0))
    light.putpixel((1, 1), (250, 250, 250, 255))
    image = open_image(encode(light))
    assert (image.getpixel((0, 0)), image.getpixel((1, 1))) == ((0, 0, 0), (250, 250, 250))
    assert open_image(encode(Image.new("RGBA", (4, 4), (0, 0, 0, 0)))).getpixel((0, 0)) == (255, 255, 255)
    half = open_image(encode(Image.new("RGBA", (4, 4), (0, 0, 0, 128)))).getpixel((0, 0))
    assert abs(half[0] - 127) <= 1


def test_open_image_reads_one_bit():
    image = Image.new("1", (9, 9), 1)
    image.putpixel((4, 4), 0)
    read = open_image(encode(image))
    assert read.mode == "L"
    assert (read.getpixel((0, 0)), read.getpixel((4, 4))) == (255, 0)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 3)])
@pytest.mark.parametrize("chosen", [GREY, COLOUR, INK], ids=["grey", "colour", "ink"])
def test_read_pixels_of_the_smallest_and_thinnest_pictures(size, chosen):
    image = Image.new("RGB", size, (200, 100, 50))
    image.putpixel((size[0] // 2, size[1] // 2), (0, 0, 0))
    pixels = read_pixels(encode(image), chosen)
    assert pixels.shape == (chosen.channels, 28, 28)
    assert normalise(torch.from_numpy(np.array(pixels))[None], chosen).isfinite().all()


def test_to_pixels_ink_of_a_stripe_is_not_cut_beside_it():
    image = Image.new("L", (30, 3000), 255)
    image.paste(0, (5, 100, 25, 130))
    assert to_pixels(image, INK).min() < 100
    narrow = Image.new("L", (3, 3000), 255)
    narrow.paste(0, (0, 1000, 3, 1200))
    assert to_pixels(narrow, INK).min() < 200  # reduced across, so it is paler


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_open_image_is_turned_as_its_exif_data_says(kind, orientation):
    upright = Image.new("L", (32, 16), 0)
    upright.paste(255, (0, 0, 16, 8))  # light at the top left
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]  # Image.Transpose; how a camera holds it
    stored = upright if undo is None else upright.transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = open_image(encode(stored, kind, exif=exif)).convert("L")
    assert image.size == (32, 16)
    corners = [image.getpixel(place) > 128 for place in ((4, 4), (28, 4), (4, 12), (28, 12))]
    assert corners == [True, False, False, False]


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0nonsense", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\xff\xff\xff\x7f"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_open_image_forgives_damaged_exif_data(exif, kind):
    content = encode(Image.new("L", (16, 8), 90), kind, exif=exif)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow tells of it
        image = open_image(content)
    assert image.size == (16, 8)
    assert abs(image.convert("L").getpixel((8, 4)) - 90) <= 1


def test_open_image_forgives_an_unknown_orientation():
    exif = Image.Exif()
    exif[0x0112] = 77
    assert open_image(encode(Image.new("L", (16, 8)), "JPEG", exif=exif)).size == (16, 8)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_open_image_forgives_a_broken_colour_profile(kind):
    content = encode(Image.new("RGB", (8, 8), (10, 20, 30)), kind, icc_profile=b"no profile at all")
    assert np.abs(np.array(open_image(content).getpixel((4, 4))) - (10, 20, 30)).max() <= 4
    broken = png(8, 8, data=b"\0" + b"\0".join([bytes(8)] * 8), more=chunk(b"iCCP", b"x\0\0not compressed"))
    assert open_image(broken).size == (8, 8)


def test_read_pixels_of_bytes_and_of_a_path_are_the_same(tmp_path):
    content = encode(digit(60), "JPEG")
    (tmp_path / "a.jpg").write_bytes(content)
    for chosen in (GREY, COLOUR, INK):
        by_bytes, by_path = read_pixels(content, chosen), read_pixels(tmp_path / "a.jpg", chosen)
        assert np.array_equal(by_bytes, by_path)
        assert np.array_equal(by_bytes, read_pixels(str(tmp_path / "a.jpg"), chosen))


# ---- what the network gets


def test_to_pixels_mode_decides_over_colour():
    red = Image.new("RGB", (28, 28), (255, 0, 0))
    assert to_pixels(red, COLOUR)[:, 0, 0].tolist() == [255, 0, 0]
    assert to_pixels(red, GREY)[:, 0, 0].tolist() == [76]
    assert to_pixels(Image.new("L", (28, 28), 9), COLOUR)[:, 0, 0].tolist() == [9, 9, 9]


def test_to_pixels_letterbox_keeps_the_aspect_on_the_colour_of_the_edge():
    image = Image.new("RGB", (40, 20), (10, 20, 30))
    image.paste((200, 200, 200), (10, 5, 30, 15))
    pixels = to_pixels(image, ImageSettings(size=20, mode="RGB"))
    assert pixels.shape == (3, 20, 20)
    assert (pixels[:, [0, 4, 15, 19], :] == np.array([10, 20, 30])[:, None, None]).all()  # rows 5 to 14 are the picture
    assert (pixels[:, 8:12, 6:14] == 200).all()
    assert (pixels[:, 5:15, :4] == np.array([10, 20, 30])[:, None, None]).all()


def test_to_pixels_leaves_a_picture_of_the_right_size_as_it_is():
    values = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    assert np.array_equal(to_pixels(Image.fromarray(values), GREY)[0], values)


def test_to_pixels_enlarges_small_pictures():
    image = Image.new("L", (7, 7), 50)
    assert (to_pixels(image, GREY) == 50).all()


def _where_ink_lies(pixels: np.ndarray) -> tuple[float, float, float]:
    """Return the larger side of the ink, and how far its centre of mass lies off the middle across and down."""
    values = stretched(torch.from_numpy(pixels)[None].float() / 255)[0, 0].numpy()
    ink = values > 0.4
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    weights = np.where(ink, values, 0)
    size = len(values)
    x, y = (float((weights.sum(axis=axis) * (np.arange(size) + 0.5)).sum() / weights.sum()) for axis in (0, 1))
    return max(np.ptp(rows), np.ptp(columns)) + 1, x - size / 2, y - size / 2


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((20, 20, 20), (255, 255, 255)), ((240, 240, 240), (10, 10, 10)), ((60, 40, 20), (230, 200, 150))],
    ids=["dark-on-light", "light-on-dark", "tinted"],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("at", [(10, 10), (330, 230), (180, 120)])
def test_to_pixels_ink_puts_a_small_digit_into_the_middle(ink, paper, kind, at):
    image = digit(40, ink=ink, paper=paper, canvas=(400, 300), at=at)
    side, x, y = _where_ink_lies(read_pixels(encode(image, kind), INK))
    assert 17 <= side <= 23
    assert abs(x) <= 1.5
    assert abs(y) <= 1.5


def test_to_pixels_ink_leaves_what_is_as_mnist_has_it():
    image = digit(19, canvas=(28, 28), at=(8, 5))
    assert np.array_equal(to_pixels(image, INK)[0], np.asarray(image.convert("L")))


@pytest.mark.parametrize("what", ["noise", "blank", "black"])
def test_to_pixels_ink_leaves_what_has_no_ink(what):
    noise = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    values = {"noise": noise, "blank": np.full_like(noise, 255), "black": np.zeros_like(noise)}[what]
    assert np.array_equal(to_pixels(Image.fromarray(values), INK)[0], values)


def test_normalise_of_bytes_is_that_of_shares_by_hand():
    chosen = ImageSettings(size=8, mode="RGB", mean=(0.5, 0.0, 0.25), std=(0.5, 1.0, 0.25))
    pixels = torch.full((1, 3, 8, 8), 51, dtype=torch.uint8)
    values = normalise(pixels, chosen)
    assert values.dtype == torch.float32
    assert values[0, :, 0, 0].tolist() == pytest.approx([-0.6, 0.2, -0.2])
    assert torch.equal(values, normalise(pixels.float() / 255, chosen))


def test_normalise_takes_whole_numbers():
    chosen = ImageSettings(size=8, mode="L", mean=(0,), std=(1,))
    assert normalise(torch.full((1, 1, 8, 8), 255, dtype=torch.uint8), chosen).unique().tolist() == [1.0]


def test_stretch_makes_ink_light_on_dark_whatever_the_paper():
    pixels = torch.from_numpy(to_pixels(digit(20, canvas=(28, 28), at=(6, 4)), GREY))[None].float() / 255
    plain = stretched(pixels)
    assert plain[0, 0, 0, 0] == 0
    assert plain.amax() == pytest.approx(1, abs=0.05)
    for changed in (1 - pixels, 0.3 + 0.4 * pixels, 0.9 - 0.5 * pixels):
        assert torch.allclose(stretched(changed), plain, atol=0.02)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_stretch_of_blank_paper_is_nothing(value):
    assert stretched(torch.full((2, 1, 28, 28), value)).unique().tolist() == [0.0]


def test_stretch_looks_at_each_picture_for_itself():
    pixels = torch.rand(5, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    together = stretched(pixels)
    for at in range(5):
        assert torch.equal(stretched(pixels[at : at + 1])[0], together[at])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31), st.sampled_from(["L", "RGB"]), st.booleans())
def test_to_pixels_and_normalise_of_any_array_are_finite(width, height, seed, mode, flat):
    rng = np.random.default_rng(seed)
    shape = (height, width) if mode == "L" else (height, width, 3)
    values = np.full(shape, seed % 256) if flat else rng.integers(0, 256, shape)
    for chosen in (INK, ImageSettings(size=8, mode="RGB", stretch=True), COLOUR):
        pixels = to_pixels(Image.fromarray(values.astype(np.uint8)), chosen)
        assert pixels.dtype == np.uint8
        assert pixels.shape == (chosen.channels, chosen.size, chosen.size)
        normalised = normalise(torch.from_numpy(np.array(pixels))[None], chosen)
        assert normalised.shape == (1, *pixels.shape)
        assert normalised.isfinite().all()


# ---- settings


def test_image_settings_round_trip_through_json():
    chosen = ImageSettings(size=64, mode="RGB", fit="letterbox", mean=(0.1, 0.2, 0.3), std=(1, 2, 3))
    assert ImageSettings.from_config(json.loads(json.dumps(chosen.to_config()))) == chosen


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "images: expected size, mode"),
        ([], "images: expected size, mode"),
        ({}, "images.size is missing"),
        ({"size": 28, "colour": 1}, "images: expected size, mode"),
        ({"size": 7}, r"images\.size: expected 8 to 1024 pixels; found 7"),
        ({"size": 10**9}, r"images\.size: expected 8 to 1024"),
        ({"size": True}, r"images\.size"),
        ({"size": 28.0}, r"images\.size"),
        ({"size": 28, "mode": "CMYK"}, r"images\.mode: expected one of L, RGB; found 'CMYK'"),
        ({"size": 28, "fit": "crop"}, r"images\.fit: expected one of letterbox, ink; found 'crop'"),
        ({"size": 28, "mode": "L", "mean": [0.1, 0.2, 0.3]}, r"images\.mean: expected one number or one for each of 1"),
        ({"size": 28, "std": [0.0]}, r"images\.std: expected one number .* from 0\.0001"),
        ({"size": 28, "std": [float("nan")]}, r"images\.std"),
        ({"size": 28, "mean": [float("inf")]}, r"images\.mean"),
        ({"size": 28, "mean": [10**400]}, r"images\.mean"),
        ({"size": 28, "mean": []}, r"images\.mean"),
        ({"size": 28, "mean": "0.5"}, r"images\.mean"),
    ],
)
def test_image_settings_name_what_cannot_work(config, message):
    with pytest.raises(ConfigError, match=message):
        ImageSettings.from_config(config)


@pytest.mark.parametrize("setting", [{"mode": {}}, {"fit": {}}, {"stretch": "no"}])
def test_image_settings_of_the_wrong_type_are_refused(setting):
    with pytest.raises(ConfigError):
        ImageSettings.from_config({"size": 28, **setting})
