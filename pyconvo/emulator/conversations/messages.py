"""Messages: send, edit, remove, look up, and how many of them somebody has not read.

Not responsible for: media themselves (``media``), content templates (``content``), nor paging through messages
(clients page the Sync list).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pyconvo.emulator.conversations import limits, published
from pyconvo.emulator.conversations.content import ContentTemplates, RichContent
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.delivery import Delivery
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.media import MediaStore
from pyconvo.emulator.conversations.participants import Participants
from pyconvo.emulator.conversations.permissions import Permissions
from pyconvo.emulator.conversations.receipts import Receipts, message_item, summed
from pyconvo.emulator.conversations.recipients import Recipients
from pyconvo.emulator.conversations.records import (
    ChannelMetadata,
    Conversation,
    Media,
    Message,
    Participant,
    Receipt,
    dated,
)
from pyconvo.emulator.conversations.schema import CHANNEL_METADATA, MESSAGES, PARTICIPANTS

SYSTEM_AUTHOR = "system"


class Messages:
    def __init__(
        self,
        context: Context,
        permissions: Permissions,
        conversations: ConversationRules,
        participants: Participants,
        media: MediaStore,
        receipts: Receipts,
        recipients: Recipients,
        delivery: Delivery,
        content: ContentTemplates,
    ) -> None:
        self._context = context
        self._permissions = permissions
        self._conversations = conversations
        self._participants = participants
        self._media = media
        self._receipts = receipts
        self._recipients = recipients
        self._delivery = delivery
        self._content = content

    # -- reading ---------------------------------------------------------------------------------------------------

    def of(self, conversation_sid: str) -> list[Message]:
        return MESSAGES.many(self._context.db, 'conversation_sid = ? ORDER BY "index"', conversation_sid)

    def latest(self, conversation_sid: str, count: int) -> list[Message]:
        """The ``count`` messages with the highest indexes, oldest first."""
        found = MESSAGES.many(
            self._context.db, 'conversation_sid = ? ORDER BY "index" DESC LIMIT ?', conversation_sid, count
        )
        return found[::-1]

    def sids(self, conversation_sid: str) -> list[str]:
        """Of all messages, in the order of their indexes."""
        sql = 'SELECT sid FROM messages WHERE conversation_sid = ? ORDER BY "index"'
        return [str(sid) for (sid,) in self._context.db.execute(sql, (conversation_sid,))]

    def get(self, conversation: Conversation, sid: str) -> Message:
        """The message ``sid`` of that conversation.

        Raises:
            TwilioError: 404/20404 when there is none.
        """
        found = MESSAGES.one(self._context.db, "sid = ? AND conversation_sid = ?", sid, conversation.sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"message {sid} in {conversation.sid}")
        return found

    def unread(self, participant: Participant) -> int | None:
        """Messages above the participant's read horizon, at most 1000; None without a horizon."""
        if participant.last_read_index is None:
            return None
        where = 'conversation_sid = ? AND "index" > ?'
        count = MESSAGES.count(self._context.db, where, participant.conversation_sid, participant.last_read_index)
        return min(count, self._context.limits.unread_count)

    # -- commands --------------------------------------------------------------------------------------------------

    def send(
        self,
        actor: str | None,
        key: str,
        *,
        body: Any = None,
        attributes: Any = None,
        subject: Any = None,
        media_sids: Any = None,
        content_sid: Any = None,
        content_variables: Any = None,
        author: str | None = None,
        participant: Participant | None = None,
        channel_metadata: tuple[str, str] | None = None,
        recipients: Sequence[dict[str, Any]] = (),
        dates: Mapping[str, str] | None = None,
    ) -> Message:
        """Appends a message, and sends it to participants of other channels.

        ``content_sid``: made from that template, with ``content_variables`` (JSON text of texts by name); body, subject
        and media do not count then.

        The service itself (actor None) may name any ``author``; without one it is ``system``; and ``dates``:
        ``date_created`` and ``date_updated``, where they are not now. From ``participant`` to ``recipients``: what
        comes with a message from another channel, checked already (``inbound``).

        Raises:
            TwilioError: 50350, 50430/50107, 50377 (closed), 50503 (neither body nor media), 50504, 50303, 50304, 50507,
                50510, 20404 (no such template), 20001 (bad variables).
        """
        context, conversation = self._context, self._conversations.get(key)
        if actor is not None:
            participant = self._participants.member(actor, conversation)
            wanted = "sendMediaMessage" if media_sids else "sendMessage"
            self._permissions.require(actor, conversation.sid, wanted, participant=participant)
        elif participant is None and author is not None:
            participant = self._author(conversation.sid, author)
        self._conversations.require_open(conversation)
        rich = self._content.filled(content_sid, content_variables) if content_sid else None
        if rich is not None:
            body = subject = media_sids = None
        by = actor or author or SYSTEM_AUTHOR
        media = self._media.for_message(actor, media_sids)
        if rich is not None:
            media = [self._media.made(by, "body", rich.media_type, None, len(rich.data))]
        elif body is None and not media:
            raise refusal(Code.BODY_MISSING)
        message = self._drafted(conversation, by, participant, (body, subject, attributes), media, rich)
        message = dated(message, dates or {})
        about: dict[str, Any] = {"conversation": conversation}
        amendments = context.events.before("message.added", message=message, **about)
        message = self._amended(conversation, message, amendments)
        if "author" in amendments:
            participant = self._author(conversation.sid, message.author)
        with context.store.transaction():
            if rich is not None:
                self._media.keep(media[0], rich.data)
            self._media.attach(media, message.sid)
            if channel_metadata is not None:
                CHANNEL_METADATA.insert(context.db, ChannelMetadata(message.sid, *channel_metadata))
            self._recipients.add(message, recipients)
            receipts = self._delivery.dispatch(message, participant, rich.text if rich else message.body)
            self.append(conversation, message, receipts, told=channel_metadata is not None)
            context.events.emit("message.added", message=message, participant=participant, **about)
            updated = self._with_latest(conversation, message)
        self._conversations.on_change(updated)
        return message

    def _drafted(
        self,
        conversation: Conversation,
        author: str,
        participant: Participant | None,
        texts: tuple[Any, Any, Any],
        media: list[Media],
        rich: RichContent | None,
    ) -> Message:
        """The next message, checked. ``texts``: body, subject, attributes."""
        context, allowed = self._context, self._context.limits
        body, subject, attributes = texts
        now = context.clock.iso()
        return Message(
            sid=context.ids.sid("IM"),
            conversation_sid=conversation.sid,
            index=conversation.next_index,
            author=author,
            participant_sid=participant.sid if participant else None,
            body=self._body(conversation, body),
            subject=limits.text(subject, "subject", longest=allowed.subject, code=Code.BAD_REQUEST),
            attributes=limits.attributes(attributes, longest=allowed.attributes),
            content_sid=rich.content_sid if rich else None,
            medias=json.dumps([_medium(one) for one in media]),
            last_updated_by=None,
            date_created=now,
            date_updated=now,
        )

    def _with_latest(self, conversation: Conversation, message: Message) -> Conversation:
        """Stores and publishes the conversation with its new last message."""
        updated = self._conversations.active(
            conversation,
            next_index=message.index + 1,
            last_index=message.index,
            last_timestamp=message.date_created,
        )
        self._conversations.store(updated)
        return updated

    def append(
        self, conversation: Conversation, message: Message, receipts: Sequence[Receipt] = (), *, told: bool = False
    ) -> None:
        """Stores and publishes a finished message; the caller takes care of the conversation's ``lastMessage``.
        ``receipts``: all that it has; ``told``: the channel told more about it.
        """
        MESSAGES.insert(self._context.db, message)
        item = published.message_item(message, summed(receipts), channel_metadata=told)
        index = self._context.store.append_item(conversation.message_list, item)
        if index != message.index:
            raise RuntimeError(f"the message list of {conversation.sid} gave index {index}, not {message.index}")

    def edit(self, actor: str | None, key: str, sid: str, changes: dict[str, Any]) -> Message:
        """Changes ``body`` and ``attributes``, as far as ``changes`` has them; the service itself (actor None) also
        ``author``, ``subject`` and dates.

        Raises:
            TwilioError: 50350, 20404 (no such message), 50430/50107, 50377 (closed), 50504, 50303, 50304.
        """
        conversation = self._conversations.get(key)
        message = self._for(actor, conversation, sid)
        own = actor is not None and message.author == actor
        for field, suffix in (("body", ""), ("attributes", "Attributes")):
            if field in changes:
                permissions = (f"editOwnMessage{suffix}",) if own else ()
                self._permissions.require(actor, conversation.sid, *permissions, f"editAnyMessage{suffix}")
        self._conversations.open(key)
        allowed = self._context.limits
        updated = replace(message, date_updated=self._context.clock.iso(), last_updated_by=actor or SYSTEM_AUTHOR)
        if "body" in changes:
            updated = replace(updated, body=self._body(conversation, changes["body"]))
        if "attributes" in changes:
            checked = limits.attributes(changes["attributes"], longest=allowed.attributes)
            updated = replace(updated, attributes=checked)
        if actor is None:
            if "subject" in changes:
                longest, value = allowed.subject, changes["subject"]
                subject = limits.text(value, "subject", longest=longest, code=Code.BAD_REQUEST)
                updated = replace(updated, subject=subject)
            if changes.get("author"):
                updated = self._written_by(updated, changes["author"])
            updated = dated(updated, changes)
        about: dict[str, Any] = {"conversation": conversation, "previous": message, "changed": frozenset(changes)}
        events = self._context.events
        updated = self._amended(conversation, updated, events.before("message.updated", message=updated, **about))
        with self._context.store.transaction():
            MESSAGES.update(self._context.db, updated)
            item = message_item(self._context.db, updated)
            self._context.store.update_item(conversation.message_list, message.index, item)
            events.emit("message.updated", message=updated, **about)
        return updated

    def remove(self, actor: str | None, key: str, sid: str) -> None:
        """Removes a message; its index is not used again.

        Raises:
            TwilioError: 50350, 20404 (no such message), 50430/50107, 50377 (closed).
        """
        conversation = self._conversations.get(key)
        message = self._for(actor, conversation, sid)
        own = ("deleteOwnMessage",) if actor is not None and message.author == actor else ()
        self._permissions.require(actor, conversation.sid, *own, "deleteAnyMessage")
        self._conversations.open(key)
        context = self._context
        context.events.before("message.removed", conversation=conversation, message=message)
        with context.store.transaction():
            self.forget(message.sid)
            MESSAGES.delete(context.db, "sid = ?", message.sid)
            context.store.remove_item(conversation.message_list, message.index)
            if conversation.last_index == message.index:
                newest = 'conversation_sid = ? ORDER BY "index" DESC LIMIT 1'
                last = MESSAGES.one(context.db, newest, conversation.sid)
                self._conversations.store(
                    replace(
                        conversation,
                        last_index=last.index if last else None,
                        last_timestamp=last.date_created if last else None,
                    )
                )
            context.events.emit("message.removed", conversation=conversation, message=message)

    def forget(self, sid: str) -> None:
        """Removes what belongs to a message that is removed: media, receipts, recipients, metadata."""
        self._media.forget(sid)
        self._receipts.forget(sid)
        self._recipients.forget(sid)
        CHANNEL_METADATA.delete(self._context.db, "message_sid = ?", sid)

    def channel_metadata(self, message: Message) -> ChannelMetadata | None:
        """What the channel told about a message that came from there."""
        return CHANNEL_METADATA.get(self._context.db, message.sid)

    def read(self, actor: str | None, key: str, sid: str) -> Message:
        """One message, for somebody who may see the conversation."""
        return self.get(self._conversations.read(actor, key), sid)

    def _body(self, conversation: Conversation, body: Any) -> str | None:
        """Checked: what phones are to get is shorter than what people in chats may write to each other."""
        checked = limits.body(body, longest=self._context.limits.body)
        longest = self._context.limits.channel_body
        if checked is not None and len(checked) > longest:
            where = "conversation_sid = ? AND type IN ('sms', 'whatsapp')"
            if PARTICIPANTS.count(self._context.db, where, conversation.sid):
                text = f"{len(checked)} characters, {longest} are allowed with participants of SMS or WhatsApp"
                raise refusal(Code.BODY_TOO_LONG, text)
        return checked

    def _amended(self, conversation: Conversation, message: Message, amendments: Mapping[str, Any]) -> Message:
        """With what a pre-event webhook wants otherwise; its values are checked like anybody's."""
        allowed = self._context.limits
        if "body" in amendments:
            message = replace(message, body=self._body(conversation, amendments["body"]))
        if "attributes" in amendments:
            checked = limits.attributes(amendments["attributes"], longest=allowed.attributes)
            message = replace(message, attributes=checked)
        if "author" in amendments:
            message = self._written_by(message, amendments["author"])
        return message

    def _author(self, conversation_sid: str, author: str) -> Participant | None:
        """The participant with this identity, or with this address on another channel."""
        people = self._participants
        return people.find(conversation_sid, author) or people.at_address(conversation_sid, author)

    def _written_by(self, message: Message, value: Any) -> Message:
        author = limits.identity(value, longest=self._context.limits.identity)
        participant = self._author(message.conversation_sid, author)
        return replace(message, author=author, participant_sid=participant.sid if participant else None)

    def _for(self, actor: str | None, conversation: Conversation, sid: str) -> Message:
        """The message, without telling outsiders whether it exists."""
        if not self._conversations.visible(actor, conversation):
            raise refusal(Code.NOT_A_PARTICIPANT, f"{actor} is not in {conversation.sid}")
        return self.get(conversation, sid)


def _medium(found: Media) -> dict[str, Any]:
    """As a message's item in Sync carries it."""
    return {
        "sid": found.sid,
        "category": found.category,
        "contentType": found.content_type,
        "filename": found.filename,
        "size": found.size,
    }
