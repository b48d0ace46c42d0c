"""The lines that `docsight process --dry-run` prints."""

from collections.abc import Iterator, Mapping

from docsight.documents.dry_run import ProblemGroup, Survey
from docsight.wording import count_of

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def describe_survey(survey: Survey) -> Iterator[str]:
    """Yield the lines that say what a run would do, and roughly how long it would take."""
    yield f"Would read {count_of(survey.files, 'file')}, {_size(survey.bytes)}"
    for name, volume in survey.volumes.items():
        yield f"  {name}: {count_of(volume.files, 'file')}, {_size(volume.bytes)}"
    yield from _describe_problems("Would skip", survey.skipped)
    yield from _describe_problems("Cannot read", survey.failed)
    if survey.done or survey.begun:
        yield f"Done by an earlier run: {count_of(survey.done, 'file')}; partly done: {survey.begun:,}"
    if survey.files:
        yield f"Estimated time: {_duration(survey.seconds)}, {_basis(survey)}"
    yield "Nothing was written"


def _describe_problems(title: str, groups: Mapping[str, ProblemGroup]) -> Iterator[str]:
    if groups:
        yield f"{title} {sum(group.count for group in groups.values()):,}"
    for reason, group in sorted(groups.items(), key=lambda item: -item[1].count):
        more = ", …" if group.count > len(group.examples) else ""
        yield f"  {group.count:,}: {reason}: {', '.join(group.examples)}{more}"


def _basis(survey: Survey) -> str:
    typical = survey.typical
    if not typical:
        return "by the speed of earlier runs"
    if len(typical) == len(survey.volumes):
        return "by typical rates"
    return f"by the speed of earlier runs, and by typical rates for {', '.join(typical)}"


def _size(number: float) -> str:
    for unit in _UNITS:
        if number < 1000 or unit == _UNITS[-1]:
            break
        number /= 1000
    return count_of(round(number), "byte") if unit == "bytes" else f"{number:,.1f} {unit}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 90 * 60 else f"{seconds / 3600:.1f} hours"
