"""What a webhook's request says: the parameters of every event. Source: Twilio's guide "Conversations Webhooks".

Values that an event does not have are left out. Not responsible for sending.
"""

from __future__ import annotations

import json
from typing import Any

from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.conversations.records import Conversation, Message, Participant, User
from pyconvo.emulator.webhooks.names import PRE


def parameters(event: DomainEvent, name: str, *, account_sid: str, service_sid: str) -> dict[str, str]:
    """The form of the request about ``event`` under ``name``, all but the count of retries."""
    asks = name in PRE
    given: dict[str, Any] = {
        "AccountSid": account_sid,
        "ChatServiceSid": service_sid,
        "EventType": name,
        "Source": event.origin.source,
        "ClientIdentity": event.origin.identity,
    }
    noun = event.kind.partition(".")[0]
    if noun != "user" and event.conversation is not None:
        given["MessagingServiceSid"] = getattr(event.conversation, "messaging_service_sid", None)
    match noun, event:
        case "conversation", DomainEvent(kind="conversation.state", conversation=Conversation() as found):
            given |= _state(event, found)
        case "conversation", DomainEvent(conversation=Conversation() as found):
            given |= _conversation(found, new=asks and event.kind == "conversation.added")
        case "participant", DomainEvent(participant=Participant() as someone):
            given |= _participant(someone, new=asks and event.kind == "participant.added")
            if name == "onParticipantUpdated":
                given["LastReadMessageIndex"] = someone.last_read_index
        case "message", DomainEvent(message=Message() as message):
            given |= _message(message, new=event.kind == "message.added", asks=asks)
        case "user", DomainEvent(user=User() as user):
            given |= _user(user)
            if name == "onUserUpdated":
                given |= {"isOnline": bool(user.online), "isNotifiable": bool(user.notifiable)}
        case "delivery", _:
            given |= _delivery(event)
    if event.kind.endswith(".removed") and not asks:
        given["DateRemoved"] = event.at
    return {key: _text(value) for key, value in given.items() if value is not None}


def _conversation(found: Conversation, *, new: bool) -> dict[str, Any]:
    known = {"ConversationSid": found.sid, "DateCreated": found.date_created, "DateUpdated": found.date_updated}
    return {
        **({} if new else known),
        "FriendlyName": found.friendly_name,
        "UniqueName": found.unique_name,
        "Attributes": found.attributes,
        "State": found.state,
    }


def _state(event: DomainEvent, found: Conversation) -> dict[str, Any]:
    before = event.previous
    return {
        "ConversationSid": found.sid,
        "StateUpdated": found.state_updated,
        "StateFrom": before.state if isinstance(before, Conversation) else None,
        "StateTo": found.state,
        "Reason": event.reason,
    }


def _participant(found: Participant, *, new: bool) -> dict[str, Any]:
    known = {"ParticipantSid": found.sid, "DateCreated": found.date_created, "DateUpdated": found.date_updated}
    binding = json.loads(found.bindings).get(found.type) or {}
    return {
        "ConversationSid": found.conversation_sid,
        **({} if new else known),
        "Identity": found.identity,
        "RoleSid": found.role_sid,
        "Attributes": found.attributes,
        "MessagingBinding.Type": found.type.upper(),
        "MessagingBinding.Address": binding.get("address"),
        "MessagingBinding.ProxyAddress": binding.get("proxy_address"),
        "MessagingBinding.ProjectedAddress": binding.get("projected_address"),
    }


def _message(found: Message, *, new: bool, asks: bool) -> dict[str, Any]:
    known: dict[str, Any] = {"MessageSid": found.sid, "Index": found.index, "DateCreated": found.date_created}
    if not new:
        known["DateUpdated"] = found.date_updated
    medias = [
        {"Sid": one["sid"], "ContentType": one["contentType"], "Filename": one["filename"], "Size": one["size"]}
        for one in json.loads(found.medias)
    ]
    return {
        "ConversationSid": found.conversation_sid,
        **({} if new and asks else known),
        "Body": found.body,
        "Author": found.author,
        "ParticipantSid": found.participant_sid,
        "Attributes": found.attributes,
        "Media": json.dumps(medias) if medias else None,
    }


def _user(found: User) -> dict[str, Any]:
    return {
        "UserSid": found.sid,
        "DateCreated": found.date_created,
        "DateUpdated": found.date_updated,
        "Identity": found.identity,
        "RoleSid": found.role_sid,
        "Attributes": found.attributes,
        "FriendlyName": found.friendly_name,
    }


def _delivery(event: DomainEvent) -> dict[str, Any]:
    receipt = event.receipt or {}
    return {
        "ConversationSid": event.conversation.sid if event.conversation else None,
        "MessageSid": event.message.sid if event.message else None,
        "ParticipantSid": event.participant.sid if event.participant else None,
        "DeliveryReceiptSid": receipt.get("sid"),
        "ChannelMessageSid": receipt.get("channel_message_sid"),
        "Status": receipt.get("status"),
        "ErrorCode": receipt.get("error_code"),
        "DateCreated": receipt.get("date_created"),
        "DateUpdated": receipt.get("date_updated"),
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
