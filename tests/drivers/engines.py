"""Which browsers this machine has. Run as a program it prints them as JSON, for ``build.py``.

Playwright's own builds come first, then the distribution's browsers. Not responsible for installing anything.
"""

from __future__ import annotations

import functools
import glob
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

ENGINES = ("chromium", "firefox", "webkit")

#: Names of the programs that a distribution installs.
DISTRIBUTION = {"chromium": ("chromium", "chromium-browser"), "firefox": ("firefox-esr",)}
MINI_BROWSER = (
    "/usr/lib/*/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/*/webkitgtk-6.0/MiniBrowser",
    "/usr/lib/*/webkit2gtk-4.0/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
)


@dataclass(frozen=True, slots=True)
class Found:
    """``how``: ``playwright`` (its own build), ``distribution`` (driven by Playwright), ``webdriver``."""

    engine: str
    how: str
    path: str


def find(engine: str) -> Found | None:
    """The browser to take for this engine, None if the machine has none."""
    own = _playwright_builds().get(engine)
    if own is not None:
        return Found(engine, "playwright", own)
    for name in DISTRIBUTION.get(engine, ()):
        path = shutil.which(name)
        if path is not None:
            return Found(engine, "distribution", path)
    if engine == "webkit":
        browser = mini_browser()
        if browser is not None and shutil.which("WebKitWebDriver") and shutil.which("Xvfb"):
            return Found(engine, "webdriver", browser)
    return None


def mini_browser() -> str | None:
    """The browser that WebKitGTK's driver starts."""
    return next((path for pattern in MINI_BROWSER for path in sorted(glob.glob(pattern))), None)


@functools.cache
def _playwright_builds() -> dict[str, str]:
    """Paths of the builds that ``playwright install`` has brought for exactly this version of Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        paths = {engine: str(getattr(playwright, engine).executable_path) for engine in ENGINES}
    return {engine: path for engine, path in paths.items() if Path(path).exists()}


def main() -> None:
    found = {engine: find(engine) for engine in sys.argv[1:] or ENGINES}
    print(json.dumps({engine: one and asdict(one) for engine, one in found.items()}))


if __name__ == "__main__":
    main()
