"""The log of a Sync object's events is bounded, and a client that was away for longer still ends up right."""

from __future__ import annotations

from typing import Any

import pytest
from core_wire import Wire

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.database import open_database
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync import log
from pyconvo.emulator.sync.store import SyncStore
from pyconvo.testing import Emulator


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> SyncStore:
    monkeypatch.setattr(log, "KEPT", 10)
    monkeypatch.setattr(log, "KEPT_REMOVALS", 100)
    monkeypatch.setattr(log, "EVERY", 5)
    return SyncStore(open_database(None), Clock(), Ids(1))


def replay(known: dict[Any, Any], events: list[Any]) -> dict[Any, Any]:
    """A client's data after hearing the events."""
    data = dict(known)
    for event in events:
        key = event.body.get("item_key", event.body.get("item_index"))
        if event.type.endswith("_removed"):
            data.pop(key, None)
        else:
            data[key] = event.body["item_data"]
    return data


def test_whoever_was_away_however_long_ends_up_right(store: SyncStore) -> None:
    sid = store.create_map("m").sid
    snapshots: list[dict[Any, Any]] = [{}]
    for number in range(60):
        key = f"k{number % 7}"
        if number % 5 == 4 and store.get_map_item("m", key) is not None:
            store.remove_map_item("m", key)
        else:
            store.set_map_item("m", key, {"n": number})
        snapshots.append({item.key: item.data for item in store.items(store.get("map", "m"), page_size=100).items})
    logged = store.db.execute("SELECT count(*) FROM sync_events").fetchone()[0]
    assert logged < 40
    target = store.get("map", sid)
    for known, snapshot in enumerate(snapshots):
        events = store.events_since(target, known)
        assert replay(snapshot, events) == snapshots[-1], known
        ids = [event.id for event in events]
        assert ids == sorted(set(ids))
        assert all(number > known for number in ids)


def test_items_that_were_there_before_are_not_told_as_new(store: SyncStore) -> None:
    sid = store.create_list("l").sid
    for number in range(4):
        store.append_item("l", {"n": number})
    for number in range(40):
        store.update_item("l", 1, {"n": number})
    store.append_item("l", {"n": 4})
    events = [(event.type, event.body["item_index"]) for event in store.events_since(store.get("list", sid), 4)]
    assert events == [("list_item_updated", 1), ("list_item_added", 4)]


def test_of_a_document_the_latest_is_enough(store: SyncStore) -> None:
    sid = store.create_document("d", {"n": -1}).sid
    for number in range(40):
        store.update_document("d", {"n": number})
    document = store.get("document", sid)
    (event,) = store.events_since(document, 3)
    assert (event.id, event.body["document_data"]) == (40, {"n": 39})
    assert store.events_since(document, 40) == []


async def test_a_connection_catches_up_from_before_the_log(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        sid = (await wire.request("POST", "/v3/Maps", {"unique_name": "m"})).payload["sid"]
        for number in range(log.KEPT + 2 * log.EVERY):
            await wire.request("PUT", f"/v3/Maps/m/Items/k{number % 3}", {"data": {"n": number}})
        await wire.subscribe((sid, 2))
        established = await wire.event("subscription_established")
        told = [packet.payload["event"] for packet in await wire.silence()]
        assert sorted(one["item_key"] for one in told) == ["k0", "k1", "k2"]
        assert established.payload["events"][0]["last_event_id"] == told[-1]["id"] == log.KEPT + 2 * log.EVERY
