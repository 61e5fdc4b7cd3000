"""What clients see of the records through Sync: the data of documents and items, always complete.

The order of the keys matters: the client reports what changed in the order in which it reads them.
Not responsible for: storing or publishing, nor for the REST form (``resources``).
"""

from __future__ import annotations

import json
from typing import Any

from pyconvo.emulator.conversations.records import Conversation, Message, Participant, User


def document(conversation: Conversation) -> dict[str, Any]:
    """The conversation document. Shared by all participants, so nothing of one participant is in it."""
    data: dict[str, Any] = {
        "messages": conversation.message_list,
        "roster": conversation.roster,
        "friendlyName": conversation.friendly_name,
        "uniqueName": conversation.unique_name,
        "attributes": conversation.attributes,
        "createdBy": conversation.created_by,
        "dateCreated": conversation.date_created,
        "dateUpdated": conversation.date_updated,
    }
    if conversation.last_index is not None:
        data["lastMessage"] = {"index": conversation.last_index, "timestamp": conversation.last_timestamp}
    elif conversation.next_index:
        # All messages were removed: only a value that is there and empty takes the old one away.
        data["lastMessage"] = None
    data["state"] = {"current": conversation.state, "dateUpdated": conversation.state_updated}
    data["bindings"] = json.loads(conversation.bindings)
    return data


def roster_item(participant: Participant, user: User | None) -> dict[str, Any]:
    """Item of the roster; its key is the participant's sid. ``user`` is the participant's user, if it has one."""
    return {
        "identity": participant.identity,
        "type": participant.type,
        "roleSid": participant.role_sid,
        "attributes": participant.attributes,
        "dateCreated": participant.date_created,
        "dateUpdated": participant.date_updated,
        "lastConsumedMessageIndex": participant.last_read_index,
        "lastConsumptionTimestamp": participant.last_read_at,
        "userInfo": user.info_map if user else None,
        "bindings": json.loads(participant.bindings),
    }


def membership_item(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    """Item of a user's own list of conversations; its key is the conversation's sid."""
    return {
        "status": "joined",
        "channel": conversation.document,
        "roster": conversation.roster,
        "messages": conversation.message_list,
        "notificationLevel": participant.notification_level,
        "lastConsumedMessageIndex": participant.last_read_index,
    }


def message_item(
    message: Message, delivery: dict[str, Any] | None = None, *, channel_metadata: bool = False
) -> dict[str, Any]:
    """Item of the message list. ``delivery``: the sum of its receipts, if it has any (``receipts.message_item``)."""
    medias = json.loads(message.medias)
    return {
        "sid": message.sid,
        "author": message.author,
        "memberSid": message.participant_sid,
        "text": message.body,
        "type": "media" if any(media.get("category") == "media" for media in medias) else "text",
        "subject": message.subject,
        "contentSid": message.content_sid,
        "attributes": message.attributes,
        "timestamp": message.date_created,
        "dateUpdated": message.date_updated,
        "lastUpdatedBy": message.last_updated_by,
        "medias": medias,
        "channelMetadata": channel_metadata,
        **({"delivery": delivery} if delivery else {}),
    }


def reachability(user: User) -> dict[str, Any]:
    return {"online": bool(user.online), "notifiable": bool(user.notifiable)}
