"""Sockets that hand what is written in one turn of the loop to the operating system together.

A packet is some hundred bytes, and one call of the system each costs as much as making it: for the emulator, and for
whoever reads on the other side. Not responsible for what is written.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

#: Bytes that do not wait for the end of the turn. A reader that is slow is noticed by what cannot be handed on.
FULL = 64 * 1024


class Gathering:
    """A transport, as far as writing and ending go; all else is that of ``line``."""

    def __init__(self, line: asyncio.Transport) -> None:
        self._line = line
        self._written: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Goes out at the end of the turn."""
        if not self._written:
            asyncio.get_running_loop().call_soon(self._hand_on)
        self._written.append(data)
        self._size += len(data)
        if self._size >= FULL:
            self._hand_on()

    def close(self) -> None:
        """Once everything written has gone out."""
        self._hand_on()
        self._line.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def _hand_on(self) -> None:
        if self._written:
            data = b"".join(self._written)
            self._written.clear()
            self._size = 0
            self._line.write(data)


class GatheringSocket(WebSocketsSansIOProtocol):
    """WebSockets as uvicorn speaks them."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, Gathering(cast(asyncio.Transport, transport))))
