"""Browsers for the tests: those that are there, else Playwright's own builds, else the distribution's packages.

Which browser is taken for an engine is decided by ``tests/drivers/engines.py``; here they are only installed.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from pipeline import debian
from pipeline.paths import PYTHON, ROOT, SCRIPTS
from pipeline.process import run
from pipeline.progress import Trouble, say, step

PACKAGES = {
    "chromium": ("chromium",),
    "firefox": ("firefox-esr",),
    "webkit": ("webkit2gtk-driver", "xvfb", "xauth"),
}
PATIENCE = 5.0


def ensure(engines: Sequence[str], required: bool) -> None:
    """Install what is missing. What cannot be had is said with its remedy, and is fatal only if ``required``."""
    missing = _missing(engines)
    if missing and _downloads_reachable(missing):
        missing = _playwright(missing)
    for engine in missing if debian.may_install() else []:
        try:
            debian.install(PACKAGES[engine], f"to test in {engine}")
        except Trouble as trouble:
            say(f"! {trouble.what}\n  → {trouble.remedy}")
    missing = _missing(missing) if missing else []
    if missing:
        what = f"no browser for: {', '.join(missing)}"
        remedy = _remedy(missing)
        if required:
            raise Trouble(what, remedy)
        say(f"! {what}. Its tests will not run.\n  → {remedy}")


def _remedy(missing: Sequence[str]) -> str:
    playwright = f"{SCRIPTS / 'playwright'} install --with-deps {' '.join(missing)}   (needs an open network)"
    if not debian.available():
        return playwright
    return f"{debian.remedy([name for engine in missing for name in PACKAGES[engine]])}\n  or {playwright}"


def _missing(engines: Sequence[str]) -> list[str]:
    answer = run([PYTHON, ROOT / "tests" / "drivers" / "engines.py", *engines], "looking for browsers")
    found: dict[str, object] = json.loads(answer)
    return [engine for engine in engines if found[engine] is None]


def _playwright(engines: Sequence[str]) -> list[str]:
    """Playwright's own builds; those that are still missing afterwards."""
    command: list[str | Path] = [SCRIPTS / "playwright", "install"]
    if debian.may_install():
        command.append("--with-deps")
    try:
        with step(f"download {', '.join(engines)} (Playwright's builds)"):
            run([*command, *engines], "playwright install", timeout=1800)
    except Trouble as trouble:
        trouble.show()
    return _missing(engines)


def _downloads_reachable(engines: Sequence[str]) -> bool:
    """Ask the first address that Playwright would download from: a closed network must not cost minutes."""
    try:
        plan = run([SCRIPTS / "playwright", "install", "--dry-run", *engines], "playwright install")
    except Trouble:
        return False
    address = re.search(r"Download url:\s+(https\S+)", plan)
    if address is None:
        return False
    try:
        with urllib.request.urlopen(urllib.request.Request(address[1], method="HEAD"), timeout=PATIENCE):
            return True
    except (urllib.error.URLError, OSError):
        return False
