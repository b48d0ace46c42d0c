"""spaCy components for names, spelling and images, and readers of whole folders of documents.

`read`, `process` and `slim` are imported on first use; `import docsight` loads no other package.
"""

import logging
from typing import TYPE_CHECKING

from docsight.lazy import lazy_names
from docsight.version import __version__

if TYPE_CHECKING:
    from docsight.components.saving import slim
    from docsight.documents.processor import process
    from docsight.documents.reading import read
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "process": "docsight.documents.processor",
            "read": "docsight.documents.reading",
            "slim": "docsight.components.saving",
        },
    )

logging.getLogger("docsight").addHandler(logging.NullHandler())  # the application decides what is shown

__all__ = ["__version__", "process", "read", "slim"]
