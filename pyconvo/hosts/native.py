"""The host for CPython: asyncio's loop, the ``websockets`` and ``httpx`` packages.

Both packages are imported when first needed. Nothing tells a plain Python process that the network came or went, so
``on_network_change`` never calls; a dead connection is noticed by WebSocket pings instead.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import random
import struct
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pyconvo.errors import HostError
from pyconvo.hosts.base import HttpRequest, HttpResponse, SocketListener, TimerHandle

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection

#: Bytes of a body between two reports of how much has been sent.
_PIECE = 64 * 1024

logger = logging.getLogger("pyconvo.hosts.native")

#: Seconds for opening a socket, for its closing handshake, and between pings that notice a dead connection.
_OPEN_TIMEOUT = 20
_CLOSE_TIMEOUT = 2
_PING_INTERVAL = 20

#: Never reached through a proxy, whatever the environment says.
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _NativeSocket:
    """One WebSocket, owned by one task, which opens it, reads it and ends with it."""

    def __init__(self, url: str, listener: SocketListener) -> None:
        self._url = url
        self._listener: SocketListener | None = listener
        self._outgoing: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._is_open = False
        self.task = asyncio.get_running_loop().create_task(self._run(), name=f"pyconvo socket {url}")

    def send(self, data: bytes) -> None:
        if self._is_open and self._listener is not None:
            self._outgoing.put_nowait(data)

    def close(self) -> None:
        """What was sent before still goes out."""
        self._listener = None
        if self._is_open:
            self._outgoing.put_nowait(None)
        else:
            self.task.cancel()

    async def _run(self) -> None:
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        try:
            async with connect(
                self._url,
                open_timeout=_OPEN_TIMEOUT,
                close_timeout=_CLOSE_TIMEOUT,
                ping_interval=_PING_INTERVAL,
                ping_timeout=_PING_INTERVAL,
                max_size=None,
                user_agent_header=None,
                proxy=None if urlsplit(self._url).hostname in _LOOPBACK else True,
            ) as socket:
                self._is_open = True
                writer = asyncio.get_running_loop().create_task(self._write(socket))
                try:
                    self._tell_opened()
                    await self._read(socket)
                finally:
                    self._is_open = False
                    writer.cancel()
                    await asyncio.gather(writer, return_exceptions=True)
        except (OSError, TimeoutError, WebSocketException) as error:
            logger.debug("socket failed: %r", error)
            if self._listener is not None:
                self._listener.socket_failed(str(error) or type(error).__name__)
        self._is_open = False
        if self._listener is not None:
            self._listener.socket_closed()

    def _tell_opened(self) -> None:
        if self._listener is not None:
            self._listener.socket_opened()

    async def _read(self, socket: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            async for message in socket:
                # Twilsock speaks in binary messages; a text one is nothing.
                if self._listener is not None and isinstance(message, bytes):
                    self._listener.socket_received(message)
        except ConnectionClosed as error:
            logger.debug("socket closed: %r", error)

    async def _write(self, socket: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            while (data := await self._outgoing.get()) is not None:
                await socket.send(data)
            await socket.close()
        except ConnectionClosed:
            return


class NativeHost:
    """The platform as CPython sees it. Needs a running loop when used, not when made."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: httpx.AsyncClient | None = None
        self._http_loop: asyncio.AbstractEventLoop | None = None

    def now(self) -> float:
        return time.time()

    def random(self) -> float:
        return random.random()

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def call_later(self, delay: float, callback: Callable[[], Any]) -> TimerHandle:
        loop = asyncio.get_running_loop()
        # Zero-delay timers of asyncio are not ordered among themselves; ``call_soon`` is.
        return loop.call_soon(callback) if delay <= 0 else loop.call_later(delay, callback)

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        self.call_later(0, callback)

    def is_idle(self) -> bool:
        # asyncio does not tell.
        return False

    def connect(self, url: str, listener: SocketListener) -> _NativeSocket:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise HostError(f"'{url}' is not a WebSocket URL: expected ws://host or wss://host")
        socket = _NativeSocket(url, listener)
        self._tasks.add(socket.task)
        socket.task.add_done_callback(self._tasks.discard)
        return socket

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        import httpx

        try:
            response = await self._client().request(
                request.method, request.url, headers=_headers(request), content=_content(request)
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise HostError(f"{request.method} {request.url} failed: {error or type(error).__name__}") from error
        return HttpResponse(response.status_code, response.reason_phrase, dict(response.headers), response.content)

    def on_network_change(self, callback: Callable[[bool], Any]) -> Callable[[], None]:
        return lambda: None

    def session_storage(self) -> None:
        return None

    def platform(self) -> str:
        return "web"

    def metadata(self) -> dict[str, Any]:
        return {
            "env": platform.python_implementation(),
            "envv": platform.python_version(),
            "os": platform.system(),
            "osv": platform.release(),
            "osa": 8 * struct.calcsize("P"),
        }

    async def aclose(self) -> None:
        """Wait for closing sockets to be gone and give up HTTP connections. The host may be used again."""
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=_CLOSE_TIMEOUT + 1)
            for task in late:
                task.cancel()
        client, self._http = self._http, None
        if client is not None:
            await client.aclose()

    def _client(self) -> httpx.AsyncClient:
        import httpx

        loop = asyncio.get_running_loop()
        if self._http is None or self._http_loop is not loop:
            direct = {f"all://{f'[{name}]' if ':' in name else name}": None for name in _LOOPBACK}
            self._http = httpx.AsyncClient(timeout=60, follow_redirects=True, mounts=direct)
            self._http_loop = loop
        return self._http


def _headers(request: HttpRequest) -> dict[str, str]:
    headers = dict(request.headers)
    if request.body is not None and request.on_sent is not None:
        # Of a body that comes in pieces httpx does not know the length.
        headers["Content-Length"] = str(len(request.body))
    return headers


def _content(request: HttpRequest) -> bytes | AsyncIterator[bytes] | None:
    if request.body is None or request.on_sent is None:
        return request.body
    return _pieces(request.body, request.on_sent)


async def _pieces(body: bytes, on_sent: Callable[[int, int], Any]) -> AsyncIterator[bytes]:
    """The next piece is asked for when the network has taken the one before."""
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]
        on_sent(min(start + _PIECE, len(body)), len(body))
