"""`python -m docsight`."""

from docsight.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
