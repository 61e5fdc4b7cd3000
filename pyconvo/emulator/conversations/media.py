"""Media: uploads, their records, and their content under addresses that work for a while without a token.

An upload belongs to its author until a message takes it. Not responsible for HTTP (``media_handlers``), nor for which
messages may carry media (``messages``).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Media
from pyconvo.emulator.conversations.schema import CONVERSATIONS, MEDIA, MEDIA_CONTENT, MESSAGES
from pyconvo.emulator.errors import TwilioError

CATEGORIES = ("media", "body", "history")
#: Seconds that a temporary address works.
LIFETIME = 300


@dataclass(frozen=True, slots=True)
class Content:
    """What an address leads to."""

    content_type: str
    filename: str | None
    data: bytes


class MediaStore:
    def __init__(self, context: Context, conversations: ConversationRules) -> None:
        self._context = context
        self._conversations = conversations

    # -- the media service -------------------------------------------------------------------------------------------

    def upload(self, author: str, category: str, content_type: str, filename: str | None, data: bytes) -> Media:
        """Stores an upload.

        Raises:
            TwilioError: 400/20001 for an unknown category or an overlong name, 413/20413 when it is too large.
        """
        if category not in CATEGORIES:
            raise refusal(Code.BAD_REQUEST, f"Category must be one of {', '.join(CATEGORIES)}")
        largest = self._context.limits.media_size
        if len(data) > largest:
            raise TwilioError(413, 20413, f"Media is too large: {len(data)} bytes, {largest} are allowed")
        made = self.made(author, category, content_type, filename, len(data))
        with self._context.store.transaction():
            self.keep(made, data)
        return made

    def made(self, author: str, category: str, content_type: str, filename: str | None, size: int) -> Media:
        """The record of a new medium, not stored yet (``keep``). Raises ``TwilioError`` 400/20001: an overlong name."""
        return Media(
            sid=self._context.ids.sid("ME"),
            author=author,
            category=category,
            content_type=content_type,
            filename=limits.text(filename, "Filename", longest=256, code=Code.BAD_REQUEST),
            size=size,
            message_sid=None,
            date_created=self._context.clock.iso(),
        )

    def keep(self, made: Media, data: bytes) -> None:
        """Stores a medium, within the caller's transaction."""
        MEDIA.insert(self._context.db, made)
        MEDIA_CONTENT.insert(self._context.db, made.sid, data)

    def read(self, actor: str, sid: str) -> Media:
        """A medium of ``actor``, or in a conversation that ``actor`` may see.

        Raises:
            TwilioError: 404/20404 otherwise.
        """
        found = MEDIA.get(self._context.db, sid)
        if found is None or not self._visible(actor, found):
            raise refusal(Code.NOT_FOUND, f"media {sid}")
        return found

    def content(self, sid: str, expires: str, signature: str) -> Content:
        """What is behind a temporary address.

        Raises:
            TwilioError: 403/20403 when the address is not ours or has expired, 404/20404 when the medium is gone.
        """
        if not hmac.compare_digest(signature.encode(), self._signature(sid, expires).encode()):
            raise TwilioError(403, 20403, "This address was not made by this service")
        if int(expires) < self._context.clock.now():
            raise TwilioError(403, 20403, "This address has expired: ask for a new one")
        found, data = MEDIA.get(self._context.db, sid), MEDIA_CONTENT.get(self._context.db, sid)
        if found is None or data is None:
            raise refusal(Code.NOT_FOUND, f"media {sid}")
        return Content(found.content_type, found.filename, data)

    def temporary(self, sid: str) -> str:
        """Path and query of a fresh temporary address."""
        expires = str(int(self._context.clock.now()) + LIFETIME)
        signature = self._signature(sid, expires)
        return (
            f"/media-content/{sid}?service={self._context.settings.service_sid}&expires={expires}&signature={signature}"
        )

    def place(self, found: Media) -> tuple[str | None, str | None]:
        """The sids of the conversation and the message that a medium is in."""
        message = MESSAGES.get(self._context.db, found.message_sid) if found.message_sid else None
        return (message.conversation_sid, message.sid) if message else (None, None)

    # -- for messages ------------------------------------------------------------------------------------------------

    def for_message(self, actor: str | None, media_sids: Any) -> list[Media]:
        """The uploads that a new message of ``actor`` is to carry.

        Raises:
            TwilioError: 400/50510 for no media sid or one that is taken, 404/50507 for one that ``actor`` did not
                upload, 400/20001 for more than the service allows.
        """
        if media_sids is None:
            return []
        if not isinstance(media_sids, list):
            raise refusal(Code.BAD_REQUEST, "media_sids must be a list of media sids")
        found: list[Media] = []
        for sid in media_sids:
            if not isinstance(sid, str) or not limits.MEDIA_SID.fullmatch(sid):
                raise refusal(Code.MEDIA_SID_INVALID, repr(sid))
            media = MEDIA.get(self._context.db, sid)
            if media is None or (actor is not None and media.author != actor):
                raise refusal(Code.MEDIA_NOT_FOUND, f"{sid} was not uploaded to this service")
            if media.message_sid is not None or media in found:
                raise refusal(Code.MEDIA_SID_INVALID, f"{sid} is part of another message")
            found.append(media)
        self._check_sizes([media for media in found if media.category == "media"])
        return found

    def attach(self, media: list[Media], message_sid: str) -> None:
        """From now on they belong to that message."""
        for one in media:
            self._context.db.execute("UPDATE media SET message_sid = ? WHERE sid = ?", (message_sid, one.sid))

    def forget(self, message_sid: str) -> None:
        """The message is removed, and what it carried with it."""
        db = self._context.db
        db.execute(
            "DELETE FROM media_content WHERE sid IN (SELECT sid FROM media WHERE message_sid = ?)", (message_sid,)
        )
        MEDIA.delete(db, "message_sid = ?", message_sid)

    # -- internal ----------------------------------------------------------------------------------------------------

    def _visible(self, actor: str, found: Media) -> bool:
        if found.author == actor:
            return True
        conversation_sid, _ = self.place(found)
        conversation = CONVERSATIONS.get(self._context.db, conversation_sid) if conversation_sid else None
        return conversation is not None and self._conversations.visible(actor, conversation)

    def _check_sizes(self, media: list[Media]) -> None:
        allowed = self._context.limits
        if len(media) > allowed.media_count:
            raise refusal(Code.BAD_REQUEST, f"{len(media)} media in one message, {allowed.media_count} are allowed")
        total = sum(one.size for one in media)
        if total > allowed.media_total_size:
            text = f"{total} bytes of media in one message, {allowed.media_total_size} are allowed"
            raise refusal(Code.BAD_REQUEST, text)

    def _signature(self, sid: str, expires: str) -> str:
        text = f"{sid}/{expires}".encode()
        return hmac.new(self._context.settings.secret.encode(), text, hashlib.sha256).hexdigest()
