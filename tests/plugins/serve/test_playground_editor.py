"""What users do in the text field of the playground besides typing letter by letter: phones, pasting, going back."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="the browser tests need selenium")
pytest.importorskip("fastapi", reason="docsight serve needs the extra [serve]")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(Path(__file__).parent))

from playground_page import BROWSER, DRIVER, Playground, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="the browser tests need chromium and chromedriver"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with served(tmp_path_factory.mktemp("serve")) as address:
        opened = Playground(address)
        yield opened
        opened.driver.quit()


def paste(page: Playground, text: str) -> None:
    page.part("editor").click()
    page.driver.execute_cdp_cmd("Input.insertText", {"text": text})


def compose(page: Playground, text: str) -> None:
    """Compose a word as an input method or the keyboard of a phone does, without ending it."""
    for end in range(1, len(text) + 1):
        composed = {"text": text[:end], "selectionStart": end, "selectionEnd": end}
        page.driver.execute_cdp_cmd("Input.imeSetComposition", composed)


def test_composed_words_are_read_letter_by_letter_and_corrected_at_their_end(page: Playground) -> None:
    page.open("type")
    page.type("We are on a ")
    compose(page, "networc")
    page.wait(lambda: page.part("word-meant").text == "networc → network")
    assert page.text() == "We are on a networc"
    paste(page, "networc")  # ends the composition
    page.type(" ")
    page.wait(lambda: page.text() == "We are on a network ")
    assert page.errors() == []


def test_letter_that_is_replaced_by_an_accented_one_is_read_on(page: Playground) -> None:
    page.open("type")
    page.type("a caf")
    compose(page, "\N{ACUTE ACCENT}")
    paste(page, "é")
    page.wait(lambda: page.part("word-meant").text == "café")
    assert page.text() == "a café"
    assert page.errors() == []


def test_text_stays_when_the_browser_brings_the_page_back(page: Playground) -> None:
    """The session has ended on the server then."""
    page.open("type")
    page.type("hello wor")
    page.wait(lambda: page.part("completions").text)
    page.driver.execute_script("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    page.type("ld and a networc ")
    page.wait(lambda: page.text() == "hello world and a network ")
    assert page.errors() == []


def test_context_is_not_cut_within_a_character(page: Playground) -> None:
    page.open("type")
    paste(page, "😀" * 600 + "a")
    page.type("b networc ")
    page.wait(lambda: page.text().endswith("ab network "))
    assert page.errors() == []


def test_text_that_is_too_long_shows_no_entities_of_an_earlier_one(page: Playground) -> None:
    page.open("type")
    page.part("paste-roosevelt").click()
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#entities mark"))
    page.part("editor").send_keys(Keys.CONTROL, "a")
    page.driver.execute_cdp_cmd("Input.insertText", {"text": "word " * 20_001})
    page.wait(lambda: page.part("problem").is_displayed())
    assert "at most 100,000" in page.part("problem").text
    assert page.driver.find_elements(By.CSS_SELECTOR, "#entities mark") == []
    assert ["413" in error for error in page.errors()] == [True]


def test_long_text_is_read_while_one_types_without_too_many_requests(page: Playground) -> None:
    page.open("type")
    paste(page, "The comitee met Ada Lovelace in Geneva. " * 1000)
    page.wait(lambda: page.part("findings-title").text == "Corrections (1000)")
    for key in "It is a long text. ":
        page.type(key)
        time.sleep(0.25)
    page.wait(lambda: page.part("entities").text.rstrip().endswith("It is a long text."))
    assert not page.part("problem").is_displayed()
    assert page.errors() == []
