"""The whole domain as one readable dictionary, for ``GET /emulator/state``.

Not responsible for: export and import (this form is for people, and leaves out what they do not ask for).
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from pyconvo.emulator.conversations.push.records import Binding
from pyconvo.emulator.conversations.records import Conversation, Message, Participant, User
from pyconvo.emulator.conversations.schema import ROLES

if TYPE_CHECKING:
    from pyconvo.emulator.conversations.model import Conversations


def describe(model: Conversations, latest: int | None = None) -> dict[str, Any]:
    roles = {role.sid: role.friendly_name for role in ROLES.many(model.context.db)}
    return {
        "service": {"accountSid": model.settings.account_sid, "sid": model.settings.service_sid},
        "users": [_user(user, roles, model.push.bindings.of(user.identity)) for user in model.users.all()],
        "conversations": [_conversation(model, found, roles, latest) for found in model.conversations.all()],
    }


def _read(attributes: str) -> Any:
    """What JSON cannot say again, a number beyond all bounds, stays the text that it was."""
    return json.loads(attributes, parse_float=lambda text: float(text) if math.isfinite(float(text)) else text)


def _user(user: User, roles: dict[str, str], devices: list[Binding]) -> dict[str, Any]:
    return {
        "identity": user.identity,
        "sid": user.sid,
        "friendlyName": user.friendly_name,
        "attributes": _read(user.attributes),
        "role": roles.get(user.role_sid),
        "online": bool(user.online),
        "notifiable": bool(user.notifiable),
        "devices": [
            {"type": one.type, "address": one.address, "sid": one.sid, "credentialSid": one.credential_sid}
            for one in devices
        ],
    }


def _conversation(
    model: Conversations, found: Conversation, roles: dict[str, str], latest: int | None
) -> dict[str, Any]:
    messages = model.messages.of(found.sid) if latest is None else model.messages.latest(found.sid, latest)
    return {
        "sid": found.sid,
        "uniqueName": found.unique_name,
        "friendlyName": found.friendly_name,
        "attributes": _read(found.attributes),
        "createdBy": found.created_by,
        "state": found.state,
        "timers": {"inactive": found.timer_inactive, "closed": found.timer_closed},
        "dateCreated": found.date_created,
        "dateUpdated": found.date_updated,
        "lastMessageIndex": found.last_index,
        "participants": [_participant(each, roles) for each in model.participants.of(found.sid)],
        "messages": [_message(model, each) for each in messages],
    }


def _participant(found: Participant, roles: dict[str, str]) -> dict[str, Any]:
    return {
        "sid": found.sid,
        "identity": found.identity,
        "type": found.type,
        "bindings": json.loads(found.bindings),
        "role": roles.get(found.role_sid),
        "attributes": _read(found.attributes),
        "notificationLevel": found.notification_level,
        "lastReadMessageIndex": found.last_read_index,
    }


def _message(model: Conversations, found: Message) -> dict[str, Any]:
    return {
        "index": found.index,
        "sid": found.sid,
        "author": found.author,
        "body": found.body,
        "attributes": _read(found.attributes),
        "dateCreated": found.date_created,
        "dateUpdated": found.date_updated,
        "lastUpdatedBy": found.last_updated_by,
        "delivery": model.receipts.sum(found.sid),
    }
