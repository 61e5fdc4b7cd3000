"""Messages from other channels: somebody writes from a phone or mailbox, and the conversation is found by addresses.

The pair of the sender's address and the address written to belongs to one participant of one conversation that is not
closed. Where there is none the message is refused, unless a conversation is to be made for it, as an address
configuration of the service would.
Not responsible for: HTTP, nor for what leaves (``delivery``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pyconvo.emulator.conversations import origin
from pyconvo.emulator.conversations.bindings import binding
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.media import MediaStore
from pyconvo.emulator.conversations.messages import Messages
from pyconvo.emulator.conversations.participants import Participants
from pyconvo.emulator.conversations.recipients import check as check_recipients
from pyconvo.emulator.conversations.records import Message, Participant
from pyconvo.emulator.errors import TwilioError


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, or a part of an e-mail (``category`` ``body`` or ``history``), as it comes in."""

    content_type: str
    data: bytes
    filename: str | None = None
    category: str = "media"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a message that came in."""

    message: Message
    participant: Participant
    created: bool
    """Whether the conversation was made for it."""


class Inbound:
    def __init__(
        self,
        context: Context,
        conversations: ConversationRules,
        participants: Participants,
        messages: Messages,
        media: MediaStore,
    ) -> None:
        self._context = context
        self._conversations = conversations
        self._participants = participants
        self._messages = messages
        self._media = media
        #: Whether to make a conversation for strangers who write to this address (address configurations say so):
        #: ``creates_for(channel, proxy_address)``.
        self.creates_for: Callable[[str, str], bool] = lambda _channel, _address: False
        #: Told of a conversation that was made for a stranger, before the message is in it:
        #: ``on_created(conversation_sid, channel, proxy_address)``.
        self.on_created: Callable[[str, str, str], None] = lambda _sid, _channel, _address: None

    def receive(
        self,
        address: Any,
        proxy_address: Any,
        *,
        body: Any = None,
        subject: Any = None,
        attributes: Any = None,
        attachments: Sequence[Attachment] = (),
        channel_metadata: Any = None,
        recipients: Any = None,
        autocreate: bool = False,
    ) -> Arrival:
        """A message from ``address`` to ``proxy_address``, appended with the address as its author.

        ``channel_metadata``: ``{"type": "whatsapp", "data": …}``, kept for those who ask for it; ``recipients``: to
        whom an e-mail was addressed.

        Raises:
            TwilioError: 20001 for wrong addresses, metadata or recipients; 404/50350 when nobody has these addresses;
                and every refusal of sending.
        """
        kind, given = binding({"address": address, "proxy_address": proxy_address})
        metadata, named = _metadata(channel_metadata), check_recipients(recipients)
        with self._context.store.transaction(), origin.acting(origin.channel(kind)):
            participant = self._participants.bound(kind, given)
            created = participant is None
            if participant is None:
                if not autocreate and not self.creates_for(kind, given["proxy_address"]):
                    raise _unmatched(kind, given)
                made = self._conversations.create(None)
                participant = self._participants.add_non_chat(None, made.sid, given)
                self.on_created(made.sid, kind, given["proxy_address"])
            message = self._messages.send(
                None,
                participant.conversation_sid,
                body=body,
                subject=subject,
                attributes=attributes,
                media_sids=[self._upload(participant, one) for one in attachments],
                author=given["address"],
                participant=participant,
                channel_metadata=metadata,
                recipients=named,
            )
        return Arrival(message, participant, created)

    def _upload(self, participant: Participant, one: Attachment) -> str:
        return self._media.upload(participant.sid, one.category, one.content_type, one.filename, one.data).sid


def _unmatched(kind: str, given: dict[str, str]) -> TwilioError:
    text = (
        f"no conversation that is not closed has a participant with the {kind} address {given['address']} and the proxy"
        f" address {given['proxy_address']}: add one, or ask for a conversation to be made (autocreate)"
    )
    return refusal(Code.CONVERSATION_NOT_FOUND, text)


def _metadata(value: Any) -> tuple[str, str] | None:
    """Type and JSON text."""
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) - {"type", "data"} or not isinstance(value.get("type"), str):
        raise refusal(Code.BAD_REQUEST, 'channel metadata is an object {"type": "whatsapp", "data": …}')
    return value["type"], json.dumps(value.get("data"))
