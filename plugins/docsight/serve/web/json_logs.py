"""Log lines as JSON, one object a line, on stderr."""

import datetime
import json
import logging
import sys
import traceback
from typing import Any

from docsight.serve.web.request_ids import current_request_id

ACCESS = logging.getLogger("docsight.serve.access")


class JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object with time, level, logger, message, the request's id, and `record.fields`."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, Any] = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        return json.dumps(line, default=str)


def configure_logging(level: int = logging.INFO) -> None:
    """Write the logs of docsight and of uvicorn, and the warnings of all other packages, to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("docsight", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.setLevel(level)
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # the server has its own access log
