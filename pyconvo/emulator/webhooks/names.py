"""The names that webhooks know events by. Source: Twilio's guide "Conversations Webhooks".

Not responsible for their parameters (``parameters``).
"""

from __future__ import annotations

from typing import Final

from pyconvo.emulator.conversations.events import DomainEvent, Kind

#: Before it happens (asks), after it has happened (tells).
NAMES: Final[dict[Kind, tuple[str | None, str]]] = {
    "message.added": ("onMessageAdd", "onMessageAdded"),
    "message.updated": ("onMessageUpdate", "onMessageUpdated"),
    "message.removed": ("onMessageRemove", "onMessageRemoved"),
    "conversation.added": ("onConversationAdd", "onConversationAdded"),
    "conversation.updated": ("onConversationUpdate", "onConversationUpdated"),
    "conversation.removed": ("onConversationRemove", "onConversationRemoved"),
    "conversation.state": (None, "onConversationStateUpdated"),
    "participant.added": ("onParticipantAdd", "onParticipantAdded"),
    "participant.updated": ("onParticipantUpdate", "onParticipantUpdated"),
    "participant.removed": ("onParticipantRemove", "onParticipantRemoved"),
    "user.added": (None, "onUserAdded"),
    "user.updated": ("onUserUpdate", "onUserUpdated"),
    "delivery.updated": (None, "onDeliveryUpdated"),
}
PRE: Final = frozenset(pre for pre, _ in NAMES.values() if pre is not None)
POST: Final = frozenset(post for _, post in NAMES.values())
#: What one conversation's own webhooks can hear of: it must be there before, so it never hears of being made.
SCOPED: Final = POST - {"onConversationAdded", "onUserAdded", "onUserUpdated"}

#: Not a part of the participant that its webhooks are about.
_PRIVATE: Final = frozenset({"notification_level"})


def pre(event: DomainEvent) -> str | None:
    """The name under which a webhook is asked about the event; None: it is never asked."""
    return NAMES[event.kind][0]


def post(event: DomainEvent) -> str | None:
    """The name under which webhooks are told of the event; None: they are not."""
    if event.kind == "participant.updated" and event.changed and event.changed <= _PRIVATE:
        return None
    return NAMES[event.kind][1]
