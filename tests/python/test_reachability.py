"""Whether users can be reached: told when the service tells, and not guessed when it does not; counts, a moment old."""

from __future__ import annotations

from people import Connect, Person, Room

from pyconvo import Client, UserUpdated
from pyconvo.testing import Emulator


async def test_a_user_comes_and_goes(connect: Connect, alice: Person) -> None:
    bob = await connect("bob")
    user = await alice.client.get_user("bob")
    assert (alice.client.reachability_enabled, user.is_online, user.is_notifiable) == (True, True, False)
    alice.trace.clear()
    await bob.client.set_push_registration_id("apn", "pad")
    assert await alice.trace.until("user_updated") == UserUpdated(user, ("reachability_notifiable",))
    await bob.client.shutdown()
    assert await alice.trace.until("user_updated", 2) == UserUpdated(user, ("reachability_online",))
    assert (user.is_online, user.is_notifiable) == (False, True)
    await user.unsubscribe()
    await connect("bob")
    assert user.is_online is False


async def test_a_service_that_does_not_tell() -> None:
    with Emulator(reachability=False) as emulator:
        async with Client(emulator.token("alice"), emulator.options) as client:
            assert client.reachability_enabled is False
            assert (client.user.is_online, client.user.is_notifiable) == (None, None)
            await client.set_push_registration_id("fcm", "phone")
            assert client.user.is_notifiable is None


async def test_counts_are_asked_for_again_after_a_while(
    emulator: Emulator, connect: Connect, alice: Person, room: Room
) -> None:
    """The configured duration is ten times the real one, as in the official SDK."""
    other = await connect("alice", httpCacheIntervalOverride="PT600S")
    fresh = await connect("alice", httpCacheIntervalOverride="PT0S")
    theirs = await other.client.get_conversation_by_sid(room.alices.sid)
    now = await fresh.client.get_conversation_by_sid(room.alices.sid)
    assert (await theirs.get_messages_count(), await now.get_messages_count()) == (0, 0)
    await room.alices.send_message("new")
    assert (await theirs.get_messages_count(), await now.get_messages_count()) == (0, 1)
    assert (await theirs.get_participants_count(), await now.get_participants_count()) == (2, 2)
