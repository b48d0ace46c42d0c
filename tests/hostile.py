"""Write files that try to stop, trick or misuse whoever reads them: python tests/hostile.py FOLDER [--slow]."""

import argparse
import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parent / "plugins" / "documents")
)  # away from the sources, tests run from there alone

from hostile_files import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--slow", action="store_true", help="write the large ones, too: some gigabytes")
    parser.add_argument("--only", default="", help="only files with this in their path")
    args = parser.parse_args()
    cases = write(args.folder, slow=args.slow, only=args.only)
    sys.stdout.write(f"{len(cases)} files in {args.folder}\n")


if __name__ == "__main__":
    main()
