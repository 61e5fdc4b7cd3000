"""Pages of items: from the cache as far as it is sure, from the service for the rest, in both directions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pyconvo.errors import ConversationsError
from pyconvo.sync.items import ItemsCache, SyncItem

Order = Literal["asc", "desc"]
ItemT = TypeVar("ItemT", bound=SyncItem)

#: The service is never asked for fewer items than this.
_LEAST_FETCH = 10


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of the service, in the order asked for; ``before`` / ``after``: there is more on that side."""

    items: list[SyncItem]
    before: bool
    after: bool


#: ``fetch(start, page_size, order)``, start inclusive.
Fetch = Callable[[Any, int, Order], Awaitable[Fetched]]


@dataclass(frozen=True, slots=True)
class ItemPage(Generic[ItemT]):
    """Some consecutive items, in the order asked for."""

    items: list[ItemT]
    has_next_page: bool
    has_prev_page: bool
    _next: Callable[[], Awaitable[ItemPage[ItemT]]] = field(repr=False)
    _prev: Callable[[], Awaitable[ItemPage[ItemT]]] = field(repr=False)

    async def next_page(self) -> ItemPage[ItemT]:
        """The items that follow in this order."""
        if not self.has_next_page:
            raise ConversationsError("No next page")
        return await self._next()

    async def prev_page(self) -> ItemPage[ItemT]:
        """The items before these, in this same order."""
        if not self.has_prev_page:
            raise ConversationsError("No previous page")
        return await self._prev()


async def page(
    cache: ItemsCache, fetch: Fetch, *, start: Any, page_size: int, order: Order, item_type: type[ItemT]
) -> ItemPage[ItemT]:
    """The first page from ``start`` (inclusive; default: the beginning in this order)."""
    return await _Pager(cache, fetch, page_size, order, item_type).first(start)


class _Pager(Generic[ItemT]):
    def __init__(self, cache: ItemsCache, fetch: Fetch, size: int, order: Order, item_type: type[ItemT]) -> None:
        self._cache = cache
        self._fetch = fetch
        self._size = size
        self._forwards = order == "asc"
        self._item_type = item_type

    async def first(self, start: Any) -> ItemPage[ItemT]:
        return self._page(await self._collect(start, after=False, forwards=self._forwards))

    async def _following(self, key: Any) -> ItemPage[ItemT]:
        return self._page(await self._collect(key, after=True, forwards=self._forwards))

    async def _preceding(self, key: Any) -> ItemPage[ItemT]:
        items = await self._collect(key, after=True, forwards=not self._forwards)
        return self._page(items[::-1])

    def _page(self, items: list[SyncItem]) -> ItemPage[ItemT]:
        own = [item for item in items if isinstance(item, self._item_type)]
        first, last = (own[0].key, own[-1].key) if own else (None, None)
        return ItemPage(
            own,
            has_next_page=last is not None and not self._cache.at_edge(last, forwards=self._forwards),
            has_prev_page=first is not None and not self._cache.at_edge(first, forwards=not self._forwards),
            _next=lambda: self._following(last),
            _prev=lambda: self._preceding(first),
        )

    async def _collect(self, anchor: Any, *, after: bool, forwards: bool) -> list[SyncItem]:
        """Up to a page of items, walking from ``anchor`` (without it: ``after``) in one direction."""
        items: list[SyncItem] = []
        if self._cache.is_empty:
            return items
        for item in self._cache.walk(anchor, forwards=forwards):
            if after and item.key == anchor:
                continue
            items.append(item)
            if len(items) == self._size:
                return items
        start = items[-1].key if items else anchor
        if start is not None and self._cache.at_edge(start, forwards=forwards):
            return items
        # The start comes back as the first item, and does not count where it is known already.
        repeated = start if items or after else None
        needed = self._size - len(items) + (repeated is not None)
        fetched = await self._fetch(start, max(needed, _LEAST_FETCH), "asc" if forwards else "desc")
        no_more, none_before = not fetched.after, not fetched.before
        self._cache.store_stretch(
            fetched.items,
            is_begin=none_before if forwards else no_more,
            is_end=no_more if forwards else none_before,
        )
        news = [item for item in fetched.items if repeated is None or item.key != repeated]
        return items + news[: self._size - len(items)]
