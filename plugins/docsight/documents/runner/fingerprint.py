"""The fingerprint of a run: results of an earlier run with the same one are kept."""

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from docsight.documents.analysis.duplicates import minhash_version
from docsight.documents.analysis.language import identifier_version
from docsight.documents.ocr import engines
from docsight.documents.pipeline import Pipeline, fingerprint_of
from docsight.documents.runner.settings import RunOptions

if TYPE_CHECKING:
    from spacy.language import Language


def fingerprint_run(nlp: "Language | Pipeline", options: RunOptions) -> str:
    """Hash everything that the results depend on, other than the files."""
    inputs = {
        "pipeline": nlp.fingerprint() if isinstance(nlp, Pipeline) else fingerprint_of(nlp),
        "max_chars": options.max_chars,
        "reading": asdict(options.reading),
    }
    if options.redaction is not None:
        inputs["redaction"] = options.redaction.fingerprint()
    if identifier := identifier_version():
        inputs["language"] = identifier  # it may be installed or updated later
    if hashes := minhash_version():
        inputs["minhash"] = hashes
    if options.reading.ocr != "never":
        inputs["ocr"] = engines.installed()[:1]  # an OCR engine may be installed later
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
