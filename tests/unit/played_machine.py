"""A connection machine that the test plays with: time stands still, the other side's moves are methods."""

from __future__ import annotations

import itertools
from typing import Any

from pyconvo.twilsock.actions import (
    Emit,
    Send,
)
from pyconvo.twilsock.machine import Machine
from pyconvo.twilsock.options import TwilsockOptions
from pyconvo.twilsock.packet import decode, encode
from pyconvo.twilsock.states import State


class Fixed:
    """Time stands still, chance is in the middle, ids count."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._ids = itertools.count(1)

    def now(self) -> float:
        return self.time

    def random(self) -> float:
        return 0.5

    def uuid(self) -> str:
        return f"uuid-{next(self._ids)}"


class Connection:
    """A machine with the other side's moves as methods."""

    def __init__(self, **options: Any) -> None:
        self.sources = Fixed()
        self.machine = Machine("token 1", TwilsockOptions(uri="ws://x", **options), self.sources)
        self.packets: list[Any] = []
        self.actions: list[Any] = []

    def take(self) -> list[Any]:
        """Actions since the last call; packets go to ``packets`` too."""
        self.actions = self.machine.take()
        self.packets += [decode(action.data) for action in self.actions if isinstance(action, Send)]
        return self.actions

    def events(self) -> list[Any]:
        """Events since the last call, as name or (name, payload)."""
        emitted = [action for action in self.take() if isinstance(action, Emit)]
        return [(one.event, *one.payload) if one.payload else one.event for one in emitted]

    def sent(self) -> list[str]:
        self.take()
        return [one.method for one in self.packets]

    def receive(self, header: dict[str, Any], payload: Any = None) -> None:
        self.machine.socket_received(encode(header, payload))

    def reply(self, code: int = 200, payload: Any = None, header: dict[str, Any] | None = None, **status: Any) -> None:
        """Answer the latest packet that wants an answer."""
        self.take()
        last = [one for one in self.packets if one.method in ("init", "update", "message")][-1]
        full = {"method": "reply", "id": last.id, "status": {"code": code, "status": "TEXT", **status}}
        self.receive({**full, **(header or {})}, payload)

    def close(self, code: int, payload: Any = None, **status: Any) -> None:
        self.receive({"method": "close", "id": "TMclose", "status": {"code": code, "status": "BYE", **status}}, payload)

    def established(self) -> Connection:
        self.machine.connect()
        self.machine.socket_opened()
        self.reply(header={"continuation_token": "ct 1"})
        self.take()
        self.packets.clear()
        assert self.machine.state is State.CONNECTED
        return self

    @property
    def state(self) -> State:
        return self.machine.state
