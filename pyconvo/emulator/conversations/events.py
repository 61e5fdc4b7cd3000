"""What happened in the domain, as one stream that anything beside it can follow: webhooks, push, channels, records.

``emit`` notes an event; listeners hear of it once its transaction is committed, in order, after Sync has published.
``before`` announces a change that has passed all rules and is about to be made: whoever was asked to have a say
(``interceptor``) may change or refuse it.
Not responsible for what listeners do, nor for Sync (the store publishes that).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pyconvo.emulator.conversations import origin
from pyconvo.emulator.conversations.origin import Origin
from pyconvo.emulator.conversations.records import Conversation, Message, Participant, User
from pyconvo.emulator.sync.store import SyncStore

logger = logging.getLogger("pyconvo.emulator.events")

Kind = Literal[
    "conversation.added",
    "conversation.updated",
    "conversation.removed",
    "conversation.state",
    "participant.added",
    "participant.updated",
    "participant.removed",
    "message.added",
    "message.updated",
    "message.removed",
    "user.added",
    "user.updated",
    "delivery.updated",
]


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """``kind`` happened (or is about to: ``Events.before``) at ``at`` (ISO 8601), through ``origin``.

    The records are those after the change; of what was removed, the last ones. ``conversation`` is there for every
    kind but the users'. ``previous``: the record before an update. ``reason`` of a new state: ``API``, ``TIMER`` or
    ``EVENT`` (a message or a participant woke the conversation). ``receipt`` belongs to ``delivery.updated``: the
    receipt's REST form. ``changed`` names the fields that an update was asked for, as the REST API calls them.
    """

    kind: Kind
    at: str
    origin: Origin
    conversation: Conversation | None = None
    participant: Participant | None = None
    message: Message | None = None
    user: User | None = None
    previous: Conversation | Participant | Message | User | None = None
    reason: str | None = None
    receipt: Mapping[str, Any] | None = None
    changed: frozenset[str] = field(default_factory=frozenset)


Listener = Callable[[DomainEvent], None]
Interceptor = Callable[[DomainEvent], Mapping[str, Any]]


def _nobody(event: DomainEvent) -> Mapping[str, Any]:
    return {}


class Events:
    def __init__(self, store: SyncStore) -> None:
        self._store = store
        self._listeners: list[Listener] = []
        #: Asked before a change; answers with the fields to change (REST names), or raises.
        self.interceptor: Interceptor = _nobody

    def subscribe(self, listener: Listener) -> None:
        """``listener(event)`` hears of everything that happens from now on, after it was committed."""
        self._listeners.append(listener)

    def before(self, kind: Kind, **about: Any) -> Mapping[str, Any]:
        """Announces a change; the fields that are to be other than asked for.

        Raises:
            TwilioError: the change is refused.
        """
        return self.interceptor(self._event(kind, about))

    def emit(self, kind: Kind, **about: Any) -> None:
        """Notes what happened, see ``DomainEvent``; told when the transaction under way (if any) is committed."""
        event = self._event(kind, about)
        self._store.after_commit(lambda: self._tell(event))

    def past(self, kind: Kind, **about: Any) -> DomainEvent:
        """The event that something from earlier would be, for who wants to hear of it now."""
        return self._event(kind, about)

    def _event(self, kind: Kind, about: dict[str, Any]) -> DomainEvent:
        return DomainEvent(kind, self._store.clock.iso(), origin.current(), **about)

    def _tell(self, event: DomainEvent) -> None:
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                # What happened has happened: one listener that fails must not keep it from the others.
                logger.exception("a listener of %s failed", event.kind)
