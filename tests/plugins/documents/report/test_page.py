"""The report."""

import html
import re
import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest

from docsight.documents import Problem, Summary
from docsight.documents.report import page as report
from docsight.documents.report import sampling
from docsight.documents.report.display import short_number
from docsight.documents.report.page import Report

# An image of one pixel.
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def record(text: str, *entities: tuple[int, int, str], path: str = "a.txt", **more: Any) -> dict[str, Any]:
    return {
        "id": path,
        "path": path,
        "part": "",
        "format": "text",
        "encoding": "utf-8",
        "title": "",
        "text": text,
        "passages": [],
        "notes": [],
        "corrections": [],
        "entities": [{"start": start, "end": end, "label": label, "score": 0.987} for start, end, label in entities],
        "images": [],
    } | more


def fix(start: int, end: int, suggestion: str, *, applied: bool = True, text: str = "teh") -> dict[str, Any]:
    return {
        "start": start,
        "end": end,
        "text": text,
        "suggestion": suggestion,
        "suggestions": [{"text": suggestion, "probability": 0.9}, {"text": "tech", "probability": 0.05}],
        "score": 0.9 if applied else 0.2,
        "reason": "unknown_word",
        "applied": applied,
    }


def render(*records: dict[str, Any], problems: tuple[Problem, ...] = (), thumbnails: Any = None) -> str:
    page, summary = Report(), Summary(seconds=1.0)
    for one in records:
        words = len(one["text"].split())
        page.add(one, words=words, thumbnails={} if thumbnails is None else thumbnails)
        summary.add(one, words=words)
    for problem in problems:
        page.add_problem(problem)
        summary.add_problem(problem)
    return page.render(summary, pipeline="en_test: ruler")


def shown_text(page: str) -> str:
    """Return the text of the documents as a browser shows it, without labels and suggestions."""
    texts = re.findall(r'<div class="text[^>]*>(.*?)</div>', page, flags=re.S)
    return html.unescape(re.sub(r"<i>.*?</i>|<ins>.*?</ins>|</?(mark|span|del)[^>]*>", "", "".join(texts)))


def test_report_marks_entities_with_type_and_probability() -> None:
    page = render(record("Ada met Bob & Co.", (0, 3, "PER"), (8, 16, "ORG")))
    assert '<mark class="c0 l0" title="PER, probability 0.99">Ada<i>PER</i></mark> met' in page
    assert 'title="ORG, probability 0.99">Bob &amp; Co<i>ORG</i></mark>.</div>' in page
    assert shown_text(page) == "Ada met Bob & Co."


def test_report_shows_corrections_and_what_is_only_flagged() -> None:
    rows = [fix(0, 3, "the"), fix(4, 9, "queue", applied=False, text="quene")]
    page = render(record("teh quene went", corrections=rows))
    tooltip = "corrected; unknown word; probability 0.90; or tech"
    assert f'<span class="fixed" title="{tooltip}"><del>teh</del><ins>the</ins></span> <span class="flagged"' in page
    assert "<del>quene</del><ins>queue</ins></span> went</div>" in page
    assert "1 correction in 1 document" in page
    assert "2 words flagged as misspelled: unknown word: 1 corrected, 1 only flagged." in page
    assert shown_text(page) == "teh quene went"


def test_report_shows_a_correction_within_an_entity() -> None:
    page = render(record("Ada Lovelase wrote", (0, 12, "PER"), corrections=[fix(4, 12, "Lovelace", text="Lovelase")]))
    assert re.search(r'<mark [^>]*>Ada <span class="fixed"[^>]*><del>Lovelase</del><ins>Lovelace</ins></span><i>', page)


def test_report_shows_a_correction_across_an_entitys_end_with_its_suggestion_once() -> None:
    page = render(record("New Yorkcity is", (0, 8, "LOC"), corrections=[fix(4, 12, "York City", text="Yorkcity")]))
    assert shown_text(page) == "New Yorkcity is"
    assert page.count("<ins>York City</ins></span> is") == 1
    assert re.search(r"<del>York</del></span><i>LOC</i></mark><span [^>]*><del>city</del><ins>York City</ins>", page)


