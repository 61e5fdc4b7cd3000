"""How far the own user has read a conversation, and what is unread. Not responsible for the messages themselves."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from pyconvo.errors import ConversationsError
from pyconvo.services.session import Session
from pyconvo.services.streams import Streams
from pyconvo.validation import NON_NEGATIVE_INTEGER, NULL, checked

if TYPE_CHECKING:
    from pyconvo.message import Message
    from pyconvo.paginator import Paginator


class ReadHorizon:
    """Mixed into conversations."""

    _sid: str
    _session: Session
    _streams: Streams

    @property
    @abstractmethod
    def last_read_message_index(self) -> int | None: ...

    @property
    @abstractmethod
    def _my_url(self) -> str: ...

    @abstractmethod
    async def get_messages(self, page_size: int | None = None) -> Paginator[Message]: ...

    async def get_unread_messages_count(self) -> int | None:
        """Messages after the read horizon, as of a moment ago; ``None`` while there is no horizon."""
        body = await self._session.network.get(self._my_url)
        if body.get("conversation_sid") != self._sid:
            raise ConversationsError("Conversation was not found in the user conversations list")
        count = body.get("unread_messages_count")
        return count if isinstance(count, int) else None

    @checked(NON_NEGATIVE_INTEGER)
    async def advance_last_read_message_index(self, index: int) -> int | None:
        """Move the read horizon, but never back. Returns the number of unread messages."""
        await self._streams.follow()
        current = self.last_read_message_index
        return await self._set_horizon(current if current is not None and index < current else index)

    @checked([NULL, NON_NEGATIVE_INTEGER])
    async def update_last_read_message_index(self, index: int | None) -> int | None:
        """Set the read horizon, or remove it with ``None``. Returns the number of unread messages (then ``None``)."""
        await self._streams.follow()
        return await self._set_horizon(index)

    async def set_all_messages_read(self) -> int | None:
        """Move the read horizon to the newest message. Returns the number of unread messages."""
        newest = await self.get_messages(1)
        return await self.advance_last_read_message_index(newest.items[0].index) if newest.items else 0

    async def set_all_messages_unread(self) -> int | None:
        """Remove the read horizon. Returns ``None``: without one, nothing is counted."""
        return await self.update_last_read_message_index(None)

    async def _set_horizon(self, index: int | None) -> int | None:
        answer = await self._session.commands.post(self._my_url, {"last_read_message_index": index})
        count: int | None = answer.get("unread_messages_count") if isinstance(answer, dict) else None
        return count
