"""``SyncClient``: opens Sync objects and keeps them up to date through one Twilsock connection.

Carries out what ``subscriptions.py`` decides; knows which objects are open.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pyconvo.errors import SyncError, TransportUnavailableError
from pyconvo.events import ReplayEventEmitter
from pyconvo.hosts.base import Host, SessionStorage, TimerHandle
from pyconvo.json_values import encode_component
from pyconvo.sync.document import DocumentCore, SyncDocument
from pyconvo.sync.entity import EntityCore, Services, SyncHandle
from pyconvo.sync.list import ListCore, SyncList
from pyconvo.sync.map import MapCore, SyncMap
from pyconvo.sync.network import Asked, SyncNetwork
from pyconvo.sync.storage import EntityStorage
from pyconvo.sync.subscription import CancelTimer, SendBatch, StartTimer
from pyconvo.sync.subscriptions import Subscriptions
from pyconvo.twilsock.connection import TwilsockClient

logger = logging.getLogger("pyconvo.sync")

#: Notifications that this client needs; to be asked for in Twilsock's init, in this order.
MESSAGE_TYPES = (
    "twilio.sync.event",
    "com.twilio.rtd.cds.document",
    "com.twilio.rtd.cds.list",
    "com.twilio.rtd.cds.map",
)

#: Notifications that answer a subscription: replayed events, in order.
_REPLAY = "twilio.sync.event"

Kind = Literal["document", "list", "map"]

_PATHS = {"document": "/v3/Documents", "list": "/v3/Lists", "map": "/v3/Maps"}
_WITH_ITEMS = "?Include=items"

#: Where the description of an object comes from: the service, or what is kept of it.
Source = Asked | dict[str, Any]

CoreT = TypeVar("CoreT", bound=EntityCore)
HandleT = TypeVar("HandleT", bound=SyncHandle)


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """``storage`` keeps descriptions of objects between runs; ``None``: nothing is kept."""

    cds_uri: str = "https://cds.us1.twilio.com"
    product_id: str = "ip_messaging"
    storage: SessionStorage | None = None


class Opening(Generic[HandleT]):
    """An object that is being opened; nobody holds it before :meth:`result`."""

    def __init__(self, opened: Callable[[], Awaitable[HandleT]], asked: Asked | None) -> None:
        self._opened = opened
        self._asked = asked

    async def result(self) -> HandleT:
        """Raises :class:`pyconvo.errors.SyncError`."""
        return await self._opened()

    async def answered(self, *others: Opening[Any]) -> None:
        """Wait until this and the others have an answer, whatever it is; resumed once, as soon as the last is there.

        Who waits for several answers one by one may be overtaken by who has got all of them at once.
        """
        asked = [one._asked.answer for one in (self, *others) if one._asked is not None]
        left = len(asked)
        if not left:
            return
        all_there: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def count(_: asyncio.Future[Any]) -> None:
            nonlocal left
            left -= 1
            if not left and not all_there.done():
                all_there.set_result(None)

        for answer in asked:
            answer.add_done_callback(count)
        await all_there

    def cancel(self) -> None:
        """It is not wanted any more."""
        if self._asked is not None:
            self._asked.cancel()


class SyncClient(ReplayEventEmitter):
    """Documents, lists and maps of one user. Event: ``connection_state_changed(state)``."""

    def __init__(self, host: Host, twilsock: TwilsockClient, options: SyncOptions) -> None:
        super().__init__()
        self._host = host
        self._twilsock = twilsock
        self._options = options
        self._network = SyncNetwork(host, twilsock, options.product_id)
        self._services = Services(self._network, self)
        self._storage = EntityStorage(options.storage, host.call_later)
        self._subscriptions = Subscriptions(host.now, host.random)
        self._cores: dict[tuple[str, str], EntityCore] = {}
        #: Where objects that nobody has opened yet come from, by URL.
        self._ahead: dict[str, Source] = {}
        self._timers: dict[str, TimerHandle] = {}
        self._posts: set[asyncio.Task[None]] = set()
        self._runs_later = False
        twilsock.on("state_changed", self._state_changed)
        twilsock.on("message", self._message)
        self._subscriptions.connection(twilsock.state == "connected")
        self._run()

    async def document(self, id: str) -> SyncDocument:
        """Open a document that exists, by sid or unique name. Raises :class:`pyconvo.errors.SyncError`."""
        return await self.begin_document(id).result()

    async def list(self, id: str) -> SyncList:
        """Open a list that exists, by sid or unique name. Raises :class:`pyconvo.errors.SyncError`."""
        return await self.begin_list(id).result()

    async def map(self, id: str, *, include_items: bool = False) -> SyncMap:
        """Open a map that exists, by sid or unique name, perhaps with its items at once."""
        return await self.begin_map(id, include_items=include_items).result()

    # The same, asked for before the call returns: several can be under way without a task for each.

    def begin_document(self, id: str) -> Opening[SyncDocument]:
        return self._begin(DocumentCore, SyncDocument, id)

    def begin_list(self, id: str) -> Opening[SyncList]:
        return self._begin(ListCore, SyncList, id)

    def begin_map(self, id: str, *, include_items: bool = False) -> Opening[SyncMap]:
        return self._begin(MapCore, SyncMap, id, _WITH_ITEMS if include_items else "")

    # What will most likely be opened may be asked for before that is certain: whoever opens it has its answer sooner.
    # An error does not count then: perhaps it was too early, and who opens the object asks again.

    def ask_ahead(self, kind: Kind, id: str) -> None:
        """Of a map, with its items. Asks nobody about an object that is kept or open."""
        storage = self._twilsock.storage
        url = self._url(kind, id, _WITH_ITEMS if kind == "map" else "")
        if id and storage is not None and url not in self._ahead and (kind, id) not in self._cores:
            self._storage.ready(*storage)
            self._ahead[url] = source = self._source(kind, id, url, too_early=True)
            if isinstance(source, Asked):
                # Perhaps nobody takes it, and then its error is nobody's.
                source.answer.add_done_callback(lambda answer: answer.cancelled() or answer.exception())

    def drop_ahead(self) -> None:
        """What was asked for ahead of time, and nobody has opened."""
        dropped, self._ahead = self._ahead, {}
        for source in dropped.values():
            if isinstance(source, Asked):
                source.cancel()

    def shutdown(self) -> None:
        """Forget everything that is open. Handles stay readable and hear nothing more."""
        self._twilsock.off("state_changed", self._state_changed)
        self._twilsock.off("message", self._message)
        self._subscriptions.shutdown()
        self._run()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for post in self._posts:
            post.cancel()
        self.drop_ahead()
        self._storage.flush()
        self._storage.ready(None)
        self._cores.clear()

    @property
    def open_count(self) -> int:
        """How many different objects are open."""
        return len(set(self._cores.values()))

    def _begin(self, kind: type[CoreT], hold: Callable[[CoreT], HandleT], id: str, query: str = "") -> Opening[HandleT]:
        source: Source | None = None
        storage = self._twilsock.storage
        if id and storage is not None and self._known(kind, id) is None:
            self._storage.ready(*storage)
            source = self._source(kind.kind, id, self._url(kind.kind, id, query))

        async def opened() -> HandleT:
            return hold(await self._open(kind, id, query, source))

        return Opening(opened, source if isinstance(source, Asked) else None)

    def _url(self, kind: str, id: str, query: str) -> str:
        return f"{self._options.cds_uri}{_PATHS[kind]}/{encode_component(id)}{query}"

    def _source(self, kind: str, id: str, url: str, *, too_early: bool = False) -> Source:
        """A request may be sent by this; what is kept may be given out only once."""
        found: Source | None = self._ahead.pop(url, None)
        if found is None:
            found = self._storage.read(kind, id)
        return self._network.begin_get(url, too_early=too_early) if found is None else found

    async def _open(self, kind: type[CoreT], id: str, query: str, source: Source | None) -> CoreT:
        """``source``: if that was found out before."""
        if not id:
            raise SyncError("Cannot open an object without an id", 404)
        self._storage.ready(await self._twilsock.storage_id())
        known = self._known(kind, id)
        if known is not None:
            return known
        source = source or self._source(kind.kind, id, self._url(kind.kind, id, query))
        if is_kept := not isinstance(source, Asked):
            description = source
        else:
            description = (await source.result()).body
            if not isinstance(description, dict) or "sid" not in description:
                raise SyncError("The service sent no description of the object")
        # Somebody else may have opened it by another name, or at the same time.
        known = self._known(kind, description["sid"])
        if known is not None:
            return known
        core = kind(self._services, description)
        core.is_dated = is_kept
        self._storage.keep(core, id, known=is_kept)
        for name in {core.sid, core.unique_name or core.sid}:
            self._cores[kind.kind, name] = core
        return core

    def _known(self, kind: type[CoreT], id: str) -> CoreT | None:
        core = self._cores.get((kind.kind, id))
        return core if isinstance(core, kind) else None

    # -- the registry of entities ----------------------------------------------------------------------------

    def subscribe(self, core: EntityCore) -> None:
        self._subscriptions.add(core)
        self._run()

    def unsubscribe(self, core: EntityCore) -> None:
        self._subscriptions.remove(core.sid)
        self._run()

    def refresh(self, core: EntityCore) -> None:
        self._subscriptions.refresh(core.sid)
        self._run()

    def forget(self, core: EntityCore) -> None:
        for key in [key for key, known in self._cores.items() if known is core]:
            del self._cores[key]
        self._storage.remove(core)

    def changed(self, core: EntityCore) -> None:
        self._storage.changed(core)

    # -- driving the subscriptions ---------------------------------------------------------------------------

    def _state_changed(self, state: str) -> None:
        self._subscriptions.connection(state == "connected")
        self._run()
        if state == "disconnected":
            # Perhaps for good, and then nobody is to wait for a timer.
            self._storage.flush()
        self.emit("connection_state_changed", state)

    def _message(self, message_type: str, payload: Any) -> None:
        if message_type in MESSAGE_TYPES:
            self._subscriptions.notification(payload, replayed=message_type == _REPLAY)
            # All that it may ask for are timers, and these come in hundreds: once for a burst is enough.
            if self._subscriptions.has_actions and not self._runs_later:
                self._runs_later = True
                self._host.call_at_pause(self._run)

    def _run(self) -> None:
        self._runs_later = False
        if not self._subscriptions.has_actions:
            return
        delays: dict[str, float | None] = {}
        for action in self._subscriptions.take():
            match action:
                case SendBatch():
                    post = asyncio.ensure_future(self._post(action))
                    self._posts.add(post)
                    post.add_done_callback(self._posts.discard)
                case StartTimer(key, delay):
                    delays[key] = delay
                case CancelTimer(key):
                    delays[key] = None
        for key, last in delays.items():
            self._cancel(key)
            if last is not None:
                self._timers[key] = self._host.call_later(last, self._fired(key))

    def _fired(self, key: str) -> Callable[[], None]:
        def fired() -> None:
            self._timers.pop(key, None)
            self._subscriptions.timer(key)
            self._run()

        return fired

    def _cancel(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    async def _post(self, batch: SendBatch) -> None:
        try:
            response = await self._network.post(f"{self._options.cds_uri}/v4/Subscriptions", batch.body)
        except TransportUnavailableError:
            self._subscriptions.refused(batch.id, unavailable=True)
        except SyncError as error:
            logger.debug("a subscription batch failed: %s", error)
            self._subscriptions.refused(batch.id)
        else:
            self._subscriptions.replied(batch.id, response.body)
        self._run()
