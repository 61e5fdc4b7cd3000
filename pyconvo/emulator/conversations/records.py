"""What the domain keeps: users, roles, conversations, participants, messages, as frozen rows.

Not responsible for: how clients see them (``published`` for Sync, ``resources`` for REST), nor for any rule.
Dates are ISO 8601 strings in UTC, attributes are JSON text exactly as the client sent it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Role:
    sid: str
    friendly_name: str
    scope: str
    """``service`` (on a user) or ``conversation`` (on a participant)."""
    permissions: str
    """JSON list of permission names."""
    date_created: str
    date_updated: str

    @property
    def names(self) -> list[str]:
        return [str(name) for name in json.loads(self.permissions)]


@dataclass(frozen=True, slots=True)
class User:
    identity: str
    sid: str
    friendly_name: str | None
    attributes: str
    role_sid: str
    online: int
    notifiable: int
    date_created: str
    date_updated: str

    @property
    def info_map(self) -> str:
        """Name of the Sync map with the user's profile."""
        return f"{self.sid}.info"

    @property
    def conversations_map(self) -> str:
        """Name of the Sync map with the conversations that the user is in."""
        return f"{self.identity}.channels"


@dataclass(frozen=True, slots=True)
class Conversation:
    sid: str
    unique_name: str | None
    friendly_name: str | None
    attributes: str
    created_by: str
    access: str | None
    """Stored as given; its meaning in the service is not public."""
    state: str
    """``active``, ``inactive`` or ``closed``."""
    state_updated: str
    active_since: float
    """Emulator time (seconds) of the last activity: what the state timers count from."""
    timer_inactive: float | None
    """Seconds without activity after which it turns inactive."""
    timer_closed: float | None
    """Seconds without activity after which it turns closed."""
    next_index: int
    """Index of the next message; indexes are never used twice."""
    last_index: int | None
    last_timestamp: str | None
    creator_joined: int
    """1 once the creator has been a participant: from then on only participants see the conversation."""
    date_created: str
    date_updated: str
    messaging_service_sid: str | None = None
    bindings: str = "{}"
    """JSON object: ``email`` with the ``address`` and ``name`` that e-mails go out with."""

    @property
    def document(self) -> str:
        return f"{self.sid}.channel"

    @property
    def roster(self) -> str:
        return f"{self.sid}.roster"

    @property
    def message_list(self) -> str:
        return f"{self.sid}.messages"


@dataclass(frozen=True, slots=True)
class Participant:
    sid: str
    conversation_sid: str
    identity: str | None
    """None for a participant on another channel (SMS, WhatsApp, …)."""
    type: str
    role_sid: str
    attributes: str
    notification_level: str
    last_read_index: int | None
    last_read_at: str | None
    bindings: str
    """JSON object, ``{}`` for chat participants."""
    date_created: str
    date_updated: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far one message got on its way to one participant of another channel."""

    sid: str
    message_sid: str
    conversation_sid: str
    channel_message_sid: str
    """The sid of what was sent to the phone: an entry of the outbox."""
    participant_sid: str
    channel: str
    status: str
    error_code: int
    """0 without an error."""
    status_at: float
    """Emulator time (seconds) of the last change of status: what the clock counts from."""
    date_created: str
    date_updated: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it left for one phone or mailbox. It stays as it was, whatever becomes of the conversation."""

    sid: str
    conversation_sid: str
    message_sid: str
    participant_sid: str
    channel: str
    sender: str
    """The proxy address."""
    recipient: str
    author: str
    body: str | None
    subject: str | None
    medias: str
    """JSON list of media descriptors as published (camelCase)."""
    date_created: str


@dataclass(frozen=True, slots=True)
class Recipient:
    number: int | None
    """Order of appearance; None until it is stored."""
    message_sid: str
    conversation_sid: str
    type: str
    """``email``, or whatever the service may know one day."""
    details: str
    """JSON object: ``level``, ``name`` and ``address`` of an e-mail."""


@dataclass(frozen=True, slots=True)
class ChannelMetadata:
    """What the channel told about a message that came from there."""

    message_sid: str
    type: str
    data: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Media:
    sid: str
    author: str
    category: str
    content_type: str
    filename: str | None
    size: int
    message_sid: str | None
    """None while no message carries it."""
    date_created: str


@dataclass(frozen=True, slots=True)
class Message:
    sid: str
    conversation_sid: str
    index: int
    author: str
    participant_sid: str | None
    body: str | None
    subject: str | None
    attributes: str
    content_sid: str | None
    medias: str
    """JSON list of media descriptors as published (camelCase)."""
    last_updated_by: str | None
    date_created: str
    date_updated: str


DatedT = TypeVar("DatedT", Conversation, Participant, Message)


def dated(record: DatedT, changes: Mapping[str, Any]) -> DatedT:
    """The record with ``date_created`` and ``date_updated`` as ``changes`` wants them, where it says."""
    wanted: dict[str, Any] = {
        name: str(changes[name]) for name in ("date_created", "date_updated") if changes.get(name)
    }
    return replace(record, **wanted) if wanted else record
