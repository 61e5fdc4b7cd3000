"""A Twilsock client on a memory host, where the test is the service. The clock is virtual."""

from __future__ import annotations

import asyncio
from typing import Any

from pyconvo.hosts.memory import MemoryHost
from pyconvo.twilsock.connection import TwilsockClient
from pyconvo.twilsock.options import TwilsockOptions

OK = {"code": 200, "status": "OK"}
EVENTS = (
    "state_changed", "connected", "initialized", "disconnected", "message", "token_about_to_expire", "token_expired",
    "connection_error",
)  # fmt: skip


class World:
    """A client, its host, and what it told."""

    def __init__(self, **options: Any) -> None:
        self.host = MemoryHost()
        self.client = TwilsockClient(self.host, "token 1", TwilsockOptions(**{"uri": "ws://service", **options}))
        self.told: list[Any] = []
        for name in EVENTS:
            self.client.on(name, lambda *payload, name=name: self.told.append((name, *payload)))
        self.start = self.host.time

    async def connected(self) -> World:
        self.client.connect()
        await self.open()
        assert self.client.state == "connected"
        self.told.clear()
        return self

    async def open(self, code: int = 200, payload: Any = None, header: Any = None, **status: Any) -> None:
        await self.host.settle()
        self.host.socket.open()
        await self.host.settle()
        (init,) = self.host.socket.take("init")
        self.answer(init.id, code, payload, header, **status)
        await self.host.settle()

    def answer(self, id: str, code: int = 200, payload: Any = None, header: Any = None, **status: Any) -> None:
        full = {"method": "reply", "id": id, "status": {"code": code, "status": "TEXT", **status}, **(header or {})}
        self.host.socket.receive(full, payload)

    def close(self, code: int, payload: Any = None) -> None:
        self.host.socket.receive({"method": "close", "id": "c", "status": {"code": code, "status": "BYE"}}, payload)

    def ask(self, method: str = "GET", url: str = "https://aim/x", **more: Any) -> asyncio.Task[Any]:
        return asyncio.ensure_future(self.client.request(method, url, **more))

    @property
    def seconds(self) -> float:
        return round(self.host.time - self.start, 3)

    def tokens(self) -> list[str]:
        """Tokens sent, by the packets that carried them."""
        return [
            f"{one.method} {one.header['token']}"
            for socket in self.host.sockets
            for one in socket.packets
            if "token" in one.header
        ]

    async def task(self, coroutine: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(coroutine)
        await self.host.settle()
        return task
