"""What is no plain file, or is called what no file should be called."""

import os
import socket
from pathlib import Path

from .case import DOCUMENT, EITHER, FAILED, SKIPPED, Cases
from .good import SENTENCE

CASES = Cases()
TEXT = SENTENCE.encode()
READ = {"outcome": DOCUMENT, "says": "Ada Lovelace"}

CASES.given("names/line\nbreak.txt", TEXT, **READ)
CASES.given("names/tab\t.txt", TEXT, **READ)
CASES.given("names/-rf.txt", TEXT, **READ)
CASES.given("names/\u202egnp.txt", TEXT, **READ)
CASES.given("names/back\\slash.txt", TEXT, **READ)
CASES.given("names/" + os.fsdecode(b"bytes\xff\xfe.txt"), TEXT, **READ, shown="names/bytes\\xff\\xfe.txt")
CASES.given("names/" + "x" * 251 + ".txt", TEXT, **READ)
CASES.given("names/\x1b[31mred\x07.txt", TEXT, **READ)
CASES.given("names/<img src=x onerror=alert(1)>.txt", TEXT, **READ)
CASES.given("names/$(touch launched);`x`.txt", TEXT, **READ)
CASES.given("names/%s%n{0}.txt", TEXT, **READ)
CASES.given("names/ .txt", TEXT, **READ)
CASES.given("names/~.txt", TEXT, **READ)
CASES.given("names/CON.txt", TEXT, **READ)


@CASES.place("places/loop/link.txt", FAILED)
def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@CASES.place("places/loop/up", EITHER)
def link_upwards(path: Path) -> None:
    """A folder that holds itself."""
    path.symlink_to("..", target_is_directory=True)


@CASES.place("places/dangling.txt", FAILED)
def dangling(path: Path) -> None:
    path.symlink_to("not-there.txt")


@CASES.place("places/pipe.txt", FAILED, "not a regular file", processed=SKIPPED)  # named, it has failed
def pipe(path: Path) -> None:
    """A pipe that nobody writes to: who opens it waits."""
    os.mkfifo(path)


@CASES.place("places/socket.txt", FAILED, "not a regular file", processed=SKIPPED)  # named, it has failed
def unix_socket(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"/proc/self/fd/{folder}/{path.name}")  # a path may be longer than an address
    os.close(folder)


@CASES.place("places/zero.txt", FAILED, "not a regular file", processed=SKIPPED)  # named, it has failed
def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@CASES.place("places/random.pdf", FAILED, "not a regular file", processed=SKIPPED)  # named, it has failed
def random_device(path: Path) -> None:
    path.symlink_to("/dev/urandom")


@CASES.place("places/memory.txt", DOCUMENT, "processor|cpu")
def without_size(path: Path) -> None:
    """A file that says it has no bytes, and has some."""
    path.symlink_to("/proc/cpuinfo")


@CASES.place("places/unreadable.txt", EITHER)
def unreadable(path: Path) -> None:
    path.write_bytes(TEXT)
    path.chmod(0)


@CASES.place("places/folder.pdf", EITHER)
def folder_called_pdf(path: Path) -> None:
    path.mkdir()
    (path / "inside.txt").write_bytes(TEXT)


@CASES.place("places/deep", EITHER)
def deep(path: Path) -> None:
    """Folders in folders, until the path is longer than a path may be."""
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


@CASES.place("places/many", EITHER)
def many(path: Path) -> None:
    path.mkdir()
    for number in range(300):
        (path / f"{number}.txt").write_bytes(b"")


def sparse(path: Path, head: bytes, size: int = 1 << 40) -> None:
    """Write a head, and a terabyte that takes no room."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)


@CASES.place("places/sparse.txt", FAILED, "bytes")
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
    CASES.place(f"places/{_name}", EITHER, slow=True)(lambda path, head=_head: sparse(path, head))
