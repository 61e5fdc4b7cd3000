"""Composing a message step by step: ``conversation.prepare_message().set_body("…").build_and_send()``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyconvo.content import ContentTemplateVariable
from pyconvo.errors import ConversationsError
from pyconvo.json_values import JSONValue, in_js_order, to_json
from pyconvo.media import MEDIA_RULES, FormData, MediaCategory, MediaContent, UploadProgress, official_media
from pyconvo.services.message_list import MessageList, index_of
from pyconvo.services.session import Session
from pyconvo.validation import FUNCTION, JSON, OMITTED, STRING, array_of, checked, instance_of

logger = logging.getLogger("pyconvo.model")


@dataclass(slots=True)
class UnsentMessage:
    """A message that is ready to be sent."""

    _messages: MessageList = field(repr=False)
    _session: Session = field(repr=False)
    text: str | None = None
    subject: str | None = None
    attributes: JSONValue = field(default_factory=dict)
    content_sid: str | None = None
    content_variables: Sequence[ContentTemplateVariable] | None = None
    #: What is uploaded before it is sent, in this order.
    media_content: list[tuple[MediaCategory, MediaContent]] = field(default_factory=list)

    #: Told how the uploads go; what it raises is logged. Frequent: at every 64 KiB, or every 50 ms in a browser.
    on_upload_progress: Callable[[UploadProgress], Any] | None = None

    @property
    def email_options(self) -> dict[str, str]:
        """What only matters to e-mail participants: ``{"subject": …}`` once there is one."""
        return {} if self.subject is None else {"subject": self.subject}

    async def send(self) -> int | None:
        """Upload its media one after another, then send it. Returns its index; ``None`` when the service told none.

        Cancelling the task aborts the uploads; a message that is on its way already is not called back. Raises
        :class:`pyconvo.MediaTransportError` when an upload fails: nothing is sent then.
        """
        uploads = [
            await self._session.media.upload(category, content, self._reporter(index, category))
            for index, (category, content) in enumerate(self.media_content)
        ]
        body: dict[str, Any] = {}
        if self.text is not None:
            body["body"] = self.text
        if self.subject is not None:
            body["subject"] = self.subject
        body |= {"media_sids": [upload.sid for upload in uploads], "attributes": to_json(self.attributes)}
        if self.content_sid is not None:
            body["content_sid"] = self.content_sid
        if self.content_variables is not None:
            body["content_variables"] = to_json(in_js_order({one.name: one.value for one in self.content_variables}))
        return index_of(await self._messages.send(body))

    def _reporter(self, index: int, category: MediaCategory) -> Callable[[int, int], None] | None:
        listener, count = self.on_upload_progress, len(self.media_content)
        if listener is None:
            return None

        def report(loaded: int, total: int) -> None:
            try:
                listener(UploadProgress(category, index, count, loaded, total))
            except Exception:
                logger.exception("a listener of an upload's progress failed")

        return report


class MessageBuilder:
    """Every setter returns the builder. Wrong arguments are refused at once."""

    def __init__(self, messages: MessageList, session: Session) -> None:
        self._limits = session.configuration.limits
        self._message = UnsentMessage(messages, session)
        #: By content type.
        self._bodies: dict[str, MediaContent] = {}
        self._histories: dict[str, MediaContent] = {}

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

    @checked(MEDIA_RULES)
    def add_media(self, payload: MediaContent) -> MessageBuilder:
        """An attachment. Raises :class:`ConversationsError` for options without content type or content."""
        options = official_media(payload)
        if not isinstance(options, FormData) and not (options.get("contentType") and options.get("media")):
            raise ConversationsError("Media content in SendMediaOptions must contain non-empty contentType and media")
        self._message.media_content.append(("media", payload))
        return self

    @checked(STRING, MEDIA_RULES)
    def set_email_body(self, content_type: str, body: MediaContent) -> MessageBuilder:
        """The e-mail's body of that type, such as ``text/html``; the last one counts."""
        self._bodies[content_type] = body
        return self

    @checked(STRING, MEDIA_RULES)
    def set_email_history(self, content_type: str, history: MediaContent) -> MessageBuilder:
        """The e-mail's history of that type; the last one counts."""
        self._histories[content_type] = history
        return self

    @checked(STRING, [array_of("content variables", instance_of(ContentTemplateVariable)), OMITTED])
    def set_content_template(
        self, content_sid: str, content_variables: Sequence[ContentTemplateVariable] = ()
    ) -> MessageBuilder:
        """Make the message from a content template: the service takes nothing else of it then but the attributes.

        ``content_variables``: what stands in the template's places; the others keep their defaults. See
        :meth:`pyconvo.Client.get_content_templates`.
        """
        self._message.content_sid = content_sid
        self._message.content_variables = tuple(content_variables)
        return self

    @checked(FUNCTION)
    def on_upload_progress(self, listener: Callable[[UploadProgress], Any]) -> MessageBuilder:
        """Tell ``listener`` how the uploads go. (No counterpart in the official SDK.)"""
        self._message.on_upload_progress = listener
        return self

    def build(self) -> UnsentMessage:
        """The message; the builder may go on and changes it. Call it once: it adds the e-mail's parts.

        Raises :class:`ConversationsError` for more parts than the service allows, and for types that it does not take.
        """
        limits = self._limits
        for name, plural, parts, allowed in (
            ("body", "bodies", self._bodies, limits.email_bodies_allowed_content_types),
            ("history", "histories", self._histories, limits.email_histories_allowed_content_types),
        ):
            for content_type in parts:
                if content_type not in allowed:
                    raise ConversationsError(f"Unsupported email {name} content type {content_type}")
            if len(parts) > len(allowed):
                text = f"Too many email {plural} attached to the message ({len(parts)} > {len(allowed)})"
                raise ConversationsError(text)
        content, most = self._message.media_content, limits.media_attachments_count_limit
        if most is not None and len(content) > most:
            raise ConversationsError(f"Too many media attachments in the message ({len(content)} > {most})")
        content += [("body", part) for part in self._bodies.values()]
        content += [("history", part) for part in self._histories.values()]
        return self._message

    async def build_and_send(self) -> int | None:
        """``build().send()``."""
        return await self.build().send()
