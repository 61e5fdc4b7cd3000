"""What lists and maps have in common: cached items, events by item, writes to items."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

from pyconvo.errors import SyncError
from pyconvo.json_values import encode_component
from pyconvo.sync.document import Mutator
from pyconvo.sync.entity import EntityCore, Services
from pyconvo.sync.events import ItemAdded, ItemRemoved, ItemUpdated
from pyconvo.sync.items import ItemsCache, SyncItem, parse_date
from pyconvo.sync.meanwhile import Meanwhile
from pyconvo.sync.merging import MergingQueues
from pyconvo.sync.paging import Fetched, Order

#: Items that come with a description are all that there are if they are fewer than this. The service does not say, and
#: may include no more than a page, which has 50 items where nothing else is asked for, and never fewer than ten.
SURELY_WHOLE = 10


class CollectionCore(EntityCore):
    """A list or map: the same, but for what an item is called and how it is written."""

    #: Name of a single item's key in queries, in items, and in events.
    key_parameter: ClassVar[str]
    key_member: ClassVar[str]
    event_member: ClassVar[str]
    item_type: ClassVar[type[SyncItem]]
    missing: ClassVar[tuple[str, int]]
    #: How many items are kept; ``None``: all that came.
    kept: ClassVar[int | None] = None

    def __init__(self, services: Services, description: Mapping[str, Any]) -> None:
        super().__init__(services, description)
        links = description.get("links")
        self.items_url: str = links.get("items", "") if isinstance(links, dict) else ""
        self.cache = ItemsCache(self.kept)
        self.queues = MergingQueues()
        #: Events since it was read, of a collection that was read before its events came.
        self._meanwhile: Meanwhile | None = None
        given = description.get("items")
        included = [self.item(item) for item in given or ()]
        if given is not None and len(included) < SURELY_WHOLE:
            self.cache.store_whole(included)
        else:
            for item in included:
                self.cache.store(item)

    def describe(self) -> dict[str, Any]:
        # Items are not kept, so neither is the event up to which they would be complete.
        return {**super().describe(), "last_event_id": None, "links": {"items": self.items_url}}

    def key_of(self, value: Any) -> str | int:
        raise NotImplementedError

    def item(self, wire: Mapping[str, Any]) -> SyncItem:
        return self.item_type.from_wire(self.key_of(wire[self.key_member]), wire)

    # -- events ----------------------------------------------------------------------------------------------

    def apply(self, event_type: str, event: Mapping[str, Any], *, ordered: bool) -> None:
        change = event_type.partition("_")[2]
        if self._meanwhile is not None and change.startswith("item_"):
            self._meanwhile.note(event[self.event_member], change, event)
            return
        self._apply(change, event)
        if ordered:
            self.advance(event.get("id"), event.get(self.kind + "_revision"))

    def _apply(self, change: str, event: Mapping[str, Any]) -> None:
        if change in ("item_added", "item_updated"):
            item = self.item_type(
                self.key_of(event[self.event_member]),
                url=event.get("item_url"),
                last_event_id=event.get("id") or 0,
                revision=event.get("item_revision"),
                data=event.get("item_data") or {},
                date_updated=parse_date(event.get("date_created")),
            )
            self.take(item, added=change == "item_added", is_local=False)
        elif change == "item_removed":
            key, data = self.key_of(event[self.event_member]), event.get("item_data")
            self.take_removal(key, event.get("id"), data, event.get("date_created"), is_local=False)
        elif change == "removed":
            self.removed(is_local=False)

    def set_subscription_state(self, state: str) -> None:
        super().set_subscription_state(state)
        if state == "established" and self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            for change, event in meanwhile.result():
                self._apply(change, event)

    def advance(self, event_id: int | None, revision: str | None = None) -> None:
        if event_id is not None and (self.last_event_id is None or self.last_event_id < event_id):
            self.last_event_id = event_id
            self.revision = revision or self.revision

    def take(self, newer: SyncItem, *, added: bool, is_local: bool) -> SyncItem:
        """An item was added or changed. Returns the cached item; tells nobody if this is no news."""
        cached, event_id = self.cache.known(newer.key)
        if event_id >= newer.last_event_id:
            return cached or newer
        self.updated_at(newer.date_updated)
        if cached is None:
            self.cache.store(newer)
            if added:
                self.broadcast("item_added", ItemAdded(newer, is_local))
            else:
                self.broadcast("item_updated", ItemUpdated(newer, None, is_local))
            return newer
        previous = cached.data
        cached.take(newer)
        self.cache.store(cached)
        self.broadcast("item_updated", ItemUpdated(cached, previous, is_local))
        return cached

    def take_removal(self, key: str | int, event_id: int | None, data: Any, date: Any, *, is_local: bool) -> None:
        """An item was removed. Once: an echo or a replay of the removal is no news."""
        if self.cache.remove(key, event_id):
            self.updated_at(parse_date(date))
            previous = data if isinstance(data, dict) else None
            self.broadcast("item_removed", ItemRemoved(key, previous, is_local))

    # -- reading ---------------------------------------------------------------------------------------------

    async def get(self, key: str | int) -> SyncItem:
        """The item, from the cache or the service. Raises :class:`SyncError` 404 when there is none."""
        item = self.cache.get(key)
        if item is None and not self.cache.seen(key):
            item = await self.look_up(key)
        if item is None:
            text, code = self.missing
            raise SyncError(text, 404, code)
        return item

    async def look_up(self, key: str | int) -> SyncItem | None:
        """Ask the service for one item."""
        response = await self.services.network.get(
            f"{self.items_url}?HideExpired=true&{self.key_parameter}={encode_component(str(key))}"
        )
        found = self._read(response.body)
        if not found and self.cache.seen(key):
            self.cache.remove(key, None)
        return found[0] if found else None

    async def fetch(self, start: Any, page_size: int, order: Order) -> Fetched:
        """One page from the service."""
        resumes = self.last_event_id is None
        query = "HideExpired=true"
        if start is not None:
            query += f"&From={encode_component(str(start))}"
        response = await self.services.network.get(f"{self.items_url}?{query}&PageSize={page_size}&Order={order}")
        body = response.body if isinstance(response.body, dict) else {}
        meta = body.get("meta") or {}
        fetched = Fetched(self._read(body), bool(meta.get("previous_token")), bool(meta.get("next_token")))
        if resumes and fetched.items:
            self._resume(fetched, at_end=start is None if order == "desc" else not fetched.after)
        return fetched

    def _resume(self, fetched: Fetched, *, at_end: bool) -> None:
        """It was opened as an earlier run has kept it, without the number of its last event, and read before its events
        are sent. What happens in between is asked for: all that came after what was read.
        """
        # Of a list, what follows the newest items alone: others would follow a page in its middle.
        if self.kind == "list" and not at_end:
            return
        seen = max(item.last_event_id for item in fetched.items)
        if self.last_event_id is None or seen < self.last_event_id:
            # Events do not move it until they are all here.
            self.last_event_id = seen
            self._meanwhile = self._meanwhile or Meanwhile()
            self.services.registry.refresh(self)

    def _read(self, body: Any) -> list[SyncItem]:
        """Take in items that were read. News about a cached item is told, a new item is not."""
        items: list[SyncItem] = []
        for wire in (body.get("items") if isinstance(body, dict) else None) or ():
            item = self.item(wire)
            if self.cache.get(item.key) is not None:
                items.append(self.take(item, added=False, is_local=False))
            elif (stored := self.cache.store(item)) is not None:
                items.append(stored)
        return items

    # -- writing ---------------------------------------------------------------------------------------------

    async def write_item(self, key: Any, data: dict[str, Any], ttl: int | None, if_match: str | None) -> SyncItem:
        raise NotImplementedError

    async def find(self, key: Any) -> SyncItem | None:
        """The item as a mutation needs it; ``None`` where one may be made."""
        return await self.get(key)

    @staticmethod
    def body(data: dict[str, Any], ttl: int | None) -> dict[str, Any]:
        return {"data": data} if ttl is None else {"data": data, "ttl": ttl}

    def written(self, answer: Any, data: dict[str, Any], *, added: bool) -> SyncItem:
        """A write was answered; the answer does not repeat the data."""
        return self.take(self.item({**answer, "data": data}), added=added, is_local=True)

    async def set_item(self, key: Any, data: dict[str, Any], ttl: int | None) -> SyncItem:
        value = copy.deepcopy(data)
        result: SyncItem = await self.queues.of(key).squash_and_add(
            ttl, lambda ttl: self.write_item(key, value, ttl, None)
        )
        return result

    async def mutate_item(self, key: Any, mutator: Mutator, ttl: int | None) -> SyncItem | None:
        result: SyncItem | None = await self.queues.of(key).add(ttl, lambda ttl: self._mutate(key, mutator, ttl))
        return result

    async def _mutate(self, key: Any, mutator: Mutator, ttl: int | None) -> SyncItem | None:
        item = await self.find(key)
        while True:
            data = mutator(copy.deepcopy(item.data) if item else {})
            if data is None:
                return item
            try:
                return await self.write_item(key, data, ttl, item.revision if item else "-1")
            except SyncError as error:
                if error.status != 412:
                    raise
            # Somebody else wrote first: again on what is there now.
            await self.look_up(key)
            item = await self.find(key)

    async def remove_item(self, key: Any) -> None:
        item = await self.get(key)
        response = await self.services.network.delete(item.url or "")
        answer = response.body if isinstance(response.body, dict) else {}
        self.take_removal(key, answer.get("last_event_id"), item.data, answer.get("date_updated"), is_local=True)
