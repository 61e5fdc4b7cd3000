"""What the line does to notifications, seen through the Python API: lost, doubled, overtaken; and closes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from people import Person, Room

from pyconvo.testing import Emulator


def strike(emulator: Emulator, action: str, path: str, **more: Any) -> None:
    emulator.fault(on="notification", action=action, identity="bob", path=path, **more)


async def bodies(person: Person, count: int) -> list[str | None]:
    await person.trace.until("message_added", count)
    await asyncio.sleep(0.2)
    return [message.body for message in person.trace.of("message_added")]


async def test_a_message_is_lost_and_the_next_one_betrays_it(bob: Person, room: Room, emulator: Emulator) -> None:
    strike(emulator, "lose", "list_item_added")
    for text in ("lost", "next"):
        await room.alices.send_message(text)
    assert await bodies(bob, 2) == ["next", "lost"]


async def test_the_last_message_is_lost(bob: Person, room: Room, emulator: Emulator) -> None:
    strike(emulator, "lose", "list_item_added")
    await room.alices.send_message("lost")
    assert await bodies(bob, 1) == ["lost"]


async def test_several_of_many_are_lost(bob: Person, room: Room, emulator: Emulator) -> None:
    strike(emulator, "lose", "list_item_added", times=10, every=3)
    texts = [str(number) for number in range(30)]
    await asyncio.gather(*(room.alices.send_message(text) for text in texts))
    heard = await bodies(bob, 30)
    assert sorted(heard, key=lambda body: int(body or "")) == texts


async def test_a_conversation_and_a_participant_are_lost(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    strike(emulator, "lose", "map_item_added", times=1)
    first = await alice.client.create_conversation(friendly_name="first")
    second = await alice.client.create_conversation(friendly_name="second")
    for one in (first, second):
        await one.join()
        await one.add("bob")
    await bob.trace.until("conversation_joined", 2)
    assert {one.friendly_name for one in bob.trace.of("conversation_joined")} == {"first", "second"}
    emulator.seed({"users": [{"identity": "carol"}, {"identity": "dave"}]})
    await asyncio.sleep(0.3)
    bob.trace.clear()
    strike(emulator, "lose", "map_item_added", times=1)
    for identity in ("carol", "dave"):
        await room.alices.add(identity)
    await bob.trace.until("participant_joined", 2)
    assert {one.identity for one in bob.trace.of("participant_joined")} == {"carol", "dave"}


async def test_edits_and_removals_are_lost(bob: Person, room: Room, emulator: Emulator) -> None:
    for text in ("one", "two"):
        await room.alices.send_message(text)
    await bob.trace.until("message_added", 2)
    one, two = (await room.alices.get_messages()).items
    strike(emulator, "lose", "list_item_(updated|removed)", times=2)
    await one.update_body("one, edited")
    await two.remove()
    await room.alices.send_message("three")
    await bob.trace.until("message_removed")
    await bob.trace.until("message_updated")
    await bob.trace.until("message_added", 3)
    assert [event.message.body for event in bob.trace.of("message_updated")] == ["one, edited"]
    assert [message.body for message in bob.trace.of("message_removed")] == ["two"]


@pytest.mark.parametrize(("action", "more"), [("duplicate", {"copies": 3}), ("reorder", {"by": 2, "delay": 1})])
async def test_doubled_and_overtaken(
    bob: Person, room: Room, emulator: Emulator, action: str, more: dict[str, Any]
) -> None:
    strike(emulator, action, "list_item", times=2, **more)
    for text in ("one", "two", "three"):
        await room.alices.send_message(text)
    assert sorted(str(body) for body in await bodies(bob, 3)) == ["one", "three", "two"]
    message = (await room.alices.get_messages()).items[0]
    strike(emulator, "duplicate", "list_item_removed")
    await message.remove()
    await bob.trace.until("message_removed")
    await asyncio.sleep(0.3)
    assert len(bob.trace.of("message_removed")) == 1


async def test_the_service_asks_to_come_back(bob: Person, room: Room, emulator: Emulator) -> None:
    emulator.close(308)
    await bob.trace.until("connection_state_changed", 3)
    assert bob.trace.of("connection_state_changed") == ["disconnecting", "connecting", "connected"]
    await room.alices.send_message("after it")
    assert await bodies(bob, 1) == ["after it"]
