"""What the service would have pushed, and what it would have withheld and why.

It follows the domain's events: a new message goes to the other participants, who is added or removed by somebody else
hears of that. Whether somebody is online does not matter. Not responsible for sending: nothing leaves the machine.
"""

from __future__ import annotations

import itertools
import json
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.conversations.push.bindings import Bindings
from pyconvo.emulator.conversations.push.notifications import ADDED, NEW_MESSAGE, REMOVED, Notifications, rendered
from pyconvo.emulator.conversations.push.payloads import Notice, payload
from pyconvo.emulator.conversations.push.records import Binding
from pyconvo.emulator.conversations.records import Conversation, Message, Participant
from pyconvo.emulator.conversations.schema import MESSAGES, PARTICIPANTS, USERS

#: So many are kept.
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Push:
    """``withheld``: why the device would not have got it; None when it would."""

    number: int
    at: str
    binding: Binding
    payload: dict[str, Any]
    withheld: str | None

    def described(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "number": self.number,
            "at": self.at,
            "identity": self.binding.identity,
            "channelType": self.binding.type,
            "address": self.binding.address,
            "bindingSid": self.binding.sid,
            "payload": self.payload,
        }
        return told | ({} if self.withheld is None else {"withheld": self.withheld})


class PushOutbox:
    def __init__(self, context: Context, bindings: Bindings, notifications: Notifications) -> None:
        self._context = context
        self._bindings = bindings
        self._notifications = notifications
        self._numbers = itertools.count(1)
        self._kept: deque[Push] = deque(maxlen=_MOST)
        context.events.subscribe(self._heard)

    def read(self, *, after: int = 0, identity: str | None = None, withheld: bool = False) -> list[Push]:
        """Those with a number above ``after``, for ``identity`` or everybody; with what was withheld if asked for."""
        return [
            one
            for one in self._kept
            if one.number > after and identity in (None, one.binding.identity) and (withheld or one.withheld is None)
        ]

    # -- what happens ------------------------------------------------------------------------------------------------

    def _heard(self, event: DomainEvent) -> None:
        conversation, participant = event.conversation, event.participant
        if conversation is None:
            return
        if event.kind == "message.added" and event.message is not None:
            self._message(conversation, event.message)
        elif participant is None or participant.identity in (None, event.origin.identity):
            # Who joins or leaves knows it.
            return
        elif event.kind in ("participant.added", "participant.removed"):
            name = ADDED if event.kind == "participant.added" else REMOVED
            self._membership(name, conversation, str(participant.identity), event.origin.identity)

    def _message(self, conversation: Conversation, message: Message) -> None:
        media = [one for one in json.loads(message.medias) if one["category"] == "media"]
        reachable = (
            "conversation_sid = ? AND identity != ? AND identity IN (SELECT identity FROM push_bindings) ORDER BY rowid"
        )
        for participant in PARTICIPANTS.many(self._context.db, reachable, conversation.sid, message.author):
            identity = str(participant.identity)
            muted = "the user has muted the conversation" if participant.notification_level == "muted" else None
            notice, disabled = self._new_message(conversation, message, media, identity)
            self._put(self._bindings.of(identity), notice, disabled or muted)

    def _new_message(
        self, conversation: Conversation, message: Message, media: list[dict[str, Any]], identity: str
    ) -> tuple[Notice, str | None]:
        """The notification, and why it is not sent if it is not."""
        settings = self._notifications.get()[NEW_MESSAGE]
        worded = settings["with_media"] if media else settings
        name = f"{NEW_MESSAGE}.with_media" if media else NEW_MESSAGE
        words = {
            "CONVERSATION": _title(conversation),
            "PARTICIPANT": self._name(message.author, message.participant_sid),
            "MESSAGE": message.body or "",
            "MEDIA_COUNT": str(len(media)),
            "MEDIA": ", ".join(str(one["filename"] or one["contentType"]) for one in media),
        }
        data: dict[str, Any] = {
            **_about(conversation),
            "author": message.author,
            "message_sid": message.sid,
            "message_index": message.index,
        }
        if media:
            first = {key: media[0][key] for key in ("sid", "size", "filename")}
            data["media_count"] = len(media)
            data["media"] = json.dumps({**first, "content_type": media[0]["contentType"]})
        badge = self._unread(identity) if settings["badge_count_enabled"] else None
        notice = self._notice(NEW_MESSAGE, rendered(worded["template"], words), settings["sound"], data, badge)
        return notice, _unless(worded["enabled"], name)

    def _membership(self, name: str, conversation: Conversation, identity: str, actor: str | None) -> None:
        if devices := self._bindings.of(identity):
            settings = self._notifications.get()[name]
            words = {"CONVERSATION": _title(conversation), "PARTICIPANT": self._name(actor or "system", None)}
            body = rendered(settings["template"], words)
            notice = self._notice(name, body, settings["sound"], _about(conversation))
            self._put(devices, notice, _unless(settings["enabled"], name))

    # -- the outbox itself -------------------------------------------------------------------------------------------

    def _put(self, devices: list[Binding], notice: Notice, disabled: str | None) -> None:
        at = self._context.clock.iso()
        for device in devices:
            unwanted = None if notice.type in device.types else f"the device did not register for {notice.type}"
            made = payload(device.type, notice)
            self._kept.append(Push(next(self._numbers), at, device, made, disabled or unwanted))

    def _notice(self, name: str, body: str, sound: str, data: dict[str, Any], badge: int | None = None) -> Notice:
        return Notice(f"twilio.conversations.{name}", self._context.ids.sid("RU"), body, sound, badge, data)

    def _name(self, identity: str, participant_sid: str | None) -> str:
        """Of who caused it: the friendly name, else the identity; an address for somebody on another channel."""
        user = USERS.get(self._context.db, identity)
        if user is not None:
            return user.friendly_name or identity
        found = PARTICIPANTS.get(self._context.db, participant_sid) if participant_sid else None
        return _address(found) or identity if found else identity

    def _unread(self, identity: str) -> int:
        """In how many of a user's conversations something is unread."""
        db, count = self._context.db, 0
        for own in PARTICIPANTS.many(db, "identity = ?", identity):
            seen = -1 if own.last_read_index is None else own.last_read_index
            newer = MESSAGES.count(db, 'conversation_sid = ? AND "index" > ?', own.conversation_sid, seen)
            count += newer > 0
        return count


def _unless(enabled: bool, name: str) -> str | None:
    return None if enabled else f"{name} is not enabled in the service's notifications"


def _title(conversation: Conversation) -> str:
    return conversation.friendly_name or conversation.unique_name or conversation.sid


def _about(conversation: Conversation) -> dict[str, Any]:
    return {"conversation_sid": conversation.sid, "conversation_title": _title(conversation)}


def _address(participant: Participant) -> str | None:
    bound = json.loads(participant.bindings).get(participant.type) or {}
    address = bound.get("address")
    return str(address) if address else None
