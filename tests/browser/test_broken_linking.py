"""What goes wrong while the interpreter's wasm is linked is told at once; Pyodide itself would wait for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_release import changed, replaced
from origins import Origin, Script

from drivers import Driver
from pipeline import slim

ASM, WORKER = "pyodide.asm.mjs", "worker.mjs"
#: Seconds until a start that is stuck fails for that reason.
STUCK = 30
PAGE = "<!doctype html><meta charset='utf-8'><title>linking</title>{tag}"
FAILURE = """async () => {
  const { runtime } = Twilio.Conversations;
  const told = ({ name, reason, file, message }) => ({ name, reason, file, message });
  return runtime.ready.then(() => ({ name: "none: it has started" }), told);
}"""

LAST = "looking for the last addresses"
#: Where an error is thrown in Emscripten's code, and what the user is told: the reason, and a part of the message.
PLACES = {
    "while it links": ("LDSO.init();", "wasm", "TypeError: out of tea"),
    # Nobody awaits this one: it goes on with what it has not resolved.
    LAST: ("var reportUndefinedSymbols=()=>{", "wasm", "emscripten_err"),
    # Within one of the hooks that Pyodide has put in.
    "before Python begins": ("function initRuntime(){", "core", "TypeError: out of tea"),
}


#: Pyodide makes a module of its own, which imports nothing, when it is imported.
NO_SMALL_MODULE = b"""{
  const make = WebAssembly.instantiate;
  const refuse = () => Promise.reject(new RangeError("out of tea"));
  WebAssembly.instantiate = (module, imports) => (imports === undefined ? refuse() : make(module, imports));
}
"""


@pytest.mark.parametrize("thread", ["worker", "main"])
@pytest.mark.parametrize("place", PLACES)
def test_it_is_told_at_once(
    driver: Driver, pages: Origin, release: Path, tmp_path: Path, place: str, thread: str
) -> None:
    if place == LAST and slim.is_slim(release):
        pytest.skip("the wasm of a slim release asks for no addresses")
    code, reason, words = PLACES[place]
    change = replaced(code, code + 'throw new TypeError("out of tea");')
    with changed(release, tmp_path / "release", ASM, change) as script:
        error = _failure(driver, pages, script, thread)
    assert (error["name"], error["reason"]) == ("PyconvoBootError", reason)
    assert words in error["message"]


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_so_is_memory_that_runs_out_before(
    driver: Driver, pages: Origin, release: Path, tmp_path: Path, thread: str
) -> None:
    with changed(release, tmp_path / "release", WORKER, lambda code: NO_SMALL_MODULE + code) as script:
        error = _failure(driver, pages, script, thread)
    assert (error["name"], error["reason"]) == ("PyconvoBootError", "memory")
    assert "RangeError: out of tea" in error["message"]


def _failure(driver: Driver, pages: Origin, script: Script, thread: str) -> dict[str, Any]:
    """Of a page's start."""
    driver.goto(pages.page(PAGE.format(tag=script.tag(f'data-timeout="{STUCK}" data-thread="{thread}"'))))
    error: dict[str, Any] = driver.evaluate(FAILURE, timeout=4 * STUCK)
    return error
