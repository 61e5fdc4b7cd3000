"""The messages of one conversation, following its Sync list; and sending new ones.

Only messages that were read or announced are known here, and only those are kept up to date: as long as somebody holds
them, and the latest :data:`KEPT` of them in any case. Others can be read again. Not responsible for when the list is
opened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal
from weakref import WeakValueDictionary

from pyconvo.errors import ArgumentError, ConversationsError
from pyconvo.events import ReplayEventEmitter
from pyconvo.json_values import to_number
from pyconvo.message import Message
from pyconvo.paginator import Paginator
from pyconvo.payloads import MessageUpdated
from pyconvo.services.kept import Kept
from pyconvo.services.session import Session
from pyconvo.sync import ItemAdded, ItemPage, ItemRemoved, ItemUpdated, ListItem, SyncList

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation

Direction = Literal["backwards", "forward"]

#: Messages of one conversation that are kept up to date though nobody may hold them.
KEPT: Final = 1000


def index_of(answer: Any) -> int | None:
    """The index of a message that was sent; ``None`` when the service told none.

    Raises :class:`ConversationsError` for one that no message can have.
    """
    number = to_number(answer.get("index")) if isinstance(answer, dict) else None
    try:
        return None if number is None else int(number)
    except OverflowError as error:
        raise ConversationsError("The service told an index that no message can have") from error


class MessageList(ReplayEventEmitter):
    """Events: ``message_added(Message)``, ``message_removed(Message)``, ``message_updated(MessageUpdated)``."""

    def __init__(self, conversation: Conversation, session: Session) -> None:
        super().__init__()
        self._conversation = conversation
        self._session = session
        #: All that anybody holds.
        self._by_index: WeakValueDictionary[int, Message] = WeakValueDictionary()
        self._latest: Kept[int, Message] = Kept(KEPT)
        self._list: SyncList | None = None
        #: Events that came before the conversation was announced; ``None`` once they may be told at once.
        self._held: list[Callable[[], None]] | None = []

    def attach(self, messages: SyncList) -> None:
        """Hear of changes from now on. They are held back until :meth:`start`."""
        self._list = messages
        self._held = []
        messages.on("item_added", self._on_added)
        messages.on("item_updated", self._on_updated)
        messages.on("item_removed", self._on_removed)

    def start(self) -> None:
        """Tell what was held back, and what comes at once."""
        held, self._held = self._held, None
        for tell in held or ():
            tell()

    def detach(self) -> None:
        """The list is closed."""
        self._list = None

    async def page(self, size: int | None, anchor: int | None, direction: Direction | None) -> Paginator[Message]:
        """A page of messages, see :meth:`pyconvo.Conversation.get_messages`."""
        if self._list is None:
            raise ConversationsError("Invalid operation on closed object")
        if size == 0:
            # The layer below refuses it in the official SDK, in these words.
            raise ArgumentError(
                "Argument 1 is expected to be of type undefined or valid query options "
                '(key "pageSize" should be a positive integer or of type undefined), '
                'but got malformed query options (key "pageSize" is 0)'
            )
        backwards = direction != "forward"
        page = await self._list.get_items(
            start=anchor, page_size=30 if size is None else size, order="desc" if backwards else "asc"
        )
        return self._wrap(page, backwards=backwards)

    async def send(self, body: dict[str, Any]) -> Any:
        """Post a message; returns the service's answer."""
        return await self._session.commands.post(self._conversation._links.messages, body)

    def _wrap(self, page: ItemPage[ListItem], *, backwards: bool) -> Paginator[Message]:
        """Messages always ascend, whatever the order of the query; so next and previous may have to swap."""
        messages = sorted((self._known(item) for item in page.items), key=lambda message: message.index)

        async def following() -> Paginator[Message]:
            return self._wrap(await page.next_page(), backwards=backwards)

        async def preceding() -> Paginator[Message]:
            return self._wrap(await page.prev_page(), backwards=backwards)

        return Paginator(
            messages,
            has_next_page=page.has_prev_page if backwards else page.has_next_page,
            has_prev_page=page.has_next_page if backwards else page.has_prev_page,
            next_page=preceding if backwards else following,
            prev_page=following if backwards else preceding,
            backwards=backwards,
        )

    def _known(self, item: ListItem) -> Message:
        """The one object of this index."""
        message = self._by_index.get(item.index)
        if message is None:
            return self._add(item.index, item.data)
        self._latest.put(item.index, message)
        return message

    def _add(self, index: int, data: dict[str, Any]) -> Message:
        message = Message(index, data, self._conversation, self._session)
        self._by_index[index] = message
        self._latest.put(index, message)
        message._on_update = self._forward_update
        return message

    def _forward_update(self, event: MessageUpdated) -> None:
        self.emit("message_updated", event)

    def _on_added(self, event: ItemAdded) -> None:
        if self._held is not None:
            self._held.append(lambda: self._on_added(event))
            return
        index = int(event.item.key)
        if index not in self._by_index:
            self.emit("message_added", self._add(index, event.item.data))

    def _on_updated(self, event: ItemUpdated) -> None:
        if self._held is not None:
            self._held.append(lambda: self._on_updated(event))
            return
        message = self._by_index.get(int(event.item.key))
        if message is not None:
            message._update(event.item.data)

    def _on_removed(self, event: ItemRemoved) -> None:
        if self._held is not None:
            self._held.append(lambda: self._on_removed(event))
            return
        message = self._by_index.pop(event.index, None)
        self._latest.drop(event.index)
        if message is not None:
            message._on_update = None
            self.emit("message_removed", message)
