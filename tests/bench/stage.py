"""Where measurements happen: a browser, the service, a line between them, and pages with one SDK in them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Subject
from bench.link import Link
from bench.quiet_chromium import QuietChromium
from bench.service import Service
from drivers import Browsers, Driver, find

PATHS: dict[Subject, str] = {"official": "/oracle/twilio-conversations.min.js"}
#: Until a page has let go of what it will let go of.
COLLECTIONS = 5
#: Visits to a page before one counts as a later visit: engines keep compiled code only after some.
EARLIER_VISITS = 3
#: The last of them lasts until what is kept for later ones is there (the snapshot, and a note that compiled code is),
#: and the worker that has compiled has ended: ten seconds and a few, in engines that keep it.
STAYED = """async () => {
  for (const end = Date.now() + 25_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    if ((await (await caches.open("pyconvo")).keys()).length === 2) break;
  }
  await new Promise((resolve) => setTimeout(resolve, 6000));
}"""


Page = Driver | QuietChromium


class Stage:
    def __init__(self, engine: str, service: Service, link: Link, ours: str) -> None:
        self.engine = engine
        self.service = service
        self.link = link
        self._paths = {**PATHS, "ours": ours}
        self._browsers = Browsers()
        self._returning: dict[Subject, Page] = {}
        self._before: dict[int, float] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="pyconvo-bench-profiles-"))

    def close(self) -> None:
        for page in self._returning.values():
            page.close()
        self._browsers.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def page(self, subject: Subject) -> Iterator[Page]:
        """A page with the SDK, by somebody who was never here, without any delay on the line."""
        # Which process draws it nobody tells: the one that grows.
        self._before = self._sizes()
        page = self._open()
        try:
            self.visit(page, subject)
            yield page
        finally:
            page.close()

    @contextlib.contextmanager
    def newcomer(self) -> Iterator[Page]:
        """An empty page with empty caches."""
        page = self._open()
        try:
            yield page
        finally:
            page.close()

    def returning(self, subject: Subject) -> Page:
        """An empty page of a browser that has been here before."""
        if subject not in self._returning:
            profile = self._folder / subject
            page = self._returning[subject] = self._open(profile)
            for earlier in range(1, EARLIER_VISITS + 1):
                self.visit(page, subject)
                if subject == "pyodide":
                    self.loaded(page)
                else:
                    self.measure(page, "boot", token=self.service.token("visitor"))
                if earlier == EARLIER_VISITS:
                    self.stay(page, subject)
                page.goto("about:blank")
        return self._returning[subject]

    def stay(self, page: Page, subject: Subject) -> None:
        """Returns when nothing more is done for later visits; compiling for them takes memory, too, once."""
        if subject == "ours":
            page.evaluate(STAYED)

    def visit(self, page: Page, subject: Subject) -> None:
        if subject == "pyodide":
            page.goto(f"{self.link.url}/bench/pyodide.html")
        else:
            page.goto(f"{self.link.url}/bench/bench.html?sdk={self._paths[subject]}")

    def measure(self, page: Page, name: str, **arguments: Any) -> dict[str, float]:
        """A function of ``page/bench.js``."""
        call = "([name, argument]) => window.bench[name](argument)"
        found: dict[str, float] = page.evaluate(call, [name, arguments], timeout=170)
        return found

    def loaded(self, page: Page) -> dict[str, float]:
        """How long plain Pyodide took."""
        wait = (
            "async () => { while (!window.loaded) await new Promise((r) => setTimeout(r, 10)); return window.loaded; }"
        )
        found: dict[str, Any] = page.evaluate(wait, timeout=120)
        if "error" in found:
            raise RuntimeError(f"plain Pyodide did not load: {found['error']}")
        return found

    def page_thread(self, page: Page) -> float | None:
        """Milliseconds for which the page's own thread has run so far; None where the engine does not tell."""
        if not isinstance(page, QuietChromium):
            return None
        page.devtools("Performance.enable", timeDomain="threadTicks")
        metrics = page.devtools("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration")) * 1000

    def held(self, page: Page) -> tuple[float, float] | None:
        """What the page holds after a collection: MiB of JavaScript, and listeners of DOM objects.

        None where the engine does not tell.
        """
        if not isinstance(page, QuietChromium):
            return None
        # Finalizers run some time after a collection, and let go of more.
        for _ in range(COLLECTIONS):
            page.devtools("HeapProfiler.collectGarbage")
            page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 100))")
        page.devtools("Performance.enable")
        metrics = {one["name"]: float(one["value"]) for one in page.devtools("Performance.getMetrics")["metrics"]}
        return metrics["JSHeapUsedSize"] / 2**20, metrics["JSEventListeners"]

    def memory(self) -> float | None:
        """MiB of the page's renderer process (proportional set size); None where it cannot be told."""
        return max((size - self._before.get(process, 0.0) for process, size in self._sizes().items()), default=None)

    def _open(self, profile: Path | None = None) -> Page:
        found = find(self.engine)
        if found is not None and self.engine == "chromium":
            return QuietChromium(found, profile)
        return self._browsers.open(self.engine, profile)

    def _sizes(self) -> dict[int, float]:
        sizes = {}
        for process in self._browsers.renderers(self.engine):
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{process}/smaps_rollup").read_text()
                line = next(line for line in text.splitlines() if line.startswith("Pss:"))
                sizes[process] = int(line.split()[1]) / 1024
        return sizes
