"""Pages that share their origin with nothing: opened from the disk, or in a sandboxed frame. It works there too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from origins import Origin, Script

from drivers import Driver
from pyconvo.testing import Emulator

#: Tells the window around it, or itself, how it went; and which workers had something to say.
PAGE = """<!doctype html><meta charset="utf-8"><title>opaque</title>
<script>
  const heard = new Set();
  globalThis.Worker = class extends Worker {{
    constructor(url, options) {{
      super(url, options);
      this.addEventListener("message", () => heard.add(options.name));
    }}
  }};
  const told = new Promise((resolve) => addEventListener("message", ({{ data }}) => resolve(data)));
</script>
{tag}
<script>
  const talk = async () => {{
    const {{ Client, runtime }} = Twilio.Conversations;
    const {{ token }} = await (await fetch("{emulator}/token?identity=alice")).json();
    const client = await Client.create(token, {{ emulator: "{emulator}" }});
    const message = new Promise((resolve) => client.on("messageAdded", resolve));
    client.on("conversationJoined", (room) => room.sendMessage("hello"));
    const room = await client.createConversation({{ friendlyName: "Tea" }});
    await room.join();
    return {{ origin: self.origin, body: (await message).body, state: runtime.state, workers: [...heard].sort() }};
  }};
  talk().catch((error) => ({{ error: String(error) }})).then((outcome) => parent.postMessage(outcome, "*"));
</script>
"""
FRAME = """<!doctype html><meta charset="utf-8"><title>around</title>
<script>const told = new Promise((resolve) => addEventListener("message", ({{ data }}) => resolve(data)));</script>
<iframe sandbox="allow-scripts" src="{inner}"></iframe>
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """One that lets such pages in."""
    with Emulator(open_hosts=("null",)) as emulator:
        yield emulator


@pytest.fixture(params=["disk", "sandboxed page", "sandboxed frame"])
def where(request: pytest.FixtureRequest) -> str:
    place: str = request.param
    return place


def opened(driver: Driver, pages: Origin, folder: Path, where: str, html: str) -> None:
    if where == "disk":
        file = folder / "chat.html"
        file.write_text(html, encoding="utf-8")
        driver.goto(file.as_uri())
    elif where == "sandboxed page":
        driver.goto(pages.page(html, {"Content-Security-Policy": "sandbox allow-scripts"}))
    else:
        driver.goto(pages.page(FRAME.format(inner=pages.page(html))))


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_a_client_works_on_a_page_of_no_origin(
    driver: Driver, pages: Origin, script: Script, emulator: Emulator, tmp_path: Path, where: str, thread: str
) -> None:
    tag = script.tag(f'data-thread="{thread}"')
    opened(driver, pages, tmp_path, where, PAGE.format(tag=tag, emulator=emulator.url))
    # WebKit loads on the page's own thread.
    loading = [] if driver.engine == "webkit" else ["pyconvo loading"]
    workers = ["pyconvo", *loading] if thread == "worker" else []
    expected = {"origin": "null", "body": "hello", "state": "ready", "workers": workers}
    assert driver.evaluate("() => told", timeout=90) == expected
