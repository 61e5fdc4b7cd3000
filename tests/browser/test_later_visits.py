"""What a first visit transfers, and that a later one transfers none of it again."""

from __future__ import annotations

import json
from pathlib import Path

from loaded_files import start

from drivers import Driver
from pipeline.paths import DIST
from pyconvo.testing import Emulator

#: Addresses of the runtime files that the page itself has loaded.
OWN = """() => {
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  return addresses.filter((name) => name.includes("/runtime/"));
}"""


def visit(driver: Driver, emulator: Emulator, release: Path) -> dict[str, int]:
    """Bytes on the wire by runtime file."""
    driver.goto(f"{emulator.url}/pages/driver.html")
    return start(driver, f"/dist/releases/{release.name}/pyconvo.min.js")


def test_a_later_visit_transfers_nothing(driver: Driver, emulator: Emulator, release: Path) -> None:
    first = visit(driver, emulator, release)
    assert set(first) == {"worker.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "snapshot.wasm"}
    listed = json.loads((DIST / "integrity.json").read_text(encoding="utf-8"))
    for name, size in first.items():
        # Not every engine takes brotli without encryption.
        assert size <= listed[f"releases/{release.name}/runtime/{name}"]["gzip"] + 2000
    assert set(visit(driver, emulator, release).values()) == {0}


def test_the_page_leaves_what_is_large_to_a_worker(driver: Driver, emulator: Emulator, release: Path) -> None:
    """But in WebKit, which has for the next page only what this page has loaded."""
    everything = set(visit(driver, emulator, release))
    own = {name.split("/")[-1].split("?")[0] for name in driver.evaluate(OWN)}
    assert own == (everything if driver.engine == "webkit" else {"worker.mjs", "pyodide.asm.mjs"})
