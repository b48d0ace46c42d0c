"""The playground in headless Chromium, against `docsight serve` in a process of its own.

Needs Chromium with its driver, and selenium. The checks of accessibility also need axe-core: `npm install axe-core` in
the root of the repository, or AXE_CORE=/path/to/axe.min.js.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="the browser tests need selenium")
pytest.importorskip("fastapi", reason="docsight serve needs the extra [serve]")

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(Path(__file__).parent))

from playground_page import AXE, BROWSER, DRIVER, Playground, served

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
ROOSEVELT = (
    "President Roosevelt was one of the most influential presidents in American history. "
    "However, Roosevelt Street in Manhattan was not named after him."
)
NOTHING = "\N{EN DASH}"
SEVEN = [(-60, -90), (50, -90), (20, -30), (-20, 90)]  # a stroke, in pixels from the middle of the drawing area
LOCAL = re.compile(r"(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="the browser tests need chromium and chromedriver"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server and yield its address."""
    with served(tmp_path_factory.mktemp("serve")) as address:
        yield address


@pytest.fixture(scope="module")
def browser(server: str) -> Iterator[Playground]:
    opened = Playground(server)
    yield opened
    opened.driver.quit()


@pytest.fixture
def page(browser: Playground) -> Iterator[Playground]:
    yield browser
    assert browser.errors() == []


def test_typing_networc_shows_k_and_network(page: Playground) -> None:
    page.open("type")
    page.type("We are working on a networc")
    page.wait(lambda: page.part("letter-meant").text == "c → k")
    assert page.part("word-meant").text == "networc → network"
    assert page.part("completions").text.startswith("network")
    assert page.part("letters").text.startswith("k")


def test_typing_corrects_a_word_at_its_end_and_control_z_takes_any_correction_back(page: Playground) -> None:
    page.open("type")
    page.type("We are on a networc and teh rest ")
    page.wait(lambda: page.text() == "We are on a network and the rest ")
    corrected = "#backdrop .corrected"
    page.wait(
        lambda: [each.text for each in page.driver.find_elements(By.CSS_SELECTOR, corrected)] == ["network", "the"]
    )
    page.part("editor").send_keys(Keys.CONTROL + "z")
    page.wait(lambda: page.text() == "We are on a network and teh rest ")
    page.part("editor").send_keys(Keys.CONTROL + "z")
    page.wait(lambda: page.text() == "We are on a networc and teh rest ")
    page.type("of networc ")  # a word that was taken back stays as it is
    page.wait(lambda: page.text() == "We are on a networc and teh rest of networc ")


def test_tab_accepts_a_completion_and_escape_keeps_the_word_and_lets_tab_leave(page: Playground) -> None:
    page.open("type")
    page.type("We are working on a netwo")
    page.wait(lambda: page.part("completions").text.startswith("network"))
    page.part("editor").send_keys(Keys.TAB)
    page.wait(lambda: page.text() == "We are working on a network")
    page.type(" with a lapyop")
    page.wait(lambda: page.part("word-meant").text.startswith("lapyop"))
    page.part("editor").send_keys(Keys.ESCAPE)
    page.wait(lambda: page.part("completions").text == "")
    page.part("editor").send_keys(Keys.TAB)
    assert page.driver.switch_to.active_element.get_attribute("id") != "editor"
    page.part("editor").send_keys(Keys.END, " ")
    page.wait(lambda: page.part("word-meant").text == NOTHING)
    assert page.text().endswith("a lapyop ")


def test_typing_in_the_middle_of_a_text_keeps_what_follows(page: Playground) -> None:
    page.open("type")
    page.type("It is here.")
    page.part("editor").send_keys(*[Keys.LEFT] * 5)
    page.type("teh ")
    page.wait(lambda: page.text() == "It is the here.")


def test_keystrokes_wait_for_a_slow_answer_together_and_only_the_last_answer_counts(page: Playground) -> None:
    page.open("type")
    page.wait(lambda: any("/v1/type" in url for url in page.requests()))
    conditions = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    try:
        page.part("editor").send_keys("We are on a networc ")
        page.wait(lambda: page.text() == "We are on a network ")
    finally:
        page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions | {"latency": 0})
    assert 1 <= sum(url.endswith("/v1/type") for url in page.requests()) <= 6


def test_pasted_roosevelt_shows_a_person_and_a_place_and_the_threshold_sends_no_request(page: Playground) -> None:
    page.open("type")
    page.driver.execute_cdp_cmd("Input.insertText", {"text": ""})
    page.part("editor").click()
    page.driver.execute_cdp_cmd("Input.insertText", {"text": ROOSEVELT})
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#entities mark.LOC"))
    marks = [each.text.split()[:-1] for each in page.driver.find_elements(By.CSS_SELECTOR, "#entities mark")]
    assert ["RooseveltPER"] in [[word.replace("\n", "") for word in mark] for mark in marks]
    assert any("Street" in " ".join(mark) and "LOC" in " ".join(mark) for mark in marks)
    page.requests()
    slider = page.part("threshold")
    slider.send_keys(Keys.HOME)
    many = len(page.driver.find_elements(By.CSS_SELECTOR, "#entities mark"))
    slider.send_keys(Keys.END)
    assert len(page.driver.find_elements(By.CSS_SELECTOR, "#entities mark")) < len(marks) <= many
    time.sleep(0.5)
    assert page.requests() == []


