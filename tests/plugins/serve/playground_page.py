"""The playground in headless Chromium, and `docsight serve` in a process of its own, for the browser tests."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
AXE = Path(os.environ.get("AXE_CORE", Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"))
START_SECONDS, WAIT_SECONDS = 180, 180  # on a machine that does other work, too


@contextmanager
def served(folder: Path, *options: str, variables: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server as long as the block runs, and yield its address; its log is in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "docsight", "serve", "--port", str(port), *options]
        environment = {**os.environ, **(variables or {})}
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        _wait_until_ready(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The server was not ready within {START_SECONDS} seconds: {log.read_text(encoding='utf-8')}")


class Playground:
    """The page in a browser."""

    def __init__(self, address: str, *, dark: bool = False, width: int = 1280, net_log: Path | None = None) -> None:
        options = ChromeOptions()
        options.binary_location = str(BROWSER)
        # By default, Chromium itself contacts Google for updates and the like.
        arguments = ("headless=new", "no-sandbox", "disable-gpu", "disable-background-networking", "no-first-run")
        arguments += ("disable-component-update", "disable-sync", "disable-default-apps", "disable-domain-reliability")
        arguments += ("disable-features=OptimizationHints,MediaRouter", f"window-size={width},900")
        for argument in arguments + ((f"log-net-log={net_log}",) if net_log else ()):
            options.add_argument(f"--{argument}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.address = address
        self.driver = Chrome(options, Service(DRIVER))
        self.driver.set_script_timeout(WAIT_SECONDS)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, tab: str) -> None:
        self.driver.get("about:blank")
        self.driver.get(f"{self.address}/#{tab}")
        self.wait(lambda: self.part(tab).is_displayed())

    def part(self, name: str) -> WebElement:
        return self.driver.find_element(By.ID, name)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition holds, also while the page replaces the elements that it reads."""
        waiting = WebDriverWait(self.driver, WAIT_SECONDS, 0.05, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(lambda _: condition())

    def type(self, keys: str) -> None:
        """Type letter by letter, each after the answer to the one before."""
        editor = self.part("editor")
        for key in keys:
            editor.send_keys(key)

    def text(self) -> str:
        return str(self.part("editor").get_property("value"))

    def draw(self, stroke: list[tuple[int, int]]) -> None:
        pad = self.part("pad")
        actions = ActionChains(self.driver, duration=30)
        actions.move_to_element_with_offset(pad, *stroke[0]).click_and_hold()
        for x, y in stroke[1:]:
            actions.move_to_element_with_offset(pad, x, y)
        actions.release().perform()

    def drop(self, element: WebElement, paths: list[Path]) -> None:
        """Drop files or folders on an element, as from a file manager."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        x, y = self.driver.execute_script(
            "const box = arguments[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + 12];", element
        )
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.driver.execute_cdp_cmd("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})

    def requests(self) -> list[str]:
        """Return the addresses that the page has requested since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if url != "about:blank" and not url.startswith(("data:", "blob:"))]

    def errors(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def barriers(self) -> list[str]:
        """Return the serious and critical findings of axe-core, each with the element."""
        self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run({exclude: [['iframe']]}, {resultTypes: ['violations']}).then((result) => done(result.violations));"
        )
        return [
            f"{each['id']}: {node['html'][:120]}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]
