"""The hub: which connections are up, what each one is subscribed to, and who hears of what.

While a request is being answered, everything it causes waits until its answer is on the way (``deferred``);
requests take turns (``turn``), so events reach every connection in the order in which they were committed.
Not responsible for packets (a connection is something that can be told things).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from pyconvo.emulator.notice import Notice
from pyconvo.emulator.sync.objects import SyncEvent

Action = Callable[[], Any]

_deferred: ContextVar[list[Action] | None] = ContextVar("pyconvo_emulator_deferred", default=None)


class Subscriber(Protocol):
    """A live connection, as the hub sees it."""

    id: str
    identity: str | None
    service_sid: str
    message_types: frozenset[str]

    def tell(self, notice: Notice) -> None: ...

    def drop(self) -> None: ...

    def close(self, code: int, payload: dict[str, Any] | None = None) -> None: ...


class Hub:
    def __init__(self) -> None:
        self.connections: dict[str, Subscriber] = {}
        #: Told of the first and the last connection of an identity in a chat service.
        self.on_presence: Callable[[str, str, bool], Any] = lambda service_sid, identity, online: None
        self.turn = asyncio.Lock()
        # Dictionaries instead of sets: events go out in the order of subscribing, the same in every run.
        self._by_object: dict[str, dict[str, Subscriber]] = {}
        self._by_connection: dict[str, set[str]] = {}

    # -- connections

    def add(self, connection: Subscriber) -> None:
        """A connection has logged in."""
        who = connection.service_sid, connection.identity or ""
        first = not self.of(*who)
        self.connections[connection.id] = connection
        if first:
            self.on_presence(*who, True)

    def remove(self, connection: Subscriber) -> None:
        """A connection has gone; harmless when it never logged in."""
        for sid in list(self.subscriptions(connection)):
            self.unsubscribe(connection, sid)
        if self.connections.pop(connection.id, None) is not None:
            who = connection.service_sid, connection.identity or ""
            if not self.of(*who):
                self.on_presence(*who, False)

    def clear(self) -> None:
        """Forget every connection, without telling anybody."""
        self.connections.clear()
        self._by_object.clear()
        self._by_connection.clear()

    def of(self, service_sid: str, identity: str) -> list[Subscriber]:
        """The connections of an identity of that chat service: another service's is somebody else."""
        who = service_sid, identity
        return [one for one in self.connections.values() if (one.service_sid, one.identity) == who]

    # -- subscriptions

    def subscribe(self, connection: Subscriber, sid: str) -> None:
        """From now on the connection hears of the object's changes."""
        self._by_object.setdefault(sid, {})[connection.id] = connection
        self._by_connection.setdefault(connection.id, set()).add(sid)

    def unsubscribe(self, connection: Subscriber, sid: str) -> None:
        """Harmless when it was not subscribed."""
        listeners = self._by_object.get(sid, {})
        listeners.pop(connection.id, None)
        if not listeners:
            self._by_object.pop(sid, None)
        objects = self._by_connection.get(connection.id, set())
        objects.discard(sid)
        if not objects:
            self._by_connection.pop(connection.id, None)

    def subscriptions(self, connection: Subscriber) -> frozenset[str]:
        """The sids of the objects that a connection hears of."""
        return frozenset(self._by_connection.get(connection.id, ()))

    # -- what they hear

    @contextmanager
    def deferred(self) -> Iterator[list[Action]]:
        """Collect what is to be told, instead of telling it; the caller runs the list afterwards."""
        actions: list[Action] = []
        token = _deferred.set(actions)
        try:
            yield actions
        finally:
            _deferred.reset(token)

    def later(self, action: Action) -> None:
        """Run now, or after the answer of the request that is being handled."""
        waiting = _deferred.get()
        if waiting is None:
            action()
        else:
            waiting.append(action)

    def publish(self, events: list[SyncEvent]) -> None:
        """Tell every subscriber of what has been committed."""
        for event in events:
            self.later(lambda event=event: self._deliver(event))  # type: ignore[misc]

    def notify(self, service_sid: str, identity: str, message_type: str, payload: dict[str, Any]) -> None:
        """Tell every connection of an identity that registered for the message type at login."""

        def deliver() -> None:
            listeners = [one for one in self.of(service_sid, identity) if message_type in one.message_types]
            if listeners:
                notice = Notice.of(message_type, payload)
                for connection in listeners:
                    connection.tell(notice)

        self.later(deliver)

    def _deliver(self, event: SyncEvent) -> None:
        listeners = list(self._by_object.get(event.sid, {}).values())
        if not listeners:
            return
        notice = Notice.of_event(event.kind, event.type, event.text)
        for connection in listeners:
            connection.tell(notice)
            if event.type == f"{event.kind}_removed":
                self.unsubscribe(connection, event.sid)
