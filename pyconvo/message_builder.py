"""Composing a message step by step: ``conversation.prepare_message().set_body("…").build_and_send()``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pyconvo.json_values import JSONValue, to_json, to_number
from pyconvo.services.message_list import MessageList
from pyconvo.validation import JSON, STRING, checked


@dataclass(slots=True)
class UnsentMessage:
    """A message that is ready to be sent."""

    _messages: MessageList = field(repr=False)
    text: str | None = None
    subject: str | None = None
    attributes: JSONValue = field(default_factory=dict)

    async def send(self) -> int | None:
        """Send it. Returns its index; ``None`` when the service told none."""
        body: dict[str, Any] = {}
        if self.text is not None:
            body["body"] = self.text
        if self.subject is not None:
            body["subject"] = self.subject
        body |= {"media_sids": [], "attributes": to_json(self.attributes)}
        answer = await self._messages.send(body)
        index = to_number(answer.get("index")) if isinstance(answer, dict) else None
        return None if index is None else int(index)


class MessageBuilder:
    """Every setter returns the builder. Wrong arguments are refused at once."""

    def __init__(self, messages: MessageList) -> None:
        self._message = UnsentMessage(messages)

    @checked(STRING)
    def set_body(self, text: str) -> MessageBuilder:
        """The text."""
        self._message.text = text
        return self

    @checked(STRING)
    def set_subject(self, subject: str) -> MessageBuilder:
        """The subject line, for e-mail participants."""
        self._message.subject = subject
        return self

    @checked(JSON)
    def set_attributes(self, attributes: JSONValue) -> MessageBuilder:
        """Any JSON value; ``{}`` when never set."""
        self._message.attributes = attributes
        return self

    def build(self) -> UnsentMessage:
        """The message; the builder may go on and changes it."""
        return self._message

    async def build_and_send(self) -> int | None:
        """``build().send()``."""
        return await self.build().send()
