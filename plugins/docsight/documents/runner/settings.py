"""The options of a run and their defaults, for `docsight process`, `docsight.documents.process` and the workers.

Nothing slow is imported here: `docsight --help` shows the defaults.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from docsight.documents.formats.source import ReadOptions
from docsight.errors import ConfigError
from docsight.redaction.redaction_options import RedactionOptions

Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
OUTPUT_FORMATS = ("jsonl", "parquet", "spacy")


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The options of a run; `docsight.documents.process` describes each.

    Raises:
        ConfigError: An option has an invalid value, or two options are mutually exclusive.
    """

    formats: tuple[str, ...] = ("jsonl",)
    workers: int = 0
    engine: Engine = "local"
    ray_address: str | None = None
    timeout: float | None = None
    memory: int | None = 4096
    recycle: int = 10_000
    reading: ReadOptions = field(default_factory=ReadOptions)
    max_chars: int = 200_000
    batch_size: int = 32
    overwrite: bool = False
    retry_failed: bool = False
    fail_fast: bool = False
    redaction: RedactionOptions | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.workers, int):
            raise ConfigError(f"workers must be an integer, not {self.workers!r}")
        if self.workers < 0:
            raise ConfigError(f"workers must be 0 (none) or more, not {self.workers}")
        for name in ("max_chars", "batch_size", "recycle", "memory"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise ConfigError(f"{name} must be at least 1, not {number}")
        if unknown := [name for name in self.formats if name not in OUTPUT_FORMATS]:
            raise ConfigError(f"unknown output format {unknown[0]!r}; choose from {', '.join(OUTPUT_FORMATS)}")
        if self.engine not in ENGINES:
            raise ConfigError(f"unknown engine {self.engine!r}; choose {' or '.join(ENGINES)}")
        if self.engine == "ray" and not self.workers:
            raise ConfigError("the engine ray needs at least 1 worker: each is an actor")
        if self.timeout is not None and not self.workers:
            raise ConfigError("a timeout needs at least 1 worker: a document in this process cannot be stopped")
        if self.timeout is not None and self.timeout <= 0:
            raise ConfigError(f"timeout must be more than 0 seconds, not {self.timeout:g}")

    @property
    def keeps_docs(self) -> bool:
        """Whether shards keep the Docs, which the output format "spacy" needs."""
        return "spacy" in self.formats


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """How a worker works and where it writes; it can be sent to another process."""

    options: RunOptions
    folder: Path  # of all shards
    fingerprint: str = ""  # a hash of everything that the results depend on, other than the files
    # A shard is closed at the first document after this time, or after this many characters of its lines.
    shard_seconds: float = 10.0
    shard_chars: int = 100_000_000
