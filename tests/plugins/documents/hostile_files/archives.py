"""Archives: bombs, names that point outside and false headers."""

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import tarfile
import zipfile
import zlib

from .builders import MEGA, deflated_zeros, make_raw_zip, make_zip
from .case import DOCUMENT, EITHER, FAILED, PARTLY, Cases
from .good import SENTENCE, make_7z, make_tar

CASES = Cases()
TEXT = SENTENCE.encode()


@CASES.add("bomb-flat-10gb.zip", FAILED, says="bytes")
def flat_bomb() -> bytes:
    size = 10_000 * MEGA
    return make_raw_zip(b"zeros.txt", deflated_zeros(size, wrapped=False), size)


@CASES.add("bomb-says-it-is-small.zip", FAILED)
def lying_bomb() -> bytes:
    return make_raw_zip(b"zeros.txt", deflated_zeros(3000 * MEGA, wrapped=False), 1000)


@CASES.add("bomb-bz2.zip", FAILED)
def bz2_bomb() -> bytes:
    return make_raw_zip(b"zeros.txt", bz2.compress(bytes(45_000_000)) * 60, 60 * 45_000_000, method=12)


@CASES.add("bomb-overlapping.zip")
def overlapping_bomb() -> bytes:
    """Has thousands of members that share the same packed data (David Fifield's bomb)."""
    size = 100 * MEGA
    data = deflated_zeros(size, wrapped=False)
    return make_raw_zip(b"zeros.txt", data, size, entries=3000, crc=zlib.crc32(bytes(size)))


@CASES.add("bomb-42.zip", FAILED, says="bomb", slow=True)
def nested_bomb() -> bytes:
    """Has sixteen archives in each archive, four deep, like 42.zip."""
    data = make_zip({"zeros.txt": bytes(8 * MEGA)})
    for _ in range(4):
        data = make_zip([(f"{number}.zip", data) for number in range(16)])
    return data


@CASES.add("nested-100-deep.zip", FAILED, says="containers")
def deep_archive() -> bytes:
    """Has nested archives, like one that contains itself."""
    data = make_zip({"end.txt": TEXT})
    for _ in range(100):
        data = make_zip({"next.zip": data})
    return data


@CASES.add("many-members.zip", DOCUMENT)
def many_members() -> bytes:
    return make_zip([(f"{number}.txt", b"") for number in range(3000)], zipfile.ZIP_STORED)


@CASES.add("traversal.zip", DOCUMENT, says="Ada Lovelace")
def traversal() -> bytes:
    names = ("../../escaped-1.txt", "/tmp/escaped-2.txt", "C:\\escaped-3.txt", "a/../../../escaped-4.txt", "..\\e5.txt")
    return make_zip([(name, TEXT) for name in names])


@CASES.add("strange-names.zip", DOCUMENT, says="Ada Lovelace")
def strange_names() -> bytes:
    return make_zip(
        [(name, TEXT) for name in ("a\nb.txt", "\u202egpj.txt", "-rf.txt", " .txt", "x" * 5000 + ".txt", "\x1b[2J.txt")]
    )


@CASES.add("same-names.zip", DOCUMENT, says="Ada Lovelace")
def same_names() -> bytes:
    return make_zip([("a.txt", TEXT), ("a.txt", TEXT + b" 2"), ("A.txt", TEXT)])


