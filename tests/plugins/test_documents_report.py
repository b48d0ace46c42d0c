"""The report."""

import html
import io
import re
from collections import Counter
from typing import Any

import pytest
from PIL import Image

from docsight.documents import Problem, Summary, gallery, report, thumbnails
from docsight.documents.pictures import ImageCounts, SeenImage, count
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


def seen(*cats: dict[str, Any], source: bytes = b"") -> list[SeenImage]:
    return [SeenImage(record={"id": str(n), "cats": {"figures": cat}}, source=source) for n, cat in enumerate(cats)]


def labelled(label: str | None, score: float = 0.9) -> dict[str, Any]:
    return {"label": label, "score": score, "scores": {"chart": score}, "in_domain": -1.25}


def show(*pictures: tuple[str, list[SeenImage]], text: str = "") -> str:
    page = Report()
    counts: dict[str, ImageCounts] = {}
    for path, images in pictures:
        page.add(record(text, path=path), words=0, images=images)
        count(images, counts)
    total = sum(len(images) for _, images in pictures)
    return page.render(Summary(documents=len(pictures), images=total, image_cats=counts), pipeline="p")


@pytest.fixture(scope="module")
def dot() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (9, 9)).save(buffer, "PNG")
    return buffer.getvalue()


def test_report_shows_pictures_with_label_and_score(dot: bytes) -> None:
    page = show(
        ("a.png", seen(labelled("chart"), source=dot)),
        ("b.png", seen(labelled(None, 0.41), source=dot)),
        ("c.pdf", seen({"error": "it is cut"}, source=b"?")),
    )
    assert "3 pictures in 3 documents" in page
    assert "<b>chart</b> 0.90" in page
    assert '<em title="most like chart, 0.41">not sure</em>' in page
    assert "in domain -1.25" in page
    assert ">it is cut</span>" in page
    assert page.count('<img src="data:image/jpeg;base64,') == 2
    assert page.count("no preview") == 1
    assert re.findall(r'<th scope="row">([^<]*)</th><td class="num">1', page) == ["chart", "not sure", "unreadable"]


def test_report_links_a_picture_to_its_figure_and_gives_it_no_article(dot: bytes) -> None:
    page = show(("a.png", seen(labelled("chart"), source=dot)))
    assert '<a href="#p1"><bdi>a.png</bdi></a>' in page
    assert '<figure id="p1">' in page
    assert "<article" not in page


def test_report_shows_a_text_with_pictures_in_its_article(dot: bytes) -> None:
    page = show(("a.pdf", seen(labelled("chart"), labelled("chart"), source=dot)), text="Some text.")
    assert '<a href="#d1"><bdi>a.pdf</bdi></a>' in page
    assert "chart 2" in page
    assert '<a href="#p2">picture 2</a>' in page


def test_report_shows_hostile_pictures_as_text(dot: bytes) -> None:
    evil = '"><script>alert(1)</script><img src="https://x/y.png">'
    page = show((evil, seen(labelled(evil), {"error": evil}, labelled(None), source=dot)))
    assert page.count("<script>") == 1
    assert "<img src=&#34;https" not in page.replace("&lt;", "")  # not even half of it
    assert set(re.findall(r"<img src=.{11}", page)) == {'<img src="data:image'}
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//|url\(|@import""", page)


def test_report_allows_pictures_within_itself_alone() -> None:
    assert "img-src data:;" in render(record("Ada"))


def test_report_bounds_its_pictures(dot: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "MAX_FIGURES", 5)
    monkeypatch.setattr(gallery, "MAX_OF_A_KIND", 3)
    charts = [(f"{n}.png", seen(labelled("chart"), source=dot)) for n in range(10)]
    maps = [(f"{n}.gif", seen(labelled("map"), source=dot)) for n in range(10)]
    page = show(*charts, *maps)
    assert page.count("<figure") == 5
    assert page.count("<b>chart</b>") == 3
    assert "5 of 20 pictures are shown here" in page
    assert '<td class="path"><bdi>9.png</bdi>' in page


def test_report_of_many_pictures_stays_small() -> None:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 120).save(noise, "PNG")
    page = show(*((f"{n}.png", seen(labelled(str(n)), source=noise.getvalue())) for n in range(200)))
    assert page.count("<img ") == gallery.MAX_FIGURES
    assert len(page) < gallery.MAX_FIGURES * thumbnails.MAX_BYTES * 1.4 + 300_000


def test_report_without_pictures_says_nothing_of_them() -> None:
    page = render(record("Ada", (0, 3, "PER")))
    assert "icture" not in page[page.index("<body>") : page.index("<script>")]
