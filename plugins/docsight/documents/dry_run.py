"""Survey the input of a run without running it: what `docsight process --dry-run` calls."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docsight.documents.formats.detect import format_of
from docsight.documents.formats.source import ReadOptions
from docsight.documents.inputs import Paths, StrOrBytesPath, decode_path, decode_paths
from docsight.documents.pipeline import Pipeline
from docsight.documents.problem import Problem
from docsight.documents.processor import as_tuple, check_pipeline, check_redaction, plan_run
from docsight.documents.runner.fingerprint import fingerprint_run
from docsight.documents.runner.plan import Plan
from docsight.documents.runner.settings import RunOptions
from docsight.documents.runner.shards import Shard, read_indexes
from docsight.documents.store import Store, output_names
from docsight.redaction.redaction_options import RedactionOptions

if TYPE_CHECKING:
    from spacy.language import Language

MAX_EXAMPLES = 3

# Seconds that one worker with the shipped pipeline takes, as docs/documents.md describes.
_START_SECONDS = 5.0  # to load the models
_IMAGE_SECONDS = 2.5  # for an image file, mostly for OCR
_IMAGE_FORMATS = frozenset(("png", "jpeg", "tiff", "gif", "webp", "bmp"))
_SECONDS_PER_MB = {
    **dict.fromkeys(("docx", "pptx", "odt", "odp", "doc", "ppt", "libreoffice"), 5.0),  # much of these is images
    **dict.fromkeys(("xlsx", "ods"), 20.0),
    **dict.fromkeys(("xls", "rtf"), 10.0),
    **dict.fromkeys(("zip", "7z", "gzip", "bzip2", "xz"), 100.0),
    "html": 12.0,
    "pdf": 20.0,
    "epub": 25.0,
}
_TEXT_SECONDS_PER_MB = 30.0  # of all other formats
_MIN_MEASURED_SECONDS = 1.0  # less time than this says nothing about later files


@dataclass(kw_only=True)
class FormatVolume:
    """The files of a format that would be read, their bytes, and the estimated seconds of one worker.

    `is_measured` says whether earlier runs in the output folder measured the rate; otherwise it is a typical one.
    """

    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    is_measured: bool = False


@dataclass(kw_only=True)
class ProblemGroup:
    """How many paths have the same problem, and the first of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, path: str) -> None:
        self.count += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(path)


@dataclass(kw_only=True)
class Survey:
    """What a run would read, skip and keep, and about how long it would take.

    Args:
        volumes: The files that it would read, by format: their number, bytes and estimated seconds. A file of which an
            earlier run processed a part counts in full.
        skipped: The files that it would skip, by reason.
        failed: The paths that cannot be read, by reason.
        done: The number of files that an earlier run processed with the same content, pipeline and options.
        begun: The number of files of which an earlier run processed a part.
        workers: The number of worker processes; 0 for work in the calling process.
    """

    volumes: dict[str, FormatVolume] = field(default_factory=dict)
    skipped: dict[str, ProblemGroup] = field(default_factory=dict)
    failed: dict[str, ProblemGroup] = field(default_factory=dict)
    done: int = 0
    begun: int = 0
    workers: int = 0

    @property
    def files(self) -> int:
        """The number of files that the run would read."""
        return sum(volume.files for volume in self.volumes.values())

    @property
    def bytes(self) -> int:
        """The total size of the files that the run would read, in bytes."""
        return sum(volume.bytes for volume in self.volumes.values())

    @property
    def seconds(self) -> float:
        """A rough estimate of the run's duration in seconds, 0 if nothing is left to read. It is worst for archives."""
        if not self.files:
            return 0.0
        work = sum(volume.seconds for volume in self.volumes.values())
        return _START_SECONDS + work / max(1, min(self.workers, self.files))

    @property
    def typical(self) -> list[str]:
        """The formats whose time is estimated by typical rates, because no earlier run measured their rate."""
        return [name for name, volume in self.volumes.items() if not volume.is_measured]


