"""Who types, for how long, and how little is sent for it."""

from __future__ import annotations

import asyncio

from people import Person, Room

from pyconvo import Participant
from pyconvo.testing import Emulator


def typing_requests(emulator: Emulator) -> int:
    return sum("/Typing" in str(entry) and "http_request" in str(entry) for entry in emulator.log())


async def test_started_at_three_levels(alice: Person, room: Room) -> None:
    participant = await room.alices.get_participant_by_identity("bob")
    assert participant is not None
    heard: list[tuple[str, Participant]] = []
    alice.client.on("typing_started", lambda one: heard.append(("client", one)))
    room.alices.on("typing_started", lambda one: heard.append(("conversation", one)))
    participant.on("typing_started", lambda one: heard.append(("participant", one)))
    await room.bobs.typing()
    assert await alice.trace.until("typing_started") is participant
    assert participant.is_typing
    await asyncio.sleep(0)
    assert {level for level, _ in heard} == {"client", "conversation", "participant"}
    assert all(one is participant for _, one in heard)


async def test_a_message_ends_it(alice: Person, room: Room) -> None:
    await room.bobs.typing()
    participant: Participant = await alice.trace.until("typing_started")
    await room.bobs.send_message("done")
    await alice.trace.until("message_added")
    assert alice.trace.names[:3] == ["typing_started", "typing_ended", "message_added"]
    assert not participant.is_typing


async def test_a_message_right_after_ends_it_too(alice: Person, room: Room) -> None:
    await asyncio.gather(room.bobs.typing(), room.bobs.send_message("quick"))
    await alice.trace.until("message_added")
    assert alice.trace.names[:3] == ["typing_started", "typing_ended", "message_added"]


async def test_time_ends_it(alice: Person, bob: Person, connect, emulator: Emulator) -> None:  # type: ignore[no-untyped-def]
    carol = await connect("carol", typingIndicatorTimeoutOverride=200)
    conversation = await carol.client.create_conversation()
    await conversation.join()
    await conversation.add("bob")
    await carol.trace.until("conversation_joined")
    bobs = await bob.trace.until("conversation_joined")
    await asyncio.gather(conversation.get_participants(), bobs.get_participants())
    await bobs.typing()
    participant = await carol.trace.until("typing_started")
    # The override and one second more.
    ended = await carol.trace.until("typing_ended")
    assert ended is participant
    assert not participant.is_typing


async def test_little_is_sent(room: Room, emulator: Emulator) -> None:
    before = typing_requests(emulator)
    for _ in range(10):
        await room.bobs.typing()
    assert typing_requests(emulator) == before + 1
