"""The Sync store by itself: units of work, the event log, and what a restart finds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.database import DatabaseError, open_database
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync.objects import SyncConflict, SyncEvent, SyncNotFound
from pyconvo.emulator.sync.store import SyncStore


def store_on(path: Path | None = None) -> tuple[SyncStore, list[SyncEvent]]:
    store = SyncStore(open_database(None if path is None else str(path)), Clock(), Ids(1))
    told: list[SyncEvent] = []
    store.on_commit = told.extend
    return store, told


def test_events_are_told_once_the_outermost_transaction_is_kept() -> None:
    store, told = store_on()
    store.create_map("m")
    with store.transaction():
        store.set_map_item("m", "a", {})
        with store.transaction():
            store.set_map_item("m", "b", {})
        assert told == []
    assert [event.id for event in told] == [1, 2]


def test_after_an_exception_nothing_is_stored_and_nothing_told() -> None:
    store, told = store_on()
    store.create_list("l")

    def fail() -> None:
        with store.transaction():
            store.append_item("l", {})
            with store.transaction():
                store.append_item("l", {})
                raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert told == []
    assert store.items(store.get("list", "l")).items == ()
    assert store.append_item("l", {}) == 0
    assert [event.id for event in told] == [1]


def test_a_list_never_uses_an_index_twice() -> None:
    store, _ = store_on()
    store.create_list("l")
    assert [store.append_item("l", {}) for _ in range(3)] == [0, 1, 2]
    store.remove_item("l", 2)
    assert store.append_item("l", {}) == 3
    assert store.next_index("l") == 4


def test_events_since_are_complete_and_in_order() -> None:
    store, told = store_on()
    store.create_document("d", {"n": 0})
    for number in range(1, 4):
        document = store.update_document("d", {"n": number})
    assert store.events_since(document, 1) == told[1:]
    assert store.events_since(document, 3) == []
    assert [event.body["document_data"]["n"] for event in store.events_since(document, 0)] == [1, 2, 3]


def test_what_does_not_exist_is_not_found() -> None:
    store, _ = store_on()
    store.create_map("m")
    store.create_list("l")
    for call in (
        lambda: store.get("document", "m"),
        lambda: store.remove("list", "m"),
        lambda: store.update_item("l", 0, {}),
        lambda: store.remove_map_item("m", "k"),
    ):
        with pytest.raises(SyncNotFound):
            call()
    assert store.find("map", "nothing") is None
    assert store.get_map_item("m", "k") is None


def test_a_write_on_an_old_revision_is_a_conflict() -> None:
    store, told = store_on()
    store.create_map("m")
    first = store.set_map_item("m", "k", {}, revision=-1)
    store.set_map_item("m", "k", {}, revision=first.revision)
    for revision in (-1, first.revision):
        with pytest.raises(SyncConflict):
            store.set_map_item("m", "k", {}, revision=revision)
    assert len(told) == 2


def test_a_restart_finds_everything(tmp_path: Path) -> None:
    store, told = store_on(tmp_path / "db")
    sid = store.create_map("m").sid
    store.set_map_item("m", "k", {"ü": [1, None]})
    store.db.close()
    again, _ = store_on(tmp_path / "db")
    target = again.get("map", sid)
    assert target.last_event_id == 1
    assert again.items(again.get("map", "m")).items[0].data == {"ü": [1, None]}
    assert again.events_since(target, 0) == told


def test_a_second_user_of_the_file_is_refused(tmp_path: Path) -> None:
    first = open_database(str(tmp_path / "db"))
    with pytest.raises(DatabaseError, match="in use by another emulator"):
        open_database(str(tmp_path / "db"))
    first.close()
    open_database(str(tmp_path / "db")).close()


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("my notes, long enough to be no header of a database at all\n" * 40)
    with pytest.raises(DatabaseError, match="not a database"):
        open_database(str(text))
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (x)")
    before = other.read_bytes()
    with pytest.raises(DatabaseError, match="another program"):
        open_database(str(other))
    assert other.read_bytes() == before
    newer = tmp_path / "newer.db"
    made = open_database(str(newer))
    made.execute("PRAGMA user_version = 99")
    made.close()
    with pytest.raises(DatabaseError, match="newer version"):
        open_database(str(newer))
    with pytest.raises(DatabaseError, match="folder"):
        open_database(str(tmp_path / "missing" / "db"))
    with pytest.raises(DatabaseError, match="cannot be opened"):
        open_database(str(tmp_path))