def test_real_word_errors_and_unknown_words_have_lines_of_their_own(page: Playground) -> None:
    page.open("type")
    page.part("paste-errors").click()
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#backdrop .unknown"))
    styles = page.driver.execute_script(
        "return ['unknown', 'context'].map((kind) => getComputedStyle(document.querySelector('#backdrop .' + kind)))"
        ".map((style) => [style.textDecorationColor, style.textDecorationStyle]);"
    )
    assert styles[0][0] != styles[1][0]
    assert styles[0][1] != styles[1][1]
    word = page.driver.find_element(By.CSS_SELECTOR, "#backdrop .unknown")
    ActionChains(page.driver).move_to_element(word).perform()
    page.wait(lambda: page.part("hint").is_displayed())
    assert re.search(r"committee\s?>?0\.\d\d", page.part("hint").text)
    assert "unknown word" in page.part("hint").text
    page.part("hint").find_element(By.TAG_NAME, "button").click()
    assert page.text().startswith("The committee met")


def test_a_seven_drawn_with_the_mouse_is_read_and_explained(page: Playground) -> None:
    page.open("draw")
    page.draw(SEVEN)
    page.wait(lambda: page.part("digits").text == "7")
    page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#inside .maps img"))
    assert page.part("classes").find_element(By.CLASS_NAME, "best").text.split()[0] == "7"
    assert len(page.driver.find_elements(By.CSS_SELECTOR, "#inside .strip canvas")) == 48  # 24 before, 24 after
    assert page.driver.find_elements(By.CSS_SELECTOR, 'canvas[aria-label="28 by 28 pixel values from 0 to 255"]')
    assert page.driver.find_elements(By.CSS_SELECTOR, 'canvas[aria-label="Grad-CAM for 7"]')
    page.draw([(150, -90), (150, 90)])
    page.wait(lambda: page.part("digits").text.replace("\n", "") == "71")


def test_a_seven_drawn_with_the_keys_is_read(page: Playground) -> None:
    page.open("draw")
    pad = page.part("pad")
    pad.send_keys(" ", *[Keys.RIGHT] * 9, *[Keys.DOWN, Keys.DOWN, Keys.DOWN, Keys.LEFT] * 5, " ")
    page.wait(lambda: page.part("digits").text == "7")


def test_a_dropped_picture_is_sorted_and_an_unlike_one_has_no_label(page: Playground, tmp_path: Path) -> None:
    from PIL import Image

    page.open("draw")
    page.part("picture-file").send_keys(str(_chart(tmp_path / "chart.png")))
    page.wait(lambda: page.part("digits").text == "chart")
    noise = tmp_path / "noise.png"
    Image.effect_noise((160, 160), 120).save(noise)
    page.drop(page.part("pad"), [noise])
    page.wait(lambda: page.part("digits").text == "no label")
    assert "threshold" in page.part("digits-note").text


