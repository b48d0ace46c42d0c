"""Image files as users have them: malicious, damaged, unusual, rotated."""

import io
import os
import socket
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from docsight import image_decoding
from docsight.errors import DataError
from docsight.image_decoding import open_image, open_pages
from docsight.images import ImageSettings, read_pixels

INK = ImageSettings(size=28, mode="L", fit="ink", stretch=True)


def encode(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *, depth: int = 8, colour: int = 0, data: bytes = b"", more: bytes = b"") -> bytes:
    """Make a PNG by hand, which may claim more data than it has."""
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


def test_open_image_uses_max_pixels_instead_of_pillows_own_limit(monkeypatch):
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
@pytest.mark.parametrize("fraction", [0.3, 0.6, 0.9])
def test_open_image_refuses_a_truncated_image(kind, fraction):
    noise = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = encode(Image.fromarray(noise), kind)
    with pytest.raises(DataError):
        open_image(content[: int(len(content) * fraction)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "image of 0 bytes: it is empty; expected a PNG, JPEG"),
        (b"Dear Sir or Madam,", "image of 18 bytes: this is not an image; expected a PNG, JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "this is not an image"),  # Pillow would run Ghostscript
        (b"\x89PNG\r\n\x1a\n", "cannot be decoded"),
        (b"\xff\xd8\xff", "cannot be decoded"),
        (png(0, 0), "cannot be decoded|pixels|damaged"),
    ],
)
def test_open_image_reports_the_problem(content, message):
    with pytest.raises(DataError, match=message):
        open_image(content)


def test_open_image_reports_the_file_and_the_problem(tmp_path):
    text = tmp_path / "letter.png"
    text.write_text("Dear Sir or Madam,")
    empty = tmp_path / "empty.png"
    empty.touch()
    for path, message in (
        (text, "this is not an image"),
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
def test_open_image_refuses_special_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(DataError, match="expected a file; this is a device, a pipe or a socket"):
        open_image(tmp_path / "pipe.png")
    for device in ("/dev/zero", "/dev/null"):
        if os.path.exists(device):
            with pytest.raises(DataError, match="expected a file; this is a device, a pipe or a socket"):
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


def test_open_image_follows_a_link_to_an_image(tmp_path):
    (tmp_path / "a.png").write_bytes(encode(Image.new("L", (4, 4), 9)))
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    assert open_image(tmp_path / "link.png").getpixel((0, 0)) == 9


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root can read everything")
def test_open_image_reports_a_missing_read_permission(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encode(Image.new("L", (4, 4))))
    path.chmod(0)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        open_image(path)


def test_open_image_refuses_a_giant_file_unread(tmp_path, monkeypatch):
    path = tmp_path / "a.webp"
    path.write_bytes(b"RIFF\0\0\0\0WEBPVP8L")
    os.truncate(path, image_decoding.MAX_IMAGE_BYTES + 1)  # sparse
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
def test_open_image_of_any_bytes_gives_an_image_or_a_data_error(content, kind, data):
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
def test_open_image_converts_16_bits_to_8(kind):
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
def test_open_image_converts_floats_to_8_bits(values, expected):
    content = encode(Image.fromarray(np.array(values, dtype=np.float32)), "TIFF")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.asarray(open_image(content)).tolist() == expected


def test_open_image_converts_signed_integers_to_8_bits():
    values = np.array([[-100, 0], [100, 50]], dtype=np.int32)
    assert np.asarray(open_image(encode(Image.fromarray(values), "TIFF"))).tolist() == [[0, 128], [255, 191]]


def test_open_image_converts_tall_images_to_8_bits_in_steps():
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


def test_open_image_puts_transparent_images_on_white_and_white_ones_on_black():
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


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_open_image_rotates_as_the_exif_data_says(kind, orientation):
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
def test_open_image_tolerates_damaged_exif_data(exif, kind):
    content = encode(Image.new("L", (16, 8), 90), kind, exif=exif)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about it
        image = open_image(content)
    assert image.size == (16, 8)
    assert abs(image.convert("L").getpixel((8, 4)) - 90) <= 1


def test_open_image_tolerates_an_unknown_orientation():
    exif = Image.Exif()
    exif[0x0112] = 77
    assert open_image(encode(Image.new("L", (16, 8)), "JPEG", exif=exif)).size == (16, 8)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_open_image_tolerates_a_broken_colour_profile(kind):
    content = encode(Image.new("RGB", (8, 8), (10, 20, 30)), kind, icc_profile=b"no profile at all")
    assert np.abs(np.array(open_image(content).getpixel((4, 4))) - (10, 20, 30)).max() <= 4
    broken = png(8, 8, data=b"\0" + b"\0".join([bytes(8)] * 8), more=chunk(b"iCCP", b"x\0\0not compressed"))
    assert open_image(broken).size == (8, 8)


def test_open_pages_leaves_out_smaller_copies_and_yields_the_errors_of_pages() -> None:
    from PIL import TiffImagePlugin

    copy = TiffImagePlugin.ImageFileDirectory_v2()
    copy[254] = 1
    file = io.BytesIO()
    first, second = Image.new("L", (40, 30), 9), Image.new("L", (20, 15), 9)
    second.encoderinfo = {"tiffinfo": copy}
    third = Image.new("RGB", (5000, 40))
    first.save(file, "TIFF", save_all=True, append_images=[second, third])
    pages = list(open_pages(file.getvalue(), max_pages=9, max_pixels=2000))
    assert [page.size for page in pages if not isinstance(page, DataError)] == [(40, 30)]
    assert [str(page)[:9] for page in pages if isinstance(page, DataError)] == ["page 3 of"]
    assert len(list(open_pages(file.getvalue(), max_pages=1))) == 1
