"""The settings of a server and their defaults. Nothing slow is imported here: `docsight --help` shows the defaults."""

from dataclasses import dataclass, field
from pathlib import Path

from docsight import option_checks
from docsight.documents.pipeline import Pipeline
from docsight.errors import ConfigError

KEY_VARIABLE = "DOCSIGHT_API_KEY"
_MAX_PORT = 65535
_MIN_KEY_LENGTH = 16


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """What a server serves, and its limits.

    Args:
        host: The address to listen on.
        port: The port to listen on; 0 for any free one.
        pipeline: The components.
        api_key: What clients send in `X-API-Key` or as a bearer token; None to serve everybody.
        hosts: Names under which clients reach the server, besides the loopback names. Without any, a server on a
            loopback address answers to loopback names only, and any other server to all names.
        origins: The origins of other sites whose pages may call the server; none by default.
        workers: Processes that read documents, each with its own models.
        jobs: A folder that keeps documents and results over restarts; None for a temporary folder.
        max_text_chars: The longest text.
        max_texts: Texts in a request.
        max_body_bytes: The size of a JSON body.
        max_image_bytes: The size of an image.
        max_upload_bytes: The size of all documents of a request together.
        max_files: Documents in a request.
        max_waiting: Texts that wait or are being read. The next request gets a 429.
        max_jobs: Jobs that wait or run. The next one gets a 429.
        max_sessions: Typing sessions at a time.
        timeout: Seconds until a request gets a 504.
        body_timeout: Seconds in which the head of a request must arrive, and between two pieces of its body.
        wait: Seconds that `POST /v1/documents` waits for the result before it answers with a job.
        document_timeout: The time limit for a document, in seconds.
        job_lifetime: Seconds that the results of a job are kept.
        session_lifetime: Seconds that an idle typing session is kept.
        grace: Seconds that requests in flight have to end when the server is stopped.

    Raises:
        ConfigError: A setting is invalid.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    pipeline: Pipeline = field(default_factory=Pipeline)
    api_key: str | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    workers: int = 1
    jobs: Path | None = None
    max_text_chars: int = 100_000
    max_texts: int = 256
    max_body_bytes: int = 4 << 20
    max_image_bytes: int = 32 << 20
    max_upload_bytes: int = 256 << 20
    max_files: int = 10_000
    max_waiting: int = 64
    max_jobs: int = 32
    max_sessions: int = 128
    timeout: float = 30.0
    body_timeout: float = 15.0
    wait: float = 10.0
    document_timeout: float = 600.0
    job_lifetime: float = 3600.0
    session_lifetime: float = 900.0
    grace: float = 30.0

    def __post_init__(self) -> None:
        option_checks.text("host", self.host)
        option_checks.integer("port", self.port, minimum=0)
        if self.port > _MAX_PORT:
            raise ConfigError(f"port must be at most {_MAX_PORT}, not {self.port}")
        counts = ("workers", "max_text_chars", "max_texts", "max_body_bytes", "max_upload_bytes")
        for name in (*counts, "max_image_bytes", "max_files", "max_waiting", "max_jobs", "max_sessions"):
            option_checks.integer(name, getattr(self, name), minimum=1)
        times = ("timeout", "body_timeout", "wait", "document_timeout", "job_lifetime", "session_lifetime", "grace")
        for name in times:
            option_checks.seconds(name, getattr(self, name))
        if self.api_key is not None and not (len(self.api_key) >= _MIN_KEY_LENGTH and self.api_key.isascii()):
            raise ConfigError(f"an API key has at least {_MIN_KEY_LENGTH} ASCII characters")
        if invalid := [origin for origin in self.origins if "://" not in origin or origin.endswith("/")]:
            raise ConfigError(f"an origin is a scheme and a host, such as https://example.org, not {invalid[0]!r}")
