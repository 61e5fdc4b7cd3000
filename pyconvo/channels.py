"""What messages on other channels have more than those of chat: recipients, and what the channel tells about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pyconvo.json_values import JSONValue, to_json

#: As what somebody got an e-mail.
EmailRecipientLevel: TypeAlias = Literal["to", "from", "cc"]


@dataclass(frozen=True, slots=True)
class ChannelMetadata:
    """What the channel (such as WhatsApp) tells about a message. ``data`` is the channel's own."""

    type: str
    data: JSONValue


@dataclass(frozen=True, slots=True)
class EmailRecipientDescriptor:
    """Somebody an e-mail was addressed to."""

    type: Literal["email"]
    message_sid: str
    level: EmailRecipientLevel
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class UnknownRecipientDescriptor:
    """A recipient of a kind that this version does not know. ``raw_data``: JSON, as the service sent it."""

    type: str
    message_sid: str
    raw_data: str


RecipientDescriptor: TypeAlias = EmailRecipientDescriptor | UnknownRecipientDescriptor


def recipient_of(data: Mapping[str, Any]) -> RecipientDescriptor:
    """From the service's description."""
    if data["type"] == "email":
        values: list[Any] = [data.get(name) for name in ("level", "name", "address")]
        return EmailRecipientDescriptor("email", data["message_sid"], *values)
    return UnknownRecipientDescriptor(data["type"], data["message_sid"], to_json(dict(data)))