def test_report_shows_pages_and_ocr_with_its_confidence() -> None:
    passages = [
        {"start": 0, "end": 10, "page": 1, "read_from": "text"},
        {"start": 11, "end": 17, "page": 2, "read_from": "picture", "confidence": 0.8},
        {"start": 17, "end": 20, "page": 2, "read_from": "picture", "confidence": 0.4},
        {"start": 21, "end": 25, "read_from": "picture", "confidence": 0.5},
    ]
    page = render(record("first page\nscanned!!\nlogo", (14, 22, "X"), passages=passages, format="pdf"))
    assert re.findall(r'<p class="where[^>]*>(.*?)</p>', page) == [
        "page 1",
        "page 2, read from an image, confidence 0.67",
        "read from an image, confidence 0.50",
    ]
    assert page.count('<div class="text ocr"') == 2
    assert "nned!!\nl<i>" in page  # an entity across two passages stays in one piece
    assert "<dt>Read by OCR</dt><dd>1</dd>" in page


def test_report_calls_the_pages_of_presentations_slides() -> None:
    passages = [{"start": 0, "end": 3, "page": 4, "read_from": "text"}]
    assert '<p class="where">slide 4</p>' in render(record("Ada", passages=passages, format="pptx"))


def test_report_shows_images_at_their_places_in_the_text() -> None:
    image = {"id": "i1", "start": 4, "cats": {"figures": labelled("chart")}}
    assert '>See <a class="inline-image" href="#p1" title="image 1">chart 0.90</a>there.' in render(
        record("See there.", images=[image])
    )


def test_report_shows_hostile_text_as_text() -> None:
    evil = '</div></script><script>alert(1)</script> {{ 7 * 7 }} <img src=x onerror="alert(2)"> <svg onload=alert(3)>'
    row = fix(0, 30, evil, text=evil)
    page = render(
        record(evil, (6, 40, '<b>"LABEL'), path="<svg onload=alert(3)>.txt", notes=["<u>n"], title="<h1>t"),
        record(evil, corrections=[row, {**row, "start": 31, "end": 40, "applied": False}], format="<i>f", part="<u>p"),
        problems=(Problem(path="<i>p", part="<i>q", error="<b>e", message="<u>m"),),
    )
    assert page.count("<script>") == 1
    assert page.count("</script>") == 1
    for tag in ("<img", "<svg onload", "<b>e", "<i>p", "<i>q", "<u>m", "<u>n", "<u>p", "<h1>t", "<i>f", '<b>"'):
        assert tag not in page
    assert "{{ 7 * 7 }}" in page
    assert shown_text(page) == evil * 2


def test_report_shows_characters_that_browsers_drop() -> None:
    page = render(
        record("nul\0 bell\a half\ud800 done", path="evil\u202etxt.exe\nnew\0"),
        problems=(Problem(path="x\udcff\u2066", error="E", message="\x1b[2J"),),
    )
    page.encode("utf-8")
    assert "nul␀ bell␇ half\\ud800 done" in page
    assert "evil\\u202etxt.exe␊new␀" in page
    assert "x\\udcff\\u2066" in page
    assert "\0" not in page
    assert "␛[2J" in page


def test_report_of_endless_words_is_bounded() -> None:
    long = "x" * 1_000_000
    rows = [fix(0, 1_000_000, long, text=long)]
    page = render(
        record(
            long, (0, 1_000_000, long), path=long, title=long, notes=[long], corrections=rows, format=long, part=long
        ),
        record('"' * 1_000_000, path="b"),
        problems=(Problem(path=long, part=long, error=long, message=long),),
    )
    assert len(page) < 200_000


def test_report_needs_no_network() -> None:
    page = render(record("Ada", (0, 3, "PER")))
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//|url\(|@import""", page)
    assert "default-src 'none'" in page
    assert "img-src data:;" in page


def test_report_links_only_existing_files() -> None:
    page = Report()
    assert "jsonl" not in page.render(Summary(), pipeline="p", files=["documents.parquet"])
    assert '<a href="documents.parquet">' in page.render(Summary(), pipeline="p", files=["documents.parquet"])


