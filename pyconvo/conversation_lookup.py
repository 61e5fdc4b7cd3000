"""How a user of the client gets at conversations: finding them, reading the list, creating one.

Not responsible for which there are (``services/conversations.py``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from pyconvo.conversation import Conversation
from pyconvo.errors import ConversationsError
from pyconvo.log_levels import deprecations
from pyconvo.options import official_names
from pyconvo.paginator import Paginator
from pyconvo.services.conversations import Conversations
from pyconvo.services.session import Core
from pyconvo.validation import BOOLEAN, NON_EMPTY_STRING, OMITTED, STRING, UNDEFINED, check, checked, schema

_CONVERSATION_OPTIONS = schema(
    "conversation options",
    {"friendlyName": [STRING, OMITTED], "isPrivate": [BOOLEAN, OMITTED], "uniqueName": [STRING, OMITTED]},
)


class ConversationLookup:
    """Mixed into the client."""

    _core: Core
    _conversations: Conversations | None

    @abstractmethod
    async def _ready_conversations(self) -> Conversations: ...

    @checked(NON_EMPTY_STRING)
    async def get_conversation_by_sid(self, conversation_sid: str) -> Conversation:
        """A conversation of the own user. Raises the service's error when there is no such conversation."""
        return await self._find_conversation(conversation_sid)

    @checked(NON_EMPTY_STRING)
    async def peek_conversation_by_sid(self, conversation_sid: str) -> Conversation:
        """Any conversation that the user may see, also without being a participant."""
        conversations = await self._ready_conversations()
        return self._found(await conversations.peek(conversation_sid), f"SID {conversation_sid}")

    @checked(NON_EMPTY_STRING)
    async def get_conversation_by_unique_name(self, unique_name: str) -> Conversation:
        """A conversation of the own user, by its unique name. Raises the service's error when there is none."""
        conversations = await self._ready_conversations()
        return self._found(await conversations.by_unique_name(unique_name), f"unique name {unique_name}")

    async def get_subscribed_conversations(self) -> Paginator[Conversation]:
        """The own user's conversations, by ascending sid, up to 100 on a page.

        Waits until those of this page are usable; raises the error that prevented that.
        """
        conversations = await self._ready_list()
        return await conversations.page()

    async def create_conversation(self, options: Mapping[str, Any] | None = None, **fields: Any) -> Conversation:
        """Create a conversation; its creator is not a participant yet (see :meth:`Conversation.join`).

        ``friendly_name``, ``unique_name``: text. ``attributes``: any JSON value, default ``{}``. They are given as
        keyword arguments or as a mapping, there also with the official names.
        """
        check(1, [OMITTED, _CONVERSATION_OPTIONS], UNDEFINED if options is None else official_names(options))
        merged = official_names({**(options or {}), **fields})
        check(1, [OMITTED, _CONVERSATION_OPTIONS], merged)
        return await (await self._ready_list()).create(merged)

    async def _ready_list(self) -> Conversations:
        conversations = await self._ready_conversations()
        await conversations.listed()
        # What is here already is no answer of the service's.
        self._core.twilsock.ensure_active()
        return conversations

    async def _find_conversation(self, sid: str) -> Conversation:
        conversations = await self._ready_conversations()
        self._core.twilsock.ensure_active()
        conversation = await conversations.from_list(sid)
        if conversation is None and (conversation := await conversations.peek(sid)) is not None:
            text = "getConversationBySid is deprecated for conversations of others. Use peekConversationBySid instead."
            deprecations.warning("The method %s", text)
        return self._found(conversation, f"SID {sid}")

    @staticmethod
    def _found(conversation: Conversation | None, what: str) -> Conversation:
        if conversation is None:
            raise ConversationsError(f"Conversation with {what} was not found.")
        return conversation

    def _with_conversation(self, sid: str, then: Callable[[Conversation], None]) -> None:
        """For typing: without waiting where possible, so that nobody types after sending."""
        known = self._conversations.joined(sid) if self._conversations is not None else None
        if known is not None:
            then(known)
            return

        async def find() -> None:
            then(await self._find_conversation(sid))

        self._core.tasks.start(find(), f"finding conversation {sid}, where somebody types")
