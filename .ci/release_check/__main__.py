"""Run the checks and print their outcomes. The exit code is 1 if one failed."""

import argparse
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from release_check import bill_of_materials, dependencies, distributions, licences, sources, vulnerabilities
from release_check.outcome import exit_code, run_check

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build" / "release"


def make_checks(tag: str | None) -> dict[str, Callable[[], str]]:
    """Return the checks by name, in the order in which they run."""
    built = cache(lambda: distributions.build(ROOT, OUT / "dist"))
    needed = cache(lambda: dependencies.find_dependencies(built().metadata))
    return {
        "versions": lambda: sources.check_versions(ROOT, tag),
        "sizes": lambda: distributions.check_sizes(built()),
        "metadata": lambda: distributions.check_metadata(built(), sources.read_version(ROOT)),
        "licences": lambda: licences.check_licences(needed()[0]),
        "bill": lambda: bill_of_materials.write_bill(
            OUT / "docsight.cdx.json", built().wheel, built().metadata, *needed()
        ),
        "vulnerabilities": lambda: vulnerabilities.check_vulnerabilities(needed()[0], OUT / "requirements.txt"),
        "wheel": lambda: distributions.check_installed(ROOT, built().wheel),
        "sdist": lambda: distributions.check_installed(ROOT, built().sdist),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="release_check", description=__doc__)
    names = list(make_checks(None))
    parser.add_argument("--only", metavar="LIST", help=f"only these, separated by commas: {', '.join(names)}")
    parser.add_argument("--tag", help="the tag that is released, such as v0.2.0")
    parser.add_argument("--require-all", action="store_true", help="fail also if something could not be checked")
    args = parser.parse_args(arguments)
    wanted = args.only.split(",") if args.only else names
    if unknown := set(wanted) - set(names):
        parser.error(f"unknown checks: {', '.join(sorted(unknown))}")
    outcomes = []
    for name, check in make_checks(args.tag).items():
        if name in wanted:
            sys.stdout.write(f"release-check: {name} ...\n")
            sys.stdout.flush()
            outcomes.append(run_check(name, check))
    width = max(map(len, wanted))
    sys.stdout.write("\n")
    for outcome in outcomes:
        sys.stdout.write(f"{outcome.name:<{width}}  {outcome.status}: {outcome.detail}\n")
    return exit_code(outcomes, require_all=args.require_all)


if __name__ == "__main__":
    sys.exit(main())
