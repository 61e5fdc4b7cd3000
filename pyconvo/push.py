"""Push notifications as a platform delivers them, read: :class:`PushNotification`, its data, its types.

Not responsible for registering devices (``services/push.py``), nor for showing anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pyconvo.errors import ConversationsError
from pyconvo.json_values import to_number

#: Through which platform a device is reached.
NotificationsChannelType: TypeAlias = Literal["fcm", "apn"]


class NotificationTypes:
    """The types of notification that the service knows."""

    TYPING_INDICATOR: Final = "twilio.ipmsg.typing_indicator"
    NEW_MESSAGE: Final = "twilio.conversations.new_message"
    ADDED_TO_CONVERSATION: Final = "twilio.conversations.added_to_conversation"
    REMOVED_FROM_CONVERSATION: Final = "twilio.conversations.removed_from_conversation"
    CONSUMPTION_UPDATE: Final = "twilio.channel.consumption_update"


#: What a device is registered for, in the order in which the service is told.
PUSH_TYPES: Final = (
    NotificationTypes.NEW_MESSAGE,
    NotificationTypes.ADDED_TO_CONVERSATION,
    NotificationTypes.REMOVED_FROM_CONVERSATION,
    NotificationTypes.TYPING_INDICATOR,
    NotificationTypes.CONSUMPTION_UPDATE,
)


@dataclass(frozen=True, slots=True)
class PushNotificationData:
    """What a notification concerns; ``None`` for what it does not say.

    ``media``: the description of the message's first file, as the service sent it; ``media_count``: how many there are.
    """

    conversation_sid: str | None = None
    conversation_title: str | None = None
    message_sid: str | None = None
    message_index: int | float | None = None
    media_count: int | float | None = None
    media: Any = None


@dataclass(frozen=True, slots=True)
class PushNotification:
    """A notification. ``None`` where it has nothing.

    ``sound`` and ``action`` name what the application plays, and does on a click; ``badge`` is for its icon.
    ``type``: one of :class:`NotificationTypes`.
    """

    title: str | None
    body: str | None
    sound: str | None
    badge: int | None
    action: str | None
    type: str
    data: PushNotificationData


def parse(payload: Mapping[str, Any]) -> PushNotification:
    """Read what APN (``aps``) or FCM (``data``) delivered. Raises :class:`ConversationsError` for anything else."""
    if "aps" in payload:
        aps = payload["aps"] if isinstance(payload["aps"], Mapping) else {}
        alert = aps.get("alert")
        words = alert if isinstance(alert, Mapping) else {"body": alert} if isinstance(alert, str) else {}
        return PushNotification(
            title=words.get("title") or None,
            body=words.get("body") or None,
            sound=aps.get("sound") or None,
            badge=aps.get("badge") or None,
            action=aps.get("category") or None,
            type=_type(payload),
            data=_data(payload),
        )
    if "data" in payload:
        data = payload["data"] if isinstance(payload["data"], Mapping) else {}
        return PushNotification(
            title=data.get("twi_title") or None,
            body=data.get("twi_body") or None,
            sound=data.get("twi_sound") or None,
            badge=None,
            action=data.get("twi_action") or None,
            type=_type(data),
            data=_data(data),
        )
    raise ConversationsError("Provided push notification payload is not Programmable Chat notification")


def _type(payload: Mapping[str, Any]) -> str:
    found = payload.get("twi_message_type")
    if not found:
        raise ConversationsError(
            "Provided push notification payload does not contain Programmable Chat push notification type"
        )
    return str(found)


def _data(payload: Mapping[str, Any]) -> PushNotificationData:
    """A field that is of no use is left out."""
    return PushNotificationData(
        conversation_sid=payload.get("conversation_sid"),
        conversation_title=payload.get("conversation_title"),
        message_sid=payload.get("message_sid"),
        message_index=to_number(payload.get("message_index")),
        media_count=to_number(payload.get("media_count")),
        media=_media(payload.get("media")),
    )


def _media(text: Any) -> Any:
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
