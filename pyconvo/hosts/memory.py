"""A host made by hand, for tests: a clock that stands still until told, sockets that a script answers.

Nothing here touches the network or the real clock. Random numbers and UUIDs are the same in every run.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyconvo.errors import HostError
from pyconvo.hosts.base import HttpRequest, HttpResponse, SessionStorage, SocketListener
from pyconvo.twilsock import packet


class MemoryTimer:
    """A callback at a time of the virtual clock."""

    def __init__(self, when: float, order: int, callback: Callable[[], Any]) -> None:
        self.when = when
        self.order = order
        self.callback: Callable[[], Any] | None = callback

    def cancel(self) -> None:
        self.callback = None

    def __lt__(self, other: MemoryTimer) -> bool:
        return (self.when, self.order) < (other.when, other.order)


class MemorySocket:
    """One scripted socket: ``open()``, ``receive()``, ``fail()`` and ``drop()`` are the other side's moves."""

    def __init__(self, host: MemoryHost, url: str, listener: SocketListener) -> None:
        self._host = host
        self._listener = listener
        self.url = url
        self.is_open = False
        #: The client closed it.
        self.closed = False
        #: What the client sent, as bytes and as packets.
        self.sent: list[bytes] = []
        self.packets: list[packet.Packet] = []

    def send(self, data: bytes) -> None:
        if self.is_open:
            self.sent.append(data)
            self.packets.append(packet.decode(data))
            if self._host.on_packet is not None:
                self._host.on_packet(self, self.packets[-1])

    def close(self) -> None:
        self.is_open = False
        self.closed = True

    def open(self) -> None:
        if not self.closed:
            self.is_open = True
            self._listener.socket_opened()

    def receive(self, header: Mapping[str, Any], payload: Any = None) -> None:
        """Give the client a packet."""
        self.receive_bytes(packet.encode(dict(header), payload))

    def receive_bytes(self, data: bytes) -> None:
        if self.is_open:
            self._listener.socket_received(data)

    def fail(self, message: str | None = None) -> None:
        """The platform reports an error, then the end of the socket."""
        if not self.closed:
            self._listener.socket_failed(message)
        self.drop()

    def drop(self) -> None:
        """The connection is lost, or was closed by the other side."""
        was_closed, self.is_open = self.closed, False
        if not was_closed:
            self.closed = True
            self._listener.socket_closed()

    def take(self, method: str | None = None) -> list[packet.Packet]:
        """Packets sent since the last call, without replies to notifications unless asked for."""
        taken = [one for one in self.packets if one.method == method or (method is None and one.method != "reply")]
        self.packets = [one for one in self.packets if one not in taken]
        return taken


@dataclass
class MemoryHost:
    """``advance(seconds)`` moves the clock; ``settle()`` lets tasks run without moving it."""

    time: float = 1_700_000_000.0
    #: What ``random()`` returns: 0.5 is the middle of every randomised delay.
    randomness: float = 0.5
    sockets: list[MemorySocket] = field(default_factory=list)
    #: Called for each packet that a client sends, e.g. to answer it.
    on_packet: Callable[[MemorySocket, packet.Packet], Any] | None = None
    #: Answers ``fetch``; without it every fetch fails.
    on_fetch: Callable[[HttpRequest], HttpResponse] | None = None
    #: What ``session_storage()`` returns.
    storage: SessionStorage | None = None
    _timers: list[MemoryTimer] = field(default_factory=list)
    _count: int = 0
    _uuids: int = 0
    _network: list[Callable[[bool], Any]] = field(default_factory=list)

    # -- the interface ---------------------------------------------------------------------------------------

    def now(self) -> float:
        return self.time

    def random(self) -> float:
        return self.randomness

    def uuid(self) -> str:
        self._uuids += 1
        return f"00000000-0000-4000-8000-{self._uuids:012x}"

    def call_later(self, delay: float, callback: Callable[[], Any]) -> MemoryTimer:
        self._count += 1
        timer = MemoryTimer(self.time + max(0.0, delay), self._count, callback)
        heapq.heappush(self._timers, timer)
        return timer

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        self.call_later(0, callback)

    def is_idle(self) -> bool:
        return False

    def connect(self, url: str, listener: SocketListener) -> MemorySocket:
        if not url.startswith(("ws://", "wss://")):
            raise HostError(f"'{url}' is not a WebSocket URL")
        socket = MemorySocket(self, url, listener)
        self.sockets.append(socket)
        return socket

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        if self.on_fetch is None:
            raise HostError(f"nothing answers {request.url}")
        return self.on_fetch(request)

    def on_network_change(self, callback: Callable[[bool], Any]) -> Callable[[], None]:
        self._network.append(callback)
        return lambda: self._network.remove(callback)

    def session_storage(self) -> SessionStorage | None:
        return self.storage

    def platform(self) -> str:
        return "web"

    def metadata(self) -> dict[str, Any]:
        return {"env": "memory", "envv": "1", "os": "none", "osv": "unknown", "osa": 64}

    # -- the script ------------------------------------------------------------------------------------------

    @property
    def socket(self) -> MemorySocket:
        """The latest socket."""
        return self.sockets[-1]

    @property
    def network_listeners(self) -> int:
        return len(self._network)

    @property
    def pending_timers(self) -> int:
        return sum(timer.callback is not None for timer in self._timers)

    def set_online(self, online: bool) -> None:
        for callback in tuple(self._network):
            callback(online)

    async def settle(self, turns: int = 20) -> None:
        """Run what is due now, and tasks that wait for it."""
        await self.advance(0, turns=turns)

    async def advance(self, seconds: float, *, turns: int = 20) -> None:
        """Move the clock, stopping at every timer on the way."""
        end = self.time + seconds
        quiet = 0
        while quiet < turns:
            await asyncio.sleep(0)
            timer = self._due(end)
            if timer is None:
                quiet += 1
                continue
            quiet = 0
            self.time = max(self.time, timer.when)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()
        self.time = end

    def _due(self, end: float) -> MemoryTimer | None:
        while self._timers and (self._timers[0].callback is None or self._timers[0].when <= end):
            timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                return timer
        return None
