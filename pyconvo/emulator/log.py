"""The record of packets that a person may read: bounded in number and in bytes, secrets masked, written down if asked.

Packets are kept as they were on the wire and read only when somebody looks. Not responsible for the form of a
recording (``replay.recording``).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pyconvo.emulator.clock import Clock
from pyconvo.twilsock.packet import PacketError, decode, split

#: Packets, and bytes of packets, that are kept unless the settings say otherwise.
LIMIT = 10_000
LARGEST = 64 * 1024 * 1024
#: ``registration_id`` is the address of somebody's device.
_SECRET = {"token", "x-twilio-token", "authorization", "registration_id"}


class Entry(NamedTuple):
    """``direction``: ``c>s``, ``s>c``; or ``open`` and ``end`` of a socket, then ``data`` says who ended it."""

    number: int
    at: float
    real: float
    direction: str
    connection: str
    identity: str | None
    data: bytes | str


class PacketLog:
    def __init__(self, clock: Clock, limit: int = LIMIT) -> None:
        self._clock = clock
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._size = 0
        self._count = 0
        #: Told of each entry as it is made.
        self.sink: Callable[[Entry], Any] | None = None

    @property
    def count(self) -> int:
        """The number of the latest entry."""
        return self._count

    def add(self, direction: str, connection: str, identity: str | None, data: bytes | str) -> None:
        """``data``: the packet."""
        self._count += 1
        entry = Entry(self._count, self._clock.now(), time.time(), direction, connection, identity, data)
        self._entries.append(entry)
        self._size += len(data)
        while len(self._entries) > self._limit or self._size > LARGEST:
            self._size -= len(self._entries.popleft().data)
        if self.sink is not None:
            self.sink(entry)

    def dropped(self, after: int) -> int:
        """How many entries after a number have given way to later ones."""
        first = self._entries[0].number if self._entries else self._count + 1
        return max(0, first - 1 - max(0, after))

    def read(self, *, after: int = 0, identity: str | None = None, sockets: bool = False) -> list[dict[str, Any]]:
        """Entries numbered higher than ``after``, oldest first. ``sockets``: their beginnings and ends, too."""
        return [
            readable(entry, self._clock)
            for entry in self._entries
            if entry.number > after
            and (identity is None or entry.identity == identity)
            and (sockets or entry.direction in ("c>s", "s>c"))
        ]

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def clear(self) -> None:
        self._entries.clear()
        self._size = 0


def readable(entry: Entry, clock: Clock) -> dict[str, Any]:
    """An entry as JSON: the packet read, and every secret in it replaced."""
    shown: dict[str, Any] = {
        "n": entry.number,
        "at": clock.iso(entry.at),
        "dir": entry.direction,
        "connection": entry.connection,
        "identity": entry.identity,
    }
    if entry.direction in ("open", "end"):
        return shown | ({"by": entry.data} if entry.data else {})
    header, payload, malformed = _read(entry.data)
    if entry.direction == "c>s":
        # Only clients send secrets.
        header, payload = mask(header), mask(payload)
    shown |= {"header": header, "payload": payload}
    return shown | ({"malformed": malformed} if malformed else {})


def _read(data: bytes | str) -> tuple[dict[str, Any], Any, str | None]:
    if isinstance(data, str):
        return {}, None, f"a text frame of {len(data)} characters"
    try:
        packet = decode(data)
    except PacketError as error:
        try:
            header, body = split(data)
        except PacketError:
            return {}, None, str(error)
        return header, body[:2000].decode("utf-8", "replace"), None
    return packet.header, packet.payload, None


def mask(value: Any) -> Any:
    """The same value with every secret replaced."""
    if isinstance(value, dict):
        return {key: "<token>" if str(key).lower() in _SECRET and item else mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    return value
