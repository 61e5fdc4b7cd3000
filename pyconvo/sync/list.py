"""A list: items by index, in order."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from pyconvo.sync.collection import CollectionCore
from pyconvo.sync.document import Mutator
from pyconvo.sync.entity import SyncHandle
from pyconvo.sync.items import ListItem, SyncItem
from pyconvo.sync.paging import ItemPage, Order, page


class ListCore(CollectionCore):
    kind: ClassVar[str] = "list"
    key_parameter: ClassVar[str] = "Index"
    key_member: ClassVar[str] = "index"
    event_member: ClassVar[str] = "item_index"
    item_type: ClassVar[type[SyncItem]] = ListItem
    kept: ClassVar[int | None] = 1000
    missing: ClassVar[tuple[str, int]] = ("No item with specified index found", 54151)

    def key_of(self, value: Any) -> int:
        return int(value)

    async def push(self, data: dict[str, Any], ttl: int | None) -> SyncItem:
        response = await self.services.network.post(self.items_url, self.body(data, ttl))
        return self.written(response.body, data, added=True)

    async def write_item(self, key: Any, data: dict[str, Any], ttl: int | None, if_match: str | None) -> SyncItem:
        item = await self.get(key)
        response = await self.services.network.post(item.url or "", self.body(data, ttl), if_match)
        return self.written({"index": key, "url": item.url, **response.body}, data, added=False)


def _own(item: SyncItem | None) -> ListItem:
    assert isinstance(item, ListItem)
    return item


class SyncList(SyncHandle):
    """A hold on a list.

    Events: ``item_added(ItemAdded)``, ``item_updated(ItemUpdated)``, ``item_removed(ItemRemoved)``, and those of
    every handle.
    """

    def __init__(self, core: ListCore) -> None:
        super().__init__(core)
        self._core = core

    async def get(self, index: int) -> ListItem:
        """One item. Raises :class:`pyconvo.errors.SyncError` 404/54151 when there is none."""
        self._ensure_open()
        return _own(await self._core.get(index))

    def knows(self, index: int) -> bool:
        """Whether this item, or its removal, has been heard of; asks nobody."""
        return self._core.cache.seen(index)

    async def get_items(
        self, *, start: int | None = None, page_size: int = 50, order: Order = "asc"
    ) -> ItemPage[ListItem]:
        """A page of items from ``start`` (inclusive). The service gives at most 100 at once."""
        self._ensure_open()
        core = self._core
        return await page(core.cache, core.fetch, start=start, page_size=page_size, order=order, item_type=ListItem)

    async def push(self, data: dict[str, Any], *, ttl: int | None = None) -> ListItem:
        """Append an item. ``ttl``: seconds to live, 0 for ever."""
        self._ensure_open()
        return _own(await self._core.push(copy.deepcopy(data), ttl))

    async def set(self, index: int, data: dict[str, Any], *, ttl: int | None = None) -> ListItem:
        """Replace an item's data, whatever it is by now."""
        self._ensure_open()
        return _own(await self._core.set_item(index, data, ttl))

    async def mutate(self, index: int, mutator: Mutator, *, ttl: int | None = None) -> ListItem:
        """Replace an item's data by what ``mutator`` makes of a copy; called again if somebody else wrote meanwhile."""
        self._ensure_open()
        return _own(await self._core.mutate_item(index, mutator, ttl))

    async def update(self, index: int, changes: dict[str, Any], *, ttl: int | None = None) -> ListItem:
        """Replace single members of an item's data."""
        return await self.mutate(index, lambda data: {**data, **copy.deepcopy(changes)}, ttl=ttl)

    async def remove(self, index: int) -> None:
        """Remove an item."""
        self._ensure_open()
        await self._core.remove_item(index)
