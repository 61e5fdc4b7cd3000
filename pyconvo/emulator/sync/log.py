"""The event log of Sync objects: bounded, and how a client still catches up when it asks from before its beginning.

What the log has forgotten is told from the objects as they are: each item that changed since, with the number of its
latest change, and every removal, which the log forgets last. A client ends up with the same data, having heard of
fewer steps. Not responsible for writing events (``store``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from pyconvo.emulator.sync.objects import Item, SyncEvent, SyncObject

#: So many of an object's latest events are kept, and so many of its removals of items.
KEPT = 1_000
KEPT_REMOVALS = 10_000
#: The log is trimmed at every so many events.
EVERY = 100
_REMOVALS = ("list_item_removed", "map_item_removed")


def trim(db: sqlite3.Connection, sid: str, last_event_id: int) -> None:
    """Forget what an object's log has too many of."""
    db.execute(
        "DELETE FROM sync_events WHERE object_sid = ? AND id <= ? AND (id <= ? OR type NOT IN (?, ?))",
        (sid, last_event_id - KEPT, last_event_id - KEPT_REMOVALS, *_REMOVALS),
    )


def trim_all(db: sqlite3.Connection) -> None:
    for sid, last in db.execute("SELECT sid, last_event_id FROM sync_objects").fetchall():
        trim(db, sid, last)


def since(
    db: sqlite3.Connection, target: SyncObject, event_id: int, write: Callable[[SyncObject, Item], str]
) -> list[SyncEvent]:
    """What a client must hear that knows all up to ``event_id``, oldest first. ``write``: an item's event as JSON."""
    rows = db.execute(
        "SELECT kind, object_sid, id, type, body FROM sync_events WHERE object_sid = ? AND id > ? ORDER BY id",
        (target.sid, event_id),
    ).fetchall()
    logged = [SyncEvent(kind, sid, number, name, text) for kind, sid, number, name, text in rows]
    if len(logged) >= target.last_event_id - max(event_id, 0):
        return logged
    if target.kind == "document":
        # A document's event holds all of its data: the latest is enough.
        return logged[-1:] if logged else []
    events = {event.id: event for event in logged if event.type in _REMOVALS}
    changed = db.execute(
        "SELECT key, revision, last_event_id, data, date_created, date_updated FROM sync_items"
        " WHERE object_sid = ? AND last_event_id > ?",
        (target.sid, event_id),
    )
    for key, revision, number, data, created, updated in changed:
        item = Item(key, revision, number, json.loads(data), created, updated)
        # Each revision took an event: an item with fewer events than that since must have been there before.
        verb = "updated" if number - revision <= event_id else "added"
        name = f"{target.kind}_item_{verb}"
        events[number] = SyncEvent(target.kind, target.sid, number, name, write(target, item))
    return [events[number] for number in sorted(events)]
