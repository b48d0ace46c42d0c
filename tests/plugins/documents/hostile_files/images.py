"""Images that claim to be gigantic, are truncated or have rare formats."""

import struct

from .builders import MEGA, deflated_zeros, png, png_chunk
from .case import DOCUMENT, EITHER, FAILED, Cases
from .good import make_image

CASES = Cases()
# Reading does not decode images. Without OCR, only the components find that they are damaged.
BAD = {"processed": FAILED}


@CASES.add("bomb.png", EITHER, **BAD)
def png_bomb() -> bytes:
    """Has 60,000 by 60,000 pixels in half a megabyte."""
    return png(60_000, 60_000, deflated_zeros(430 * MEGA, wrapped=True), depth=1)


@CASES.add("bomb-text.png", EITHER)
def png_text_bomb() -> bytes:
    """Has a comment that unpacks to a gigabyte."""
    comment = png_chunk(b"zTXt", b"Comment\0\0" + deflated_zeros(1000 * MEGA, wrapped=True))
    return make_image("PNG").replace(b"IDAT", b"IDAT", 1)[:33] + comment + make_image("PNG")[33:]


@CASES.add("bomb-profile.png", EITHER)
def png_profile_bomb() -> bytes:
    profile = png_chunk(b"iCCP", b"icc\0\0" + deflated_zeros(1000 * MEGA, wrapped=True))
    return make_image("PNG")[:33] + profile + make_image("PNG")[33:]


@CASES.add("screen.gif", EITHER, **BAD)
def gif_screen() -> bytes:
    """Has a frame of one pixel on a screen of 65,535 by 65,535."""
    data = make_image("GIF", "L", (1, 1))
    return data[:6] + struct.pack("<HH", 65535, 65535) + data[10:]


@CASES.add("bomb.tif", EITHER, **BAD)
def tiff_bomb() -> bytes:
    entries = [(256, 4, 1, 4_000_000_000), (257, 4, 1, 4_000_000_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    entries += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 4_000_000_000), (279, 4, 1, 0xFFFFFFFF)]
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + struct.pack("<I", 0)


@CASES.add("loop.tif", EITHER)
def tiff_loop() -> bytes:
    """Has an image directory that refers to itself as the next one."""
    data = make_image("TIFF", "L")
    offset = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[offset : offset + 2])[0]
    end = offset + 2 + 12 * count
    return data[:end] + struct.pack("<I", offset) + data[end + 4 :]


@CASES.add("tag-count.tif", EITHER, **BAD)
def tiff_tags() -> bytes:
    return b"II*\0" + struct.pack("<IH", 8, 65535) + struct.pack("<HHII", 270, 2, 0xFFFFFFFF, 0) * 20


@CASES.add("canvas.webp", EITHER, **BAD)
def webp_canvas() -> bytes:
    data = make_image("WEBP", "RGB")
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\xff\xff" + b"\xff\xff\xff"
    body = b"WEBP" + canvas + data[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


@CASES.add("claims.jpg", EITHER, **BAD)
def jpeg_claim() -> bytes:
    data = bytearray(make_image("JPEG", "RGB"))
    offset = data.find(b"\xff\xc0")
    data[offset + 5 : offset + 9] = struct.pack(">HH", 65500, 65500)
    return bytes(data)


@CASES.add("claims.bmp", EITHER, **BAD)
def bmp_claim() -> bytes:
    data = bytearray(make_image("BMP", "RGB"))
    data[18:26] = struct.pack("<ii", 2_000_000_000, -2_000_000_000)
    return bytes(data)


@CASES.add("scans.jpg", EITHER, slow=True)
def jpeg_scans() -> bytes:
    """Repeats the last scan of a progressive image of 36 million pixels 2,000 times: few bytes, hours of work."""
    data = make_image("JPEG", "L", (6000, 6000), progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * 2000 + data[-2:]


KINDS = (
    (".png", "PNG", "L"),
    (".jpg", "JPEG", "RGB"),
    (".gif", "GIF", "L"),
    (".tif", "TIFF", "RGB"),
    (".webp", "WEBP", "RGB"),
)
for suffix, kind, mode in KINDS:
    whole = make_image(kind, mode, (200, 150))
    CASES.add_bytes(f"cut-in-half{suffix}", whole[: len(whole) // 2], EITHER)
    CASES.add_bytes(f"only-a-head{suffix}", whole[:20], EITHER, **BAD)
    CASES.add_bytes(f"one-pixel{suffix}", make_image(kind, mode, (1, 1)), DOCUMENT)
    CASES.add_bytes(f"one-row{suffix}", make_image(kind, mode, (4000, 1)), DOCUMENT)
    CASES.add_bytes(f"nothing{suffix}", b"", EITHER, **BAD)
    CASES.add_bytes(f"garbage{suffix}", whole[:40] + bytes(range(256)) * 20, EITHER)
CASES.add_bytes("cmyk.jpg", make_image("JPEG", "CMYK"), DOCUMENT)
CASES.add_bytes("sixteen-bit.png", make_image("PNG", "I;16"), DOCUMENT)
CASES.add_bytes("transparent.png", make_image("PNG", "RGBA"), DOCUMENT)
CASES.add_bytes("text-called.png", b"<script>alert(1)</script>", EITHER, **BAD)
CASES.add_bytes("png-called.txt", make_image("PNG"), DOCUMENT)


@CASES.add("animated.gif", DOCUMENT)
def animated() -> bytes:
    from PIL import Image

    frames = [Image.new("L", (40, 40), shade) for shade in range(0, 250, 2)]
    return make_image("GIF", "L", (40, 40), save_all=True, append_images=frames)
