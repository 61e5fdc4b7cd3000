"""The Sync store: every object, item and event, in one SQLite database with one writer.

A change outside ``transaction`` is a transaction of its own. When the outermost one has been committed, its
events go to ``on_commit`` in order; after an exception nothing is stored and nothing is told.
Not responsible for: who may read (``authorize`` is asked by the doors), who hears of events (the hub).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync import log
from pyconvo.emulator.sync.objects import (
    SID_PREFIX,
    SYSTEM,
    Document,
    Item,
    Kind,
    Order,
    Page,
    SyncConflict,
    SyncEvent,
    SyncNotFound,
    SyncObject,
)
from pyconvo.emulator.sync.transaction import Transaction
from pyconvo.json_writer import writer

__all__ = ["Document", "Item", "Kind", "Page", "SyncConflict", "SyncEvent", "SyncNotFound", "SyncObject", "SyncStore"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS sync_objects (
    sid TEXT PRIMARY KEY, kind TEXT NOT NULL, unique_name TEXT NOT NULL, revision INTEGER NOT NULL,
    last_event_id INTEGER NOT NULL, data TEXT NOT NULL, next_index INTEGER NOT NULL,
    date_created TEXT NOT NULL, date_updated TEXT NOT NULL, created_by TEXT NOT NULL, UNIQUE (kind, unique_name));
CREATE TABLE IF NOT EXISTS sync_items (
    object_sid TEXT NOT NULL, key NOT NULL, revision INTEGER NOT NULL, last_event_id INTEGER NOT NULL,
    data TEXT NOT NULL, date_created TEXT NOT NULL, date_updated TEXT NOT NULL,
    PRIMARY KEY (object_sid, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sync_events (
    object_sid TEXT NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (object_sid, id)) WITHOUT ROWID;
"""

_NOT_FOUND: dict[Kind, int] = {"document": 54100, "list": 54150, "map": 54200}
_ITEM_NOT_FOUND: dict[Kind, int] = {"list": 54151, "map": 54201, "document": 54100}
_OBJECT_COLUMNS = "kind, sid, unique_name, revision, last_event_id, data, date_created, date_updated, created_by"
#: As the socket writes: what is stored here goes out as it is.
_dump = writer(ensure_ascii=False)
_FIND = {
    column: f"SELECT {_OBJECT_COLUMNS} FROM sync_objects WHERE kind = ? AND {column} = ?"
    for column in ("sid", "unique_name")
}
_ADVANCE = {
    column: "UPDATE sync_objects SET revision = revision + 1, last_event_id = last_event_id + 1, date_updated = ?,"
    f" data = coalesce(?, data), next_index = next_index + ? WHERE kind = ? AND {column} = ?"
    f" RETURNING {_OBJECT_COLUMNS}, next_index"
    for column in ("sid", "unique_name")
}
_LIKE_A_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_ITEM_COLUMNS = "key, revision, last_event_id, data, date_created, date_updated"