def survey(
    paths: Paths,
    nlp: "Language | Pipeline",
    out: StrOrBytesPath,
    *,
    formats: Collection[str] = RunOptions.formats,
    workers: int = RunOptions.workers,
    reading: ReadOptions | None = None,
    max_chars: int = RunOptions.max_chars,
    overwrite: bool = RunOptions.overwrite,
    retry_failed: bool = RunOptions.retry_failed,
    fail_fast: bool = RunOptions.fail_fast,
    redact: StrOrBytesPath | None = None,
    redaction: RedactionOptions | None = None,
) -> Survey:
    """Find out what `process` would do with the same arguments. Loads no pipeline and writes nothing.

    Only the beginnings of files are read. The contents of archives are therefore not counted, and a damaged file counts
    as one to read. Files that an earlier run processed are read in full, to compare their hashes.

    The time is estimated from the seconds per byte of each format in earlier runs in the output folder. If these spent
    less than a second on a format, a typical rate of the shipped pipeline is used.

    Args:
        paths: As in `process`, like all other arguments.
        nlp: The pipeline, or a `Pipeline`.
        out: The folder that the results would be written to.
        formats: Output formats.
        workers: The number of worker processes.
        reading: How documents are read.
        max_chars: The maximum number of characters of a chunk.
        overwrite: Whether to process all files again.
        retry_failed: Whether to process files again that failed.
        fail_fast: Whether to stop at the first failure; earlier failures are tried again.
        redact: The folder of the redacted texts.
        redaction: What is removed; with `hide_paths`, the survey names no paths either.

    Raises:
        MissingExtraError: The run needs an extra that is not installed.
        ConfigError: The run would be refused: an option or a path is invalid, or a file of the user is in the way.
    """
    paths, out = decode_paths(paths), decode_path(out)
    options = RunOptions(
        formats=as_tuple("formats", formats),
        workers=workers,
        reading=ReadOptions() if reading is None else reading,
        max_chars=max_chars,
        overwrite=overwrite,
        retry_failed=retry_failed,
        fail_fast=fail_fast,
        redaction=None if redact is None else redaction or RedactionOptions(),
    )
    redacted_folder = check_redaction(redact, redaction, out)
    check_pipeline(nlp, options)
    store = Store(out, output_names(options.formats))
    store.check()
    shards = read_indexes(store.shards)
    fingerprint = fingerprint_run(nlp, options)
    plan = plan_run(paths, store, shards, options, fingerprint=fingerprint, redacted=redacted_folder)
    result = Survey(
        volumes=_volumes(plan, _measured_rates(shards, plan)),
        done=plan.kept,
        begun=sum(item.start > 0 for item in plan.pending),
        workers=options.workers,
    )
    for item in plan.items:
        if isinstance(item, Problem):
            groups = result.skipped if item.skipped else result.failed
            groups.setdefault(item.message, ProblemGroup()).add(item.path)
    return result


def _volumes(plan: Plan, rates: Mapping[str, float]) -> dict[str, FormatVolume]:
    """Add up the pending files by format, those with the most bytes first; `rates` are in seconds per byte."""
    volumes: dict[str, FormatVolume] = {}
    for item in plan.pending:
        name, size = item.file.format.name, item.file.size
        volume = volumes.setdefault(name, FormatVolume(is_measured=name in rates))
        volume.files += 1
        volume.bytes += size
        volume.seconds += rates[name] * size if name in rates else _typical_seconds(name, size)
    return dict(sorted(volumes.items(), key=lambda item: -item[1].bytes))


def _typical_seconds(format: str, size: int) -> float:
    if format in _IMAGE_FORMATS:
        return _IMAGE_SECONDS
    return _SECONDS_PER_MB.get(format, _TEXT_SECONDS_PER_MB) * size / 1e6


def _measured_rates(shards: Iterable[Shard], plan: Plan) -> dict[str, float]:
    """Return the seconds per byte of each format, from the files that earlier runs read to their ends."""
    formats = {file.name: file.format for file in plan.files}
    sizes: dict[tuple[str, str], int] = {}  # by fingerprint and path
    seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
    for shard in shards:
        for entry in shard.entries:
            key = shard.fingerprint, entry.name
            seconds[key] += entry.seconds
            if entry.next is None and entry.status == "ok":
                sizes[key] = entry.size
    total_sizes: Counter[str] = Counter()
    total_seconds: defaultdict[str, float] = defaultdict(float)
    for key, size in sizes.items():
        if (format := formats.get(key[1]) or format_of(Path(key[1]))) is not None:
            total_sizes[format.name] += size
            total_seconds[format.name] += seconds[key]
    return {
        name: total_seconds[name] / size
        for name, size in total_sizes.items()
        if size and total_seconds[name] >= _MIN_MEASURED_SECONDS
    }
