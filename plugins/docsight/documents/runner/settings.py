"""The options of a run and their defaults, for `docsight process`, `docsight.documents.process` and the workers.

Nothing slow is imported here: `docsight --help` shows the defaults.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from docsight import option_checks
from docsight.documents.formats.source import ReadOptions
from docsight.errors import ConfigError
from docsight.redaction.redaction_options import RedactionOptions

Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
OUTPUT_FORMATS = ("jsonl", "parquet", "spacy", "markdown")


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
        for name, minimum in (("workers", 0), ("recycle", 1), ("max_chars", 1), ("batch_size", 1)):
            object.__setattr__(self, name, option_checks.integer(name, getattr(self, name), minimum=minimum))
        if self.memory is not None:
            option_checks.integer("memory", self.memory, minimum=1)
        if self.timeout is not None:
            object.__setattr__(self, "timeout", option_checks.seconds("timeout", self.timeout))
        for name in ("overwrite", "retry_failed", "fail_fast"):
            option_checks.flag(name, getattr(self, name))
        for name in self.formats:
            option_checks.choice("an output format", name, OUTPUT_FORMATS)
        option_checks.choice("engine", self.engine, ENGINES)
        if self.ray_address is not None:
            option_checks.text("ray_address", self.ray_address)
        if not isinstance(self.reading, ReadOptions):
            raise ConfigError(f"reading must be ReadOptions, not {self.reading!r}")
        if self.engine == "ray" and not self.workers:
            raise ConfigError("the engine ray needs at least 1 worker: each is an actor")
        if self.timeout is not None and not self.workers:
            raise ConfigError("a timeout needs at least 1 worker: a document in this process cannot be stopped")

    @property
    def keeps_docs(self) -> bool:
        """Whether shards keep the Docs, which the output format "spacy" needs."""
        return "spacy" in self.formats


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """How a worker works and where it writes; it can be sent to another process."""

    options: RunOptions
    folder: Path  # of all shards
    temporary: Path | None = None  # of temporary files, which end with the run; None for the system's
    fingerprint: str = ""  # a hash of everything that the results depend on, other than the files
    # A shard is closed at the first document after this time, or after this many characters of its lines.
    shard_seconds: float = 10.0
    shard_chars: int = 100_000_000
