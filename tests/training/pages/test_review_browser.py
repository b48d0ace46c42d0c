"""The review in headless Chromium, by keyboard and by mouse, if it is installed."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docsight.tags import TagSpan
from docsight_training.commands import check
from docsight_training.data.ner.findings import Findings
from docsight_training.data.ner.formats.annotated import AnnotatedText
from docsight_training.data.ner.formats.recognition import read_annotations, recognize
from docsight_training.data.ner.formats.registry import ReadSettings
from docsight_training.pages.review_page import render_review
from docsight_training.pages.review_texts import ReviewText

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="needs chromium or chrome"),
]

KEY_CODES = {"Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39}
KEY_CODES |= {"ArrowDown": 40}
SHIFT = 8
TIMEOUT = 60  # seconds
# The browser reads requests from descriptor 3 and writes replies to 4.
CONNECT = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3]]
for fd, pipe in zip((3, 4), pipes):
    os.dup2(pipe, fd)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Chromium:
    """A browser that is controlled over its debugging pipe, and cannot resolve any name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "saved").mkdir(parents=True)
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        command = [sys.executable, "-c", CONNECT, str(requests), str(replies), str(BROWSER)]
        command += ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--window-size=1300,1000"]
        command += [f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND", "about:blank"]
        self._process = subprocess.Popen(
            command, pass_fds=(requests, replies), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        os.close(requests)
        os.close(replies)
        self._buffer, self._number, self._session = b"", 0, None
        self.problems: list[str] = []
        targets = self._call("Target.getTargets")["targetInfos"]
        target = next(each["targetId"] for each in targets if each["type"] == "page")
        self._call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder / "saved"))
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(TIMEOUT)
        os.close(self._requests)
        os.close(self._replies)

    def open(self, page: Path) -> None:
        self._call("Page.navigate", url=page.as_uri())
        self.wait("document.readyState === 'complete' && document.querySelector('#items button') !== null")

    def resize(self, width: int, height: int) -> None:
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def restore_size(self) -> None:
        self._call("Emulation.clearDeviceMetricsOverride")

    def run(self, script: str) -> Any:
        reply = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in reply, reply
        return reply["result"].get("value")

    def wait(self, condition: str) -> None:
        end = time.monotonic() + TIMEOUT
        while not self.run(condition):
            assert time.monotonic() < end, condition
            time.sleep(0.02)

    def press(self, *keys: str, shift: bool = False) -> None:
        for key in keys:
            code = KEY_CODES.get(key) or ord(key.upper())
            event = {"key": key, "windowsVirtualKeyCode": code, "modifiers": SHIFT if shift else 0}
            is_text = {"text": "\r"} if key == "Enter" else {}
            self._call("Input.dispatchKeyEvent", type="keyDown", **event, **is_text)
            self._call("Input.dispatchKeyEvent", type="keyUp", **event)

    def write(self, text: str) -> None:
        self._call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        x, y = self._centre(selector)
        self._mouse("mousePressed", x, y)
        self._mouse("mouseReleased", x, y)

    def drag(self, first: str, last: str) -> None:
        """Select the text from one word to another in the text of the page."""
        self._mouse("mousePressed", *self._word(first, at_end=False))
        self._mouse("mouseMoved", *self._word(last, at_end=True))
        self._mouse("mouseReleased", *self._word(last, at_end=True))

    def text(self, selector: str) -> str:
        return self.run(f"document.querySelector({json.dumps(selector)}).textContent")

    def saved(self) -> Path:
        """Return the file that the page saves next."""
        end = time.monotonic() + TIMEOUT
        while not (found := [path for path in (self.folder / "saved").iterdir() if path.suffix == ".jsonl"]):
            assert time.monotonic() < end
            time.sleep(0.02)
        return found[0]

    def _mouse(self, kind: str, x: float, y: float) -> None:
        self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def _centre(self, selector: str) -> tuple[float, float]:
        found = f"document.querySelector({json.dumps(selector)})"
        self.run(f"{found}.scrollIntoView({{block: 'nearest'}})")
        box = self.run(f"(b => [b.left, b.top, b.width, b.height])({found}.getBoundingClientRect())")
        return box[0] + box[2] / 2, box[1] + box[3] / 2

    def _word(self, word: str, *, at_end: bool) -> tuple[float, float]:
        left, top, width, height = self.run(
            "(() => { const walker = document.createTreeWalker(document.getElementById('text'), NodeFilter.SHOW_TEXT);"
            " for (let node = walker.nextNode(); node; node = walker.nextNode()) {"
            f" const at = node.data.indexOf({json.dumps(word)}); if (at < 0) continue;"
            f" const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + {len(word)});"
            " const b = range.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; } })()"
        )
        return left + (width - 1 if at_end else 1), top + height / 2

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        while True:
            reply = self._receive()
            if reply.get("id") == self._number:
                assert "error" not in reply, reply
                return reply["result"]
            self._note(reply)

    def _note(self, event: dict[str, Any]) -> None:
        """Keep what a page must not do: errors, messages, and requests to anything but itself."""
        kind, params = event.get("method"), event.get("params", {})
        if kind in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            self.problems.append(json.dumps(params))
        elif kind == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("file:", "blob:")):
            self.problems.append(params["request"]["url"])

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = os.read(self._replies, 65536)
            assert part, "the browser has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    chromium = Chromium(tmp_path_factory.mktemp("browser"))
    yield chromium
    chromium.close()
    assert chromium.problems == []


