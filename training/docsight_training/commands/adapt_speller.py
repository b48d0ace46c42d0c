"""`docsight-train adapt-speller data.path=TEXTS`: a speller that knows the words of a domain."""

import sys
from collections.abc import Sequence

from docsight_training import train

_EXPERIMENT = "experiment=rnn_speller_adapt"
_USAGE = """\
usage: docsight-train adapt-speller data.path=TEXTS [model=FOLDER] [name=NAME] [KEY=VALUE ...]

Add the words of a domain, their frequencies and trigrams to a speller, and refit the network that scores its
corrections, in minutes on one core. TEXTS is plain text or JSON lines: a file or a folder. The result is in
runs/NAME/model and runs/NAME/pipeline.
"""


def main(arguments: Sequence[str]) -> None:
    """Run the recipe; `model=FOLDER` names the speller to start from."""
    if {"-h", "--help"} & set(arguments) or not arguments:
        sys.stdout.write(_USAGE)
        return
    overrides = [each if "=" in each or each.startswith("-") else f'data.path="{each}"' for each in arguments]
    overrides = [f"model.init_from={each[6:]}" if each.startswith("model=") else each for each in overrides]
    sys.argv[1:] = [_EXPERIMENT, *overrides]
    train.main()
