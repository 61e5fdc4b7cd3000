"""From the constructor to ``initialized``, and what happens when that does not work."""

from __future__ import annotations

import asyncio

import pytest
from people import Connect, Trace, becomes

from pyconvo import Client, ConnectionErrorInfo, ConversationsError, InitializationError, StartFailure
from pyconvo.testing import Emulator


def seed(emulator: Emulator, count: int) -> None:
    emulator.seed(
        {
            "conversations": [
                {"friendlyName": f"Room {number}", "participants": [{"identity": "alice"}]} for number in range(count)
            ]
        }
    )


async def test_a_user_without_conversations(connect: Connect) -> None:
    alice = await connect("alice")
    assert alice.trace.names == [
        "connection_state_changed", "connection_state_changed",
        "user_updated", "user_subscribed", "state_changed", "initialized",
    ]  # fmt: skip
    assert alice.trace.of("connection_state_changed") == ["connecting", "connected"]
    assert alice.trace.reasons("user_updated") == [("reachability_online", "reachability_notifiable")]
    assert alice.client.connection_state == "connected"
    assert alice.client.user.identity == "alice"
    assert alice.client.user.is_subscribed
    assert alice.client.reachability_enabled is True
    assert (await alice.client.get_subscribed_conversations()).items == []


@pytest.mark.parametrize("count", [3, 120])
async def test_conversations_are_added_and_joined(connect: Connect, emulator: Emulator, count: int) -> None:
    seed(emulator, count)
    alice = await connect("alice")
    first = await alice.client.get_subscribed_conversations()
    assert len(first.items) == min(count, 100)
    everything = [conversation async for conversation in first]
    assert [one.sid for one in everything] == sorted(one.sid for one in everything)
    assert {one.friendly_name for one in everything} == {f"Room {number}" for number in range(count)}
    assert all(one.status == "joined" for one in everything)
    for name in ("conversation_added", "conversation_joined"):
        assert {one.sid for one in alice.trace.of(name)} == {one.sid for one in everything}
        assert len(alice.trace.of(name)) == count
    order = [payload.sid for name, payload in alice.trace.events if name.startswith("conversation_")]
    assert all(order.count(sid) == 2 for sid in order)


async def test_a_listener_that_comes_late_hears_the_last_event(connect: Connect) -> None:
    alice = await connect("alice")
    heard: list[str] = []
    alice.client.on_with_replay("initialized", lambda: heard.append("initialized"))
    alice.client.once_with_replay("state_changed", heard.append)
    assert heard == ["initialized", "initialized"]


async def test_create_waits_for_the_start(emulator: Emulator) -> None:
    client = await Client.create(emulator.token("alice"), emulator.options)
    assert client.user.identity == "alice"
    await client.shutdown()


async def test_two_constructors_at_once_are_two_clients(connect: Connect) -> None:
    first, second = await asyncio.gather(connect("alice"), connect("alice"))
    assert first.client is not second.client
    assert first.client.user is not second.client.user


class TestRefused:
    TOKEN_ERROR = 20101

    async def test_events(self, emulator: Emulator) -> None:
        client = Client("garbage", emulator.options)
        trace = Trace(client)
        await trace.until("init_failed", 2)
        assert trace.names == [
            "connection_state_changed", "connection_state_changed", "state_changed", "init_failed",
            "connection_error", "state_changed", "init_failed",
        ]  # fmt: skip
        assert trace.of("connection_state_changed") == ["connecting", "denied"]
        first, second = (failed.error for failed in trace.of("init_failed"))
        assert first == StartFailure(True, "Twilsock has disconnected.")
        assert (second.terminal, second.http_status_code, second.error_code) == (True, 401, self.TOKEN_ERROR)

    async def test_create_returns_nevertheless(self, emulator: Emulator) -> None:
        client = await Client.create("garbage", emulator.options)
        with pytest.raises(ConversationsError, match="not initialized"):
            await client.get_subscribed_conversations()
        with pytest.raises(ConversationsError, match="initialized"):
            _ = client.reachability_enabled

    async def test_create_raises_on_demand(self, emulator: Emulator) -> None:
        with pytest.raises(InitializationError) as caught:
            await Client.create("garbage", {**emulator.options, "throwErrorsAlways": True})
        assert caught.value.terminal
        assert "garbage" not in str(caught.value)

    async def test_the_context_manager_raises(self, emulator: Emulator) -> None:
        with pytest.raises(InitializationError):
            async with Client("garbage", emulator.options):
                raise AssertionError("not reached")

    async def test_another_token_helps(self, emulator: Emulator) -> None:
        client = Client("garbage", emulator.options)
        trace = Trace(client)
        await trace.until("init_failed", 2)
        assert await client.update_token(emulator.token("alice")) is client
        await trace.until("initialized")
        assert await client.get_subscribed_users() == [client.user]
        await client.shutdown()

    @pytest.mark.parametrize("status", [429, 500])
    async def test_for_a_while(self, emulator: Emulator, connect: Connect, status: int) -> None:
        emulator.fault(on="init", action="respond", status=status)
        alice = await connect("alice", ready=False)
        await alice.trace.until("initialized")
        failures = [failed.error for failed in alice.trace.of("init_failed")]
        assert failures[0] == StartFailure(False, "Twilsock has disconnected.")
        assert isinstance(failures[1], ConnectionErrorInfo)
        assert (failures[1].terminal, failures[1].http_status_code) == (False, status)
        assert alice.trace.of("connection_state_changed") == ["connecting", "connected"]


