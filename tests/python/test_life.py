"""The client's life: ``async with`` in all its ways, synchronization, misuse before and after."""

from __future__ import annotations

import asyncio
import logging

import pytest
from people import Connect, Person, Room, Trace
from test_startup import seed

from pyconvo import Client, ConversationsError, InitializationError, TransportUnavailableError
from pyconvo.testing import Emulator


def connections(emulator: Emulator) -> int:
    return len(emulator.state()["connections"])


async def gone(emulator: Emulator) -> None:
    async with asyncio.timeout(10):
        # The emulator tells nobody of an end: only asking helps.
        while connections(emulator):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class TestContextManager:
    async def test_a_created_client(self, emulator: Emulator) -> None:
        async with await Client.create(emulator.token("alice"), emulator.options) as client:
            assert client.user.identity == "alice"
            assert connections(emulator) == 1
        await gone(emulator)

    async def test_an_exception_in_the_block(self, emulator: Emulator) -> None:
        with pytest.raises(ZeroDivisionError):
            async with Client(emulator.token("alice"), emulator.options):
                raise ZeroDivisionError
        await gone(emulator)

    @pytest.mark.parametrize("way", ["in the block", "in the start", "in create"])
    async def test_cancelled(self, emulator: Emulator, way: str) -> None:
        if way != "in the block":
            emulator.fault(on="init", action="ignore")
        entered = asyncio.Event()

        async def work() -> None:
            if way == "in create":
                await Client.create(emulator.token("alice"), emulator.options)
            async with Client(emulator.token("alice"), emulator.options):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        if way == "in the block":
            await asyncio.wait_for(entered.wait(), 10)
        else:
            await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)
        await gone(emulator)
        assert [one for one in asyncio.all_tasks() if "pyconvo" in repr(one.get_coro())] == []

    async def test_a_start_that_fails_leaves_nothing(self, emulator: Emulator) -> None:
        options = {**emulator.options, "throwErrorsAlways": True}
        emulator.fault(on="init", action="respond", status=500, times=9)
        with pytest.raises(InitializationError):
            await Client.create(emulator.token("alice"), options)
        emulator.clear_faults()
        # It would come back by itself a second later if it were still alive.
        await asyncio.sleep(1.4)
        assert connections(emulator) == 0