@pytest.fixture
def saved(browser: Chromium) -> Iterator[Chromium]:
    """Give a browser without saved files."""
    yield browser
    for path in (browser.folder / "saved").iterdir():
        path.unlink()


def _text(text: str, gold: list[TagSpan], found: dict[TagSpan, float], *, row: int = 1) -> ReviewText:
    tokens = []
    at = 0
    for word in text.split(" "):
        tokens.append((at, at + len(word)))
        at += len(word) + 1
    entities = [span for span, posterior in found.items() if posterior >= 0.5]
    return ReviewText(AnnotatedText(text, [], f"mine.jsonl, row {row}", f"d{row}"), tokens, gold, entities, found)


TEXTS = [
    _text(
        "Ada Lovelace met 😀 Bob in New York City today",
        [],
        {TagSpan(0, 2, "PER"): 0.9, TagSpan(4, 5, "ORG"): 0.6, TagSpan(6, 8, "LOC"): 0.7, TagSpan(6, 9, "LOC"): 0.2},
    ),
    _text("Nothing here but Acme", [], {TagSpan(3, 4, "ORG"): 0.3}, row=2),
    _text("It rained .", [], {}, row=3),
]


def _page(folder: Path, texts: list[ReviewText]) -> Path:
    page = folder / "review.html"
    page.write_text(render_review(texts, labels=["PER", "ORG", "LOC"], model="m", source="mine", name="review.jsonl"))
    return page


def test_a_narrow_page_begins_at_its_title_and_follows_the_current_span(browser: Chromium, tmp_path: Path) -> None:
    browser.resize(400, 400)
    try:
        browser.open(_page(tmp_path, TEXTS))
        time.sleep(1)  # a page that scrolls does so smoothly
        assert browser.run("scrollY") == 0
        browser.press("j")
        browser.wait("document.querySelector('#text .current').getBoundingClientRect().bottom <= innerHeight")
    finally:
        browser.restore_size()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _read(path: Path) -> list[list[tuple[str, str]]]:
    """Read saved spans as training does."""
    findings = Findings()
    assert recognize(path, ReadSettings()) == "offsets"
    texts = list(read_annotations(path, "auto", ReadSettings(), findings))
    assert findings.all == []
    return [[(text.text[span.start : span.end], span.label) for span in text.spans] for text in texts]


def _queue(browser: Chromium) -> list[str]:
    return browser.run("Array.from(document.querySelectorAll('#items bdi')).map(e => e.textContent)")


