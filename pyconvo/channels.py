"""What messages on other channels have more than those of chat: recipients, and what the channel tells about them.

A member is ``None`` where the service does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pyconvo.described import Described, member, members
from pyconvo.json_values import JSONValue, in_js_order, to_json

#: As what somebody got an e-mail.
EmailRecipientLevel: TypeAlias = Literal["to", "from", "cc"]


@dataclass(frozen=True, slots=True)
class ChannelMetadata(Described):
    """What the channel (such as WhatsApp) tells about a message. ``data`` is the channel's own."""

    type: str | None
    data: JSONValue


@dataclass(frozen=True, slots=True)
class EmailRecipientDescriptor(Described):
    """Somebody an e-mail was addressed to."""

    type: Literal["email"]
    message_sid: str | None
    level: EmailRecipientLevel | None
    name: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class UnknownRecipientDescriptor(Described):
    """A recipient of a kind that this version does not know. ``raw_data``: JSON, as the service sent it."""

    type: str | None
    message_sid: str | None
    raw_data: str


RecipientDescriptor: TypeAlias = EmailRecipientDescriptor | UnknownRecipientDescriptor


def metadata_of(data: Any) -> ChannelMetadata:
    """From the service's description. Raises :class:`TypeError` for what is none."""
    return ChannelMetadata._made(**members(data, "type", "data"))


def recipient_of(data: Any) -> RecipientDescriptor:
    """From the service's description. Raises :class:`TypeError` for what is none."""
    if member(data, "type") == "email":
        return EmailRecipientDescriptor._made(**members(data, "type", "message_sid", "level", "name", "address"))
    return UnknownRecipientDescriptor._made(**members(data, "type", "message_sid"), raw_data=to_json(in_js_order(data)))
