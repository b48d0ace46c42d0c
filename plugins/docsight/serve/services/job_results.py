"""The results of a job, read from its folder."""

import io
import json
import zipfile
from typing import Any

from docsight.documents.store import DOCUMENTS, ERRORS
from docsight.serve.services.job_record import JobRecord

_MAX_ANSWERED_BYTES = 8 << 20  # of the records; larger ones are sent as a file


def read_results(job: JobRecord) -> dict[str, Any] | None:
    """Return the records of a job, `documents` and `errors`; None if they are too large for one answer."""
    if (job.results / DOCUMENTS).stat().st_size > _MAX_ANSWERED_BYTES:
        return None
    return {
        name: [json.loads(line) for line in (job.results / file).read_text(encoding="utf-8").splitlines()]
        for name, file in (("documents", DOCUMENTS), ("errors", ERRORS))
    }


def zip_redacted(job: JobRecord) -> bytes:
    """Return a zip archive of the redacted texts of a job and of redactions.jsonl."""
    folder, buffer = job.redacted, io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and ".docsight" not in path.relative_to(folder).parts:
                archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
