"""A bare Twilsock client for the emulator's tests: packets over a real socket, and nothing that hides them.

Not responsible for being a client: it never reconnects, and it acknowledges nothing unless told to.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pyconvo.testing import Emulator
from pyconvo.twilsock.packet import Packet, decode, encode

TYPES = [
    "twilio.ipmsg.typing_indicator",
    "twilio.sync.event",
    "com.twilio.rtd.cds.document",
    "com.twilio.rtd.cds.list",
    "com.twilio.rtd.cds.map",
]
PATIENCE = 10.0
Check = Callable[[Packet], bool]


class Wire:
    """``received`` keeps every packet in the order in which it came."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.received: list[Packet] = []
        self._numbers = itertools.count(1)
        self._unread: list[Packet] = []

    # -- out

    async def send(self, header: dict[str, Any], payload: Any = None) -> str:
        """Send a packet; its id."""
        header = {"id": f"TM{next(self._numbers)}"} | header
        await self.socket.send(encode(header, payload))
        return str(header["id"])

    async def call(self, header: dict[str, Any], payload: Any = None) -> Packet:
        """Send a packet and await its reply."""
        sent = await self.send(header, payload)
        return await self.expect(lambda packet: packet.method == "reply" and packet.id == sent)

    async def init(self, token: Any, **fields: Any) -> Packet:
        registrations = [{"product": "ip_messaging", "type": "ers", "message_types": TYPES}]
        return await self.call({"method": "init", "token": token, "registrations": registrations} | fields)

    async def request(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **params: Any
    ) -> Packet:
        http = {"host": "cds.us1.twilio.com", "path": path, "method": method, "params": params}
        http["headers"] = {"Content-Type": "application/json"} | (headers or {})
        return await self.call({"method": "message", "http_request": http, "payload_type": "application/json"}, body)

    async def subscribe(self, *wanted: tuple[str, int | None], correlation: int = 1) -> Packet:
        requests = [{"object_sid": sid, "object_type": "map", "last_event_id": after} for sid, after in wanted]
        body = {"action": "establish", "correlation_id": correlation, "requests": requests}
        return await self.request("POST", "/v4/Subscriptions", body)

    # -- in

    async def next(self) -> Packet:
        """The oldest packet that nobody has taken yet."""
        if self._unread:
            return self._unread.pop(0)
        return await self._receive()

    async def expect(self, check: Check) -> Packet:
        """The oldest packet that fits; the others stay for later."""
        for packet in self._unread:
            if check(packet):
                self._unread.remove(packet)
                return packet
        while True:
            packet = await self._receive()
            if check(packet):
                return packet
            self._unread.append(packet)

    async def event(self, event_type: str) -> Packet:
        return await self.expect(
            lambda packet: packet.method == "notification" and packet.payload["event_type"] == event_type
        )

    async def silence(self) -> list[Packet]:
        """What had been sent to this connection up to now and was not taken: a round trip flushes it."""
        await self.call({"method": "put_notification_ctx"})
        unread, self._unread = self._unread, []
        return unread

    async def closed(self) -> bool:
        """Wait for the end of the socket."""
        try:
            while True:
                await self._receive()
        except ConnectionClosed:
            return True

    async def _receive(self) -> Packet:
        async with asyncio.timeout(PATIENCE):
            data = await self.socket.recv()
        assert isinstance(data, bytes)
        packet = decode(data)
        self.received.append(packet)
        return packet

    # -- made ready

    @classmethod
    @asynccontextmanager
    async def open(cls, emulator: Emulator) -> AsyncIterator[Self]:
        """Connected, nothing sent."""
        async with connect(emulator.ws_url, proxy=None) as socket:
            yield cls(socket)

    @classmethod
    @asynccontextmanager
    async def login(cls, emulator: Emulator, identity: str, ttl: float = 3600) -> AsyncIterator[Self]:
        async with cls.open(emulator) as wire:
            reply = await wire.init(emulator.token(identity, ttl))
            assert reply.header["status"]["code"] == 200, reply.header
            yield wire