def test_report_states_what_an_excerpt_omits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docsight.documents.report.excerpts.MAX_EXCERPT_CHARS", 100)
    text = "Ada went. " * 50
    page = render(record(text, *((at, at + 3, "PER") for at in range(0, 500, 10)), corrections=[fix(4, 8, "goes")]))
    assert text.startswith(shown_text(page))
    assert 50 < len(shown_text(page)) <= 100
    assert "of 500, with 10 of 50 entities and 1 of 1 flagged word." in page


def test_report_starts_an_excerpt_at_the_first_annotation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docsight.documents.report.excerpts.MAX_EXCERPT_CHARS", 100)
    text = "word " * 100 + "Ada went on."
    page = render(record(text, (500, 503, "PER")))
    assert "Ada went on." in shown_text(page)
    assert "Excerpt: starts at character" in page
    assert "1 of 1 entity" in page
    assert "Ada went on." in shown_text(render(record(text, corrections=[fix(504, 508, "goes", text="went")])))


def test_report_never_shows_a_part_of_an_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docsight.documents.report.excerpts.MAX_EXCERPT_CHARS", 20)
    page = render(record("Bob has words Ada Lovelace", (0, 3, "PER"), (14, 26, "PER")))
    assert shown_text(page) == "Bob has words "
    assert "1 of 2 entities" in page


def test_report_shortens_an_excerpt_with_many_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docsight.documents.report.excerpts.MAX_EXCERPT_BYTES", 2_000)
    text = "A b " * 1000
    page = render(record(text, *((at, at + 1, "PER") for at in range(0, 4000, 4))))
    assert 5 <= page.count("<mark") <= 20
    assert text.startswith(shown_text(page))


def test_report_without_documents_says_so() -> None:
    page = render()
    assert "No document could be processed." in page
    assert "<article" not in page


def test_report_counts_names_corrections_formats_notes_and_problems() -> None:
    page = render(
        *(record("Ada is teh", (0, 3, "PER"), corrections=[fix(7, 10, "the")], path=f"{n}.txt") for n in range(3)),
        record("", path="b.pdf", format="pdf", notes=["page 3 could not be read"]),
        record("", path="c.pdf", format="pdf", notes=["page 14 could not be read"]),
        problems=(
            Problem(path="d.pdf", error="DataError", message="it is cut"),
            Problem(path="e.zip", part="x.txt", error="DataError", message="wrong checksum"),
            Problem(path="f.pdf", error="TimeoutError", message="over 5 seconds", is_timeout=True),
            Problem(path="g.bin", error="Skipped", message="no reader", skipped=True),
        ),
    )
    assert "<bdi>Ada</bdi>&nbsp;<b>3</b>" in page
    assert '<del>teh</del><ins>the</ins></span></bdi></th><td class="num">3</td>' in page
    assert re.search(
        r'<th scope="row">text</th><td class="num">3</td><td class="num">9</td><td class="num">3</td>', page
    )
    assert re.search(r'<th scope="row">pdf</th><td class="num">2</td>', page)
    assert '<bdi>page 3 could not be read</bdi></td><td class="num">2</td>' in page
    assert re.search(r'DataError</span></th>\s*<td class="num">2</td>', page)
    assert re.search(r'timed out</span></th>\s*<td class="num">1</td>', page)
    assert "<small>1 timed out</small>" in page
    assert "wrong checksum" in page
    assert page.count("<svg") == 3  # words, entities, corrections


def test_report_draws_histograms_with_text_for_screen_readers() -> None:
    page = render(*(record("word " * n, path=f"{n}.txt") for n in (0, 1, 7, 7, 9, 1200)))
    (plot,) = re.findall(r"<svg.*?</svg>", page, flags=re.S)
    assert 'role="img" aria-labelledby="t1 e1"' in plot
    assert '<desc id="e1">6 documents; the highest bar is 5 to 9 with 3.</desc>' in plot
    assert '<desc id="e1">1 document; the highest bar is 1 with 1.</desc>' in render(record("word"))
    assert re.findall(r"<rect.*?<title>(.*?)</title>", plot) == ["0: 1", "1: 1", "5 to 9: 3", "1,000 to 1,999: 1"]
    assert re.search(r'<th scope="row">5 to 9</th><td class="num">3</td>', page)


