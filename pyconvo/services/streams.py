"""The Sync objects of one conversation: document, message list, roster map; opened when needed, closed together.

Not responsible for what their data means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pyconvo.errors import ConversationsError
from pyconvo.payloads import ConversationSynchronizationStatus
from pyconvo.services.message_list import MessageList
from pyconvo.services.newest import NewestMessage
from pyconvo.services.roster import Roster
from pyconvo.services.session import Session
from pyconvo.sync import DocumentUpdated, SyncDocument, SyncList, SyncMap


class Streams:
    """``on_data`` hears of the document's data, when it is opened and at every change; ``on_removed`` of its end.

    ``on_reached`` hears how much is open.
    """

    def __init__(
        self,
        session: Session,
        document_name: str | None,
        messages: MessageList,
        roster: Roster,
        on_data: Callable[[dict[str, Any]], None],
        on_removed: Callable[[], None],
        on_reached: Callable[[ConversationSynchronizationStatus], None],
    ) -> None:
        self._session = session
        self._document_name = document_name
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

    @property
    def document_is_open(self) -> bool:
        return self._document is not None

    async def open_document(self) -> None:
        """Raises :class:`pyconvo.errors.SyncError` when it cannot be opened."""
        if self._document is not None:
            return
        if self._opening_document is None:
            what = f"opening {self._document_name}"
            self._opening_document = self._session.tasks.start(self._open_document(), what)
        await asyncio.shield(self._opening_document)

    async def open(self) -> None:
        """Document, message list and roster map. Nothing is read from the latter two, and nothing announced yet."""
        if self._opening is None:
            what = f"opening messages and roster of {self._document_name}"
            self._opening = self._session.tasks.start(self._open(), what)
        await asyncio.shield(self._opening)

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
        self._opening = None
        self._messages.detach()
        self._roster.leave()

    async def _open_document(self) -> None:
        task = asyncio.current_task()
        try:
            document = await self._session.sync.document(self._document_name or "")
        except BaseException as error:
            if self._opening_document is task:
                self._opening_document = None
                if isinstance(error, ConversationsError):
                    self._on_reached("failed")
            raise
        if self._opening_document is not task:
            document.close()
            return
        self._document = document
        document.on("updated", self._on_document_updated)
        document.on("removed", lambda event: self._on_removed())
        self._on_data(document.data)
        self._on_reached("metadata")

    def _on_document_updated(self, event: DocumentUpdated) -> None:
        self._on_data(event.data)

    async def _open(self) -> None:
        task = asyncio.current_task()
        try:
            await self.open_document()
            data = self._document.data if self._document is not None else {}
            await asyncio.gather(
                self._open_list(task, str(data.get("messages") or "")),
                self._open_map(task, str(data.get("roster") or "")),
            )
        except BaseException as error:
            if self._opening is task:
                self._close_collections()
                if isinstance(error, ConversationsError):
                    self._on_reached("failed")
            raise

    async def _open_list(self, task: asyncio.Task[Any] | None, name: str) -> None:
        messages = await self._session.sync.list(name)
        if self._opening is not task:
            messages.close()
            return
        self._list = messages
        # From the first moment, so that no message can slip through before the conversation is announced.
        self._messages.attach(messages)
        if self._document is not None:
            self._newest.watch(self._document, messages)

    async def _open_map(self, task: asyncio.Task[Any] | None, name: str) -> None:
        roster = await self._session.sync.map(name)
        if self._opening is not task:
            roster.close()
            return
        self._map = roster
