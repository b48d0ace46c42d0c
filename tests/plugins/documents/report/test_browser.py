"""The report in headless Chromium, if it is installed."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from docsight.documents import Problem, Summary
from docsight.documents.report.page import Report

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="needs chromium or chrome"),
]

HOST = "docsight-report.example"
EVIL = (
    f'</script></div><script>document.title="owned";fetch("https://{HOST}/f")</script>'
    f'<img src="https://{HOST}/i.png" onerror="document.title=\'owned\'"><style>@import "https://{HOST}/s.css";</style>'
    "\u202e turned \0 \x1b \ud800"
)


def record(path: str, text: str, **more: Any) -> dict[str, Any]:
    lists: dict[str, Any] = {key: [] for key in ("passages", "notes", "corrections", "entities", "images")}
    return {"id": path, "path": path, "part": "", "format": "text", "encoding": "utf-8", "title": "", "text": text} | (
        lists | more
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report of harmless and hostile documents."""
    entity = {"start": 0, "end": 3, "label": "PER", "score": 0.9}
    row = {
        "start": 8,
        "end": 11,
        "text": "teh",
        "suggestion": "the",
        "suggestions": [{"text": "the", "probability": 0.9}],
        "score": 0.9,
    }
    row |= {"reason": "unknown_word", "applied": True}
    cat = {"label": "chart", "score": 0.9, "scores": {"chart": 0.9}, "in_domain": 1.0}
    records = [
        record("letter.txt", "Ada saw teh queen.", entities=[entity], corrections=[row]),
        record("other.txt", "Bob saw nothing.", entities=[entity]),
        record("scan.pdf", "A page.", format="pdf", notes=["page 2 could not be read"]),
        record("plot.png", "", format="png", images=[{"id": "i", "cats": {"figures": cat}}]),
        record(f"{EVIL[:-1]}.txt", EVIL, title=EVIL, format=EVIL, part=EVIL, notes=[EVIL]),
        record("long.txt", "x" * 1_000_000),
    ]
    report, summary = Report(), Summary(seconds=1.0)
    for one in records:
        report.add(one, words=1, thumbnails={})
        summary.add(one, words=1)
    problem = Problem(path=EVIL, part=EVIL, error=EVIL, message=EVIL)
    report.add_problem(problem)
    summary.add_problem(problem)
    path = tmp_path_factory.mktemp("browser") / "report.html"
    path.write_text(report.render(summary, pipeline=EVIL), encoding="utf-8")
    return path


def browse(page: Path, fragment: str = "") -> tuple[str, str]:
    """Open a page in a fresh browser that can resolve no name; return its DOM and the console messages."""
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
    command += [f"--user-data-dir={page.parent / 'profile'}", f"--log-net-log={page.parent / 'net.json'}"]
    command += ["--enable-logging=stderr", "--virtual-time-budget=2000", "--dump-dom", page.as_uri() + fragment]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    dom = done.stdout.decode("utf-8", "replace")
    assert "</html>" in dom, done.stderr.decode("utf-8", "replace")
    console = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line]
    return dom, "\n".join(console)


def title(dom: str) -> str:
    found = re.search(r"<title>(.*?)</title>", dom)
    assert found is not None
    return found[1]


def shown(dom: str) -> list[str]:
    """Return the names in the visible rows of the documents."""
    rows = re.findall(r'<tr class="doc"([^>]*)>.*?<bdi>(.*?)</bdi>', dom, flags=re.S)
    return [name for attributes, name in rows if "hidden" not in attributes]


def test_browser_shows_everything_without_an_error_and_without_a_request(page: Path) -> None:
    dom, console = browse(page)
    assert console == ""
    assert title(dom) == "6 documents \u2013 docsight report"
    assert len(shown(dom)) == 6
    assert "6 of 6 shown" in dom
    assert HOST not in (page.parent / "net.json").read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize(
    ("fragment", "names"),
    [
        ("#q=ADA", ["letter.txt"]),
        ("#q=the+queen", ["letter.txt"]),  # as corrected
        ("#q=teh+queen", ["letter.txt"]),  # and as written
        ("#q=other", ["other.txt"]),
        ("#format=pdf", ["scan.pdf"]),
        ("#label=e0", ["letter.txt", "other.txt"]),
        ("#label=p0", ["plot.png"]),
        ("#corrected=1", ["letter.txt"]),
        ("#q=page&missing=1", ["scan.pdf"]),
        ("#q=nowhere", []),
    ],
)
def test_browser_shows_search_results(page: Path, fragment: str, names: list[str]) -> None:
    dom, console = browse(page, fragment)
    assert console == ""
    assert shown(dom) == names
    assert title(dom) == f"{len(names)} of 6 shown \u2013 6 documents \u2013 docsight report"
    articles = [attributes for attributes in re.findall(r"<article([^>]*)>", dom) if "hidden" not in attributes]
    assert len(articles) == len([name for name in names if name != "plot.png"])


def test_browser_reports_errors_and_requests(page: Path) -> None:
    """Check the checks with a page that fails them."""
    bad = page.parent / "bad.html"
    bad.write_text(f'<script>nope()</script><img src="https://{HOST}/i.png"></html>', encoding="utf-8")
    _, console = browse(bad)
    assert "nope is not defined" in console
    assert HOST in (page.parent / "net.json").read_text(encoding="utf-8", errors="replace")
