"""``BrowserHost`` in a Pyodide that the page itself started (as PyScript does): the real socket, requests and timers.

Everything that was lent to JavaScript must have come back at the end of each test.
"""

from __future__ import annotations

import contextlib
import json
import socket
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers import Driver
from pyconvo.testing import Emulator

ROOT = Path(__file__).resolve().parents[2]

ENVIRONMENTS = {"chromium": ("Chrome", "Chrome Headless"), "firefox": ("Firefox",), "webkit": ("Safari",)}

PAGE = """<!doctype html><meta charset="utf-8"><title>a Pyodide of its own</title>
<script type="module">
  import { loadPyodide } from "/pyodide/pyodide.mjs";
  window.started = (async () => {
    const pyodide = await loadPyodide();
    const core = await (await fetch("core.zip")).arrayBuffer();
    pyodide.unpackArchive(core, "zip");
    return pyodide;
  })();
</script>"""

PRELUDE = """
import asyncio, json
from pyconvo.errors import HostError
from pyconvo.hosts.base import HttpRequest
from pyconvo.hosts.browser import BrowserHost

class Listener:
    def __init__(self):
        self.heard = []
        self.closed = asyncio.Event()
        self.opened = asyncio.Event()
        self.received = asyncio.Event()
    def socket_opened(self):
        self.heard.append("opened"); self.opened.set()
    def socket_received(self, data):
        self.heard.append(bytes(data)); self.received.set()
    def socket_failed(self, message):
        self.heard.append("failed")
    def socket_closed(self):
        self.heard.append("closed"); self.closed.set()

NOBODY = {nobody!r}

async def becomes(check):
    # JavaScript's tasks and timers come in no order that is promised: not after so many milliseconds.
    for _ in range(1000):
        if check():
            return
        await asyncio.sleep(0.01)

async def body(host, url):
{body}

async def main():
    host = BrowserHost()
    before = len(host.loans)
    result = await asyncio.wait_for(body(host, {url!r}), 30)
    await becomes(lambda: len(host.loans) == before)
    left = len(host.loans) - before
    host.close()
    return json.dumps([result, left, len(host.loans), len(host.timers)])

await main()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "page.html").write_text(PAGE)
    with zipfile.ZipFile(folder / "core.zip", "w") as core:
        for path in sorted((ROOT / "pyconvo").rglob("*")):
            if path.suffix in (".py", ".json"):
                core.write(path, path.relative_to(ROOT))
    mounts = (("/site", str(folder)), ("/pyodide", str(ROOT / "web" / "node_modules" / "pyodide")))
    with Emulator(mounts=mounts) as running:
        yield running


@contextlib.contextmanager
def unused_port() -> Iterator[int]:
    """Nobody listens there, nor begins to (a port that browsers refuse by themselves would be another case)."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def run(driver: Driver, site: Emulator, body: str) -> Any:
    """What ``body`` returns; checks that it left nothing lent behind."""
    driver.goto(f"{site.url}/site/page.html")
    indented = textwrap.indent(textwrap.dedent(body), "    ")
    with unused_port() as port:
        code = PRELUDE.format(body=indented, url=site.url, nobody=f"http://127.0.0.1:{port}/")
        text = driver.evaluate("async (code) => (await window.started).runPythonAsync(code)", code, timeout=90)
    result, left, after_close, timers = json.loads(text)
    assert (left, after_close, timers) == (0, 0, 0)
    return result


def test_timers_fire_in_order_and_can_be_forgotten(driver: Driver, site: Emulator) -> None:
    result = run(
        driver,
        site,
        """
        seen, done = [], asyncio.Event()
        for number in range(5):
            host.call_later(0, lambda number=number: seen.append(number))
        host.call_later(0.5, lambda: seen.append("later"))
        host.call_later(0.01, lambda: seen.append("sooner"))
        host.call_later(0.02, lambda: seen.append("never")).cancel()
        last = host.call_later(0.6, done.set)
        assert seen == []
        await done.wait()
        last.cancel()
        far = host.call_later(40 * 86400, lambda: seen.append("far too soon"))
        await asyncio.sleep(0.02)
        far.cancel()
        return seen
        """,
    )
    assert result == [0, 1, 2, 3, 4, "sooner", "later"]


