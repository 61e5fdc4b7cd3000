"""A small model for the bridge's tests: real entities over no service, driven by the test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyconvo.bridge.surface import surface
from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError, UpstreamError

NOON = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)


@dataclass(frozen=True)
class MessageUpdated:
    message: Message
    update_reasons: tuple[str, ...]


class User(Entity):
    identity = ""
    friendly_name: str | None = None
    is_online: bool | None = None
    is_notifiable: bool | None = None
    is_subscribed = False

    def __init__(self) -> None:
        super().__init__()
        self.attributes: Any = {}


class Conversation(Entity):
    unique_name: str | None = None
    friendly_name: str | None = "Trip"
    status = "joined"
    date_created = NOON
    date_updated: datetime | None = None
    created_by = "alice"
    last_read_message_index: int | None = None
    last_message: Any = None
    notification_level = "default"
    bindings: Any = None
    limits: Any = None
    state: Any = None

    def __init__(self, sid: str) -> None:
        super().__init__()
        self.sid = sid
        self.attributes: Any = {}
        self.removed: list[Any] = []

    async def get_messages(self, page_size: int = 30, anchor: int | None = None, direction: str = "backwards") -> Any:
        return Paginator([page_size, anchor, direction])

    async def update_friendly_name(self, friendly_name: str) -> Conversation:
        self.friendly_name = friendly_name
        self._mark_dirty()
        return self

    async def update_attributes(self, attributes: Any) -> Conversation:
        self.attributes = attributes
        self._mark_dirty()
        return self

    async def send_message(self, message: str | None, message_attributes: Any = None, email_options: Any = None) -> int:
        raise UpstreamError(403, "Forbidden", {"code": 50430, "status": 403})

    async def leave(self) -> None:
        raise ValueError("a defect")

    async def typing(self) -> None:
        await asyncio.Event().wait()

    async def remove_participant(self, participant: Any) -> None:
        self.removed.append(participant)


class Message(Entity):
    author = "bob"
    subject: str | None = None
    content_sid: str | None = None
    body: str | None = "hello"
    date_created = NOON
    date_updated: datetime | None = None
    index = 7
    last_updated_by: str | None = None
    type = "text"
    participant_sid: str | None = None
    aggregated_delivery_receipt: Any = None
    media: Any = None
    _all_media: tuple[Any, ...] = ()

    def __init__(self, conversation: Conversation, sid: str = "IM1") -> None:
        super().__init__()
        self.conversation = conversation
        self.sid = sid
        self.attributes: Any = {}


class Paginator:
    has_next_page = False
    has_prev_page = True

    def __init__(self, items: list[Any]) -> None:
        self.items = items


class Client(Entity):
    connection_state = "unknown"

    def __init__(self, token: str, options: dict[str, Any] | None) -> None:
        super().__init__()
        self.token = token
        self.options = options
        self.user = User()
        self.conversations: dict[str, Conversation] = {}
        self.ready = False

    @property
    def reachability_enabled(self) -> bool:
        if not self.ready:
            raise ConversationsError("not known yet")
        return True

    async def get_conversation_by_sid(self, conversation_sid: str) -> Conversation:
        return self.conversations[conversation_sid]

    async def shutdown(self) -> None:
        self.connection_state = "disconnected"
        self._mark_dirty()
        self.emit("connection_state_changed", "disconnected")

    def add(self, conversation: Conversation) -> Conversation:
        self.conversations[conversation.sid] = conversation
        self.emit("conversation_added", conversation)
        return conversation


class LoopHost:
    """The one thing that the bridge asks of a host, on asyncio."""

    def is_idle(self) -> bool:
        return False

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        self.call_later(0, callback)

    def call_later(self, delay: float, callback: Callable[[], Any]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay, callback)


def read(text: str) -> list[dict[str, Any]]:
    """Operations, with the names of properties that are told by their order."""
    operations: list[dict[str, Any]] = json.loads(text)
    for one in operations:
        if isinstance(one.get("state"), list):
            one["state"] = dict(zip(surface()[one["class"]].properties, one["state"], strict=True))
    return operations