def test_report_marks_incomplete_documents() -> None:
    broken = Problem(path="a.zip", part="x.txt", error="DataError", message="-")
    page = render(
        record("a", path="a.zip", part="y.txt"),
        record("b", notes=["no page 2"]),
        record("c", path="c"),
        problems=(broken,),
    )
    rows = re.findall(r'<tr class="doc".*?</tr>', page, flags=re.S)
    assert ["data-missing" in row for row in rows] == [True, True, False]


def test_report_is_bounded_and_states_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MAX_LISTED_PROBLEMS", 2)
    problems = (
        Problem(path="s1", error="Skipped", message="-", skipped=True),
        Problem(path="s2", error="Skipped", message="-", skipped=True),
        Problem(path="f", error="DataError", message="-"),
    )
    page = render(*(record(f"Name{i}", path=f"{i}.txt") for i in range(300)), problems=problems)
    assert page.count("<article") == sampling.MAX_DOCUMENTS
    assert "This page shows 200 of 300 documents" in page
    assert "List 2 of 3" in page
    assert '<tr class="problem"><td class="path"><bdi>f</bdi></td>' in page


def shown_paths(page: str) -> list[str]:
    return re.findall(r"<article.*?<h3><bdi>(.*?)</bdi>", page, flags=re.S)


def test_report_shows_a_varied_selection_of_documents() -> None:
    def records() -> Iterable[dict[str, Any]]:
        for i in range(2_000):
            entities = [(0, 3, "PER")] * (i % 7 + 50 * (i == 1234))
            more: dict[str, Any] = {"corrections": [fix(0, 3, "x")] * (9 * (i == 777) + 1 * (i == 3))}
            more |= {"format": "pdf" if i == 1500 else "text", "notes": ["n"] * (i == 999)}
            yield record("Ada", *entities, path=f"{i:04}.txt", **more)

    paths = shown_paths(render(*records()))
    assert len(paths) == 200
    assert paths == sorted(paths)
    assert {"1234.txt", "0777.txt", "0003.txt", "1500.txt", "0999.txt"} <= set(paths)
    assert sum(path > "1000" for path in paths) > 60  # not only the first
    assert paths == shown_paths(render(*records()))


def test_report_shows_all_documents_while_they_are_few() -> None:
    page = render(*(record("Ada", path=f"{i:03}.txt") for i in range(200)))
    assert shown_paths(page) == [f"{i:03}.txt" for i in range(200)]
    assert "This page shows" not in page


def labelled(label: str | None, score: float = 0.9) -> dict[str, Any]:
    return {"label": label, "score": score, "scores": {"chart": score}, "in_domain": -1.25}


def with_images(path: str, *cats: dict[str, Any], text: str = "") -> dict[str, Any]:
    images = [{"id": f"{path}-{n}", "cats": {"figures": cat}} for n, cat in enumerate(cats)]
    return record(text, path=path, images=images)


class ThumbnailOfEach(dict[str, str]):
    """Has a thumbnail for every image."""

    def get(self, key: str, default: Any = None) -> str:
        return DOT


def test_report_shows_images_with_label_and_score() -> None:
    page = render(
        with_images("a.png", labelled("chart")),
        with_images("b.png", labelled(None, 0.41)),
        with_images("c.pdf", {"error": "it is cut"}),
        thumbnails={"a.png-0": DOT, "b.png-0": DOT},
    )
    assert "3 images in 3 documents" in page
    assert "<b>chart</b> 0.90" in page
    assert '<em title="most like chart, 0.41">not sure</em>' in page
    assert "in domain -1.25" in page
    assert ">it is cut</span>" in page
    assert page.count('<img src="data:image/gif;base64,') == 2
    assert page.count("no preview") == 1
    assert re.findall(r'<th scope="row">([^<]*)</th><td class="num">1</td><td class="num">33', page) == [
        "chart",
        "not sure",
        "unreadable",
    ]


def test_report_shows_the_number_that_was_read_in_an_image() -> None:
    number = {"text": "4<07", "probability": 0.87, "digits": []}
    page = render(
        with_images("a.png", labelled("handwriting") | number),
        with_images("b.png", labelled("25") | number | {"text": "25"}),
        with_images("c.png", labelled("handwriting") | number | {"text": None}),
        thumbnails={"a.png-0": DOT},
    )
    assert 'with the probability 0.87">reads 4&lt;07</small>' in page
    assert page.count(">reads ") == 1


