"""Items of lists and maps, and the part of a collection that this client knows.

Knows no network and emits no events. Which events count as news is decided here, by event id.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


def parse_date(text: Any) -> datetime | None:
    """An ISO 8601 date of the service as an aware UTC time; ``None`` when it is none."""
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is UTC:
        return parsed
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


class SyncItem:
    """One item as the service last described it. Updated in place."""

    __slots__ = ("data", "date_updated", "key", "last_event_id", "revision", "url")

    def __init__(
        self,
        key: str | int,
        *,
        url: str | None,
        last_event_id: int,
        revision: str | None,
        data: dict[str, Any],
        date_updated: datetime | None,
    ) -> None:
        self.key = key
        self.url = url
        self.last_event_id = last_event_id
        self.revision = revision
        self.data = data
        self.date_updated = date_updated

    @classmethod
    def from_wire(cls, key: str | int, item: Mapping[str, Any]) -> Self:
        """From the service's description (``url``, ``revision``, ``last_event_id``, ``data``, ``date_updated``)."""
        return cls(
            key,
            url=item.get("url"),
            last_event_id=item.get("last_event_id") or 0,
            revision=item.get("revision"),
            data=item.get("data") or {},
            date_updated=parse_date(item.get("date_updated")),
        )

    def take(self, newer: SyncItem) -> None:
        """Become what ``newer`` describes."""
        self.last_event_id = newer.last_event_id
        self.revision = newer.revision
        self.data = newer.data
        self.date_updated = newer.date_updated
        self.url = newer.url or self.url

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key!r} event {self.last_event_id}>"


class ListItem(SyncItem):
    """An item of a list, by its ``index``."""

    __slots__ = ()

    @property
    def index(self) -> int:
        return int(self.key)


class MapItem(SyncItem):
    """An item of a map, by its ``key``."""

    __slots__ = ()


@dataclass(slots=True)
class _Entry:
    """An item, or the trace of a removed one (``item`` is ``None``).

    ``left_open`` / ``right_open``: items that this client does not know may lie on that side.
    """

    item: SyncItem | None
    event_id: int
    left_open: bool = False
    right_open: bool = False


def order_of(key: str | int) -> Any:
    """How the service sorts: lists by number, maps by UTF-16 code units."""
    return key if isinstance(key, int) else key.encode("utf-16-be", "surrogatepass")


