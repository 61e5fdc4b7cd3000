"""What a first visit transfers, and that a later one transfers none of it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drivers import Driver
from pipeline.paths import DIST
from pyconvo.testing import Emulator

START = """async (script) => {
  await new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement("script"), { src: script, onload: resolve, onerror: reject });
    document.head.append(tag);
  });
  await Twilio.Conversations.runtime.ready;
  const files = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/runtime/"));
  return Object.fromEntries(files.map((file) => [new URL(file.name).pathname.split("/").at(-1), file.transferSize]));
}"""


def visit(driver: Driver, emulator: Emulator, release: Path) -> dict[str, Any]:
    """Bytes on the wire by runtime file."""
    driver.goto(f"{emulator.url}/pages/driver.html")
    found: dict[str, Any] = driver.evaluate(START, f"/dist/releases/{release.name}/pyconvo.min.js", timeout=60)
    return found


def test_a_later_visit_transfers_nothing(driver: Driver, emulator: Emulator, release: Path) -> None:
    first = visit(driver, emulator, release)
    assert set(first) == {"worker.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "snapshot.wasm"}
    listed = json.loads((DIST / "integrity.json").read_text(encoding="utf-8"))
    for name, size in first.items():
        # Not every engine takes brotli without encryption.
        assert size <= listed[f"releases/{release.name}/runtime/{name}"]["gzip"] + 2000
    assert set(visit(driver, emulator, release).values()) == {0}
