"""A map: items by key."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from pyconvo.errors import SyncError
from pyconvo.json_values import encode_component
from pyconvo.sync.collection import CollectionCore
from pyconvo.sync.document import Mutator
from pyconvo.sync.entity import SyncHandle
from pyconvo.sync.items import MapItem, SyncItem
from pyconvo.sync.paging import ItemPage, Order, page


class MapCore(CollectionCore):
    kind: ClassVar[str] = "map"
    key_parameter: ClassVar[str] = "Key"
    key_member: ClassVar[str] = "key"
    event_member: ClassVar[str] = "item_key"
    item_type: ClassVar[type[SyncItem]] = MapItem
    missing: ClassVar[tuple[str, int]] = ("The specified Map Item does not exist", 54201)

    def key_of(self, value: Any) -> str:
        return str(value)

    async def find(self, key: Any) -> SyncItem | None:
        item = self.cache.get(key)
        return item if item or self.cache.seen(key) else await self.look_up(key)

    async def write_item(self, key: Any, data: dict[str, Any], ttl: int | None, if_match: str | None) -> SyncItem:
        try:
            response = await self.services.network.put(
                f"{self.items_url}/{encode_component(str(key))}", self.body(data, ttl), if_match
            )
        except SyncError as error:
            raise self.gone(error) from error
        return self.written({"key": key, **response.body}, data, added=response.status == 201)


def _own(item: SyncItem | None) -> MapItem:
    assert isinstance(item, MapItem)
    return item


class SyncMap(SyncHandle):
    """A hold on a map.

    Events: ``item_added(ItemAdded)``, ``item_updated(ItemUpdated)``, ``item_removed(ItemRemoved)``, and those of
    every handle.
    """

    def __init__(self, core: MapCore) -> None:
        super().__init__(core)
        self._core = core

    def known(self) -> list[MapItem]:
        """The items that are here, without asking anybody: at first those that came along when the map was opened."""
        return [_own(item) for item in self._core.cache]

    async def get(self, key: str) -> MapItem:
        """One item. Raises :class:`pyconvo.errors.SyncError` 404/54201 when there is none."""
        self._ensure_open()
        return _own(await self._core.get(key))

    async def get_items(
        self, *, start: str | None = None, page_size: int = 50, order: Order = "asc"
    ) -> ItemPage[MapItem]:
        """A page of items from ``start`` (inclusive). The service gives at most 100 at once."""
        self._ensure_open()
        core = self._core
        return await page(core.cache, core.fetch, start=start, page_size=page_size, order=order, item_type=MapItem)

    async def set(self, key: str, data: dict[str, Any], *, ttl: int | None = None) -> MapItem:
        """Make or replace an item, whatever it is by now. ``ttl``: seconds to live, 0 for ever."""
        self._ensure_open()
        return _own(await self._core.set_item(key, data, ttl))

    async def mutate(self, key: str, mutator: Mutator, *, ttl: int | None = None) -> MapItem | None:
        """Make or replace an item by what ``mutator`` makes of a copy of its data (``{}`` for none).

        Called again if somebody else wrote meanwhile; a mutator that returns nothing cancels, and then the result
        is the item as it is, or ``None``.
        """
        self._ensure_open()
        item = await self._core.mutate_item(key, mutator, ttl)
        return None if item is None else _own(item)

    async def update(self, key: str, changes: dict[str, Any], *, ttl: int | None = None) -> MapItem:
        """Replace single members of an item's data."""
        return _own(await self.mutate(key, lambda data: {**data, **copy.deepcopy(changes)}, ttl=ttl))

    async def remove(self, key: str) -> None:
        """Remove an item."""
        self._ensure_open()
        await self._core.remove_item(key)
