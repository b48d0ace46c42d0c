"""The server itself, on FastAPI and uvicorn. Nothing outside this package knows HTTP."""

from importlib.util import find_spec

from docsight.errors import MissingExtraError

for _name in ("fastapi", "httptools", "prometheus_client", "python_multipart", "uvicorn"):
    if find_spec(_name) is None:
        raise MissingExtraError("docsight serve", "serve")
