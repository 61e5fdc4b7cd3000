"""``Participant``: somebody's place in one conversation. The person behind it is a :class:`pyconvo.User`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError
from pyconvo.event_names import ParticipantEvents
from pyconvo.hosts.base import TimerHandle
from pyconvo.json_values import JSONValue, is_index, json_equal, parse_attributes, parse_date, same, to_json
from pyconvo.payloads import ParticipantUpdated
from pyconvo.services.session import Session
from pyconvo.user import User
from pyconvo.validation import JSON, checked

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation


class Participant(Entity, ParticipantEvents):
    """A participant of a conversation, kept up to date. Official: ``Participant``.

    Errors of methods as for :class:`pyconvo.Conversation`.
    """

    def __init__(self, sid: str, data: dict[str, Any], conversation: Conversation, session: Session) -> None:
        super().__init__(session.lifetime)
        if not data.get("identity") and not data.get("type"):
            raise ConversationsError(f"The service sent participant {sid} without an identity or a type")
        self._sid = sid
        self._conversation = conversation
        self._session = session
        self._identity: str | None = data.get("identity")
        self._type: str = data.get("type") or "chat"
        self._user_map: str | None = data.get("userInfo")
        self._attributes = parse_attributes(data.get("attributes"), "participant", sid)
        self._date_created = parse_date(data.get("dateCreated"))
        self._date_updated = parse_date(data.get("dateUpdated")) if data.get("dateCreated") else None
        self._role_sid: str = data.get("roleSid") or ""
        index = data.get("lastConsumedMessageIndex")
        self._last_read_message_index: int | None = index if is_index(index) else None
        self._last_read_timestamp = parse_date(data.get("lastConsumptionTimestamp") or None)
        self._bindings: dict[str, Any] = data.get("bindings") or {}
        self._typing_timer: TimerHandle | None = None

    @property
    def sid(self) -> str:
        """``MB…``, for ever the same."""
        return self._sid

    @property
    def conversation(self) -> Conversation:
        """Where this participant takes part."""
        return self._conversation

    @property
    def identity(self) -> str | None:
        """The user's identity; ``None`` for somebody who is not a user of the service (SMS, WhatsApp, …)."""
        return self._identity

    @property
    def type(self) -> str:
        """``chat``, ``sms``, ``whatsapp``, ``email`` or another name of a channel."""
        return self._type

    @property
    def attributes(self) -> JSONValue:
        """Any data of the application; ``{}`` when there is none."""
        return self._attributes

    @property
    def date_created(self) -> datetime | None:
        """Since when they take part, UTC; ``None`` while unknown."""
        return self._date_created

    @property
    def date_updated(self) -> datetime | None:
        """When it last changed, UTC; ``None`` while unknown."""
        return self._date_updated

    @property
    def is_typing(self) -> bool:
        """Whether they type now, as far as they told."""
        return self._typing_timer is not None

    @property
    def last_read_message_index(self) -> int | None:
        """The read horizon; ``None`` when nothing is marked as read."""
        return self._last_read_message_index

    @property
    def last_read_timestamp(self) -> datetime | None:
        """When the read horizon was last set."""
        return self._last_read_timestamp

    @property
    def role_sid(self) -> str:
        """``RL…``: what they may do here; ``""`` when unknown."""
        return self._role_sid

    @property
    def bindings(self) -> dict[str, Any]:
        """How a participant outside the service is reached, by channel."""
        return self._bindings

    async def get_user(self) -> User:
        """The person. Raises :class:`ConversationsError` for a participant that is no chat user."""
        if self._type != "chat" or self._identity is None:
            raise ConversationsError(f"Getting User is not supported for this Participant type: {self._type}")
        return await self._session.users.get(self._identity, self._user_map)

    async def remove(self) -> None:
        """Remove from the conversation."""
        await self._conversation.remove_participant(self)

    @checked(JSON)
    async def update_attributes(self, attributes: JSONValue) -> Participant:
        """Replace the attributes. They change here when the service says so, perhaps after this returns."""
        url = f"{self._conversation._links.participants}/{self._sid}"
        await self._session.commands.post(url, {"attributes": to_json(attributes)})
        return self

    # -- for the roster and typing ---------------------------------------------------------------------------

    def _update(self, data: dict[str, Any]) -> None:
        reasons: list[str] = []
        if data.get("attributes"):
            attributes = parse_attributes(data["attributes"], "participant", self._sid)
            if not json_equal(self._attributes, attributes):
                self._attributes = attributes
                reasons.append("attributes")
        if data.get("dateUpdated") and self._date_updated != (updated := parse_date(data["dateUpdated"])):
            self._date_updated = updated
            reasons.append("date_updated")
        if data.get("dateCreated") and self._date_created != (created := parse_date(data["dateCreated"])):
            self._date_created = created
            reasons.append("date_created")
        if data.get("roleSid") and self._role_sid != data["roleSid"]:
            self._role_sid = data["roleSid"]
            reasons.append("role_sid")
        if "lastConsumedMessageIndex" in data:
            index = data["lastConsumedMessageIndex"]
            if (index is None or is_index(index)) and not same(self._last_read_message_index, index):
                self._last_read_message_index = index
                reasons.append("last_read_message_index")
        if data.get("lastConsumptionTimestamp"):
            timestamp = parse_date(data["lastConsumptionTimestamp"])
            if self._last_read_timestamp != timestamp:
                self._last_read_timestamp = timestamp
                reasons.append("last_read_timestamp")
        if data.get("bindings") and not json_equal(self._bindings, data["bindings"]):
            self._bindings = data["bindings"]
            reasons.append("bindings")
        if reasons:
            self._mark_dirty()
            self.emit("updated", ParticipantUpdated(self, tuple(reasons)))

    def _start_typing(self, milliseconds: float) -> None:
        """Announced every time, also when already typing."""
        if self._typing_timer is not None:
            self._typing_timer.cancel()
        self._typing_timer = self._session.host.call_later(milliseconds / 1000, self._end_typing)
        self._conversation._roster.typing[self._sid] = self
        self._mark_dirty()
        self.emit("typing_started", self)
        self._conversation.emit("typing_started", self)

    def _end_typing(self) -> None:
        if self._typing_timer is None:
            return
        self._typing_timer.cancel()
        self._typing_timer = None
        self._conversation._roster.typing.pop(self._sid, None)
        self._mark_dirty()
        self.emit("typing_ended", self)
        self._conversation.emit("typing_ended", self)