def _chart(path: Path) -> Path:
    """Draw a bar chart, like those that the model knows."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (480, 360), "white")
    draw = ImageDraw.Draw(image)
    draw.line([(60, 30), (60, 310), (450, 310)], fill="black", width=2)
    for at, height in enumerate((90, 160, 60, 210, 130, 180)):
        draw.rectangle([80 + 60 * at, 310 - height, 118 + 60 * at, 310], fill="#3b6ea5")
        draw.text((92 + 60 * at, 318), str(2019 + at), fill="black")
        draw.text((30, 300 - 50 * at), str(10 * at), fill="black")
    image.save(path)
    return path


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the samples of a checkout")
def test_dropped_samples_are_processed_and_their_report_is_shown(page: Playground) -> None:
    page.open("documents")
    page.drop(page.part("drop"), [SAMPLES])
    item = page.wait(lambda: page.driver.find_element(By.CSS_SELECTOR, "#jobs li"))
    assert f"{len(list(SAMPLES.iterdir()))} files" in item.text
    page.wait(lambda: "Open the report" in item.text)
    assert re.search(r"\d+ documents read", item.text)
    names = [link.text for link in item.find_elements(By.TAG_NAME, "a")]
    assert names == ["Open the report", "Records (JSON lines)"]
    frame = item.find_element(By.TAG_NAME, "iframe")
    page.driver.execute_script("arguments[0].scrollIntoView()", frame)
    page.driver.switch_to.frame(frame)
    page.wait(lambda: re.search(r"entities.* in \d+ documents", page.driver.find_element(By.TAG_NAME, "h1").text))
    page.driver.switch_to.default_content()
    item.find_element(By.XPATH, ".//button[text()='Delete']").click()
    page.wait(lambda: not page.driver.find_elements(By.CSS_SELECTOR, "#jobs li"))


def test_compare_shows_what_each_tagger_sees(page: Playground) -> None:
    page.open("compare")
    page.wait(lambda: len(page.driver.find_elements(By.CLASS_NAME, "tagger")) == 3)
    for tagger in page.driver.find_elements(By.CLASS_NAME, "tagger"):
        assert len(tagger.find_elements(By.CLASS_NAME, "word")) == 25
        assert len(tagger.find_elements(By.CSS_SELECTOR, ".word canvas")) == 25
    first = page.driver.find_element(By.CSS_SELECTOR, "#demo_lstm .words button:nth-child(2)")
    first.click()
    page.wait(lambda: page.driver.find_elements(By.CLASS_NAME, "explained"))
    unseen = {
        name: len(page.driver.find_elements(By.CSS_SELECTOR, f"#{name} .unseen-word"))
        for name in ("demo_lstm", "demo_bilstm", "demo_cnn")
    }
    assert unseen == {"demo_lstm": 23, "demo_bilstm": 0, "demo_cnn": 19}
    page.driver.switch_to.active_element.send_keys(Keys.RIGHT, Keys.ENTER)
    page.wait(lambda: page.driver.find_element(By.CLASS_NAME, "explained").text.startswith("“was”"))


def test_tabs_and_theme_work_by_keyboard(page: Playground) -> None:
    page.open("type")
    page.part("tab-type").send_keys(Keys.ARROW_RIGHT)
    assert page.part("draw").is_displayed()
    assert not page.part("type").is_displayed()
    assert page.driver.switch_to.active_element.get_attribute("id") == "tab-draw"
    before = page.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    page.part("theme").send_keys(Keys.SPACE)
    assert page.driver.execute_script("return getComputedStyle(document.body).backgroundColor") != before
    page.part("theme").send_keys(Keys.SPACE)
    assert page.driver.execute_script("return getComputedStyle(document.body).backgroundColor") == before


def test_nothing_leaves_the_machine(server: str, tmp_path: Path) -> None:
    net_log = tmp_path / "net-log.json"
    opened = Playground(server, net_log=net_log)
    try:
        opened.open("type")
        opened.type("We are on a networc ")
        opened.wait(lambda: "network" in opened.text())
        opened.open("draw")
        opened.draw(SEVEN)
        opened.wait(lambda: opened.part("digits").text == "7")
        opened.open("compare")
        opened.wait(lambda: opened.driver.find_elements(By.CLASS_NAME, "tagger"))
        urls = opened.requests()
    finally:
        opened.driver.quit()
    assert len(urls) > 20
    assert [url for url in urls if not url.startswith(server)] == []
    log = json.loads(net_log.read_text(encoding="utf-8"))
    connect = log["constants"]["logEventTypes"]["TCP_CONNECT_ATTEMPT"]
    targets = {
        event["params"]["address"]
        for event in log["events"]
        if event["type"] == connect and "address" in event.get("params", {})
    }
    assert targets
    assert [target for target in targets if not LOCAL.match(target)] == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: npm install axe-core, or AXE_CORE=/path/to/axe.min.js")
def test_axe_finds_no_barrier(server: str, tmp_path: Path, *, dark: bool, width: int) -> None:
    opened = Playground(server, dark=dark, width=width)
    try:
        for tab, prepare in _STATES.items():
            opened.open(tab)
            assert opened.barriers() == [], tab
            prepare(opened)
            assert opened.barriers() == [], tab
            overflow = opened.driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, tab
    finally:
        opened.driver.quit()


def _fill_type(opened: Playground) -> None:
    opened.part("paste-errors").click()
    opened.type(" Maria is on a nework. A netwo")
    opened.wait(lambda: opened.driver.find_elements(By.CSS_SELECTOR, "#findings details"))
    opened.wait(lambda: opened.part("completions").text)
    script = "document.querySelectorAll('details').forEach((each) => (each.open = true));"
    opened.driver.execute_script(script)
    opened.part("threshold").send_keys(Keys.HOME)


def _fill_draw(opened: Playground) -> None:
    half = opened.part("pad").size["width"] / 640
    opened.draw([(round(x * half), round(y * half)) for x, y in SEVEN])
    opened.wait(lambda: opened.driver.find_elements(By.CSS_SELECTOR, "#inside .maps img"))


def _fill_documents(opened: Playground) -> None:
    opened.part("files").send_keys(str(Path(__file__)))
    opened.wait(lambda: opened.driver.find_elements(By.LINK_TEXT, "Open the report"))


def _fill_compare(opened: Playground) -> None:
    opened.wait(lambda: opened.driver.find_elements(By.CLASS_NAME, "tagger"))
    opened.driver.find_element(By.CSS_SELECTOR, "#demo_cnn .words button:nth-child(2)").click()
    opened.wait(lambda: opened.driver.find_elements(By.CLASS_NAME, "explained"))


_STATES: dict[str, Callable[[Playground], None]] = {
    "type": _fill_type,
    "draw": _fill_draw,
    "documents": _fill_documents,
    "compare": _fill_compare,
}
