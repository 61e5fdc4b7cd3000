"""Whether somebody may see a conversation is found out once, until anything changes."""

from __future__ import annotations

import sqlite3

from domain_world import World
from domain_world import world as world

from pyconvo.emulator.conversations import remembered
from pyconvo.emulator.conversations.remembered import Remembered


def statements(world: World, *authorized: tuple[str, str]) -> int:
    """How many a client's look at the objects of a conversation costs."""
    seen: list[str] = []
    world.db.set_trace_callback(seen.append)
    for identity, name in authorized:
        kind = "document" if name.endswith("channel") else "list" if name.endswith("messages") else "map"
        target = world.store.get(kind, name)
        assert world.model.authorize(identity, target)
    world.db.set_trace_callback(None)
    return len(seen)


def may(world: World, identity: str, sid: str) -> bool:
    return world.model.authorize(identity, world.store.get("list", f"{sid}.messages"))


def test_three_objects_of_a_conversation_are_one_question(world: World) -> None:
    sid = world.room("alice", "bob")
    names = [f"{sid}.{suffix}" for suffix in ("channel", "messages", "roster")]
    first = statements(world, ("alice", names[0]))
    assert first > 1
    # Each object is looked up; that is all.
    assert statements(world, *(("alice", name) for name in names)) == 3
    assert statements(world, ("bob", names[0])) > 1


def test_whoever_comes_or_goes_is_noticed_at_once(world: World) -> None:
    sid = world.room("alice")
    world.users("carol")
    assert [may(world, who, sid) for who in ("alice", "carol")] == [True, False]
    world.model.participants.add(None, sid, "carol")
    assert may(world, "carol", sid)
    world.model.participants.remove(None, sid, "carol")
    assert not may(world, "carol", sid)


def test_what_a_role_may_is_noticed_at_once(world: World) -> None:
    sid = world.room("alice")
    world.users("carol")
    assert not may(world, "carol", sid)
    world.model.permissions.set("service user", ["editAnyMessage"])
    assert may(world, "carol", sid)
    world.model.permissions.set("service user", [])
    assert not may(world, "carol", sid)


def test_what_is_undone_was_never_known(world: World) -> None:
    sid = world.room("alice")
    world.users("carol")
    try:
        with world.store.transaction():
            world.model.participants.add(None, sid, "carol")
            assert may(world, "carol", sid)
            raise RuntimeError
    except RuntimeError:
        pass
    assert not may(world, "carol", sid)


def test_it_does_not_grow_for_ever() -> None:
    known: Remembered[int] = Remembered(sqlite3.connect(":memory:", isolation_level=None))
    asked: list[int] = []

    def find(number: int) -> int:
        asked.append(number)
        return number

    for _ in range(2):
        for number in range(remembered.LARGEST + 1):
            assert known.get(number, lambda number=number: find(number)) == number  # type: ignore[misc]
    assert asked.count(0) == 2
    assert len(known) <= remembered.LARGEST