async def test_an_address_where_nobody_listens(emulator: Emulator) -> None:
    client = Client(emulator.token("alice"), {"Twilsock": {"uri": "ws://127.0.0.1:9/v3/wsconnect"}})
    trace = Trace(client)
    failed = await trace.until("init_failed")
    assert not failed.error.terminal
    await asyncio.wait_for(client.shutdown(), 10)
    assert client.connection_state == "disconnected"


async def test_no_configuration(emulator: Emulator, connect: Connect) -> None:
    emulator.fault(on="request", action="respond", status=500, times=6, path="Configuration")
    alice = await connect("alice", ready=False)
    failed = await alice.trace.until("init_failed")
    message = 'Fetch resource from "Client/v2/Configuration" failed.'
    assert failed.error == StartFailure(True, message)


async def test_a_configuration_that_comes_at_the_sixth_attempt(emulator: Emulator, connect: Connect) -> None:
    emulator.fault(on="request", action="respond", status=500, times=5, path="Configuration")
    alice = await connect("alice")
    assert alice.trace.of("init_failed") == []


async def test_no_list_of_conversations(emulator: Emulator, connect: Connect) -> None:
    emulator.seed({"conversations": [{"uniqueName": "room", "participants": [{"identity": "alice"}]}]})
    emulator.fault(on="request", action="respond", status=400, path="Users/US[^/]*/Conversations$")
    alice = await connect("alice")
    with pytest.raises(ConversationsError):
        await alice.client.get_subscribed_conversations()
    # Looking for one does not need the list, and must not wait for ever.
    by_name = await asyncio.wait_for(alice.client.get_conversation_by_unique_name("room"), 10)
    assert await asyncio.wait_for(alice.client.get_conversation_by_sid(by_name.sid), 10) is by_name


async def test_a_conversation_that_could_not_be_followed_can_be_later(emulator: Emulator, connect: Connect) -> None:
    seed(emulator, 3)
    emulator.fault(on="request", action="respond", status=403, path="Lists/CH")
    alice = await connect("alice")
    first = await alice.client.get_subscribed_conversations()
    # Asking again opens it, now that the service allows it.
    assert len(first.items) == 3
    assert len(alice.trace.of("conversation_added")) == 3


async def test_the_connection_is_lost_while_the_list_is_read(emulator: Emulator, connect: Connect) -> None:
    seed(emulator, 3)
    emulator.fault(on="request", action="drop", path="Users/US[^/]*/Conversations$")
    alice = await connect("alice")
    assert len((await alice.client.get_subscribed_conversations()).items) == 3


async def test_a_start_that_fails_leaves_no_conversation_waiting(emulator: Emulator, connect: Connect) -> None:
    seed(emulator, 3)
    emulator.fault(on="request", action="respond", status=403, path=r"Maps/[^/?]*\.info")
    alice = await connect("alice", ready=False)
    await alice.trace.until("init_failed")
    await alice.trace.until("conversation_joined", 3)
    assert "initialized" not in alice.trace.names


async def test_a_client_that_is_closed_leaves_no_conversation_waiting(emulator: Emulator, connect: Connect) -> None:
    seed(emulator, 3)
    emulator.fault(on="request", action="ignore", path=r"Maps/[^/?]*\.info")
    alice = await connect("alice", ready=False)
    await becomes(lambda: alice.client._conversations is not None)
    await becomes(lambda: len(alice.client._conversations._announcing._queue) == 3)  # type: ignore[union-attr]
    running = alice.client._core.tasks._running
    assert len(running) > 3
    await alice.client._close()
    await becomes(lambda: not running)
    assert alice.trace.of("conversation_added") == []
