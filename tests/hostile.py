"""Write hostile files, which try to stop, trick or abuse the reader: python tests/hostile.py FOLDER [--slow]."""

import argparse
import sys
from pathlib import Path

# The package test runs without the sources, so the corpus is next to the tests.
sys.path.insert(0, str(Path(__file__).parent / "plugins" / "documents"))

from hostile_files import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--slow", action="store_true", help="include the large files, some gigabytes")
    parser.add_argument("--only", default="", help="only files whose path contains this")
    args = parser.parse_args()
    cases = write(args.folder, slow=args.slow, only=args.only)
    sys.stdout.write(f"{len(cases)} files in {args.folder}\n")


if __name__ == "__main__":
    main()