def test_fetches(driver: Driver, site: Emulator) -> None:
    status, reason, identity, missing, error = run(
        driver,
        site,
        """
        answer = await host.fetch(HttpRequest("GET", url + "/token?identity=zoë", {"Accept": "application/json"}))
        missing = await host.fetch(HttpRequest("POST", url + "/emulator/nothing", {"X-A": "b"}, b'{"a": 1}'))
        try:
            await host.fetch(HttpRequest("GET", NOBODY))
            error = None
        except HostError as problem:
            error = str(problem)
        waiting = asyncio.ensure_future(host.fetch(HttpRequest("GET", url + "/token?identity=a")))
        await asyncio.sleep(0)
        waiting.cancel()
        try:
            await waiting
        except asyncio.CancelledError:
            pass
        assert answer.headers["content-type"].startswith("application/json"), answer.headers
        return [answer.status, answer.reason, json.loads(answer.body)["identity"], missing.status, error]
        """,
    )
    assert (status, reason, identity, missing) == (200, "OK", "zoë", 404)
    assert error.startswith("GET http://127.0.0.1:")


def test_the_page_s_session_storage(driver: Driver, site: Emulator) -> None:
    result = run(
        driver,
        site,
        """
        import js
        storage = host.session_storage()
        js.sessionStorage.setItem("theirs", "1")
        storage.set("ours", "2")
        told = [storage.get("theirs"), storage.get("nobody's"), js.sessionStorage.getItem("ours")]
        storage.remove("ours")
        storage.remove("nobody's")
        return [*told, storage.get("ours")]
        """,
    )
    assert result == ["1", None, "2", None]


def test_a_socket_opens_carries_bytes_and_closes(driver: Driver, site: Emulator) -> None:
    heard, closed_by_us, refused, impossible = run(
        driver,
        site,
        """
        address = url.replace("http", "ws", 1) + "/v3/wsconnect"
        first = Listener()
        socket = host.connect(address, first)
        socket.send(b"dropped: not open yet")
        assert first.heard == []
        await first.opened.wait()
        header = json.dumps({"method": "ping", "id": "TM1"}).encode()
        socket.send(b"TWILSOCK V3.0 %d\\r\\n%s\\r\\n" % (len(header), header))
        await first.received.wait()
        socket.close()
        socket.close()
        socket.send(b"dropped: closed")
        await asyncio.sleep(0.1)

        other = Listener()
        refused = host.connect(NOBODY.replace("http", "ws", 1), other)
        await other.closed.wait()
        refused.close()
        try:
            host.connect("ftp://127.0.0.1/", Listener())
            impossible = None
        except HostError as problem:
            impossible = str(problem)
        heard = [part[:8].decode() if isinstance(part, bytes) else part for part in first.heard]
        return [heard, "closed" in first.heard, other.heard, impossible]
        """,
    )
    assert heard == ["opened", "TWILSOCK"]
    assert closed_by_us is False
    assert refused == ["failed", "closed"]
    assert "ftp://127.0.0.1/" in impossible


def test_hears_of_the_network(driver: Driver, site: Emulator) -> None:
    heard = run(
        driver,
        site,
        """
        import js
        heard = []
        stops = [host.on_network_change(lambda up: heard.append(["a", up])),
                 host.on_network_change(lambda up: heard.append(["b", up]))]
        js.dispatchEvent(js.Event.new("offline"))
        js.dispatchEvent(js.Event.new("offline"))
        await becomes(lambda: len(heard) == 2)
        stops[0]()
        stops[0]()
        js.dispatchEvent(js.Event.new("online"))
        await becomes(lambda: len(heard) == 3)
        stops[1]()
        js.dispatchEvent(js.Event.new("offline"))
        await asyncio.sleep(0.01)
        return heard
        """,
    )
    assert heard == [["a", False], ["b", False], ["b", True]]


def test_knows_the_browser_and_makes_random_things(driver: Driver, site: Emulator) -> None:
    metadata, uuids, numbers = run(
        driver,
        site,
        """
        return [host.metadata(), [host.uuid(), host.uuid()], [host.random(), host.random()]]
        """,
    )
    assert metadata["env"] in ENVIRONMENTS[driver.engine]
    assert uuids[0] != uuids[1]
    assert uuids[0][14] == "4"
    assert numbers[0] != numbers[1]


def test_a_client_lives_in_it(driver: Driver, site: Emulator) -> None:
    """The Python API in a page, with the host that is the default there."""
    site.reset()
    token = site.token("alice")
    state, body = run(
        driver,
        site,
        f"""
        from pyconvo import Client
        client = await Client.create({token!r}, {{"emulator": url}})
        state = client.connection_state
        conversation = await client.create_conversation()
        await conversation.join()
        await conversation.send_message("from Python in the page")
        page = await conversation.get_messages()
        await client.shutdown()
        return [state, page.items[0].body]
        """,
    )
    assert (state, body) == ("connected", "from Python in the page")
