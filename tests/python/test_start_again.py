"""A program that is started again with what it has kept: fewer requests, and nothing that is out of date."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from people import Connect, Person, becomes

from pyconvo.testing import Emulator

COUNT = 30


class Shelf(dict[str, str]):
    """A session storage."""

    set = dict.__setitem__

    def remove(self, key: str) -> None:
        self.pop(key, None)


def seed(emulator: Emulator, *names: str) -> dict[str, str]:
    """Conversations of alice and bob with a message each; their sids by name."""
    rooms = [
        {
            "uniqueName": name,
            "createdBy": "bob",
            "participants": ["alice", "bob"],
            "messages": [{"author": "bob", "body": "first"}],
        }
        for name in names
    ]
    made: dict[str, str] = emulator.seed({"conversations": rooms})["conversations"]
    return made


async def completed(person: Person) -> None:
    if person.client.synchronization_status != "completed":
        await person.client.wait_for("synchronization_status_updated", lambda now: now == "completed", timeout=20)


async def started(connect: Connect, shelf: Shelf, **options: Any) -> Person:
    alice = await connect("alice", session_storage=shelf, **options)
    await completed(alice)
    return alice


async def ended(person: Person, shelf: Shelf, count: int) -> None:
    """Shut down; what it knows is kept: ``count`` objects."""
    await person.client.shutdown()
    await becomes(lambda: len(shelf) >= count)
    assert len(shelf) == count


def asked(emulator: Emulator, since: int) -> Counter[str]:
    """What was asked for: descriptions of objects, items, events of so many objects."""
    found: Counter[str] = Counter()
    for entry in emulator.log()[since:]:
        request = entry["header"].get("http_request")
        path = request["path"] if request is not None and entry["dir"] == "c>s" else ""
        if re.search(r"/(Documents|Lists|Maps)/[^/]+$", path):
            found["description"] += 1
        elif path.endswith("/Items"):
            found["items"] += 1
        elif path.endswith("/Subscriptions"):
            found["events"] += len(entry["payload"]["requests"])
    return found


async def test_descriptions_are_not_asked_for_again(connect: Connect, emulator: Emulator) -> None:
    seed(emulator, *(f"room-{number}" for number in range(COUNT)))
    shelf = Shelf()
    first = await started(connect, shelf)
    assert asked(emulator, 0)["description"] == 3 * COUNT + 2
    await ended(first, shelf, 3 * COUNT + 2)
    before = len(emulator.log())
    second = await started(connect, shelf)
    assert len(second.trace.of("conversation_joined")) == COUNT
    found = asked(emulator, before)
    assert found["description"] == 0
    # One for each roster, one for the list of conversations, one for the own user's values.
    assert found["items"] == COUNT + 2
    await becomes(lambda: asked(emulator, before)["events"] >= 3 * COUNT + 2)


async def test_switched_off(connect: Connect, emulator: Emulator) -> None:
    seed(emulator, "room")
    shelf = Shelf()
    alice = await started(connect, shelf, sync={"enableSessionStorage": False})
    await alice.client.shutdown()
    await alice.trace.until("connection_state_changed", 4)
    assert not shelf


async def test_all_that_has_changed_is_found(connect: Connect, emulator: Emulator) -> None:
    sids = seed(emulator, "talk", "renamed", "left", "deleted")
    shelf = Shelf()
    await ended(await started(connect, shelf), shelf, 14)
    bob = await connect("bob")
    rooms = {name: await bob.client.get_conversation_by_sid(sid) for name, sid in sids.items()}
    for body in ("second", "third"):
        await rooms["talk"].send_message(body)
    await rooms["renamed"].update_attributes({"a": 1})
    await rooms["renamed"].update_friendly_name("Renamed")
    await rooms["left"].remove_participant("alice")
    await rooms["deleted"].delete()
    alice = await started(connect, shelf)
    joined = {one.unique_name: one for one in alice.trace.of("conversation_joined")}
    assert sorted(joined) == ["renamed", "talk"]
    await becomes(lambda: joined["renamed"].attributes == {"a": 1})
    await becomes(lambda: joined["renamed"].friendly_name == "Renamed")
    await becomes(lambda: joined["talk"].last_message.index == 2)
    messages = await joined["talk"].get_messages()
    assert [one.body for one in messages.items] == ["first", "second", "third"]
    assert await joined["talk"].get_unread_messages_count() is None
    assert alice.trace.of("message_added") == []
    await rooms["talk"].send_message("fourth")
    assert (await alice.trace.until("message_added")).body == "fourth"


async def test_a_message_right_after_the_start_is_told(connect: Connect, emulator: Emulator) -> None:
    """Read before the message, and before events are asked for: as if it had come a little later."""
    sids = seed(emulator, "talk")
    shelf = Shelf()
    await ended(await started(connect, shelf), shelf, 5)
    bobs = await (await connect("bob")).client.get_conversation_by_sid(sids["talk"])
    emulator.faults.delay_requests(1.0, path="/Subscriptions$")
    alice = await connect("alice", session_storage=shelf)
    room = await alice.trace.until("conversation_joined")
    assert [one.body for one in (await room.get_messages()).items] == ["first"]
    await bobs.send_message("second")
    assert (await alice.trace.until("message_added")).body == "second"
    assert [one.body for one in (await room.get_messages()).items] == ["first", "second"]


@pytest.mark.parametrize("other", ["bob", None])
async def test_other_people_and_other_data(connect: Connect, emulator: Emulator, other: str | None) -> None:
    """What is kept for one is of no use to another, nor to the same one when all data is new."""
    sids = seed(emulator, "talk")
    shelf = Shelf()
    await ended(await started(connect, shelf), shelf, 5)
    kept = dict(shelf)
    if other is None:
        emulator.reset()
        assert seed(emulator, "talk") != sids
    before = len(emulator.log())
    person = await connect(other or "alice", session_storage=shelf)
    await completed(person)
    assert asked(emulator, before)["description"] == 5
    await ended(person, shelf, 10)
    assert kept.items() < shelf.items()