class ItemsCache:
    """Known items in order, in stretches without holes, with known ends where they have been seen."""

    def __init__(self, limit: int | None = None) -> None:
        """``limit``: how many are kept, and some more. What was stored longest ago goes, and is unknown then."""
        self._limit = limit
        self._entries: dict[str | int, _Entry] = {}
        self._sorted: list[tuple[Any, str | int]] = []
        #: First and last key of the whole collection, once known. May name an item that was removed or is not kept.
        self.begin: str | int | None = None
        self.end: str | int | None = None
        #: Known to have no items at all.
        self.is_empty = False

    def __len__(self) -> int:
        return sum(entry.item is not None for entry in self._entries.values())

    def __iter__(self) -> Iterator[SyncItem]:
        """Known items in order."""
        for _, key in self._sorted:
            if (item := self._entries[key].item) is not None:
                yield item

    def seen(self, key: str | int) -> bool:
        """Whether the item is cached, or known to be removed."""
        return key in self._entries

    def get(self, key: str | int) -> SyncItem | None:
        entry = self._entries.get(key)
        return entry.item if entry else None

    def known(self, key: str | int) -> tuple[SyncItem | None, int]:
        """The item, and the last event of this key that was applied; -1: none."""
        entry = self._entries.get(key)
        return (None, -1) if entry is None else (entry.item, entry.event_id)

    def store(self, item: SyncItem, *, left_open: bool = True, right_open: bool = True) -> SyncItem | None:
        """Remember an item. Ignored when something newer is known; returns what is cached afterwards."""
        key, event_id = item.key, item.last_event_id
        known = self._entries.get(key)
        if known is not None and known.event_id > event_id:
            return known.item
        order = order_of(key)
        if known is None:
            # Nearly every new item is the last one.
            if not self._sorted or self._sorted[-1][0] < order:
                self._sorted.append((order, key))
            else:
                insort(self._sorted, (order, key))
        else:
            left_open, right_open = known.left_open and left_open, known.right_open and right_open
            # To be the last to go.
            del self._entries[key]
        self._entries[key] = _Entry(item, event_id, left_open, right_open)
        if self.is_empty:
            self.is_empty = False
            self.begin = self.end = key
        # An item beyond a known end is the new end, next to the old one.
        if self.begin is not None and order < order_of(self.begin):
            if self.begin in self._entries:
                self._entries[self.begin].left_open = False
            self.begin = key
        if self.end is not None and order > order_of(self.end):
            if self.end in self._entries:
                self._entries[self.end].right_open = False
            self.end = key
        if self._limit is not None and len(self._entries) > self._limit + self._limit // 4:
            self._let_go(len(self._entries) - self._limit)
        return item

    def _let_go(self, count: int) -> None:
        """Forget what was stored first. Beside the holes that this leaves there may be anything again."""
        for key in list(itertools.islice(self._entries, count)):
            del self._entries[key]
        kept: list[tuple[Any, str | int]] = []
        previous: _Entry | None = None
        hole = False
        for pair in self._sorted:
            entry = self._entries.get(pair[1])
            if entry is None:
                hole = True
                if previous is not None:
                    previous.right_open = True
                continue
            entry.left_open = entry.left_open or hole
            hole, previous = False, entry
            kept.append(pair)
        self._sorted = kept

    def store_stretch(self, items: list[SyncItem], *, is_begin: bool, is_end: bool) -> None:
        """Remember items between which there is nothing else; perhaps the first or last of all."""
        ordered = sorted(items, key=lambda item: order_of(item.key))
        for position, item in enumerate(ordered):
            self.store(item, left_open=position == 0, right_open=position == len(ordered) - 1)
        if ordered and is_begin and (self.begin is None or order_of(ordered[0].key) < order_of(self.begin)):
            self.begin = ordered[0].key
        if ordered and is_end and (self.end is None or order_of(ordered[-1].key) > order_of(self.end)):
            self.end = ordered[-1].key

    def store_whole(self, items: list[SyncItem]) -> None:
        """Remember all items of the collection."""
        self.is_empty = not items
        self.store_stretch(items, is_begin=True, is_end=True)

    def remove(self, key: str | int, event_id: int | None) -> bool:
        """Forget an item, leaving a trace. False when this or a later event of the key was applied before.

        Without ``event_id`` the removal is a fact that has no event.
        """
        known = self._entries.get(key)
        if known is None:
            # What lies around an item that was never seen is as unknown as before.
            position = bisect_left(self._sorted, (order_of(key), key))
            left = self._entries[self._sorted[position - 1][1]] if position else None
            right = self._entries[self._sorted[position][1]] if position < len(self._sorted) else None
            insort(self._sorted, (order_of(key), key))
            self._entries[key] = _Entry(
                None, event_id or 0, left is None or left.right_open, right is None or right.left_open
            )
            return True
        if event_id is not None and known.event_id >= event_id:
            return False
        known.item, known.event_id = None, known.event_id if event_id is None else event_id
        return True

    def walk(self, start: str | int | None, *, forwards: bool) -> Iterator[SyncItem]:
        """Items from ``start`` (inclusive; default: the known end on that side) up to where knowledge ends."""
        if start is None:
            start = self.begin if forwards else self.end
        if start is None or start not in self._entries:
            return
        for key in self._keys_from(start, forwards=forwards):
            entry = self._entries[key]
            if entry.item is not None:
                yield entry.item
            if entry.right_open if forwards else entry.left_open:
                return

    def at_edge(self, key: str | int, *, forwards: bool) -> bool:
        """Whether it is known that no item follows ``key`` on that side."""
        edge = self.end if forwards else self.begin
        if edge is None or key not in self._entries:
            return False
        for other in self._keys_from(key, forwards=forwards):
            entry = self._entries[other]
            if other != key and entry.item is not None:
                return False
            if other == edge:
                return True
            if entry.right_open if forwards else entry.left_open:
                return False
        return False

    def _keys_from(self, key: str | int, *, forwards: bool) -> Iterator[str | int]:
        position = bisect_left(self._sorted, (order_of(key), key))
        while 0 <= position < len(self._sorted):
            yield self._sorted[position][1]
            position += 1 if forwards else -1
