"""The native host on real sockets of this machine."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from pyconvo.errors import HostError
from pyconvo.hosts.base import HttpRequest
from pyconvo.hosts.native import NativeHost


class Listener:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Any] = asyncio.Queue()

    def socket_opened(self) -> None:
        self.heard.put_nowait("opened")

    def socket_received(self, data: bytes) -> None:
        self.heard.put_nowait(data)

    def socket_failed(self, message: str | None) -> None:
        self.heard.put_nowait(("failed", message))

    def socket_closed(self) -> None:
        self.heard.put_nowait("closed")

    async def next(self) -> Any:
        return await asyncio.wait_for(self.heard.get(), 10)


@pytest.fixture
async def host() -> AsyncIterator[NativeHost]:
    native = NativeHost()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield native
        await native.aclose()
        assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("pyconvo")]
        gc.collect()


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, list[ServerConnection], list[Any]]]:
    connections: list[ServerConnection] = []
    received: list[Any] = []

    async def handle(connection: ServerConnection) -> None:
        connections.append(connection)
        async for message in connection:
            received.append(message)
            if message == b"text please":
                await connection.send("text")
            await connection.send(message)

    running: Server
    async with serve(handle, "127.0.0.1", 0) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/v3/wsconnect", connections, received


async def test_binary_messages_both_ways(host: NativeHost, server: Any) -> None:
    url, connections, received = server
    listener = Listener()
    socket = host.connect(url, listener)
    socket.send(b"too early")
    assert await listener.next() == "opened"
    socket.send(b"one")
    socket.send(b"text please")
    assert [await listener.next(), await listener.next()] == [b"one", b"text please"]
    assert connections[0].subprotocol is None
    assert "User-Agent" not in connections[0].request.headers
    socket.send(b"last")
    socket.close()
    socket.send(b"too late")
    await host.aclose()
    assert received == [b"one", b"text please", b"last"]
    assert listener.heard.empty()


async def test_the_other_side_goes(host: NativeHost, server: Any) -> None:
    url, connections, _ = server
    listener = Listener()
    host.connect(url, listener)
    assert await listener.next() == "opened"
    connections[0].transport.abort()
    assert await listener.next() == "closed"
    assert listener.heard.empty()


async def test_nobody_there(host: NativeHost) -> None:
    listener = Listener()
    host.connect("ws://127.0.0.1:9/x", listener)
    name, message = await listener.next()
    assert name == "failed"
    assert message
    assert await listener.next() == "closed"


async def test_closed_while_opening(host: NativeHost, server: Any) -> None:
    listener = Listener()
    host.connect(server[0], listener).close()
    await host.aclose()
    assert listener.heard.empty()


@pytest.mark.parametrize("url", ["", "http://x/y", "ws://", "ws://[", "localhost:80", "ws://x:0/", "ws://x:99999999/"])
def test_urls_that_can_never_work(url: str) -> None:
    with pytest.raises(HostError, match="not a WebSocket URL"):
        NativeHost().connect(url, Listener())


async def test_timers(host: NativeHost) -> None:
    order: list[int] = []
    for number in range(5):
        host.call_later(0, lambda number=number: order.append(number))
    host.call_later(0, lambda: order.append(99)).cancel()
    assert order == []
    await asyncio.sleep(0.01)
    assert order == [0, 1, 2, 3, 4]


async def test_fetch(host: NativeHost) -> None:
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(4))
        writer.write(b"HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        writer.close()

    running = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with running:
        port = running.sockets[0].getsockname()[1]
        request = HttpRequest("POST", f"http://127.0.0.1:{port}/a?b=c", {"X-Own": "1"}, b"body")
        response = await host.fetch(request)
    assert (response.status, response.reason, response.headers["x-a"], response.body) == (404, "Not Found", "b", b"no")
    assert seen[0].startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert seen[0].endswith(b"body")
    with pytest.raises(HostError, match="failed"):
        await host.fetch(HttpRequest("GET", "http://127.0.0.1:9/"))
    with pytest.raises(HostError, match="failed"):
        await host.fetch(HttpRequest("GET", "nonsense://"))


def test_metadata_names_the_platform() -> None:
    assert set(NativeHost().metadata()) == {"env", "envv", "os", "osv", "osa"}
