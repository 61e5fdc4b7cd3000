"""The conversations that a client knows: the user's own ones, and others that were looked up.

Follows the user's list (a Sync map) and reads it over REST at start. Every piece of news about a conversation goes
through :meth:`Conversations.upsert`, whatever its source. Not responsible for the form of the REST answers
(``conversation_resource.py``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pyconvo.conversation import Conversation
from pyconvo.errors import ConversationsError, SyncError
from pyconvo.events import ReplayEventEmitter
from pyconvo.paginator import Paginator
from pyconvo.services.conversation_resource import ConversationResource, Entries
from pyconvo.services.foresight import ask_ahead
from pyconvo.services.readiness import Place, Readiness
from pyconvo.services.session import Session
from pyconvo.services.tasks import done, settled
from pyconvo.sync import ItemAdded, ItemPage, ItemRemoved, ItemUpdated, MapItem, Opening, SyncMap

logger = logging.getLogger("pyconvo.model")

Source = Literal["sync", "rest"]

#: Conversations on one page.
PAGE_SIZE = 100

#: What a conversation tells, and what the collection and the client call it.
_FORWARDED = {
    "updated": "conversation_updated",
    "participant_joined": "participant_joined",
    "participant_left": "participant_left",
    "participant_updated": "participant_updated",
    "message_added": "message_added",
    "message_updated": "message_updated",
    "message_removed": "message_removed",
    "typing_started": "typing_started",
    "typing_ended": "typing_ended",
    "synchronization_status_updated": "conversation_synchronization_status_updated",
}


class Conversations(ReplayEventEmitter):
    """Events: ``conversation_…`` and what conversations tell, all by the names and payloads of the client's."""

    def __init__(self, session: Session, on_list_known: Callable[[], None]) -> None:
        """``on_list_known``: which conversations there are is known; not all are usable yet."""
        super().__init__()
        self._session = session
        self._resource = ConversationResource(session)
        self._on_list_known = on_list_known
        self._known: dict[str, Conversation] = {}
        #: Conversations that are being opened and were not announced yet.
        self._introductions: dict[str, asyncio.Task[Conversation | None]] = {}
        self._map: asyncio.Task[SyncMap] | None = None
        #: Removed while the list was being read: what REST says about them is out of date.
        self._tombstones: set[str] = set()
        self._list_complete = False
        #: The first page of the list's items, for the comparison.
        self._reading: asyncio.Task[ItemPage[MapItem]] | None = None
        #: When conversations may be announced: they are opened before the client is ready, and told of after.
        self._announcing = Readiness(session.host)
        #: Done when the first page of the list is here, or cannot be read.
        self._first_page: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # -- the list --------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the user's list and follow it; returns when all its conversations are usable.

        In the order of the REST list. A page's conversations are opened when it comes, while the next is asked for.
        """
        upserts: list[asyncio.Future[Conversation | None]] = []
        try:
            following = self._begin_map()
            first = self._begin_page(None)
            await ask_ahead(self._session.sync, await following, first)
            page: asyncio.Task[Entries] | None = first
            while page is not None:
                entries, token = await page
                page = self._begin_page(token) if token else None
                upserts += [self.upsert("rest", sid, data) for sid, data in entries]
                if not self._first_page.done():
                    self._first_page.set_result(None)
            self._on_list_known()
            await asyncio.gather(*upserts)
            self._list_complete = True
            self._tombstones.clear()
        except BaseException as error:
            if not self._first_page.done():
                self._first_page.set_exception(error)
                # Perhaps nobody asks.
                self._first_page.exception()
            if isinstance(error, ConversationsError):
                logger.error("the list of conversations cannot be read: %s", error)
            raise
        finally:
            self._session.sync.drop_ahead()
        self._session.tasks.start(self._compare(), "comparing the lists of conversations")

    async def _compare(self) -> None:
        """Look for what the two lists do not agree in.

        They may have been asked for at the same time: what changed between the two answers may be in neither the one
        nor the other's events. Reads what :meth:`page` would read, too.
        """
        self._reading = self._session.tasks.start(self._read_items(), "reading the list of conversations again")
        page = await self._reading
        while True:
            for item in page.items:
                known = self._known.get(str(item.key))
                if known is None or (known.status == "joined") is not (item.data.get("status") == "joined"):
                    self.upsert("sync", str(item.key), item.data)
            if not page.has_next_page:
                return
            page = await page.next_page()

    def announce(self) -> None:
        """From now on conversations may be told of, first those that wait for it."""
        self._announcing.reach()

    async def listed(self) -> None:
        """Wait for the first page of the list. Raises what prevented it."""
        await settled(self._first_page)

    async def followed(self) -> None:
        """Wait until participants and messages of all joined conversations are followed, where that is possible."""
        joined = [one for one in self._known.values() if one.status == "joined"]
        await asyncio.gather(*(one._streams.follow() for one in joined), return_exceptions=True)

    async def page(self) -> Paginator[Conversation]:
        """The first page of the user's list, by ascending sid."""
        if self._reading is not None and not self._reading.done():
            # The same page is on its way already, and will be taken from the cache.
            await asyncio.wait([self._reading])
        return await self._wrap(await self._read_items())

    async def from_list(self, sid: str) -> Conversation | None:
        """A conversation of the user's list. One that is there already is kept up to date, and returned at once."""
        if (known := self.joined(sid)) is not None:
            return known
        try:
            my_map = await self._open_map()
        except SyncError:
            # Single ones can be found without the list.
            return await self.peek(sid)
        try:
            item = await my_map.get(sid)
        except SyncError as error:
            if error.status == 404:
                return None
            raise
        return await self.upsert("sync", sid, item.data)

    def joined(self, sid: str) -> Conversation | None:
        """A conversation that is announced and joined, without asking anybody."""
        conversation = self._known.get(sid)
        if conversation is None or sid in self._introductions or conversation.status != "joined":
            return None
        return conversation

    # -- single conversations --------------------------------------------------------------------------------

    async def create(self, options: Mapping[str, Any]) -> Conversation:
        """Create one. Its creator is not a participant yet. ``options``: by their official names."""
        created = await self._resource.create(options)
        known = self._known.get(created.sid)
        if known is not None:
            await known._streams.open_document()
            return known
        conversation = Conversation(created.sid, created.descriptor, created.links, self._session)
        self._known[created.sid] = conversation
        # Before the document is opened: what it fills in is announced, for a conversation created here.
        conversation._relay = self._pass_on
        try:
            await conversation._streams.open_document()
        except BaseException:
            self._known.pop(created.sid, None)
            raise
        self.emit("conversation_added", conversation)
        return conversation

    async def by_unique_name(self, unique_name: str) -> Conversation | None:
        """A conversation of the user's, by its unique name."""
        found = await self._resource.mine(unique_name)
        return None if found is None else await self.upsert("sync", *found)

    async def peek(self, sid: str) -> Conversation | None:
        """Any conversation that the user may see."""
        return await self.upsert("sync", sid, await self._resource.visible(sid))

    # -- news ------------------------------------------------------------------------------------------------

    def upsert(self, source: Source, sid: str, data: Mapping[str, Any]) -> asyncio.Future[Conversation | None]:
        """Merge news about a conversation, known or not.

        Events are emitted before this returns where nothing has to be opened first. Gives ``None`` for a
        conversation that is gone or that the user may not follow.
        """
        introduction = self._introductions.get(sid)
        if introduction is not None:
            what = f"news about conversation {sid}"
            return self._session.tasks.start(self._upsert_after(introduction, source, sid, data), what)
        conversation = self._known.get(sid)
        if conversation is None:
            if source == "rest" and sid in self._tombstones:
                return done(None)
            # One that is heard of later is opened step by step, as by the official client: which messages are announced
            # in a conversation that is just being joined depends on it.
            at_once = source == "rest"
            conversation = Conversation(sid, data, self._resource.links(sid), self._session, at_once=at_once)
            self._known[sid] = conversation
            # Those of the list are announced in its order, in whatever order they can be opened.
            place = self._announcing.place() if at_once else None
            work = self._introduce(conversation, source, data, place)
            self._introductions[sid] = task = self._session.tasks.start(work, f"opening conversation {sid}")

            def ended(_: asyncio.Task[Conversation | None]) -> None:
                self._introductions.pop(sid, None)
                if place is not None:
                    self._announcing.leave(place)

            task.add_done_callback(ended)
            return task
        event = self._merge(source, conversation, data)
        if conversation._streams.document_is_open:
            if event is not None:
                self.emit(event, conversation)
            return done(conversation)
        return self._session.tasks.start(self._reopen(conversation, event), f"opening conversation {sid}")

    async def _upsert_after(
        self, introduction: asyncio.Task[Conversation | None], source: Source, sid: str, data: Mapping[str, Any]
    ) -> Conversation | None:
        try:
            await asyncio.shield(introduction)
        finally:
            self._introductions.pop(sid, None)
        return await self.upsert(source, sid, data)

    async def _introduce(
        self, conversation: Conversation, source: Source, data: Mapping[str, Any], place: Place | None
    ) -> Conversation | None:
        """Open a new conversation and announce it; forget it silently if that is not allowed."""
        sid, joined = conversation.sid, data.get("status") == "joined"
        try:
            await (conversation._streams.open() if joined else conversation._streams.open_document())
        except BaseException as error:
            self._forget(conversation)
            if isinstance(error, SyncError):
                logger.debug("conversation %s cannot be followed: %s", sid, error)
                return None
            raise
        await self._announcing.wait(place)
        if self._known.get(sid) is not conversation:
            # Removed while it was being opened.
            conversation._streams.close()
            return None
        self._introductions.pop(sid, None)
        conversation._relay = self._pass_on
        self.emit("conversation_added", conversation)
        if joined:
            conversation._set_status("joined", source)
            self.emit("conversation_joined", conversation)
        return conversation

    def _merge(self, source: Source, conversation: Conversation, data: Mapping[str, Any]) -> str | None:
        """Merge news about a known conversation; returns the event to emit once its document is open."""
        if source == "rest" and conversation._status_source == "sync":
            return None
        status, joined = data.get("status"), conversation.status == "joined"
        if status == "joined" and not joined:
            conversation._set_status("joined", source)
            news = {key: data[key] for key in ("notificationLevel", "lastConsumedMessageIndex") if key in data}
            conversation._update(news)
            return "conversation_joined"
        if status == "notParticipating":
            if not joined:
                return None
            conversation._set_status("notParticipating", source)
            conversation._update(data)
            return "conversation_left"
        conversation._update(data)
        return None

    async def _reopen(self, conversation: Conversation, event: str | None) -> Conversation:
        await conversation._streams.open_document()
        if event is not None:
            self.emit(event, conversation)
        return conversation

    def _on_item(self, event: ItemAdded | ItemUpdated) -> None:
        self.upsert("sync", str(event.item.key), event.item.data)

    def _on_item_removed(self, event: ItemRemoved) -> None:
        sid = str(event.key)
        if not self._list_complete:
            self._tombstones.add(sid)
        conversation = self._known.get(sid)
        if conversation is None:
            return
        if sid in self._introductions:
            self._forget(conversation)
            return
        if conversation.status == "joined":
            conversation._set_status("notParticipating", "sync")
            self.emit("conversation_left", conversation)
        self._forget(conversation)
        self.emit("conversation_removed", conversation)
        conversation.emit("removed", conversation)

    def _on_removed(self, conversation: Conversation) -> None:
        """Its document is gone."""
        if self._known.get(conversation.sid) is conversation:
            self._forget(conversation)
            self.emit("conversation_removed", conversation)

    # -- helpers ---------------------------------------------------------------------------------------------

    def _pass_on(self, event: str, payload: tuple[Any, ...]) -> None:
        """What a conversation tells, once it is announced."""
        if (name := _FORWARDED.get(event)) is not None:
            self.emit(name, payload[0])
        elif event == "removed":
            self._on_removed(payload[0])

    def _forget(self, conversation: Conversation) -> None:
        if self._known.get(conversation.sid) is conversation:
            del self._known[conversation.sid]

    async def _open_map(self) -> SyncMap:
        """With as many of its items as the service sends along."""
        return await settled(self._begin_map())

    def _begin_map(self) -> asyncio.Task[SyncMap]:
        """Its request is out when this returns, unless it was opened before."""
        if self._map is None or (self._map.done() and (self._map.cancelled() or self._map.exception() is not None)):
            opening = self._session.sync.begin_map(self._session.configuration.my_conversations, include_items=True)
            self._map = self._session.tasks.start(self._follow_map(opening), "opening the list of conversations")
        return self._map

    async def _follow_map(self, opening: Opening[SyncMap]) -> SyncMap:
        my_map = await opening.result()
        my_map.on("item_added", self._on_item)
        my_map.on("item_updated", self._on_item)
        my_map.on("item_removed", self._on_item_removed)
        return my_map

    async def _read_items(self) -> ItemPage[MapItem]:
        return await (await self._open_map()).get_items(page_size=PAGE_SIZE)

    def _begin_page(self, token: str | None) -> asyncio.Task[Entries]:
        """Its entries, and the token of the next one."""
        return self._session.tasks.start(self._resource.page(token), "reading the list of conversations")

    async def _wrap(self, page: ItemPage[MapItem]) -> Paginator[Conversation]:
        upserts: Sequence[asyncio.Future[Conversation | None]] = [
            self.upsert("sync", str(item.key), item.data) for item in page.items
        ]
        conversations = await asyncio.gather(*upserts)

        async def following() -> Paginator[Conversation]:
            return await self._wrap(await page.next_page())

        async def preceding() -> Paginator[Conversation]:
            return await self._wrap(await page.prev_page())

        return Paginator(
            [conversation for conversation in conversations if conversation is not None],
            has_next_page=page.has_next_page,
            has_prev_page=page.has_prev_page,
            next_page=following,
            prev_page=preceding,
        )
