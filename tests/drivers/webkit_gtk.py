"""WebKitGTK over WebDriver, on a virtual screen. A session (one browser process) is one fresh profile.

Playwright cannot drive a stock WebKitGTK.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import JavascriptException, NoSuchElementException, TimeoutException, WebDriverException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import HTTPError

from drivers.base import DriverError, NotAvailable
from drivers.engines import Found

#: How often a browser is started before it is an error.
ATTEMPTS = 3
#: Seconds for a start, and for an end: a few are usual. Selenium alone would wait 120 s, longer than a test may last.
START_OR_END = 30.0

# Elements inside open shadow roots too, as Playwright's selectors find them.
DEEP_QUERY = """
const find = (root) => {
  const hit = root.querySelector(arguments[0]);
  if (hit) return hit;
  for (const element of root.querySelectorAll("*")) {
    const inner = element.shadowRoot && find(element.shadowRoot);
    if (inner) return inner;
  }
  return null;
};
return find(document);
"""

CALL = """
const finish = arguments[arguments.length - 1];
const failed = (error) => ({ error: String((error && error.stack && `${error}\\n${error.stack}`) || error) });
Promise.race([
  Promise.resolve().then(() => (%s)(arguments[0])).then((value) => JSON.stringify({ value })),
  new Promise((_, reject) => setTimeout(reject, %d, new Error("no answer in %g s"))),
]).then((value) => finish({ value }), (error) => finish(failed(error)));
"""

# WebKitGTK's driver does not report the console: what the page prints after its load event is kept in the page.
KEEP_CONSOLE = """
const lines = (window.__consoleLines = []);
for (const level of ["debug", "log", "info", "warn", "error"]) {
  const print = console[level];
  console[level] = (...values) => {
    lines.push(`${level === "warn" ? "warning" : level}: ${values.map(String).join(" ")}`);
    print.apply(console, values);
  };
}
addEventListener("error", (event) => lines.push(`error: ${event.message}`));
addEventListener("unhandledrejection", (event) => lines.push(`error: ${event.reason}`));
"""


class Screen:
    """An X server without a monitor."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
        self._process = subprocess.Popen(
            command, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            self.close()
            raise DriverError("Xvfb did not start")
        self.display = f":{number}"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@contextlib.contextmanager
def _killed_if_late(service: Service) -> Iterator[None]:
    """WebKitWebDriver sometimes never answers: its group of processes is ended, so that the caller gets an error."""

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(service.process.pid, signal.SIGKILL)

    timer = threading.Timer(START_OR_END, kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _started(options: Options, environment: dict[str, str]) -> webdriver.WebKitGTK:
    """A browser. On a busy machine its first answer can take so long that the driver loses it: then another one."""
    for attempt in range(ATTEMPTS):
        own_group = {"start_new_session": True}
        service = Service(shutil.which("WebKitWebDriver"), env=environment, popen_kw=own_group)
        try:
            with _killed_if_late(service):
                return webdriver.WebKitGTK(options=options, service=service)
        except (WebDriverException, HTTPError, OSError) as error:
            with contextlib.suppress(Exception):
                service.stop()
            if attempt == ATTEMPTS - 1:
                raise DriverError(f"WebKitGTK did not start: {error}") from error
    raise AssertionError("there is at least one attempt")


class WebKitGtkDriver:
    """One window of one browser process."""

    def __init__(self, screen: Screen, found: Found) -> None:
        self.engine = found.engine
        options = Options()
        options.binary_location = found.path
        options.add_argument("--automation")
        environment = {**os.environ, "DISPLAY": screen.display, "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11"}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            environment["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
        self._driver: webdriver.WebKitGTK | None = _started(options, environment)

    @property
    def _browser(self) -> webdriver.WebKitGTK:
        if self._driver is None:
            raise DriverError("the page is closed")
        return self._driver

    def goto(self, url: str) -> None:
        self._browser.set_page_load_timeout(60)
        try:
            self._browser.get(url)
            self._browser.execute_script(KEEP_CONSOLE)
        except WebDriverException as error:
            raise DriverError(f"{url}: {error.msg}") from error

    def evaluate(self, source: str, argument: Any = None, timeout: float = 60) -> Any:
        self._browser.set_script_timeout(timeout + 15)
        try:
            answer = self._browser.execute_async_script(CALL % (source, timeout * 1000, timeout), argument)
        except (JavascriptException, TimeoutException, WebDriverException) as error:
            raise DriverError(str(error.msg)) from error
        if "error" in answer:
            raise DriverError(answer["error"])
        return json.loads(answer["value"]).get("value")

    def click(self, selector: str) -> None:
        self._element(selector).click()

    def fill(self, selector: str, text: str) -> None:
        element = self._element(selector)
        element.clear()
        element.send_keys(text)

    def press(self, selector: str, key: str) -> None:
        named: str = key if len(key) == 1 else getattr(Keys, key.replace("Arrow", "ARROW_").upper())
        self._element(selector).send_keys(named)

    def _element(self, selector: str) -> WebElement:
        def look(browser: webdriver.WebKitGTK) -> WebElement | None:
            found: WebElement | None = browser.execute_script(DEEP_QUERY, selector)
            return found if found is not None and found.is_displayed() else None

        try:
            element = WebDriverWait(self._browser, 10, 0.1).until(look)
        except (TimeoutException, NoSuchElementException):
            raise DriverError(f"no visible element {selector!r} within 10 s") from None
        assert isinstance(element, WebElement)
        return element

    def resize(self, width: int, height: int) -> None:
        self._browser.set_window_size(width, height)

    def screenshot(self, path: Path) -> None:
        if not self._browser.get_screenshot_as_file(str(path)):
            raise DriverError(f"no screenshot could be written to {path}")

    def console(self) -> list[str]:
        lines: list[str] = self._browser.execute_script("return window.__consoleLines || []")
        return lines

    def set_offline(self, offline: bool) -> None:
        raise NotAvailable("WebKitGTK cannot be taken off the network over WebDriver")

    def close(self) -> None:
        if self._driver is not None:
            driver, self._driver = self._driver, None
            with _killed_if_late(driver.service), contextlib.suppress(WebDriverException):
                driver.quit()
