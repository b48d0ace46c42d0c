"""Take names and ids out of texts: `redact` for one Doc, `docsight process --redact` for documents.

Imports from components, integrations and what they import. Names are imported on first use.
"""

from typing import TYPE_CHECKING

from docsight.lazy import lazy_names

if TYPE_CHECKING:
    from docsight.redaction.key_file import read_key
    from docsight.redaction.redaction_options import RedactionOptions
    from docsight.redaction.redactor import RedactedText, redact
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "RedactedText": "docsight.redaction.redactor",
            "RedactionOptions": "docsight.redaction.redaction_options",
            "read_key": "docsight.redaction.key_file",
            "redact": "docsight.redaction.redactor",
        },
    )

__all__ = ["RedactedText", "RedactionOptions", "read_key", "redact"]
