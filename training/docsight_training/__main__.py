"""`python -m docsight_training`: the same as docsight-train."""

from docsight_training.train import main

main()
