"""Where the machine puts what it wants done: actions in order, packets only while the socket is open."""

from __future__ import annotations

from typing import Any, Protocol

from pyconvo.twilsock import packet
from pyconvo.twilsock.actions import Action, CloseSocket, Emit, OpenSocket, Send


class Sources(Protocol):
    """Where time (seconds), randomness and UUIDs come from; a :class:`pyconvo.hosts.base.Host` will do."""

    def now(self) -> float: ...

    def random(self) -> float: ...

    def uuid(self) -> str: ...


class Outbox:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._actions: list[Action] = []
        #: Whether packets can be sent.
        self.is_open = False

    def take(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions

    def do(self, *actions: Action) -> None:
        self._actions.extend(actions)

    def emit(self, event: str, *payload: Any) -> None:
        self._actions.append(Emit(event, payload))

    def open_socket(self) -> None:
        self.is_open = False
        self.do(CloseSocket(), OpenSocket())

    def close_socket(self) -> None:
        self.is_open = False
        self.do(CloseSocket())

    def new_id(self) -> str:
        return f"TM{self._sources.uuid()}"

    def send(self, header: dict[str, Any]) -> str:
        """Send a packet without payload, if there is a socket. Returns its id, which is made unless given."""
        header = {"id": header.get("id") or self.new_id(), **header}
        if self.is_open:
            self.do(Send(packet.encode(header)))
        return str(header["id"])

    def acknowledge(self, received: packet.Packet) -> None:
        if received.id and self.is_open:
            self._actions.append(Send(packet.acknowledgement(received.id)))
