"""The Sync objects of one conversation: document, message list, roster map; opened when needed, closed together.

Not responsible for what their data means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pyconvo.errors import ConversationsError
from pyconvo.payloads import ConversationSynchronizationStatus
from pyconvo.services.message_list import MessageList
from pyconvo.services.newest import NewestMessage
from pyconvo.services.roster import Roster
from pyconvo.services.session import Session
from pyconvo.services.tasks import settled
from pyconvo.sync import DocumentUpdated, Opening, SyncDocument, SyncHandle, SyncList, SyncMap


class Names(NamedTuple):
    """What the three are opened by; ``None`` while unknown."""

    document: str | None
    messages: str | None
    roster: str | None

    @classmethod
    def read(cls, descriptor: Mapping[str, Any]) -> Names:
        """From an entry of the user's list, or the document itself."""
        return cls(*(_text(descriptor.get(key)) for key in ("channel", "messages", "roster")))


class Streams:
    """``on_data`` hears of the document's data, when it is opened and at every change; ``on_removed`` of its end.

    ``on_reached`` hears how much is open.
    """

    def __init__(
        self,
        session: Session,
        names: Names,
        messages: MessageList,
        roster: Roster,
        on_data: Callable[[dict[str, Any]], None],
        on_removed: Callable[[], None],
        on_reached: Callable[[ConversationSynchronizationStatus], None],
    ) -> None:
        self._session = session
        self._names = names
        self._messages = messages
        self._roster = roster
        self._on_data = on_data
        self._on_removed = on_removed
        self._on_reached = on_reached
        self._newest = NewestMessage(session.host)
        self._document: SyncDocument | None = None
        self._list: SyncList | None = None
        self._map: SyncMap | None = None
        self._opening_document: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        #: The same, while it opens the document as well.
        self._opening_all: asyncio.Task[None] | None = None

    @property
    def document_is_open(self) -> bool:
        return self._document is not None

    async def open_document(self) -> None:
        """Raises :class:`pyconvo.errors.SyncError` when it cannot be opened."""
        if self._document is not None:
            return
        if self._opening_all is not None:
            await settled(self._opening_all)
        else:
            await settled(self._begin_document())

    def _begin_document(self) -> asyncio.Task[None]:
        """Its request is out when this returns."""
        if self._opening_document is None:
            what = f"opening {self._names.document}"
            opening = self._session.sync.begin_document(self._names.document or "")
            self._opening_document = self._session.tasks.start(self._open_document(opening), what)
        return self._opening_document

    async def open(self) -> None:
        """Document, message list and roster map. Nothing is read from the latter two, and nothing announced yet."""
        if self._opening is None:
            what = f"opening messages and roster of {self._names.document}"
            self._opening = self._session.tasks.start(self._open(), what)
        await settled(self._opening)

    async def follow(self) -> None:
        """:meth:`open`, announce messages, and read and follow the roster."""
        await self.open()
        if self._map is None:
            raise ConversationsError("Invalid operation on closed object")
        self._messages.start()
        try:
            await self._roster.follow(self._map)
        except ConversationsError:
            self._on_reached("failed")
            raise
        if self._map is not None:
            self._on_reached("all")

    def close(self) -> None:
        """Close everything. May be opened again."""
        if self._document is not None:
            self._document.close()
        self._document = None
        self._opening_document = None
        self._close_collections()
        self._on_reached("identifier")

    def _close_collections(self) -> None:
        for handle in (self._list, self._map):
            if handle is not None:
                handle.close()
        self._list = self._map = None
        self._newest.stop()
        self._opening = self._opening_all = None
        self._messages.detach()
        self._roster.leave()

    async def _open_document(self, opening: Opening[SyncDocument]) -> None:
        task = asyncio.current_task()
        try:
            document = await opening.result()
        except BaseException as error:
            if self._opening_document is task:
                self._opening_document = None
                if isinstance(error, ConversationsError):
                    self._on_reached("failed")
            raise
        if self._opening_document is not task:
            document.close()
            return
        self._take_document(document)

    def _take_document(self, document: SyncDocument) -> None:
        self._document = document
        document.on("updated", self._on_document_updated)
        document.on("removed", lambda event: self._on_removed())
        self._on_data(document.data)
        self._on_reached("metadata")

    def _on_document_updated(self, event: DocumentUpdated) -> None:
        self._on_data(event.data)

    async def _open(self) -> None:
        """All at once where the user's list has told the names; what the document says counts."""
        task = asyncio.current_task()
        sync, told = self._session.sync, self._names
        begun: list[Opening[Any]] = []
        messages = roster = None
        try:
            if told.messages and told.roster and self._document is None and self._opening_document is None:
                self._opening_all = task
                begun.append(document := sync.begin_document(told.document or ""))
                begun.append(messages := sync.begin_list(told.messages))
                begun.append(roster := sync.begin_map(told.roster, include_items=True))
                await document.answered(messages, roster)
                opened = await document.result()
                if not self._still_wanted(task, opened):
                    _drop(begun)
                    return
                self._take_document(opened)
                self._opening_all = None
            else:
                await self.open_document()
            names = Names.read(self._document.data if self._document is not None else {})
            if messages is None or names.messages != told.messages:
                begun.append(messages := sync.begin_list(names.messages or ""))
            if roster is None or names.roster != told.roster:
                begun.append(roster := sync.begin_map(names.roster or "", include_items=True))
            self._take_list(task, await messages.result())
            self._take_map(task, await roster.result())
        except BaseException as error:
            _drop(begun)
            if self._opening_all is task:
                self._opening_all = None
            if self._opening is task:
                self._close_collections()
                if isinstance(error, ConversationsError):
                    self._on_reached("failed")
            raise

    def _take_list(self, task: asyncio.Task[Any] | None, messages: SyncList) -> None:
        if not self._still_wanted(task, messages):
            return
        self._list = messages
        # From the first moment, so that no message can slip through before the conversation is announced.
        self._messages.attach(messages)
        if self._document is not None:
            self._newest.watch(self._document, messages)

    def _take_map(self, task: asyncio.Task[Any] | None, roster: SyncMap) -> None:
        if self._still_wanted(task, roster):
            self._map = roster

    def _still_wanted(self, task: asyncio.Task[Any] | None, handle: SyncHandle) -> bool:
        if self._opening is task:
            return True
        handle.close()
        return False


def _drop(begun: list[Opening[Any]]) -> None:
    """Nobody waits for these any more. One that has ended stays as it is."""
    for one in begun:
        one.cancel()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
