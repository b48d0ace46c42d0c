"""Measure how long the playground takes to answer a keystroke, and take pictures of its tabs.

    docsight serve --port 8000
    python benchmarks/playground.py --url http://127.0.0.1:8000 [--pictures DIR]

Types a text of 200 letters into the tab Type, in headless Chromium, ten letters a second. The time of a keystroke is
measured by the page: from the letter in the text area to the letter, the word and the completions that the page shows.
With --pictures, also saves each tab as light.png, dark.png and phone.png, named TAB-light.png and so on. Needs Chromium
with its driver, and selenium.
"""

import argparse
import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

TEXT = (
    "We are working on a networc of small stations that measure the wind. Each of them recieves a letter from the "
    "comittee when the weather changes, and Maria Keller in Geneva reads what they have measured before noon."
)
SECONDS_BETWEEN = 0.1
WAIT_SECONDS = 60
SEVEN = [(-0.1, -0.3), (0.1, -0.3), (0.05, -0.05), (-0.03, 0.3)]  # from the middle, in widths and heights of the canvas
LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the address of a running server")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of the tabs")
    options = parser.parse_args()
    times = measure_keystrokes(options.url)
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{len(times)} keystrokes: median {median:.1f} ms, 95th percentile {p95:.1f} ms ({load})")
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
        for look, (width, scheme) in LOOKS.items():
            take_pictures(options.url, options.pictures, look, width=width, scheme=scheme)


def measure_keystrokes(url: str) -> list[float]:
    """Type the text, and return the milliseconds that each letter took."""
    browser = open_browser(width=1280, scheme="light")
    try:
        browser.get(url)
        editor = browser.find_element(By.ID, "editor")
        WebDriverWait(browser, WAIT_SECONDS).until(lambda _: editor.is_displayed())
        time.sleep(1)
        for letter in TEXT:
            editor.send_keys(letter)
            time.sleep(SECONDS_BETWEEN)
        time.sleep(1)
        script = "return performance.getEntriesByName('keystroke').map((entry) => entry.duration)"
        return [float(duration) for duration in browser.execute_script(script)]
    finally:
        browser.quit()


def take_pictures(url: str, folder: Path, look: str, *, width: int, scheme: str) -> None:
    """Save a picture of each tab with something in it."""
    browser = open_browser(width=width, scheme=scheme)
    try:
        for tab, fill in FILLS.items():
            browser.get("about:blank")
            browser.get(f"{url}/#{tab}")
            fill(browser)
            time.sleep(1)
            height = browser.execute_script("return document.documentElement.scrollHeight")
            _resize(browser, width, height)
            browser.save_screenshot(str(folder / f"{tab}-{look}.png"))
            _resize(browser, width, 900)
    finally:
        browser.quit()


def open_browser(*, width: int, scheme: str) -> Chrome:
    """Open Chromium without a window."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        raise SystemExit("Chromium or chromedriver is missing; on Debian: apt install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = chromium
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    browser = Chrome(options, Service(driver))
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    _resize(browser, width, 900)
    return browser


def _resize(browser: Chrome, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def _wait_for(browser: Chrome, selector: str) -> None:
    WebDriverWait(browser, WAIT_SECONDS).until(lambda _: browser.find_elements(By.CSS_SELECTOR, selector))


def _fill_type(browser: Chrome) -> None:
    _wait_for(browser, "#type:not([hidden])")
    browser.find_element(By.ID, "paste-errors").click()
    for letter in " We are on a networc of small stations. A netwo":
        browser.find_element(By.ID, "editor").send_keys(letter)
    _wait_for(browser, "#findings details")


def _fill_draw(browser: Chrome) -> None:
    _wait_for(browser, "#draw:not([hidden])")
    pad = browser.find_element(By.ID, "pad")
    points = [(round(x * pad.size["width"]), round(y * pad.size["height"])) for x, y in SEVEN]
    actions = ActionChains(browser, duration=30).move_to_element_with_offset(pad, *points[0]).click_and_hold()
    for point in points[1:]:
        actions.move_to_element_with_offset(pad, *point)
    actions.release().perform()
    _wait_for(browser, "#inside .maps img")


def _fill_documents(browser: Chrome) -> None:
    _wait_for(browser, "#documents:not([hidden])")
    samples = sorted((Path(__file__).parents[1] / "samples").iterdir())
    browser.find_element(By.ID, "files").send_keys("\n".join(map(str, samples)))
    _wait_for(browser, "#jobs iframe")


def _fill_compare(browser: Chrome) -> None:
    _wait_for(browser, ".tagger")
    browser.find_elements(By.CSS_SELECTOR, ".words button")[1].click()
    _wait_for(browser, ".explained")


FILLS: dict[str, Callable[[Chrome], None]] = {
    "type": _fill_type,
    "draw": _fill_draw,
    "documents": _fill_documents,
    "compare": _fill_compare,
}

if __name__ == "__main__":
    main()
