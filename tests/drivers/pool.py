"""The browsers of a test session: started when first needed, one process an engine where that is possible."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from playwright.async_api import Browser

from drivers.base import Driver, DriverError
from drivers.engines import Found, find
from drivers.playwright_driver import PlaywrightDriver, PlaywrightThread
from drivers.webkit_gtk import Screen, WebKitGtkDriver


class Browsers:
    """``open(engine)`` gives a page in a fresh profile; ``close`` ends every process that was started."""

    def __init__(self) -> None:
        self._found: dict[str, Found | None] = {}
        self._opened: dict[str, None] = {}
        self._refused: dict[str, str] = {}
        self._thread: PlaywrightThread | None = None
        self._browsers: dict[str, Browser] = {}
        self._screen: Screen | None = None

    def find(self, engine: str) -> Found | None:
        if engine not in self._found:
            self._found[engine] = find(engine)
        return self._found[engine]

    def used(self) -> list[Found]:
        """The browsers of which a page was opened."""
        return [found for engine in self._opened if (found := self._found[engine]) is not None]

    def open(self, engine: str, profile: Path | None = None) -> Driver:
        """``profile``: a folder in which the browser keeps its caches, for the engines that Playwright drives."""
        found = self.find(engine)
        if found is None:
            raise DriverError(f"{engine} is not on this machine: run python3 build.py test, it installs or explains")
        self._opened[engine] = None
        if found.how == "webdriver":
            self._screen = self._screen or Screen()
            return WebKitGtkDriver(self._screen, found)
        self._thread = self._thread or PlaywrightThread()
        if engine in self._refused:
            raise DriverError(self._refused[engine])
        if profile is not None:
            return PlaywrightDriver(self._thread, self._thread.launch_profile(found, profile), found)
        browser = self._browsers.get(engine)
        if browser is None or not browser.is_connected():
            try:
                browser = self._browsers[engine] = self._thread.launch(found)
            except DriverError as error:
                # Not again for every test: it takes seconds each time.
                self._refused[engine] = str(error)
                raise
        return PlaywrightDriver(self._thread, browser, found)

    def renderers(self, engine: str) -> list[int]:
        """Process numbers of what draws pages, of browsers that this process has started; none where nobody tells."""
        return _content_processes(CONTENT[engine])

    def close(self) -> None:
        if self._thread is not None:
            for browser in self._browsers.values():
                self._thread.do(browser.close(), 30)
            self._thread.stop()
        if self._screen is not None:
            self._screen.close()
        self._browsers, self._thread, self._screen = {}, None, None


#: A word in the command of the processes that draw pages.
CONTENT = {"chromium": "--type=renderer", "firefox": "-contentproc", "webkit": "WebKitWebProcess"}


def _content_processes(word: str) -> list[int]:
    """As Linux tells; Firefox has other helpers as well, each smaller than one with a page."""
    parents: dict[int, int] = {}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if word in (folder / "cmdline").read_text():
                found.append(int(folder.name))

    def descends(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    return [process for process in found if descends(process)]