@CASES.add("links.zip", EITHER)
def links() -> bytes:
    """Has members that are symbolic links to files on the machine."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, target in (("hosts.txt", "/etc/hosts"), ("canary.txt", "../.canary.txt")):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    return file.getvalue()


@CASES.add("encrypted.zip", FAILED, says="crypt|password")
def encrypted() -> bytes:
    data = bytearray(make_zip({"a.txt": TEXT}, zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(signature) + offset] |= 1
    return bytes(data)


@CASES.add("bad-crc.zip", PARTLY, says="CRC|damaged|checksum")
def bad_crc() -> bytes:
    return make_zip({"good.txt": TEXT, "bad.txt": b"x" * 50}, zipfile.ZIP_STORED).replace(b"x" * 50, b"x" * 49 + b"y")


@CASES.add("strange-method.zip", FAILED)
def strange_method() -> bytes:
    return make_raw_zip(b"a.txt", TEXT, len(TEXT), method=97)


@CASES.add("lzma-says-it-needs-4gb.zip", FAILED, says="memory|damaged")
def lzma_dictionary() -> bytes:
    return make_raw_zip(b"a.txt", b"\x09\x14\x05\x00\x5d\xff\xff\xff\xff" + bytes(40), 1000, method=14)


@CASES.add("no-directory.zip", FAILED)
def no_directory() -> bytes:
    data = make_zip({"a.txt": TEXT})
    return data[: data.find(b"PK\1\2")]


@CASES.add("lying-directory.zip", FAILED)
def lying_directory() -> bytes:
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFE, 0xFFFFFFFE, 0)
    return make_zip({"a.txt": TEXT})[:-22] + end


@CASES.add("zip64-lie.zip", EITHER)
def zip64_lie() -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, 1 << 62, 1 << 62)
    name = b"a.txt"
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2", 45, 45, 0, 0, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra), 0, 0, 0, 0, 0,
    ) + name + extra  # fmt: skip
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 45, 0, 0, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, len(name), 0)
    body = local + name + TEXT
    return body + central + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(body), 0)


@CASES.add("bomb.txt.gz", FAILED, says="bytes")
def gzip_bomb() -> bytes:
    head = b"\x1f\x8b\x08\0\0\0\0\0\2\xff"
    return head + deflated_zeros(10_000 * MEGA, wrapped=False) + bytes(8)


CASES.add_bytes("truncated.txt.gz", gzip.compress(random.Random(1).randbytes(5000))[:-500], FAILED)
CASES.add_bytes("not-a.gz", b"this is no gzip", EITHER)
CASES.add_bytes("empty.zip", b"", FAILED)
CASES.add_bytes("no-members.zip", make_zip({}), EITHER)
CASES.add_bytes("zip-called-text.txt", make_zip({"a.txt": TEXT}), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("many-gzip-members.txt.gz", gzip.compress(b"") * 20_000 + gzip.compress(TEXT), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("garbage.tar.gz", gzip.compress(b"a.txt" + bytes(1000)), EITHER)


def tar_of(**attributes: object) -> bytes:
    """Make a tar of one member with these attributes, before a valid one."""
    odd = tarfile.TarInfo("odd.txt")
    for name, value in attributes.items():
        setattr(odd, name, value)
    file = io.BytesIO()
    file.write(odd.tobuf(tarfile.GNU_FORMAT))  # since Python 3.13, `addfile` refuses a size without content
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo("good.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    return file.getvalue()


CASES.add_bytes("traversal.tar", tar_of(name="../../../escaped.txt"), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("absolute.tar", tar_of(name="/tmp/escaped-2.txt"), DOCUMENT, "Ada Lovelace")
CASES.add_bytes("symlink.tar", tar_of(type=tarfile.SYMTYPE, linkname=".canary.txt"), PARTLY, "a symbolic link")
CASES.add_bytes("hard-link.tar", tar_of(type=tarfile.LNKTYPE, linkname=".canary.txt"), PARTLY, "a hard link")
CASES.add_bytes("device.tar", tar_of(type=tarfile.CHRTYPE, devmajor=1, devminor=5), PARTLY, "a device")
CASES.add_bytes("fifo.tar", tar_of(type=tarfile.FIFOTYPE), PARTLY, "a device")
CASES.add_bytes("claims-terabytes.tar", tar_of(size=1 << 42), FAILED)
CASES.add_bytes("cut.tar", make_tar()[:1500], PARTLY, "damaged tar")
CASES.add_bytes("many-headers.tar", tar_of(name="x" * 100) * 200, EITHER)


@CASES.add("negative-size.tar")
def negative_size() -> bytes:
    """States a negative size, so that the next header is the same one."""
    data = bytearray(tar_of())
    data[124:136] = b"\xff" * 10 + b"\xfc\0"
    data[148:156] = b"        "
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


CASES.add_bytes("bomb.tar.bz2", bz2.compress(bytes(45_000_000)) * 60, FAILED, "bomb|bytes")
CASES.add_bytes("cut.tar.xz", lzma.compress(make_tar())[:-30], FAILED, "damaged xz")
CASES.add_bytes("dictionary-4gb.xz", b"\xfd7zXZ\0\0\0\xff\x12\xd9A\x02\0!\x01\x28\0\0\0" + bytes(40), FAILED)


@CASES.add("header-offset.7z", FAILED, needs=("py7zr",))
def header_offset() -> bytes:
    data = make_7z()
    return data[:12] + struct.pack("<QQ", 1 << 62, 1 << 62) + data[28:]


@CASES.add("cut.7z", FAILED, needs=("py7zr",))
def cut_7z() -> bytes:
    return make_7z()[:-20]


@CASES.add("traversal.7z", needs=("py7zr",))
def traversing_7z() -> bytes:
    import py7zr

    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
        archive.writestr(SENTENCE, "aa/aa/escaped.txt")
    return file.getvalue().replace("aa/aa/".encode("utf-16-le"), "../../".encode("utf-16-le"))


@CASES.add("bomb.7z", FAILED, "bytes", needs=("py7zr",), slow=True)
def bomb_7z() -> bytes:
    import py7zr

    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w") as archive:
        archive.writestr(bytes(1100 * MEGA), "zeros.txt")
    return file.getvalue()
