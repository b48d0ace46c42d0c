"""The report."""

import html
import re
from collections import Counter
from typing import Any

import pytest

from docsight.documents import Problem, Summary, report
from docsight.documents.report import Report


def record(text: str, *entities: tuple[int, int, str], path: str = "a.txt") -> dict[str, Any]:
    return {
        "path": path,
        "part": "",
        "format": "text",
        "encoding": "utf-8",
        "text": text,
        "entities": [{"start": start, "end": end, "label": label, "score": 0.987} for start, end, label in entities],
    }


def render(*records: dict[str, Any], problems: tuple[Problem, ...] = ()) -> str:
    page = Report()
    counts: Counter[str] = Counter()
    for one in records:
        page.add(one, words=len(one["text"].split()))
        counts.update(entity["label"] for entity in one["entities"])
    for problem in problems:
        page.add_problem(problem)
    skipped = sum(problem.skipped for problem in problems)
    summary = Summary(
        documents=len(records),
        failed=len(problems) - skipped,
        skipped=skipped,
        entities=counts,
        words=7,
        seconds=1.0,
    )
    return page.render(summary, pipeline="en_test: ruler")


def shown_text(page: str) -> str:
    """Give the text of the documents as a browser would, without the type tags."""
    texts = re.findall(r'<div class="text"[^>]*>(.*?)</div>', page, flags=re.S)
    return html.unescape(re.sub(r"<i>.*?</i>|</?mark[^>]*>", "", "".join(texts)))


def test_report_marks_entities_with_type_and_probability() -> None:
    page = render(record("Ada met Bob & Co.", (0, 3, "PER"), (8, 16, "ORG")))
    assert '<mark class="c0 l0" title="PER, probability 0.99">Ada<i>PER</i></mark> met' in page
    assert 'title="ORG, probability 0.99">Bob &amp; Co<i>ORG</i></mark>.</div>' in page
    assert shown_text(page) == "Ada met Bob & Co."


def test_report_shows_hostile_text_as_text() -> None:
    evil = '</div><script>alert(1)</script> {{ 7 * 7 }} <img src=x onerror="alert(2)">'
    page = render(
        record(evil, (6, 30, '<b>"LABEL'), path="<svg onload=alert(3)>.txt"),
        problems=(Problem(path="<i>p", error="<b>e", message="<u>m"),),
    )
    assert shown_text(page) == evil
    assert page.count("<script>") == 1
    for tag in ("<img", "<svg", "<b>e", "<i>p", "<u>m", '<b>"'):
        assert tag not in page
    assert "{{ 7 * 7 }}" in page


def test_report_needs_no_network() -> None:
    page = render(record("Ada", (0, 3, "PER")))
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//|url\(|@import""", page)
    assert "default-src 'none'" in page


def test_report_says_what_an_excerpt_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MAX_CHARS", 100)
    text = "Ada went. " * 50
    page = render(record(text, *((at, at + 3, "PER") for at in range(0, 500, 10))))
    assert text.startswith(shown_text(page))
    assert 50 < len(shown_text(page)) <= 100
    assert "of 500, with 10 of 50 entities" in page


def test_report_starts_an_excerpt_where_the_entities_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MAX_CHARS", 100)
    page = render(record("word " * 100 + "Ada went on.", (500, 503, "PER")))
    assert "Ada went on." in shown_text(page)
    assert "Excerpt: starts at character" in page
    assert "1 of 1 entities" in page


def test_report_never_shows_a_part_of_an_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MAX_CHARS", 20)
    page = render(record("Bob has words Ada Lovelace", (0, 3, "PER"), (14, 26, "PER")))
    assert shown_text(page) == "Bob has words "
    assert "1 of 2 entities" in page


def test_report_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MAX_DOCUMENTS", 2)
    monkeypatch.setattr(report, "MAX_PROBLEMS", 2)
    monkeypatch.setattr(report, "MAX_NAMES", 3)
    problems = (
        Problem(path="s1", error="Skipped", message="-", skipped=True),
        Problem(path="s2", error="Skipped", message="-", skipped=True),
        Problem(path="f", error="DataError", message="-"),
    )
    page = render(*(record(f"Name{i}", (0, 5, "PER"), path=f"{i}.txt") for i in range(5)), problems=problems)
    assert page.count("<article") == 2
    assert "The first 2 of 5 documents are shown" in page
    assert "2 of 3 files are listed" in page
    assert '<td class="path"><bdi>f</bdi></td>' in page
    assert ">over 3</td>" in page


def test_report_of_nothing_says_so() -> None:
    page = render()
    assert "No document could be processed." in page
    assert "<article" not in page
