"""What the REST API shows of the domain's records: exactly the properties of Twilio's schema, dates to the second.

Not responsible for the form that clients get (``conversations.resources``, ``conversations.published``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pyconvo.emulator.clock import LAST
from pyconvo.emulator.conversations.records import Conversation, Message, Participant, Receipt, User
from pyconvo.emulator.rest.call import Call


def moment(value: str | None) -> str | None:
    """The domain's moment as the REST API writes it."""
    return None if value is None else value.partition(".")[0].removesuffix("Z") + "Z"


def instant(at: float) -> str:
    """A time of the emulator's clock (seconds) as the REST API writes it."""
    return datetime.fromtimestamp(min(at, LAST), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def timers(found: Conversation) -> dict[str, str]:
    """When it will change its state, if nothing happens."""
    shown: dict[str, str] = {}
    if found.state == "active" and found.timer_inactive is not None:
        shown["date_inactive"] = instant(found.active_since + found.timer_inactive)
    if found.state != "closed" and found.timer_closed is not None:
        shown["date_closed"] = instant(found.active_since + found.timer_closed)
    return shown


def conversation(call: Call, found: Conversation) -> dict[str, Any]:
    url = f"{call.base}/Conversations/{found.sid}"
    return {
        **call.owner,
        "sid": found.sid,
        "messaging_service_sid": found.messaging_service_sid or call.model.settings.messaging_service_sid,
        "friendly_name": found.friendly_name,
        "unique_name": found.unique_name,
        "attributes": found.attributes,
        "state": found.state,
        "timers": timers(found),
        "bindings": json.loads(found.bindings),
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": url,
        "links": {"participants": f"{url}/Participants", "messages": f"{url}/Messages", "webhooks": f"{url}/Webhooks"},
    }


def participant(call: Call, found: Participant) -> dict[str, Any]:
    return {
        **call.inner,
        "conversation_sid": found.conversation_sid,
        "sid": found.sid,
        "identity": found.identity,
        "attributes": found.attributes,
        "messaging_binding": binding(found),
        "role_sid": found.role_sid,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "last_read_message_index": found.last_read_index,
        "last_read_timestamp": moment(found.last_read_at),
        "url": f"{call.base}/Conversations/{found.conversation_sid}/Participants/{found.sid}",
    }


def binding(found: Participant) -> dict[str, Any] | None:
    """How somebody on another channel is reached."""
    bound = json.loads(found.bindings)
    return next(({"type": kind, **given} for kind, given in bound.items()), None)


def message(call: Call, found: Message) -> dict[str, Any]:
    url = f"{call.base}/Conversations/{found.conversation_sid}/Messages/{found.sid}"
    medias = [
        {
            "sid": one["sid"],
            "size": one["size"],
            "content_type": one["contentType"],
            "filename": one["filename"],
            "category": one["category"],
        }
        for one in json.loads(found.medias)
    ]
    edited = found.last_updated_by is not None or found.date_updated != found.date_created
    return {
        **call.inner,
        "conversation_sid": found.conversation_sid,
        "sid": found.sid,
        "index": found.index,
        "author": found.author,
        "participant_sid": found.participant_sid,
        "body": found.body,
        "media": medias or None,
        "attributes": found.attributes,
        "delivery": call.model.receipts.sum(found.sid),
        "content_sid": found.content_sid,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated) if edited else None,
        "url": url,
        "links": {"delivery_receipts": f"{url}/Receipts", "channel_metadata": f"{url}/ChannelMetadata"},
    }


def receipt(call: Call, found: Receipt) -> dict[str, Any]:
    base = f"{call.base}/Conversations/{found.conversation_sid}/Messages/{found.message_sid}"
    return {
        **call.inner,
        "conversation_sid": found.conversation_sid,
        "message_sid": found.message_sid,
        "sid": found.sid,
        "channel_message_sid": found.channel_message_sid,
        "participant_sid": found.participant_sid,
        # The REST API knows no name for what has not left yet.
        "status": None if found.status == "queued" else found.status,
        "error_code": found.error_code,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{base}/Receipts/{found.sid}",
    }


def user(call: Call, found: User, *, listed: bool = False) -> dict[str, Any]:
    """``listed``: in a list nobody looks up whether push reaches a user."""
    url = f"{call.base}/Users/{found.sid}"
    reachable = call.model.settings.reachability
    return {
        **call.owner,
        "sid": found.sid,
        "role_sid": found.role_sid,
        "identity": found.identity,
        "friendly_name": found.friendly_name,
        "attributes": found.attributes,
        "is_online": bool(found.online) if reachable else None,
        "is_notifiable": bool(found.notifiable) if reachable and not listed else None,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": url,
        "links": {"user_conversations": f"{url}/Conversations"},
    }


def user_conversation(call: Call, of: User, found: Conversation, own: Participant) -> dict[str, Any]:
    url = f"{call.base}/Conversations/{found.sid}"
    return {
        **call.owner,
        "conversation_sid": found.sid,
        "participant_sid": own.sid,
        "user_sid": of.sid,
        "friendly_name": found.friendly_name,
        "unique_name": found.unique_name,
        "attributes": found.attributes,
        "conversation_state": found.state,
        "timers": timers(found),
        "created_by": found.created_by,
        "notification_level": own.notification_level,
        "last_read_message_index": own.last_read_index,
        "unread_messages_count": call.model.messages.unread(own),
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{call.base}/Users/{of.sid}/Conversations/{found.sid}",
        "links": {"participant": f"{url}/Participants/{own.sid}", "conversation": url},
    }


def participant_conversation(call: Call, own: Participant) -> dict[str, Any]:
    found = call.model.conversations.get(own.conversation_sid)
    of = call.model.users.find(own.identity) if own.identity is not None else None
    url = f"{call.base}/Conversations/{found.sid}"
    return {
        **call.owner,
        "participant_sid": own.sid,
        "participant_user_sid": of.sid if of else None,
        "participant_identity": own.identity,
        "participant_messaging_binding": binding(own),
        "conversation_sid": found.sid,
        "conversation_unique_name": found.unique_name,
        "conversation_friendly_name": found.friendly_name,
        "conversation_attributes": found.attributes,
        "conversation_date_created": moment(found.date_created),
        "conversation_date_updated": moment(found.date_updated),
        "conversation_created_by": found.created_by,
        "conversation_state": found.state,
        "conversation_timers": timers(found),
        "links": {"participant": f"{url}/Participants/{own.sid}", "conversation": url},
    }
