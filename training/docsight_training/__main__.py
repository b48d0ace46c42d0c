"""`python -m docsight_training`: the same as docsight-train."""

from docsight_training.cli import main

if __name__ == "__main__":
    main()