class TestMisuse:
    async def test_calls_before_the_start_wait_for_it(self, emulator: Emulator) -> None:
        seed(emulator, 1)
        client = Client(emulator.token("alice"), emulator.options)
        page, users, made = await asyncio.wait_for(
            asyncio.gather(
                client.get_subscribed_conversations(), client.get_subscribed_users(), client.create_conversation()
            ),
            10,
        )
        assert (len(page.items), users, made.created_by) == (1, [client.user], "alice")
        await client.shutdown()

    async def test_shut_down_at_once_and_made_again(self, emulator: Emulator) -> None:
        """As a framework does that mounts everything twice."""
        token = emulator.token("alice")
        first = Client(token, emulator.options)
        ending = asyncio.create_task(first.shutdown())
        second = Client(token, emulator.options)
        await asyncio.wait_for(ending, 10)
        made = await asyncio.wait_for(second.create_conversation(), 10)
        assert made.created_by == "alice"
        assert connections(emulator) == 1
        with pytest.raises(TransportUnavailableError):
            await asyncio.wait_for(first.create_conversation(), 10)
        await second.shutdown()

    async def test_the_end_is_told_around_the_answer(self, alice: Person) -> None:
        """Who waits for the end has heard that it comes, and hears next that it is there: as of the official SDK."""
        told: list[str] = []
        over = asyncio.Event()

        def hear(state: str) -> None:
            told.append(state)
            if state == "disconnected":
                over.set()

        alice.client.on("connection_state_changed", hear)
        await alice.client.shutdown()
        assert (told, alice.client.connection_state) == (["disconnecting"], "disconnecting")
        await asyncio.wait_for(over.wait(), 10)
        assert (told, alice.client.connection_state) == (["disconnecting", "disconnected"], "disconnected")

    async def test_work_that_the_end_cuts_off_is_no_warning(
        self, emulator: Emulator, caplog: pytest.LogCaptureFixture
    ) -> None:
        client = await Client.create(emulator.token("alice"), emulator.options)
        emulator.faults.ignore_requests(path="Configuration")
        core = client._core
        url = "https://aim.us1.twilio.com/Client/v2/Configuration"
        with caplog.at_level(logging.DEBUG, "pyconvo"):
            core.tasks.start(core.twilsock.request("GET", url), "reading what never comes")
            await asyncio.sleep(0)
            await client.shutdown()
            await asyncio.sleep(0)
        failed = [one for one in caplog.records if "reading what never comes failed" in one.getMessage()]
        assert [one.levelname for one in failed] == ["DEBUG"]

    async def test_shutdown_many_times_at_once(self, alice: Person, emulator: Emulator) -> None:
        async def end() -> str:
            await alice.client.shutdown()
            return alice.client.connection_state

        states = await asyncio.wait_for(asyncio.gather(*(end() for _ in range(5))), 10)
        assert states == ["disconnecting"] * 5
        await gone(emulator)

    async def test_after_a_failed_start(self, emulator: Emulator) -> None:
        client = await Client.create("garbage", emulator.options)
        for attempt in (
            client.get_conversation_by_sid("CH1"),
            client.peek_conversation_by_sid("CH1"),
            client.get_conversation_by_unique_name("room"),
            client.get_subscribed_conversations(),
            client.create_conversation(),
            client.get_user("bob"),
            client.get_subscribed_users(),
            client.user.update_friendly_name("x"),
            client.user.update_attributes({}),
            client.user.unsubscribe(),
        ):
            with pytest.raises(ConversationsError, match="not initialized"):
                await asyncio.wait_for(attempt, 10)
        await asyncio.wait_for(client.shutdown(), 10)

    async def test_after_a_failed_start_that_is_raised(self, emulator: Emulator) -> None:
        client = Client("garbage", {**emulator.options, "throwErrorsAlways": True})
        with pytest.raises(ConversationsError):
            await asyncio.wait_for(client.get_subscribed_users(), 10)
        await asyncio.wait_for(client._close(), 10)

    @pytest.mark.parametrize("when", ["at once", "while it logs in", "while it is read what it is", "unreachable"])
    async def test_closed_before_it_has_started(self, emulator: Emulator, when: str) -> None:
        """Nobody waits for a start that will not come: neither who waits already, nor who asks later."""
        options = emulator.options
        match when:
            case "while it logs in":
                emulator.fault(on="init", action="ignore")
            case "while it is read what it is":
                emulator.fault(on="request", action="ignore", path="Configuration")
            case "unreachable":
                options = {"Twilsock": {"uri": "ws://127.0.0.1:9/v3/wsconnect"}}
        client = Client(emulator.token("alice"), options)
        waiting = [
            asyncio.create_task(one) for one in (client.create_conversation(), client.user.update_attributes({}))
        ]
        await asyncio.sleep(0 if when == "at once" else 0.3)
        await client._close()
        later = (client.get_user("bob"), client.user.update_friendly_name("x"), client.get_subscribed_conversations())
        for attempt in (*waiting, *later):
            with pytest.raises(ConversationsError):
                await asyncio.wait_for(attempt, 10)
        await asyncio.wait_for(client.shutdown(), 10)
        await gone(emulator)


class TestSynchronization:
    async def test_from_started_to_completed(self, connect: Connect, emulator: Emulator) -> None:
        seed(emulator, 3)
        client = Client(emulator.token("alice"), emulator.options)
        told: list[str] = []
        conversations: list[tuple[str | None, str]] = []
        client.on(Client.synchronization_status_updated, told.append)
        client.on(
            Client.conversation_synchronization_status_updated,
            lambda one: conversations.append((one.friendly_name, one.synchronization_status)),
        )
        assert client.synchronization_status == "started"
        if client.synchronization_status != "completed":
            await client.wait_for("synchronization_status_updated", lambda status: status == "completed", timeout=10)
        assert told == ["started", "conversations_completed", "completed"]
        page = await client.get_subscribed_conversations()
        assert [one.synchronization_status for one in page.items] == ["all"] * 3
        assert sorted(conversations) == [(f"Room {number}", "all") for number in range(3)]
        await client.shutdown()

    async def test_of_a_conversation_that_is_left(self, alice: Person, room: Room) -> None:
        heard: list[str] = []
        room.alices.on("synchronization_status_updated", lambda one: heard.append(one.synchronization_status))
        assert room.alices.synchronization_status == "all"
        await room.alices.leave()
        await alice.trace.until("conversation_left")
        assert room.alices.synchronization_status == "identifier"
        assert heard == ["identifier"]

    async def test_of_one_that_was_made_and_not_joined(self, alice: Person) -> None:
        made = await alice.client.create_conversation()
        assert made.synchronization_status == "metadata"

    @pytest.mark.parametrize("path", ["Configuration", "Users/US[^/]*/Conversations$"])
    async def test_failed(self, emulator: Emulator, path: str) -> None:
        emulator.fault(on="request", action="respond", status=400, times=6, path=path)
        client = Client(emulator.token("alice"), emulator.options)
        trace = Trace(client)
        await client.wait_for("synchronization_status_updated", lambda status: status == "failed", timeout=10)
        assert client.synchronization_status == "failed"
        assert trace.of("init_failed") if path == "Configuration" else not trace.of("init_failed")
        await client.shutdown()