def test_review_is_done_by_keyboard_alone(saved: Chromium, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    browser = saved
    browser.open(_page(tmp_path, TEXTS))
    assert _queue(browser) == ["Bob", "New York", "Acme", "Ada Lovelace", "It rained ."]  # least sure first
    browser.press("s")
    assert "No text is reviewed yet" in browser.text("#status")
    browser.press("1", "Enter")  # Bob is a PER
    browser.press("ArrowRight", "Enter")  # New York City
    browser.press("x")  # Acme is no span
    browser.press("ArrowRight", "u")  # a mistake, undone
    browser.press("ArrowLeft", "ArrowLeft")  # the second one would leave no word
    assert "at least one word" in browser.text("#status")
    browser.press("ArrowRight", "Enter")
    assert "It rained" in browser.text("#text")
    browser.press("n", "ArrowRight")
    browser.press("ArrowRight", shift=True)
    browser.press("3")  # a mistake
    browser.press("ArrowLeft")
    browser.press("ArrowLeft", shift=True)  # the start
    browser.press("d", "s")
    path = browser.saved()
    assert _read(path) == [
        [("Ada Lovelace", "PER"), ("Bob", "PER"), ("New York City", "LOC")],
        [],
        [("It rained", "LOC")],
    ]
    assert [row["doc_id"] for row in _rows(path)] == ["d1", "d2", "d3"]
    check.main([str(path)])
    assert "LOC          2" in capsys.readouterr().out


def test_review_is_done_by_mouse_alone(saved: Chromium, tmp_path: Path):
    browser = saved
    browser.open(_page(tmp_path, [*TEXTS, _text("Cy left .", [], {}, row=4)]))
    browser.click("#items li:nth-child(2) button")
    assert browser.text("#about b") == "New York"
    browser.click("#others button")  # New York City instead
    browser.click("#text mark")  # Ada Lovelace
    browser.click("#start-on")
    browser.click("#end-back")  # would leave no word
    browser.drag("met", "met")
    browser.click("#labels button:nth-child(2)")
    assert browser.text("#about b") == "met"
    browser.click("#undo")
    browser.click("#items li:nth-child(1) button")
    browser.drag("met", "Bob")
    browser.click("#move")
    browser.click("#accept")
    browser.click("#items li:nth-child(6) button")
    browser.click("#name")
    browser.write("GIVEN")
    browser.click("#more button")
    browser.drag("Cy", "Cy")
    browser.click("#labels button:nth-child(4)")
    browser.click("#done")
    browser.click("#save")
    path = browser.saved()
    assert _read(path) == [
        [("Lovelace", "PER"), ("met 😀 Bob", "ORG"), ("New York City", "LOC")],
        [("Cy", "GIVEN")],
    ]


def test_review_shows_where_model_and_annotation_differ(saved: Chromium, tmp_path: Path):
    browser = saved
    gold = [TagSpan(0, 2, "PER"), TagSpan(4, 5, "PER"), TagSpan(9, 10, "LOC")]
    browser.open(_page(tmp_path, [_text(TEXTS[0].text.text, gold, TEXTS[0].posteriors)]))
    notes = []
    browser.run("filter.value = 'differ'; filter.dispatchEvent(new Event('change'))")
    for _ in range(4):
        notes.append((browser.text("#about b"), browser.text("#about small")))
        browser.press("ArrowDown")
    assert notes == [
        ("Bob", "below 0.02, another label"),
        ("today", "below 0.02, only annotated"),
        ("New York", "0.70, only found by the model, suggested"),
        ("Bob", "0.60, another label, suggested"),
    ]
    browser.press("s")
    assert _read(browser.saved()) == [[("Ada Lovelace", "PER"), ("Bob", "PER"), ("today", "LOC")]]


def test_review_keeps_changes_when_the_page_is_opened_again(saved: Chromium, tmp_path: Path):
    browser = saved
    page = _page(tmp_path, TEXTS)
    browser.open(page)
    browser.press("x", "n", "3", "d")
    progress = browser.text("#progress")
    browser.open(page)
    assert browser.text("#progress") == progress
    browser.run("scope.value = 'reviewed'")
    browser.press("s")
    first = _read(browser.saved())[0]
    assert ("Bob", "ORG") not in first
    assert len(first) == 3


def test_review_shows_a_thousand_documents(saved: Chromium, tmp_path: Path):
    browser = saved
    texts = [
        _text(
            "Ada Lovelace met Bob " * 200 + f"number {n}",
            [],
            {TagSpan(4 * at, 4 * at + 2, "PER"): 0.6 for at in range(5)},
            row=n,
        )
        for n in range(1000)
    ]
    page = _page(tmp_path, texts)
    start = time.monotonic()
    browser.open(page)
    assert browser.run("document.querySelectorAll('*').length") < 1000
    browser.press("Enter", "ArrowDown", "d")
    assert time.monotonic() - start < 20
    browser.run("scope.value = 'all'")
    browser.press("s")
    assert len(_rows(browser.saved())) == 1000
