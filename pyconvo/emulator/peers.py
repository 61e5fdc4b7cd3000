"""The lines of HTTP peers by their address, so that a fault can cut one in the middle of a request.

Not responsible for sockets of Twilsock (each cuts itself).
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Peers:
    def __init__(self) -> None:
        self._lines: WeakValueDictionary[tuple[str, int], asyncio.Transport] = WeakValueDictionary()

    def add(self, line: asyncio.Transport) -> None:
        """A peer has connected."""
        address = line.get_extra_info("peername")
        if address is not None:
            self._lines[address[0], address[1]] = line

    def cut(self, address: tuple[str, int] | None, flushed: bool) -> None:
        """End a line: at once, or once everything written has gone out."""
        line = None if address is None else self._lines.get((address[0], address[1]))
        if line is not None and flushed:
            line.close()
        elif line is not None:
            line.abort()
