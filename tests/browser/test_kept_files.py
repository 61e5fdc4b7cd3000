"""The snapshot is kept decompressed, and the browser made to keep what it has compiled of the wasm, where that pays;
nothing that is kept is given away before it is checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loaded_files import NOTHING, start

from drivers import Browsers, Driver
from pyconvo.testing import Emulator

LARGE = {"pyodide.asm.wasm", "snapshot.wasm"}
#: Bytes. V8 stores less where it stores of its own accord what a start has compiled, see ``bridge/exercise.py``.
COMPILED = 900_000
#: Milliseconds after a start until something is kept.
BUSY = 10_000
#: What is kept and noted, once there is so much and ``gone`` is not among it, or after some seconds.
KEPT = """async ([count, gone, patience]) => {
  for (const end = Date.now() + 1000 * patience; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const requests = await (await caches.open("pyconvo")).keys();
    const names = requests.map(({ url }) => url.split("/").at(-1));
    if ((names.length === count && !names.includes(gone)) || Date.now() > end) return names;
  }
}"""
#: What is kept becomes something else: the empty module.
EXCHANGED = """async () => {
  const store = await caches.open("pyconvo");
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  for (const request of await store.keys()) await store.put(request, new Response(empty));
}"""
OLDER = """async () => {
  const store = await caches.open("pyconvo");
  for (const name of "abc") await store.put(`https://runtime.invalid/${name}`, new Response(name));
}"""
#: In a worker as on its page.
REFUSED = """() => {
  const get = () => {
    throw new DOMException("no storage here", "SecurityError");
  };
  Object.defineProperty(globalThis, "caches", { get });
}"""
SILENT = "() => { CacheStorage.prototype.open = () => new Promise(() => undefined); }"
FULL = """() => {
  globalThis.lost = [];
  addEventListener("unhandledrejection", ({ reason }) => lost.push(String(reason)));
  globalThis.tried = new Promise((resolve) => {
    Cache.prototype.put = () => {
      resolve();
      return Promise.reject(new DOMException("full", "QuotaExceededError"));
    };
  });
}"""
#: What nobody has caught, a moment after the first attempt.
LOST = "() => tried.then(() => new Promise((resolve) => setTimeout(() => resolve(lost), 100)))"


@pytest.fixture
def visit(driver: Driver, emulator: Emulator, release: Path) -> Any:
    """Visits a page; gives the names of the runtime files that it has loaded."""

    def visit(before: str = NOTHING, *, keep: bool = True) -> set[str]:
        driver.goto(f"{emulator.url}/pages/driver.html")
        script = f"/dist/releases/{release.name}/pyconvo.min.js"
        return set(start(driver, script, before, keep=keep, hasty=BUSY))

    return visit


def kept(driver: Driver, count: int, gone: str = "", patience: float = 30) -> list[str]:
    found: list[str] = driver.evaluate(KEPT, [count, gone, patience])
    return found


@pytest.fixture
def pays(driver: Driver) -> bool:
    return driver.engine == "chromium"


def test_a_later_visit_takes_what_is_kept(driver: Driver, visit: Any, pays: bool) -> None:
    assert visit() >= LARGE
    assert len(kept(driver, 2 if pays else 0)) == (2 if pays else 0)
    assert visit() & LARGE == ({"pyodide.asm.wasm"} if pays else LARGE)


def test_what_is_kept_is_checked(driver: Driver, visit: Any, pays: bool) -> None:
    visit()
    before = kept(driver, 2 if pays else 0)
    driver.evaluate(EXCHANGED)
    assert visit() >= LARGE
    # And it is kept once more, as it should be.
    assert sorted(kept(driver, len(before))) == sorted(before)
    assert visit() & LARGE == ({"pyodide.asm.wasm"} if pays else LARGE)


def test_a_page_can_forbid_it(driver: Driver, visit: Any, pays: bool) -> None:
    visit(keep=False)
    assert kept(driver, 2, patience=2) == []
    visit()
    assert len(kept(driver, 2 if pays else 0)) == (2 if pays else 0)
    assert visit(keep=False) >= LARGE


def test_of_older_releases_little_stays(driver: Driver, visit: Any, pays: bool) -> None:
    visit(OLDER)
    names = kept(driver, 4, gone="a") if pays else kept(driver, 3)
    assert names[:2] == (["b", "c"] if pays else ["a", "b"])


@pytest.mark.parametrize("trouble", [REFUSED, SILENT])
def test_a_store_that_does_not_work_hinders_nobody(visit: Any, trouble: str) -> None:
    assert visit(trouble) >= LARGE


def test_a_store_that_is_full_stays_as_it_is(driver: Driver, visit: Any, pays: bool) -> None:
    visit(FULL)
    if pays:
        assert driver.evaluate(LOST) == []
    assert kept(driver, 0) == []


def test_the_browser_keeps_what_it_has_compiled(
    present_engines: list[str], browsers: Browsers, emulator: Emulator, release: Path, tmp_path: Path
) -> None:
    """A file on the disk: whether a later visit is quicker for it says the benchmark."""
    if "chromium" not in present_engines:
        pytest.skip("V8's alone")
    page = browsers.open("chromium", profile=tmp_path)
    script = f"/dist/releases/{release.name}/pyconvo.min.js"
    try:
        page.goto(f"{emulator.url}/pages/driver.html")
        start(page, script, hasty=BUSY)
        assert len(kept(page, 2)) == 2
        code = [file.stat().st_size for file in find_code(tmp_path, page)]
        assert max(code, default=0) > COMPILED
        # The later visit works, too: it is given code that it has not compiled.
        page.goto(f"{emulator.url}/pages/driver.html")
        start(page, script, hasty=BUSY)
    finally:
        page.close()


def find_code(profile: Path, page: Driver) -> list[Path]:
    """V8's files; it writes them when it has the time."""
    for _ in range(100):
        found = [file for file in profile.glob("**/Code Cache/wasm/*_0") if file.stat().st_size > COMPILED]
        if found:
            return found
        page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 100))")
    return list(profile.glob("**/Code Cache/wasm/*_0"))
