"""What a device gets: the payload of a notification in the form of its platform. Not responsible for its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification before it has a form. ``data`` is what an application can read from it, by Twilio's keys."""

    type: str
    """Its full name, such as ``twilio.conversations.new_message``."""
    id: str
    body: str
    sound: str = ""
    badge: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def payload(kind: str, notice: Notice) -> dict[str, Any]:
    """As ``kind`` (``fcm`` or ``apn``) delivers it."""
    common = {"twi_message_type": notice.type, "twi_message_id": notice.id, **notice.data}
    if kind == "fcm":
        text = {"twi_body": notice.body, **({"twi_sound": notice.sound} if notice.sound else {})}
        # This platform carries nothing but texts.
        return {"data": {key: str(value) for key, value in (common | text).items()}}
    aps: dict[str, Any] = {"alert": notice.body}
    if notice.badge is not None:
        aps["badge"] = notice.badge
    if notice.sound:
        aps["sound"] = notice.sound
    return {"aps": aps, **common}
