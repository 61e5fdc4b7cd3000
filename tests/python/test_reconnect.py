"""Lost connections, tokens that end, and the end of a client."""

from __future__ import annotations

import asyncio

import pytest
from people import Connect, Person, Room, becomes

from pyconvo import Client, ReplyError, TransportUnavailableError, TwilsockError
from pyconvo.testing import Emulator


async def test_two_hundred_messages_through_twenty_drops(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    """Bob's socket is cut again and again while alice talks; he hears everything once, in order."""
    drops, each = 20, 10
    fast = {"min": 20, "max": 50}
    assert room.bobs.sid == room.alices.sid
    await bob.client.shutdown()
    listener = Person(Client(emulator.token("bob"), {**emulator.options, "retryPolicy": fast}))
    await listener.trace.until("conversation_joined")
    for drop in range(drops):
        for number in range(each):
            await room.alices.send_message(str(drop * each + number))
            if number == each // 2:
                await asyncio.to_thread(emulator.drop, "bob")
        # Now and then let it come back before the next cut.
        if drop % 3 == 0:
            await asyncio.sleep(0.3)
    await listener.trace.until("message_added", drops * each, timeout=30)
    await asyncio.sleep(0.5)
    heard = listener.trace.of("message_added")
    assert [message.index for message in heard] == list(range(drops * each))
    assert [message.body for message in heard] == [str(number) for number in range(drops * each)]
    await listener.client.shutdown()


async def test_changes_during_an_absence(alice: Person, bob: Person, room: Room, emulator: Emulator) -> None:
    for text in ("to be edited", "to be removed"):
        await room.alices.send_message(text)
    await asyncio.gather(alice.trace.until("message_added", 2), bob.trace.until("message_added", 2))
    edited, removed = bob.trace.of("message_added")
    own = alice.trace.of("message_added")
    bob.trace.clear()
    emulator.fault(on="init", action="drop", times=1, identity="bob")
    emulator.drop("bob")
    await own[0].update_body("edited")
    await own[1].remove()
    await room.alices.update_friendly_name("renamed")
    await room.alices.add("carol")
    await bob.trace.until("participant_joined", timeout=20)
    await bob.trace.until("message_removed")
    await bob.trace.until("message_updated")
    assert (edited.body, bob.trace.of("message_removed")) == ("edited", [removed])
    await becomes(lambda: room.bobs.friendly_name == "renamed")
    for name in ("message_updated", "message_removed", "participant_joined"):
        assert len(bob.trace.of(name)) == 1
    assert bob.trace.of("initialized") == []


async def test_what_is_sent_meanwhile_goes_out_later(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    emulator.drop("alice")
    await alice.client.wait_for("connection_state_changed", lambda state: state == "connecting", timeout=10)
    assert await room.alices.send_message("patient") == 0
    assert (await bob.trace.until("message_added")).body == "patient"
    assert alice.client.connection_state == "connected"


async def test_cut_in_flight_is_an_error_and_not_sent_twice(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    emulator.fault(on="request", action="drop_after", method="POST", path="/Messages$")
    with pytest.raises(TwilsockError, match="disconnected"):
        await room.alices.send_message("once")
    await alice.trace.until("message_added", timeout=10)
    await asyncio.sleep(0.3)
    assert [message.body for message in bob.trace.of("message_added")] == ["once"]
    assert [message.body for message in alice.trace.of("message_added")] == ["once"]


class TestTokens:
    async def test_about_to_end_then_renewed(self, emulator: Emulator) -> None:
        person = Person(Client(emulator.token("alice", ttl=600), emulator.options))
        await person.trace.until("initialized")
        person.trace.clear()
        emulator.advance(450)
        await person.trace.until("token_about_to_expire")
        await person.client.update_token(emulator.token("alice", ttl=3600))
        emulator.advance(300)
        await asyncio.sleep(0.2)
        assert person.trace.of("token_expired", "connection_state_changed") == []
        await person.client.shutdown()

    async def test_ended_and_renewed(self, emulator: Emulator) -> None:
        person = Person(Client(emulator.token("alice", ttl=600), emulator.options))
        await person.trace.until("initialized")
        person.trace.clear()
        emulator.advance(601)
        await person.trace.until("token_expired")
        await person.trace.until("connection_state_changed", 2)
        assert person.trace.of("connection_state_changed") == ["disconnecting", "disconnected"]
        assert await asyncio.wait_for(person.client.update_token(emulator.token("alice")), 10) is person.client
        await person.trace.until("connection_state_changed", 4)
        assert person.client.connection_state == "connected"
        assert (await person.client.create_conversation()).created_by == "alice"
        await person.client.shutdown()

    async def test_the_same_again_needs_no_service(self, alice: Person, emulator: Emulator) -> None:
        token = emulator.token("alice", ttl=7200)
        await alice.client.update_token(token)
        before = len(emulator.log())
        await alice.client.update_token(token)
        assert len(emulator.log()) == before

    @pytest.mark.parametrize("kind", ["malformed", "wrong secret", "expired", "somebody else's"])
    async def test_a_bad_one_is_refused(self, alice: Person, emulator: Emulator, kind: str) -> None:
        good = emulator.token("alice", ttl=7200)
        match kind:
            case "malformed":
                bad = "garbage"
            case "wrong secret":
                bad = good[:-6] + ("AAAAAA" if not good.endswith("AAAAAA") else "BBBBBB")
            case "expired":
                bad = emulator.token("alice", ttl=1)
                emulator.advance(5)
            case _:
                bad = emulator.token("mallory")
        with pytest.raises(ReplyError) as caught:
            await alice.client.update_token(bad)
        assert caught.value.reply["status"]["code"] in (401, 403)
        assert bad not in str(caught.value)
        # A good one afterwards puts everything right.
        await asyncio.wait_for(alice.client.update_token(good), 10)
        await asyncio.wait_for(alice.client.create_conversation(), 10)


class TestShutdown:
    async def test_states(self, alice: Person) -> None:
        alice.trace.clear()
        await alice.client.shutdown()
        await asyncio.sleep(0.05)
        assert alice.trace.events == [
            ("connection_state_changed", "disconnecting"),
            ("connection_state_changed", "disconnected"),
        ]
        await alice.client.shutdown()

    async def test_nothing_works_afterwards(self, alice: Person, room: Room) -> None:
        await alice.client.shutdown()
        for attempt in (
            room.alices.send_message("too late"),
            room.alices.update_attributes({}),
            alice.client.create_conversation(),
            alice.client.get_user("somebody"),
        ):
            with pytest.raises(TransportUnavailableError, match="Unable to connect"):
                await asyncio.wait_for(attempt, 10)

    async def test_the_context_manager_leaves_nothing_running(self, emulator: Emulator) -> None:
        async with Client(emulator.token("alice"), emulator.options) as client:
            await client.create_conversation()
        await becomes(lambda: client.connection_state == "disconnected")
        await becomes(lambda: not client._core.tasks._running)


async def test_a_listener_that_fails_harms_nobody(bob: Person, room: Room) -> None:
    def fail(*payload: object) -> None:
        raise RuntimeError("the listener's own fault")

    room.bobs.on("message_added", fail)
    bob.client.on("message_added", fail)
    for text in ("one", "two"):
        await room.alices.send_message(text)
    await bob.trace.until("message_added", 2)


async def test_waiting_and_streams(bob: Person, room: Room, connect: Connect) -> None:
    async with bob.client.events("message_added", "typing_started") as stream:
        await room.alices.typing()
        await room.alices.send_message("hello")
        assert [(await anext(stream))[0], (await anext(stream))[0]] == ["typing_started", "message_added"]
    with pytest.raises(TimeoutError):
        await bob.client.wait_for("message_added", lambda message: message.body == "never", timeout=0.05)