class SyncStore:
    def __init__(self, db: sqlite3.Connection, clock: Clock, ids: Ids, url: str = "https://cds.us1.twilio.com") -> None:
        """``db`` must be in autocommit mode (``isolation_level=None``). ``url``: the service's base address."""
        self.db = db
        self.clock = clock
        self.ids = ids
        self.url = url
        self.authorize: Callable[[str, SyncObject], bool] = lambda identity, target: True
        self.on_commit: Callable[[list[SyncEvent]], Any] = lambda events: None
        self._transaction = Transaction(db, ids, lambda events: self.on_commit(events))
        with self.transaction():
            for statement in SCHEMA.split(";"):
                db.execute(statement)

    # -- units of work

    def transaction(self) -> Transaction:
        """All or nothing. Inner transactions join the outer one."""
        return self._transaction

    def after_commit(self, action: Callable[[], Any]) -> None:
        """Run ``action`` once the transaction under way is committed and told; never when it is undone."""
        self._transaction.after(action)

    # -- objects

    def create_document(self, unique_name: str, data: dict[str, Any], *, created_by: str = SYSTEM) -> Document:
        return self._create("document", unique_name, data, created_by)

    def create_list(self, unique_name: str, *, created_by: str = SYSTEM) -> SyncObject:
        return self._create("list", unique_name, {}, created_by)

    def create_map(self, unique_name: str, *, created_by: str = SYSTEM) -> SyncObject:
        return self._create("map", unique_name, {}, created_by)

    def find(self, kind: Kind, id_or_name: str) -> SyncObject | None:
        row = self.db.execute(_FIND[_column(id_or_name)], (kind, id_or_name)).fetchone()
        return None if row is None else _object(row)

    def find_sid(self, sid: str) -> SyncObject | None:
        for kind, prefix in SID_PREFIX.items():
            if sid.startswith(prefix):
                return self.find(kind, sid)
        return None

    def get(self, kind: Kind, id_or_name: str) -> SyncObject:
        """Raises :class:`SyncNotFound` when there is none."""
        found = self.find(kind, id_or_name)
        if found is None:
            raise _missing(kind)
        return found

    def update_document(self, id_or_name: str, data: dict[str, Any], *, revision: int | None = None) -> Document:
        """Replace the content. With ``revision``, only if it is the current one (else :class:`SyncConflict`)."""
        if revision is not None and revision != self.get("document", id_or_name).revision:
            raise SyncConflict
        text = _dump(data)
        with self.transaction():
            changed, _ = self._advance("document", id_or_name, text)
            body = {"document_revision": _hex(changed.revision), "date_created": changed.date_updated}
            self._publish(changed, "document_updated", body, document_data=text)
        return changed

    def remove(self, kind: Kind, id_or_name: str) -> None:
        """Remove an object with its items; subscribers hear of it."""
        with self.transaction():
            changed, _ = self._advance(kind, id_or_name)
            for table, column in (("sync_items", "object_sid"), ("sync_events", "object_sid"), ("sync_objects", "sid")):
                self.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (changed.sid,))
            body = {f"{kind}_revision": _hex(changed.revision), "date_created": changed.date_updated}
            self._transaction.publish(_event(changed, f"{kind}_removed", body))

    # -- items

    def append_item(self, list_name: str, data: dict[str, Any]) -> int:
        """Add to the end of a list; the new item's index."""
        with self.transaction():
            changed, following = self._advance("list", list_name, appended=1)
            self._put(changed, following - 1, data, None)
        return following - 1

    def next_index(self, list_name: str) -> int:
        """The index that the next appended item will get."""
        target = self.get("list", list_name)
        row = self.db.execute("SELECT next_index FROM sync_objects WHERE sid = ?", (target.sid,)).fetchone()
        return int(row[0])

    def update_item(self, list_name: str, index: int, data: dict[str, Any], *, revision: int | None = None) -> Item:
        target = self.get("list", list_name)
        if self._find_item(target, index) is None:
            raise SyncNotFound("List item not found", _ITEM_NOT_FOUND["list"])
        return self._write_item(target, index, data, revision=revision)

    def remove_item(self, list_name: str, index: int) -> int:
        """Remove; the event's id."""
        return self._remove_item(self.get("list", list_name), index)

    def get_item(self, list_name: str, index: int) -> Item | None:
        return self._find_item(self.get("list", list_name), index)

    def set_map_item(self, map_name: str, key: str, data: dict[str, Any], *, revision: int | None = None) -> Item:
        """Add or replace. ``revision`` -1: only if absent."""
        return self._write_item(self.get("map", map_name), key, data, revision=revision)

    def remove_map_item(self, map_name: str, key: str) -> int:
        """Remove; the event's id."""
        return self._remove_item(self.get("map", map_name), key)

    def get_map_item(self, map_name: str, key: str) -> Item | None:
        return self._find_item(self.get("map", map_name), key)

    def items(
        self,
        target: SyncObject,
        *,
        start: int | str | None = None,
        page_size: int = 50,
        order: Order = "asc",
        key: int | str | None = None,
        inclusive: bool = True,
    ) -> Page:
        """A page of items from ``start`` (itself too if ``inclusive``) in ``order``; or the item ``key``, if any."""
        if key is not None:
            found = self._find_item(target, key)
            return Page(() if found is None else (found,), has_previous=False, has_next=False)
        ahead, behind = (">=", "<") if order == "asc" else ("<=", ">")
        if not inclusive:
            ahead, behind = ahead[0], f"{behind}="
        where, values = "object_sid = ?", [target.sid]
        has_previous = False
        if start is not None:
            has_previous = self._exists(f"{where} AND key {behind} ?", [target.sid, start])
            where, values = f"{where} AND key {ahead} ?", [target.sid, start]  # type: ignore[list-item]
        rows = self.db.execute(
            f"SELECT {_ITEM_COLUMNS} FROM sync_items WHERE {where} ORDER BY key {order} LIMIT ?",
            (*values, page_size + 1),
        ).fetchall()
        found_items = tuple(_item(row) for row in rows[:page_size])
        return Page(found_items, has_previous, len(rows) > page_size)

    # -- events

    def events_since(self, target: SyncObject, event_id: int) -> list[SyncEvent]:
        """What a client has to hear that knows an object up to an event, oldest first."""
        if event_id >= target.last_event_id:
            return []
        # Clients say what they please; SQLite's integers end.
        return log.since(self.db, target, max(-1, event_id), self._item_event)

    def item_url(self, target: SyncObject, key: int | str) -> str:
        return f"{self.object_url(target)}/Items/{quote(str(key), safe='')}"

    def object_url(self, target: SyncObject) -> str:
        return f"{self.url}/{target.kind.capitalize()}s/{target.sid}"

    # -- inside

    def _create(self, kind: Kind, unique_name: str, data: dict[str, Any], created_by: str) -> SyncObject:
        now = self.clock.iso()
        text = _dump(data)
        created = SyncObject(kind, self.ids.sid(SID_PREFIX[kind]), unique_name, 0, 0, text, now, now, created_by)
        with self.transaction():
            self.db.execute(
                "INSERT INTO sync_objects VALUES (?, ?, ?, 0, 0, ?, 0, ?, ?, ?)",
                (created.sid, kind, unique_name, text, now, now, created_by),
            )
        return created

    def _advance(
        self, kind: Kind, id_or_name: str, text: str | None = None, appended: int = 0
    ) -> tuple[SyncObject, int]:
        """The object after one more change, of its content (``text``) or of an item, and the next item's index."""
        given = (self.clock.iso(), text, appended, kind, id_or_name)
        row = self.db.execute(_ADVANCE[_column(id_or_name)], given).fetchone()
        if row is None:
            raise _missing(kind)
        *values, following = row
        return _object(values), int(following)

    def _write_item(
        self, target: SyncObject, key: int | str, data: dict[str, Any], *, revision: int | None = None
    ) -> Item:
        with self.transaction():
            before = self._find_item(target, key)
            if revision is not None and revision != (-1 if before is None else before.revision):
                raise SyncConflict
            changed, _ = self._advance(target.kind, target.sid)
            return self._put(changed, key, data, before)

    def _put(self, changed: SyncObject, key: int | str, data: dict[str, Any], before: Item | None) -> Item:
        """Stores and publishes an item of an object that counts the change already, in the caller's transaction.
        ``before``: what it replaces.
        """
        now, event_id = changed.date_updated, changed.last_event_id
        if before is None:
            verb, item = "added", Item(key, 0, event_id, data, now, now)
        else:
            verb, item = "updated", Item(key, before.revision + 1, event_id, data, before.date_created, now)
        text = _dump(data)
        self.db.execute(
            "INSERT OR REPLACE INTO sync_items VALUES (?, ?, ?, ?, ?, ?, ?)",
            (changed.sid, key, item.revision, event_id, text, item.date_created, now),
        )
        body = self._item_body(changed, item, more=True)
        self._publish(changed, f"{changed.kind}_item_{verb}", body, item_data=text)
        return item

    def _remove_item(self, target: SyncObject, key: int | str) -> int:
        before = self._find_item(target, key)
        if before is None:
            raise SyncNotFound(f"{target.kind.capitalize()} item not found", _ITEM_NOT_FOUND[target.kind])
        with self.transaction():
            changed, _ = self._advance(target.kind, target.sid)
            self.db.execute("DELETE FROM sync_items WHERE object_sid = ? AND key = ?", (target.sid, key))
            body = {**self._item_body(changed, before), "date_created": changed.date_updated}
            self._publish(changed, f"{target.kind}_item_removed", body, item_data=_dump(before.data))
        return changed.last_event_id

    def _item_event(self, target: SyncObject, item: Item) -> str:
        """An event that tells of an item as it is, as JSON."""
        body = self._item_body(target, item, more=True)
        return _written(target, item.last_event_id, body, item_data=_dump(item.data))

    def _item_body(self, target: SyncObject, item: Item, *, more: bool = False) -> dict[str, Any]:
        """What an event tells of an item besides its ``item_data``."""
        name = "item_index" if target.kind == "list" else "item_key"
        revision = _hex(target.revision)
        body: dict[str, Any] = {f"{target.kind}_revision": revision, name: item.key}
        if more:
            body |= {
                "item_url": self.item_url(target, item.key),
                "item_revision": _hex(item.revision),
                "date_created": item.date_updated,
                "date_expires": None,
            }
        return body

    def _find_item(self, target: SyncObject, key: int | str) -> Item | None:
        row = self.db.execute(
            f"SELECT {_ITEM_COLUMNS} FROM sync_items WHERE object_sid = ? AND key = ?", (target.sid, key)
        ).fetchone()
        return None if row is None else _item(row)

    def _exists(self, where: str, values: list[Any]) -> bool:
        return self.db.execute(f"SELECT 1 FROM sync_items WHERE {where} LIMIT 1", values).fetchone() is not None

    def _publish(self, changed: SyncObject, kind: str, body: dict[str, Any], **written: str) -> None:
        """``written``: what of the body is JSON already."""
        event = _event(changed, kind, body, **written)
        self.db.execute(
            "INSERT INTO sync_events VALUES (?, ?, ?, ?, ?)", (event.sid, event.id, event.kind, event.type, event.text)
        )
        if event.id % log.EVERY == 0:
            log.trim(self.db, event.sid, event.id)
        self._transaction.publish(event)


def _event(changed: SyncObject, kind: str, body: dict[str, Any], **written: str) -> SyncEvent:
    number = changed.last_event_id
    return SyncEvent(changed.kind, changed.sid, number, kind, _written(changed, number, body, **written))


def _written(target: SyncObject, event_id: int, body: dict[str, Any], **written: str) -> str:
    text = _dump({"id": event_id, f"{target.kind}_sid": target.sid, **body})
    for name, json_text in written.items():
        text = f'{text[:-1]},"{name}":{json_text}}}'
    return text


def _column(id_or_name: str) -> str:
    # One index or the other: asking for both at once costs twice as much. No unique name looks like a sid.
    return "sid" if _LIKE_A_SID.fullmatch(id_or_name) else "unique_name"


def _missing(kind: Kind) -> SyncNotFound:
    return SyncNotFound(f"{kind.capitalize()} not found", _NOT_FOUND[kind])


def _object(row: Iterable[Any]) -> SyncObject:
    return SyncObject(*row)


def _item(row: tuple[Any, ...]) -> Item:
    key, revision, last_event_id, data, date_created, date_updated = row
    return Item(key, revision, last_event_id, json.loads(data), date_created, date_updated)


def _hex(revision: int) -> str:
    return format(revision, "x")