def test_report_links_an_image_without_text_to_its_figure() -> None:
    page = render(with_images("a.png", labelled("chart")), thumbnails=ThumbnailOfEach())
    assert '<a href="#p1"><bdi>a.png</bdi></a>' in page
    assert '<figure id="p1"' in page
    assert "<article" not in page


def test_report_shows_a_text_with_images_in_its_article() -> None:
    page = render(
        with_images("a.pdf", labelled("chart"), labelled("chart"), text="Some text."), thumbnails=ThumbnailOfEach()
    )
    assert '<a href="#d1"><bdi>a.pdf</bdi></a>' in page
    assert "chart 2" in page
    assert '<a href="#p2" title="chart 0.90">image 2</a>' in page


def test_report_shows_hostile_images_as_text() -> None:
    evil = '"><script>alert(1)</script><img src="https://x/y.png">'
    page = render(with_images(evil, labelled(evil), {"error": evil}, labelled(None)), thumbnails=ThumbnailOfEach())
    assert page.count("<script>") == 1
    assert set(re.findall(r"<img src=.{11}", page)) == {'<img src="data:image'}
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//|url\(|@import""", page)


def test_report_bounds_its_images_and_shows_some_of_every_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MAX_GALLERY_IMAGES", 5)
    charts = [with_images(f"{n}.png", labelled("chart")) for n in range(10)]
    maps = [with_images(f"{n}.gif", labelled("map")) for n in range(10)]
    page = render(*charts, *maps, thumbnails=ThumbnailOfEach())
    assert page.count('<figure id="p') == 5
    assert (page.count("<b>chart</b>"), page.count("<b>map</b>")) == (3, 2)
    assert "This page shows 5 of 20 images" in page


def test_report_without_images_does_not_mention_them() -> None:
    page = render(record("Ada", (0, 3, "PER")))
    body = page[page.index("<body>") : page.index("<script>")]
    assert "image" not in body.replace("Labels of entities or images", "").lower()


@pytest.mark.slow
def test_report_of_many_documents_is_bounded_in_size_and_memory() -> None:
    """Use the worst records: each has its own names, notes, labels and problems, and text that needs escaping."""
    text = '"Ünïcödé" & <tags> \U0001f600 Ada Lovelace teh ' * 200
    page, summary = Report(), Summary(seconds=1.0)
    uri = "data:image/jpeg;base64," + "A" * 10_900

    def feed(start: int, stop: int) -> None:
        for i in range(start, stop):
            unique = f"{i:06}-{'n' * 60}"
            one = record(unique + text, (0, len(unique), f"L{i % 500}"), path=f"{unique}.pdf", format=f"f{i % 300}")
            dense = range(80, 8000, 5) if i % 20 == 0 else ()
            one["entities"] += [{"start": at, "end": at + 3, "label": "PER", "score": 0.5} for at in dense]
            one["corrections"] = [fix(0, 20, unique + "x", text=unique + str(k)) for k in range(5)]
            one["notes"] = [f"{unique} {chr(97 + i % 26)}"]
            one["images"] = [{"id": unique, "cats": {"figures": labelled(f"label{i % 100}")}}]
            page.add(one, words=i, thumbnails={unique: uri})
            summary.add(one, words=i)
            problem = Problem(path=unique * 3, part=unique, error=f"E{i % 500}", message="<" * 2_000)
            page.add_problem(problem)
            summary.add_problem(problem)

    feed(0, 2_500)
    tracemalloc.start()
    try:
        feed(2_500, 5_000)
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # Documents that replace chosen ones count as growth, too: at most 200 of them.
    assert grown < 30_000_000
    assert len(page.render(summary, pipeline="p").encode()) < 6_000_000


def test_tiles_abbreviate_long_numbers_and_show_the_work_of_all_runs() -> None:
    assert [short_number(number) for number in (0, 9_999_999, 12_345_678, 123_456_789_012)] == [
        "0",
        "9,999,999",
        "12.3 M",
        "123.5 G",
    ]
    html = Report().render(Summary(words=123_456_789_012, seconds=1.0, work_seconds=1200.0), pipeline="p")
    assert '<span title="123,456,789,012">123.5 G</span>' in html
    assert "20 min <small>102,880,658 words/s per worker</small>" in html
