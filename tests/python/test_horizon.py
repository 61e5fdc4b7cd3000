"""Read horizons and counts."""

from __future__ import annotations

import asyncio

import pytest
from people import Person, Room, becomes

from pyconvo import ConversationsError, UpstreamError

#: Longer than answers to reads are kept.
STALE = 0.15


async def say(room: Room, person: Person, count: int) -> None:
    for number in range(count):
        await room.alices.send_message(str(number))
    await person.trace.until("message_added", count)


async def test_the_horizon_moves(alice: Person, bob: Person, room: Room) -> None:
    await say(room, bob, 5)
    assert room.bobs.last_read_message_index is None
    assert await room.bobs.get_unread_messages_count() is None
    await asyncio.sleep(STALE)
    assert await room.bobs.update_last_read_message_index(1) == 3
    assert await room.bobs.get_unread_messages_count() == 3
    updated = await alice.trace.until("participant_updated")
    assert updated.update_reasons == ("last_read_message_index", "last_read_timestamp")
    assert (updated.participant.identity, updated.participant.last_read_message_index) == ("bob", 1)
    assert updated.participant.last_read_timestamp is not None
    await bob.trace.until("participant_updated")
    await becomes(lambda: room.bobs.last_read_message_index == 1)
    # Never back by "advance", but by "update".
    assert await room.bobs.advance_last_read_message_index(0) == 3
    assert await room.bobs.advance_last_read_message_index(2) == 2
    assert await room.bobs.update_last_read_message_index(0) == 4


async def test_everything_read_and_unread(bob: Person, room: Room) -> None:
    assert await room.bobs.set_all_messages_read() == 0
    await say(room, bob, 3)
    assert await room.bobs.set_all_messages_read() == 0
    await becomes(lambda: room.bobs.last_read_message_index == 2)
    assert await room.bobs.set_all_messages_unread() is None
    await becomes(lambda: room.bobs.last_read_message_index is None)


async def test_counts_may_be_a_moment_old(bob: Person, room: Room) -> None:
    await say(room, bob, 2)
    assert await room.bobs.get_messages_count() == 2
    assert await room.bobs.get_participants_count() == 2
    await room.alices.send_message("one more")
    assert await room.bobs.get_messages_count() in (2, 3)
    await asyncio.sleep(STALE)
    assert await room.bobs.get_messages_count() == 3


async def test_who_is_not_in_has_no_unread_count(alice: Person) -> None:
    conversation = await alice.client.create_conversation()
    with pytest.raises((ConversationsError, UpstreamError)):
        await conversation.get_unread_messages_count()
