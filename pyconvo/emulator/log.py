"""The record of packets and requests that a person may read. Holds no token.

Not responsible for keeping everything: the oldest entries give way.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from pyconvo.emulator.clock import Clock

LIMIT = 10_000
_SECRET = {"token", "x-twilio-token", "authorization"}


class PacketLog:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[dict[str, Any]] = deque(maxlen=LIMIT)
        self._count = 0

    def add(self, direction: str, connection: str, identity: str | None, header: Any, payload: Any = None) -> None:
        """``direction``: ``c>s`` or ``s>c``."""
        self._count += 1
        self._entries.append(
            {
                "n": self._count,
                "at": self._clock.now(),
                "dir": direction,
                "connection": connection,
                "identity": identity,
                # Only clients send tokens.
                "header": mask(header) if direction == "c>s" else header,
                "payload": payload,
            }
        )

    def read(self, *, after: int = 0, identity: str | None = None) -> list[dict[str, Any]]:
        """Entries numbered higher than ``after``, oldest first."""
        return [
            entry | {"at": self._clock.iso(entry["at"])}
            for entry in self._entries
            if entry["n"] > after and (identity is None or entry["identity"] == identity)
        ]

    def clear(self) -> None:
        self._entries.clear()


def mask(value: Any) -> Any:
    """The same value with every token replaced."""
    if isinstance(value, dict):
        return {key: "<token>" if str(key).lower() in _SECRET and item else mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    return value
