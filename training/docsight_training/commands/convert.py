"""`docsight-train convert IN OUT`: rewrite annotations in another format."""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docsight.errors import ConfigError, DataError
from docsight.terminal import say
from docsight.wording import count_of
from docsight_training.commands.overrides import compose_config
from docsight_training.data.ner.annotation_files import find_annotations
from docsight_training.data.ner.findings import FindingKind, Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText, Columns
from docsight_training.data.ner.formats.recognition import read_annotations
from docsight_training.data.ner.formats.registry import (
    AUTO,
    SOURCES,
    TARGET_OF_SUFFIX,
    TARGETS,
    ReadSettings,
    Target,
)
from docsight_training.data.ner.span_alignment import clean_spans, tokenized
from docsight_training.data.splits import ROLES, require

_MAX_SHOWN_FINDINGS = 20  # of each kind, unless all are asked for


@dataclass(frozen=True)
class Conversion:
    """How annotations are rewritten.

    Args:
        source: A format of `SOURCES`, or auto.
        target: The name of a format of `TARGETS`.
        settings: How files are read.
        lang: The language of the tokenizer, for a target with tokens.
    """

    source: str
    target: str
    settings: ReadSettings
    lang: str

    def run(self, source: Path, out: Path, findings: Findings) -> Iterator[tuple[Path, int, int]]:
        """Convert a file or a folder; yield each path that was written, with the number of its texts and spans.

        A folder of splits becomes a folder of splits.

        Raises:
            ConfigError: `out` exists, or must be a folder.
            DataError: Something cannot be read, or there is nothing to read.
        """
        if out.exists():
            raise ConfigError(f"{out} exists and is not overwritten; pass another OUT.")
        require(source)
        parts = {role: find_annotations(source, role, self.source, self.settings) for role in ROLES}
        if not any(parts.values()):
            raise DataError(f"{source}: expected a file of annotations, or a folder with some; found none.")
        target = TARGETS[self.target]
        if not parts["validation"] and not parts["test"]:
            yield self._write(parts["train"], target, out, findings)
            return
        if out.suffix:
            raise ConfigError(f"{source} has several splits, so the output must be a folder; found the file {out}.")
        for role, files in parts.items():
            if files:
                yield self._write(files, target, out / f"{role}{target.suffix}", findings)

    def _write(self, files: Sequence[Path], target: Target, out: Path, findings: Findings) -> tuple[Path, int, int]:
        """Write a file or folder in one step: it exists only when it is complete."""
        texts = [text for file in files for text in read_annotations(file, self.source, self.settings, findings)]
        chosen = list(self._tokenize(texts, findings) if target.has_tokens else _clean(texts, findings))
        if target.rename is not None:
            labels = sorted({span.label for text in chosen for span in text.spans})
            for label, name in target.rename(labels).items():
                if name != label:
                    findings.add(FindingKind.RENAMED, out.name, f"{label!r} to {name!r}")
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = out.with_name(f".{out.name}.partial")
        _remove(partial)
        try:
            target.write(partial, chosen)
            partial.rename(out)
        finally:
            _remove(partial)
        return out, len(texts), sum(len(text.spans) for text in chosen)

    def _tokenize(self, texts: Iterable[AnnotatedText], findings: Findings) -> Iterator[AnnotatedText]:
        for number, sentences in enumerate(tokenized(texts, self.lang, findings), start=1):
            for sentence in sentences:
                is_whole = len(sentences) == 1 or sentence.document is not None
                yield sentence if is_whole else replace(sentence, document=str(number))


def main(arguments: Sequence[str]) -> None:
    """Run the command.

    Raises:
        DocsightError: An argument is invalid, or something cannot be read.
    """
    args = make_parser().parse_intermixed_args(arguments)
    config = compose_config(args.override)
    data = config["data"]
    conversion = Conversion(
        _source(args.source or data["source"]),
        _target(args.target, args.out),
        ReadSettings(Columns(**data["columns"]), data["conll_columns"]),
        config["lang"],
    )
    findings = Findings()
    for path, num_texts, num_spans in conversion.run(args.input, args.out, findings):
        say(f"{path}: {count_of(num_texts, 'text')}, {count_of(num_spans, 'span')} ({conversion.target})", sys.stdout)
    for line in findings.lines(limit=None if args.all else _MAX_SHOWN_FINDINGS):
        say(line, sys.stderr)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="docsight-train convert",
        description="Rewrite annotations in another format. A folder of splits becomes a folder of splits.",
        epilog="Formats to read: "
        + "; ".join(f"{name} ({source.about})" for name, source in SOURCES.items())
        + ". An output without a suffix is a folder of brat.",
    )
    parser.add_argument("input", metavar="IN", type=Path, help="a file, a folder of brat, or a folder of splits")
    parser.add_argument("out", metavar="OUT", type=Path, help="a file or folder that does not exist yet")
    parser.add_argument("--from", dest="source", metavar="SOURCE", help="the format of IN (default: by its content)")
    parser.add_argument(
        "--to", dest="target", metavar="FORMAT", help=f"the format of OUT (default: by suffix): {', '.join(TARGETS)}"
    )
    parser.add_argument("--all", action="store_true", help="list every span that was changed or left out")
    parser.add_argument(
        "override", metavar="KEY=VALUE", nargs="*", default=[], help="such as lang=de or data.columns.text=body"
    )
    return parser


def _source(name: str) -> str:
    if name not in (AUTO, *SOURCES):
        raise ConfigError(f"--from {name}: expected one of {', '.join((AUTO, *SOURCES))}.")
    return name


def _target(name: str | None, out: Path) -> str:
    if name is not None:
        if name not in TARGETS:
            raise ConfigError(f"--to {name}: expected one of {', '.join(TARGETS)}.")
        return name
    found = TARGET_OF_SUFFIX.get(out.suffix.lower())
    if found is None:
        raise ConfigError(f"{out}: no format has the suffix {out.suffix}; pass --to with one of {', '.join(TARGETS)}.")
    return found


def _clean(texts: Iterable[AnnotatedText], findings: Findings) -> Iterator[AnnotatedText]:
    for text in texts:
        yield text if text.tokens is not None else replace(text, spans=list(clean_spans(text, findings)))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
