"""Streams of events, waiting for one, and what a listener that fails does to others."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest
from people import Person, Room, becomes

from pyconvo import Client, ClientClosedError, Conversation, EventsLostError, Message
from pyconvo.events import Event, ReplayEventEmitter
from pyconvo.lifetime import Lifetime
from pyconvo.testing import Emulator


async def collect(stream: object, into: list[object]) -> None:
    async for one in stream:  # type: ignore[attr-defined]
        into.append(one)


class TestStreams:
    async def test_payloads_since_it_was_made(self, room: Room) -> None:
        stream = room.bobs.events("message_added")
        for text in ("one", "two"):
            await room.alices.send_message(text)
        assert [(await anext(stream)).body, (await anext(stream)).body] == ["one", "two"]

    async def test_of_several_events_with_their_names(self, bob: Person, room: Room) -> None:
        async with bob.client.events("message_added", "typing_started") as stream:
            await room.alices.typing()
            await room.alices.send_message("hello")
            assert [(await anext(stream))[0], (await anext(stream))[0]] == ["typing_started", "message_added"]

    async def test_on_every_kind_of_entity(self, alice: Person, room: Room) -> None:
        await room.alices.send_message("one")
        message = (await room.alices.get_messages()).items[0]
        participant = await room.alices.get_participant_by_identity("alice")
        assert participant is not None
        streams = [one.events("updated") for one in (room.alices, message, participant, alice.client.user)]
        await room.alices.update_friendly_name("renamed")
        await message.update_body("edited")
        await participant.update_attributes({"a": 1})
        await alice.client.user.update_friendly_name("Alice")
        reasons = [(await asyncio.wait_for(anext(stream), 10)).update_reasons for stream in streams]
        assert [one[0] for one in reasons] in (
            ["friendly_name", "body", "attributes", "friendly_name"],
            ["last_message", "body", "attributes", "friendly_name"],
        )

    async def test_it_ends_when_the_client_is_shut_down(self, alice: Person, room: Room) -> None:
        heard: list[object] = []
        tasks = [
            asyncio.create_task(collect(one.events("message_added"), heard)) for one in (alice.client, room.alices)
        ]
        tasks.append(asyncio.create_task(collect(alice.client.events("connection_state_changed"), heard)))
        await asyncio.sleep(0)
        await alice.client.shutdown()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        # Its own end is still told.
        assert heard == ["disconnecting", "disconnected"]

    async def test_made_after_the_end_it_is_empty(self, alice: Person, room: Room) -> None:
        async with alice.client:
            pass
        await asyncio.sleep(0.05)
        assert [one async for one in room.alices.events("message_added")] == []
        with pytest.raises(ClientClosedError, match="message_added"):
            await room.alices.wait_for("message_added")

    async def test_a_client_that_comes_back_tells_again(self, alice: Person, emulator: Emulator) -> None:
        await alice.client.shutdown()
        await asyncio.sleep(0.05)
        await alice.client.update_token(emulator.token("alice", ttl=7200))
        waiting = alice.client.wait_for("connection_state_changed", lambda state: state == "connected", timeout=10)
        if alice.client.connection_state != "connected":
            await waiting
        else:
            waiting.close()
        stream = alice.client.events("conversation_added")
        made = await alice.client.create_conversation()
        assert await asyncio.wait_for(anext(stream), 10) is made

    async def test_cancelling_loses_nothing(self) -> None:
        emitter = ReplayEventEmitter()
        stream = emitter.events("news")
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        emitter.emit("news", 1)
        assert await anext(stream) == 1

    async def test_a_slow_reader_is_told_that_events_are_lost(self) -> None:
        emitter = ReplayEventEmitter()
        stream = emitter.events("news", limit=3)
        for number in range(5):
            emitter.emit("news", number)
        assert (stream.waiting, emitter.listener_count("news")) == (3, 0)
        heard: list[object] = []
        with pytest.raises(EventsLostError, match="More than 3 events") as caught:
            await collect(stream, heard)
        assert heard == [0, 1, 2]
        assert caught.value.limit == 3
        assert [one async for one in stream] == []
        with pytest.raises(ValueError, match="limit"):
            emitter.events("news", limit=0)

    async def test_no_listener_stays_behind(self) -> None:
        lifetime = Lifetime()
        emitter = ReplayEventEmitter(lifetime)
        async with emitter.events("news"):
            assert emitter.listener_count("news") == 1
        emitter.emit("news", 1)
        for number in (1, 2):
            stream = emitter.events("news")
            emitter.emit("news", number)
            async for _ in stream:
                break
            del stream, _
            gc.collect()
            assert emitter.listener_count("news") == 0
        stream = emitter.events("news")
        emitter.emit("news", 3)
        stream.close()
        stream.close()
        assert [one async for one in stream] == []
        assert emitter.listener_count("news") == 0
        assert len(lifetime._waiting) == 0

    async def test_several_readers_share_one(self) -> None:
        emitter = ReplayEventEmitter()
        stream = emitter.events("news")
        heard: list[object] = []
        readers = [asyncio.create_task(collect(stream, heard)) for _ in range(3)]
        await asyncio.sleep(0)
        for number in range(9):
            emitter.emit("news", number)
        await asyncio.sleep(0.01)
        stream.end()
        await asyncio.wait_for(asyncio.gather(*readers), 10)
        assert heard == list(range(9))


class TestWaitFor:
    async def test_check_and_timeout(self, bob: Person, room: Room) -> None:
        waiting = asyncio.create_task(room.bobs.wait_for("message_added", lambda message: message.body == "two", 10))
        await asyncio.sleep(0)
        for text in ("one", "two", "three"):
            await room.alices.send_message(text)
        assert (await waiting).index == 1
        with pytest.raises(TimeoutError):
            await bob.client.wait_for("message_added", lambda message: message.body == "never", timeout=0.05)
        assert room.bobs.listener_count("message_added") == 0

    async def test_an_event_without_payload_gives_none(self) -> None:
        emitter = ReplayEventEmitter()
        waiting = asyncio.create_task(emitter.wait_for("over"))
        await asyncio.sleep(0)
        emitter.emit("over")
        assert await waiting is None

    async def test_a_check_that_fails_is_the_callers_error(self) -> None:
        emitter = ReplayEventEmitter()
        waiting = asyncio.create_task(emitter.wait_for("news", lambda payload: payload["missing"]))
        await asyncio.sleep(0)
        emitter.emit("news", {})
        with pytest.raises(KeyError):
            await waiting
        assert emitter.listener_count("news") == 0

    async def test_it_ends_with_the_client(self, alice: Person, room: Room) -> None:
        waiting = [asyncio.create_task(one.wait_for("message_added")) for one in (alice.client, room.alices)]
        await asyncio.sleep(0)
        await alice.client.shutdown()
        for task in waiting:
            with pytest.raises(ClientClosedError, match="shut down before 'message_added'"):
                await asyncio.wait_for(task, 10)

    async def test_cancelled(self) -> None:
        emitter = ReplayEventEmitter()
        waiting = asyncio.create_task(emitter.wait_for("news"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert emitter.listener_count("news") == 0


class TestListeners:
    @pytest.mark.parametrize("kind", ["function", "coroutine"])
    async def test_one_that_fails_harms_nobody_and_is_reported(
        self, bob: Person, room: Room, caplog: pytest.LogCaptureFixture, kind: str
    ) -> None:
        def fail(*payload: object) -> None:
            raise RuntimeError("the listener's own fault")

        async def fail_later(*payload: object) -> None:
            await asyncio.sleep(0)
            raise RuntimeError("the listener's own fault")

        listener = fail if kind == "function" else fail_later
        for emitter in (room.bobs, bob.client):
            emitter.prepend_listener("message_added", listener)
        with caplog.at_level(logging.ERROR, logger="pyconvo.events"):
            for text in ("one", "two"):
                await room.alices.send_message(text)
            await bob.trace.until("message_added", 2)
            await asyncio.sleep(0.05)
        reports = [record for record in caplog.records if record.name == "pyconvo.events"]
        assert len(reports) == 4
        assert all("message_added" in record.getMessage() and record.exc_info for record in reports)
        assert await room.bobs.send_message("still works") == 2

    def test_aliases_and_order(self) -> None:
        emitter = ReplayEventEmitter()
        heard: list[str] = []
        first, second, third = (lambda name=name: heard.append(name) for name in ("first", "second", "third"))
        emitter.add_listener("news", second).prepend_once_listener("news", first)
        emitter.add_listener_with_replay("news", third)
        assert emitter.listeners("news") == emitter.raw_listeners("news") == [first, second, third]
        emitter.emit("news")
        emitter.remove_listener("news", third).emit("news")
        assert heard == ["first", "second", "third", "second"]
        assert emitter.event_names() == ["news"]

    def test_once_is_once_even_from_inside(self) -> None:
        emitter = ReplayEventEmitter()
        heard: list[int] = []
        emitter.on("news", lambda number: emitter.emit("news", number + 1) if number < 3 else None)
        emitter.once("news", heard.append)
        emitter.emit("news", 1)
        assert heard == [3]

    def test_thousands_work_and_are_reported_as_a_leak_once(self, caplog: pytest.LogCaptureFixture) -> None:
        emitter = ReplayEventEmitter()
        heard: list[int] = []
        with caplog.at_level(logging.WARNING, logger="pyconvo.events"):
            for _ in range(5000):
                emitter.on("news", heard.append)
            emitter.set_max_listeners(0)
            for _ in range(50):
                emitter.on("other", heard.append)
        emitter.emit("news", 1)
        assert len(heard) == 5000
        assert [record.getMessage()[:22] for record in caplog.records] == ["11 listeners of 'news'"]
        assert emitter.get_max_listeners() == 0

    def test_names_are_texts(self) -> None:
        assert Client.message_added == "message_added"
        assert isinstance(Conversation.removed, Event)
        emitter = ReplayEventEmitter()
        heard: list[object] = []
        emitter.on(Client.message_added, heard.append)
        emitter.emit("message_added", 1)  # type: ignore[arg-type]
        assert heard == [1]


class TestWhatTheClientItselfHears:
    """It hears its conversations and what is in them not by listeners, which the application could count or remove."""

    async def test_is_not_counted(self, room: Room) -> None:
        await room.alices.send_message("one")
        message = (await room.bobs.get_messages()).items[0]
        participants = await room.bobs.get_participants()
        assert [one.event_names() for one in (room.bobs, message, *participants)] == [[], [], [], []]
        assert room.bobs.on("message_added", [].append).listener_count("message_added") == 1

    async def test_is_not_removed(self, bob: Person, room: Room) -> None:
        await room.alices.send_message("one")
        await bob.trace.until("message_added")
        theirs = await room.alices.get_participant_by_identity("alice")
        message = (await room.bobs.get_messages()).items[0]
        participant = await room.bobs.get_participant_by_identity("alice")
        assert theirs is not None
        assert participant is not None
        heard: list[object] = []
        for one in (room.bobs, message, participant):
            one.on("updated", heard.append)
            one.remove_all_listeners()
        room.bobs.on("message_added", heard.append).remove_all_listeners("message_added")
        await theirs.update_attributes({"seat": 1})
        await (await room.alices.get_messages()).items[0].update_body("edited")
        await room.alices.update_friendly_name("Renamed")
        await room.alices.send_message("two")
        assert (await bob.trace.until("participant_updated")).participant is participant
        assert (await bob.trace.until("message_updated")).message is message
        assert (await bob.trace.until("message_added", 2)).body == "two"
        await becomes(lambda: any("friendly_name" in one for one in bob.trace.reasons("conversation_updated")))
        # Its end, too, by which the client forgets it.
        await room.alices.delete()
        assert await bob.trace.until("conversation_removed") is room.bobs
        assert heard == []


async def test_who_listens_to_a_conversation_while_the_client_is_told_hears_the_next_event(
    bob: Person, room: Room
) -> None:
    heard: list[str] = []

    def leaving(message: Message) -> None:
        heard.append(f"leaving {message.body}")

    def told(message: Message) -> None:
        room.bobs.on("message_added", lambda later: heard.append(f"conversation {later.body}"))
        room.bobs.once_with_replay("message_added", lambda last: heard.append(f"replayed {last.body}"))
        room.bobs.off("message_added", leaving)

    room.bobs.on("message_added", leaving)
    bob.client.once("message_added", told)
    for text in ("one", "two"):
        await room.alices.send_message(text)
    await becomes(lambda: len(heard) == 3)
    assert heard == ["replayed one", "leaving one", "conversation two"]
