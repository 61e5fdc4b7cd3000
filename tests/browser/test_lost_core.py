"""An interpreter that crashes while a page uses it: the page is told, and can go on with a new client."""

from __future__ import annotations

from pathlib import Path

import pytest
from changed_release import changed
from origins import Origin

from drivers import Driver
from pyconvo.testing import Emulator

PAGE = "<!doctype html><meta charset='utf-8'><title>crash</title>{tag}"
#: Of a worker whose Python finds its memory overwritten, from an address on, when somebody says so.
CRASHES = """{
  const make = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const made = await make(...given);
    const { memory } = (made.instance ?? made).exports;
    if (memory) addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.includes("crash, please")) new Uint8Array(memory.buffer, %d).fill(255);
    });
    return made;
  };
}
"""
#: A client, the crash, and another client; what each has become.
TWO_CLIENTS = """async ([emulator, calls]) => {
  const { Client, runtime } = Twilio.Conversations;
  const { token } = await (await fetch(`${emulator}/token?identity=alice`)).json();
  const first = await Client.create(token, { emulator });
  const told = new Promise((resolve) => first.on("connectionError", resolve));
  const unanswered = first.getUser("crash, please").catch((error) => error);
  // Python on the page's own thread hears it this way.
  window.postMessage("crash, please");
  if (calls) setTimeout(() => first.getUser("bob").catch(() => undefined));
  const { message } = await told;
  const lost = [message, await unanswered.then((error) => error.message), first.connectionState, runtime.state];
  const second = await Client.create(token, { emulator });
  const { items } = await second.getSubscribedConversations();
  return { lost, again: [second.connectionState, runtime.state, items.length] };
}"""


#: Without the latter Pyodide cannot even tell that it is a crash.
OVERWRITTEN = {"objects": 8 << 20, "objects and the interpreter's own state": 1 << 20}


@pytest.mark.parametrize("overwritten", OVERWRITTEN)
@pytest.mark.parametrize("thread", ["worker", "main"])
def test_the_next_client_has_a_new_interpreter(
    driver: Driver, pages: Origin, release: Path, emulator: Emulator, tmp_path: Path, thread: str, overwritten: str
) -> None:
    crashes = (CRASHES % OVERWRITTEN[overwritten]).encode()
    with changed(release, tmp_path / "release", "worker.mjs", lambda code: crashes + code) as script:
        driver.goto(pages.page(PAGE.format(tag=script.tag(f'data-thread="{thread}"'))))
        # There a page does not hear what was thrown in a script from elsewhere; the next call tells.
        calls = driver.engine == "webkit" and thread == "main"
        found = driver.evaluate(TWO_CLIENTS, [emulator.url, calls], timeout=60)
    told, rejected, connection, runtime = found["lost"]
    assert "stopped working" in told
    assert "stopped working" in rejected
    assert (connection, runtime) == ("disconnected", "failed")
    assert found["again"] == ["connected", "ready", 0]
