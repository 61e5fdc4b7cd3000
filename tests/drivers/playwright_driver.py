"""Chromium, Firefox and WebKit through Playwright: its own builds, or a distribution's Chromium and Firefox.

Playwright's asynchronous interface runs on a loop in a thread of its own: its synchronous one would occupy the
main thread's loop, and with it every asyncio test of the session.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from drivers.base import DriverError, NotAvailable
from drivers.engines import Found

# Without the switches for background networking Chromium keeps trying outside hosts.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GRACE = 15.0
T = TypeVar("T")


class PlaywrightThread:
    """The loop that Playwright lives on, and the browsers it has started."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="playwright", daemon=True)
        self._thread.start()
        self._playwright: Playwright | None = None

    def do(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise DriverError(f"the browser did not answer within {timeout:g} s") from None
        except PlaywrightError as error:
            raise DriverError(error.message) from error

    def launch(self, found: Found) -> Browser:
        """A browser whose contexts forget everything."""
        browser: Browser = self.do(self._launch(found, None), 60)
        return browser

    def launch_profile(self, found: Found, profile: Path) -> BrowserContext:
        """A browser that keeps its caches in ``profile``, as a user's does."""
        context: BrowserContext = self.do(self._launch(found, profile), 60)
        return context

    async def _launch(self, found: Found, profile: Path | None) -> Any:
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        kind = getattr(self._playwright, found.engine)
        options: dict[str, Any] = {}
        if found.engine == "chromium":
            options["args"] = CHROMIUM_ARGUMENTS
        if found.how == "distribution":
            options["executable_path"] = found.path
            if found.engine == "firefox":
                # A stock Firefox speaks WebDriver BiDi; Playwright's own protocol is only in its own build.
                options["channel"] = "moz-firefox"
        try:
            if profile is not None:
                return await kind.launch_persistent_context(profile, **options)
            return await kind.launch(**options)
        except PlaywrightError as error:
            if found.how == "distribution" and "unknown command" in error.message:
                what = f"{found.path} does not know what this version of Playwright asks of it: update the browser"
                raise DriverError(f"{what}, or run: playwright install {found.engine}\n{error.message}") from error
            raise

    def stop(self) -> None:
        if self._playwright is not None:
            self.do(self._playwright.stop(), 30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class PlaywrightDriver:
    """One page in a context of its own, or in a browser of its own that keeps a profile."""

    def __init__(self, thread: PlaywrightThread, browser: Browser | BrowserContext, found: Found) -> None:
        self.engine = found.engine
        self._thread, self._found = thread, found
        self._lines: list[str] = []
        self._context: BrowserContext | None = None
        self._devtools: CDPSession | None = None
        self._page: Page = thread.do(self._open(browser), 60)

    async def _open(self, browser: Browser | BrowserContext) -> Page:
        self._context = await browser.new_context() if isinstance(browser, Browser) else browser
        page = await self._context.new_page()
        page.on("console", lambda message: self._lines.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self._lines.append(f"error: {error}"))
        return page

    def goto(self, url: str) -> None:
        self._thread.do(self._page.goto(url), 60)

    def evaluate(self, source: str, argument: Any = None, timeout: float = 60) -> Any:
        # Playwright waits for ever; a page that hangs must become a failure with words.
        guarded = f"""(argument) => Promise.race([
            Promise.resolve().then(() => ({source})(argument)).then((value) => JSON.stringify({{ value }})),
            new Promise((_, reject) => setTimeout(reject, {timeout * 1000}, new Error("no answer in {timeout:g} s"))),
        ])"""
        text = self._thread.do(self._page.evaluate(guarded, argument), timeout + GRACE)
        return _value(text)

    def click(self, selector: str) -> None:
        self._thread.do(self._page.click(selector, timeout=10_000), 20)

    def fill(self, selector: str, text: str) -> None:
        self._thread.do(self._page.fill(selector, text, timeout=10_000), 20)

    def press(self, selector: str, key: str) -> None:
        self._thread.do(self._page.press(selector, key, timeout=10_000), 20)

    def resize(self, width: int, height: int) -> None:
        self._thread.do(self._page.set_viewport_size({"width": width, "height": height}), 20)

    def screenshot(self, path: Path) -> None:
        self._thread.do(self._page.screenshot(path=path), 30)

    def console(self) -> list[str]:
        return list(self._lines)

    def set_offline(self, offline: bool) -> None:
        if self._context is None:
            raise DriverError("the page is closed")
        if self._found.engine == "firefox" and self._found.how == "distribution":
            raise NotAvailable("a stock Firefox cannot be taken off the network over WebDriver BiDi")
        self._thread.do(self._context.set_offline(offline), 20)

    def devtools(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of Chromium's DevTools protocol to this page. Raises :class:`NotAvailable` elsewhere."""
        if self.engine != "chromium":
            raise NotAvailable(f"{self.engine} does not speak the DevTools protocol")
        return self._thread.do(self._command(method, parameters), 30)

    async def _command(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if self._devtools is None:
            self._devtools = await self._page.context.new_cdp_session(self._page)
        answer: dict[str, Any] = await self._devtools.send(method, parameters)
        return answer

    def close(self) -> None:
        if self._context is not None:
            context, self._context = self._context, None
            self._thread.do(context.close(), 30)


def _value(text: str) -> Any:
    return json.loads(text).get("value")
