"""Files with strange names, and files that are not regular: links, pipes, devices, sparse files."""

import os
import socket
from pathlib import Path

from .case import DOCUMENT, EITHER, FAILED, SKIPPED, Cases
from .good import SENTENCE

CASES = Cases()
TEXT = SENTENCE.encode()
READ = {"outcome": DOCUMENT, "says": "Ada Lovelace"}

CASES.add_bytes("names/line\nbreak.txt", TEXT, **READ)
CASES.add_bytes("names/tab\t.txt", TEXT, **READ)
CASES.add_bytes("names/-rf.txt", TEXT, **READ)
CASES.add_bytes("names/\u202egnp.txt", TEXT, **READ)
CASES.add_bytes("names/back\\slash.txt", TEXT, **READ)
CASES.add_bytes("names/" + os.fsdecode(b"bytes\xff\xfe.txt"), TEXT, **READ, shown="names/bytes\\xff\\xfe.txt")
CASES.add_bytes("names/" + "x" * 251 + ".txt", TEXT, **READ)
CASES.add_bytes("names/\x1b[31mred\x07.txt", TEXT, **READ)
CASES.add_bytes("names/<img src=x onerror=alert(1)>.txt", TEXT, **READ)
CASES.add_bytes("names/$(touch launched);`x`.txt", TEXT, **READ)
CASES.add_bytes("names/%s%n{0}.txt", TEXT, **READ)
CASES.add_bytes("names/ .txt", TEXT, **READ)
CASES.add_bytes("names/~.txt", TEXT, **READ)
CASES.add_bytes("names/CON.txt", TEXT, **READ)


@CASES.add_file("special/loop/link.txt", FAILED)
def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@CASES.add_file("special/loop/up", EITHER)
def link_upwards(path: Path) -> None:
    """A folder that contains itself."""
    path.symlink_to("..", target_is_directory=True)


@CASES.add_file("special/dangling.txt", FAILED)
def dangling(path: Path) -> None:
    path.symlink_to("not-there.txt")


@CASES.add_file("special/pipe.txt", FAILED, "not a regular file", processed=SKIPPED)  # a failure if named explicitly
def pipe(path: Path) -> None:
    """A pipe that nobody writes to, so that opening it blocks."""
    os.mkfifo(path)


@CASES.add_file("special/socket.txt", FAILED, "not a regular file", processed=SKIPPED)  # a failure if named explicitly
def unix_socket(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")  # the path may be longer than a socket address
    os.close(folder)


@CASES.add_file("special/zero.txt", FAILED, "not a regular file", processed=SKIPPED)  # a failure if named explicitly
def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@CASES.add_file("special/random.pdf", FAILED, "not a regular file", processed=SKIPPED)  # a failure if named explicitly
def random_device(path: Path) -> None:
    path.symlink_to("/dev/urandom")


@CASES.add_file("special/memory.txt", DOCUMENT, "processor|cpu")
def without_size(path: Path) -> None:
    """A file that reports a size of 0 and has content."""
    path.symlink_to("/proc/cpuinfo")


@CASES.add_file("special/unreadable.txt", EITHER)
def unreadable(path: Path) -> None:
    path.write_bytes(TEXT)
    path.chmod(0)


@CASES.add_file("special/folder.pdf", EITHER)
def folder_called_pdf(path: Path) -> None:
    path.mkdir()
    (path / "inside.txt").write_bytes(TEXT)


@CASES.add_file("special/deep", EITHER)
def deep(path: Path) -> None:
    """Nested folders whose path is longer than the system allows."""
    path.mkdir()
    at = os.open(path, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 150, dir_fd=at)
        inner = os.open("d" * 150, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    end = os.open("end.txt", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=at)
    os.write(end, TEXT)
    os.close(end)
    os.close(at)


@CASES.add_file("special/many", EITHER)
def many(path: Path) -> None:
    path.mkdir()
    for number in range(300):
        (path / f"{number}.txt").write_bytes(b"")


def sparse(path: Path, head: bytes, size: int = 1 << 40) -> None:
    """Write a head, followed by a hole of up to a terabyte."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)


@CASES.add_file("special/sparse.txt", FAILED, "bytes")
def sparse_text(path: Path) -> None:
    sparse(path, TEXT, 3 << 30)


for _name, _head in {
    "sparse-large.txt": TEXT,
    "sparse.pdf": b"%PDF-1.7",
    "sparse.jsonl": b"{",
    "sparse.mbox": b"From x",
    "sparse.csv": b"id,text\n",
    "sparse.zip": b"PK\3\4",
    "sparse.png": b"\x89PNG\r\n\x1a\n",
    "sparse.parquet": b"PAR1",
    "sparse.txt.gz": b"\x1f\x8b\x08",
}.items():
    CASES.add_file(f"special/{_name}", EITHER, slow=True)(lambda path, head=_head: sparse(path, head))
