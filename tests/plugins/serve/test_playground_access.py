"""The playground of a server with an API key, and what it makes of documents that are to be redacted."""

import json
import re
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="the browser tests need selenium")
pytest.importorskip("fastapi", reason="docsight serve needs the extra [serve]")
pytest.importorskip("presidio_analyzer", reason="redaction needs the extra [redact]")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(Path(__file__).parent))

from playground_page import AXE, BROWSER, DRIVER, Playground, served

KEY = "a-key-of-the-browser-tests"
LETTER = "Ada Lovelace lives in London. Write to ada.lovelace@example.org about the engine.\n"
SECRETS = ("Lovelace", "London", "example.org")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="the browser tests need chromium and chromedriver"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server that needs a key, and yield its address."""
    with served(tmp_path_factory.mktemp("serve"), variables={"DOCSIGHT_API_KEY": KEY}) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Playground]:
    opened = Playground(address)
    yield opened
    opened.driver.quit()


def enter(page: Playground, key: str) -> None:
    field = page.wait(lambda: page.part("api-key").is_displayed() and page.part("api-key"))
    field.clear()
    field.send_keys(key, Keys.ENTER)


def stored(page: Playground) -> str:
    """Return everything that the browser stores for the page, and the address, where a key could be read later."""
    return str(
        page.driver.execute_script(
            "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href,"
            " history.state, document.documentElement.outerHTML]);"
        )
    )


def test_page_asks_for_the_key_and_says_when_it_is_wrong(page: Playground) -> None:
    page.open("type")
    page.wait(lambda: page.part("unlock").is_displayed())
    assert "needs an API key" in page.part("unlock").text
    page.wait(lambda: page.driver.switch_to.active_element.get_attribute("id") == "api-key")
    for wrong in ("not-the-key-of-this-server", "kein Schlüssel", ""):
        enter(page, wrong)
        page.wait(lambda: "wrong" in page.part("unlock-reason").text)
        assert page.part("unlock").is_displayed()
    enter(page, f" {KEY} ")  # as copied, with spaces around it
    page.wait(lambda: not page.part("unlock").is_displayed())
    page.type("We are on a networc ")
    page.wait(lambda: page.text() == "We are on a network ")
    assert not page.part("problem").is_displayed()


def test_text_that_is_typed_before_the_key_is_read_afterwards(page: Playground) -> None:
    page.open("type")
    page.wait(lambda: page.part("unlock").is_displayed())
    page.part("paste-roosevelt").click()
    enter(page, KEY)
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#entities mark.PER"))


def test_key_is_sent_in_a_header_only_and_stored_nowhere(page: Playground, address: str) -> None:
    page.open("type")
    enter(page, KEY)
    page.type("We ")
    page.wait(lambda: page.part("latency").text)
    assert KEY not in stored(page)
    assert page.part("api-key").get_property("value") == ""
    urls = page.requests()
    assert len(urls) > 10
    assert [url for url in urls if KEY in url] == []
    page.driver.refresh()
    page.wait(lambda: page.part("unlock").is_displayed())
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{address}/v1/info")


def test_redacted_copy_of_dropped_files_can_be_downloaded(page: Playground, tmp_path: Path) -> None:
    downloads, letter = tmp_path / "downloads", tmp_path / "letter.txt"
    letter.write_text(LETTER, encoding="utf-8")
    behaviour = {"behavior": "allow", "downloadPath": str(downloads)}
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    page.open("documents")
    page.part("redact").click()
    page.drop(page.part("drop"), [letter])
    enter(page, KEY)
    item = page.wait(lambda: page.driver.find_element(By.CSS_SELECTOR, "#jobs li"))
    page.wait(lambda: "Open the report" in item.text)
    names = [link.text for link in item.find_elements(By.TAG_NAME, "a")]
    assert names == ["Open the report", "Redacted copy", "Records (JSON lines)"]
    for name, file in (("Redacted copy", "redacted.zip"), ("Records (JSON lines)", "documents.jsonl")):
        item.find_element(By.LINK_TEXT, name).click()
        page.wait((downloads / file).is_file)
    with zipfile.ZipFile(downloads / "redacted.zip") as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    texts = [content for name, content in contents.items() if name.endswith(".txt")]
    assert texts == ["<PERSON> lives in <LOCATION>. Write to <EMAIL> about the engine.\n"]
    records = (downloads / "documents.jsonl").read_text(encoding="utf-8")
    assert json.loads(records)["path"] == "letter.txt"
    assert [word for word in SECRETS if word in f"{contents} {records}"] == []


def test_report_of_a_redacted_document_shows_no_name(page: Playground, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text(LETTER, encoding="utf-8")
    page.open("documents")
    page.part("redact").click()
    page.part("files").send_keys(str(letter))
    enter(page, KEY)
    item = page.wait(lambda: page.driver.find_element(By.CSS_SELECTOR, "#jobs li"))
    frame = page.wait(lambda: item.find_elements(By.TAG_NAME, "iframe"))[0]
    page.driver.execute_script("arguments[0].scrollIntoView()", frame)
    page.driver.switch_to.frame(frame)
    page.wait(lambda: re.search(r"1 document", page.driver.find_element(By.TAG_NAME, "h1").text))
    assert [word for word in SECRETS if word in page.driver.page_source] == []
    page.driver.switch_to.default_content()
    item.find_element(By.XPATH, ".//button[text()='Delete']").click()
    page.wait(lambda: not page.driver.find_elements(By.CSS_SELECTOR, "#jobs li"))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: npm install axe-core, or AXE_CORE=/path/to/axe.min.js")
def test_axe_finds_no_barrier_in_the_question_for_the_key(address: str, *, dark: bool, width: int) -> None:
    opened = Playground(address, dark=dark, width=width)
    try:
        opened.open("documents")
        opened.part("files").send_keys(str(Path(__file__)))
        enter(opened, "not-the-key")
        opened.wait(lambda: "wrong" in opened.part("unlock-reason").text)
        assert opened.barriers() == []
        assert opened.driver.execute_script("return document.documentElement.scrollWidth - innerWidth") <= 0
    finally:
        opened.driver.quit()
