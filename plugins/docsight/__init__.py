"""spaCy components that find names, correct misspellings and classify images, and readers of document archives.

`load`, `process`, `read` and `slim` are imported on first use; `import docsight` loads no other package.
"""

import logging
from typing import TYPE_CHECKING

from docsight.lazy import lazy_names
from docsight.version import __version__

if TYPE_CHECKING:
    from docsight.components.loaded_pipeline import load
    from docsight.components.saving import slim
    from docsight.documents.processor import process
    from docsight.documents.reading import read
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "load": "docsight.components.loaded_pipeline",
            "process": "docsight.documents.processor",
            "read": "docsight.documents.reading",
            "slim": "docsight.components.saving",
        },
    )

logging.getLogger("docsight").addHandler(logging.NullHandler())  # the application decides what is shown

__all__ = ["__version__", "load", "process", "read", "slim"]
