"""The client on a memory host: schedules, the end, events, telemetry. The clock is virtual."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from twilsock_world import World

from pyconvo.errors import TransportUnavailableError, TwilsockError


class TestReconnect:
    async def test_schedule(self) -> None:
        world = World()
        world.client.connect()
        times: list[float] = []
        for _ in range(10):
            await world.host.settle()
            world.host.socket.fail("refused")
            count = len(world.host.sockets)
            before = world.seconds
            while len(world.host.sockets) == count:
                await world.host.advance(0.5, turns=3)
            times.append(world.seconds - before)
        assert times == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]

    @pytest.mark.parametrize(("chance", "delay"), [(0.0, 0.8), (0.999, 1.2)])
    async def test_randomness(self, chance: float, delay: float) -> None:
        world = await World().connected()
        world.host.randomness = chance
        world.host.socket.drop()
        await world.host.advance(delay - 0.01)
        assert len(world.host.sockets) == 1
        await world.host.advance(0.02)
        assert len(world.host.sockets) == 2

    async def test_a_success_resets_the_delays(self) -> None:
        world = await World().connected()
        for _ in range(3):
            world.host.socket.drop()
            await world.host.advance(1.01)
            await world.open()
            assert world.client.state == "connected"

    async def test_events_of_a_socket_error(self) -> None:
        world = await World().connected()
        world.host.socket.fail("broken")
        await world.host.settle()
        assert [(one[0], getattr(one[1], "message", one[1])) for one in world.told] == [
            ("connection_error", "Socket error: broken"),
            ("state_changed", "retrying"),
            ("state_changed", "connecting"),
        ]
        assert world.client.state == "connecting"

    async def test_308_waits_and_honours_the_floor(self) -> None:
        world = await World().connected()
        world.close(308, {"backoff_policy": {"reconnect_min_ms": 2500}})
        assert world.host.socket.closed
        start = world.seconds
        while len(world.host.sockets) == 1:
            await world.host.advance(0.25, turns=3)
        assert world.seconds - start == 5.5
        await world.open()
        assert [one[1] for one in world.told if one[0] == "state_changed"] == [
            "disconnecting", "connecting", "connected",
        ]  # fmt: skip
        assert not [one for one in world.told if one[0] in ("disconnected", "connection_error")]

    async def test_init_401(self) -> None:
        world = World()
        world.client.connect()
        await world.open(401, errorCode=20101, description="Invalid Access Token")
        assert [one[:2] for one in world.told[:3]] == [
            ("state_changed", "connecting"), ("state_changed", "denied"), ("disconnected",),
        ]  # fmt: skip
        await world.host.advance(600)
        assert len(world.host.sockets) == 1

    @pytest.mark.parametrize("code", [429, 500, 503])
    async def test_init_refused_for_now(self, code: int) -> None:
        world = World()
        world.client.connect()
        await world.open(code, {"backoff_policy": {"reconnect_min_ms": 5000}})
        await world.host.advance(1.01 if code != 429 else 4.9)
        assert len(world.host.sockets) == (1 if code == 429 else 2)
        await world.host.advance(0.2)
        await world.open()
        assert world.client.state == "connected"

    async def test_offline_and_online(self) -> None:
        world = await World().connected()
        waiting = world.ask()
        await world.host.settle()
        world.host.set_online(False)
        with pytest.raises(TwilsockError, match=r"^disconnected$"):
            await waiting
        assert world.host.socket.closed
        assert world.host.socket.take("close") == []
        await world.host.advance(0.3)
        world.host.set_online(True)
        await world.host.settle()
        assert len(world.host.sockets) == 2
        await world.open()
        assert world.client.state == "connected"

    async def test_the_network_is_watched_only_while_connected(self) -> None:
        world = World()
        assert world.host.network_listeners == 0
        await world.connected()
        assert world.host.network_listeners == 1
        await world.task(world.client.disconnect())
        assert world.host.network_listeners == 0

    async def test_a_bad_url_ends(self) -> None:
        world = World(uri="http://service")
        world.client.connect()
        waiting = world.ask()
        await world.host.settle()
        assert [one[0] for one in world.told] == ["state_changed", "connection_error", "state_changed", "disconnected"]
        assert world.client.state == "disconnected"
        with pytest.raises(TransportUnavailableError, match="not a WebSocket URL"):
            await waiting
        assert world.host.network_listeners == 0

    async def test_old_sockets_are_not_heard(self) -> None:
        world = await World().connected()
        old = world.host.socket
        world.close(308)
        old.closed = False
        old.drop()
        await world.host.advance(2)
        assert world.client.state == "disconnecting"


class TestDisconnect:
    async def test_says_close_and_is_gone_at_once(self) -> None:
        world = await World().connected()
        task = await world.task(world.client.disconnect())
        assert task.done()
        assert [one.method for one in world.host.socket.take()] == ["close"]
        assert world.told == [("state_changed", "disconnecting"), ("state_changed", "disconnected"), ("disconnected",)]
        assert world.host.pending_timers == 0

    @pytest.mark.parametrize("moment", ["never", "connecting", "initialising", "retrying", "denied", "error", "wait"])
    async def test_at_any_moment(self, moment: str) -> None:
        world = World()
        if moment != "never":
            world.client.connect()
            await world.host.settle()
        if moment == "retrying":
            world.host.socket.drop()
        elif moment not in ("never", "connecting"):
            world.host.socket.open()
        if moment in ("denied", "error"):
            (init,) = world.host.socket.take("init")
            world.answer(init.id, 401 if moment == "denied" else 500)
        elif moment == "wait":
            world.close(308)
        tasks = [asyncio.ensure_future(world.client.disconnect()) for _ in range(2)]
        await world.host.settle()
        assert all(task.done() for task in tasks)
        assert world.client.state == "disconnected"
        count = len(world.host.sockets)
        await world.host.advance(600)
        assert len(world.host.sockets) == count
        assert world.host.pending_timers == 0

    async def test_can_connect_again(self) -> None:
        world = await World().connected()
        await world.task(world.client.disconnect())
        await world.connected()


class TestEvents:
    async def test_order_of_a_start(self) -> None:
        world = World()
        world.client.connect()
        assert world.told == []
        await world.open(header={"continuation_token": "ct", "capabilities": ["client_update"], "debug_info": 1})
        assert [one[:2] for one in world.told[:3]] == [
            ("state_changed", "connecting"), ("state_changed", "connected"), ("connected",),
        ]  # fmt: skip
        reply = world.told[3][1]
        assert (reply.continuation_token, reply.debug_info) == ("ct", 1)
        assert reply.confirmed_capabilities == {"client_update"}

    async def test_an_answer_is_seen_before_the_event_that_follows_it(self) -> None:
        world = await World().connected()
        seen: list[str] = []
        world.client.on("message", lambda *_: seen.append("event"))

        async def ask() -> None:
            await world.client.request("POST", "https://aim/x")
            seen.append("answer")

        task = await world.task(ask())
        (packet,) = world.host.socket.take("message")
        world.answer(packet.id)
        world.host.socket.receive({"method": "notification", "id": "n", "message_type": "t"}, {})
        await world.host.settle()
        assert (task.done(), seen) == (True, ["answer", "event"])

    async def test_a_listener_that_fails_stops_nothing(self) -> None:
        world = World()

        def fail(*_: Any) -> None:
            raise RuntimeError("mine")

        world.client.on("state_changed", fail)
        await world.connected()

    async def test_storage_id(self) -> None:
        world = World()
        task = await world.task(world.client.storage_id())
        assert not task.done()
        world.client.connect()
        await world.open(header={"offline_storage": {"ip_messaging": {"storage_id": "st"}}})
        assert await task == "st"
        world.host.socket.drop()
        await world.host.advance(1.1)
        await world.open(header={"offline_storage": {"other": {}}})
        assert await world.client.storage_id() is None


class TestTelemetry:
    async def test_is_sent_when_confirmed(self) -> None:
        world = World()
        world.client.add_telemetry_start("early", "early title", "details")
        world.client.connect()
        await world.host.advance(0.5)
        await world.open(header={"capabilities": ["telemetry.v1"]})
        (first,) = world.host.socket.take("telemetry.v1")
        connect = {"start": -500, "end": 0, "title": "Establish WebSocket connection", "details": ""}
        assert first.header["events"] == [connect]
        assert list(first.header) == ["id", "method", "events", "payload_size"]
        await world.host.advance(0.1)
        task = world.ask()
        await world.host.settle()
        telemetry, message = world.host.socket.take()
        assert (telemetry.method, message.method) == ("telemetry.v1", "message")
        init = {"start": -100, "end": -100, "title": "Send Twilsock init", "details": "Succeeded"}
        assert telemetry.header["events"] == [init]
        world.client.add_telemetry_start("late", "late title")
        world.client.add_telemetry_end("early")
        world.client.add_telemetry_end("nothing")
        await world.task(world.client.disconnect())
        telemetry, close = world.host.socket.take()
        assert close.method == "close"
        assert [one["title"] for one in telemetry.header["events"]] == ["early title", "[UNFINISHED] late title"]
        await asyncio.gather(task, return_exceptions=True)

    async def test_fifty_are_enough(self) -> None:
        world = World()
        world.client.connect()
        await world.open(header={"capabilities": ["telemetry.v1"]})
        world.host.socket.take()
        for number in range(120):
            world.client.add_telemetry_start(str(number), "t")
            world.client.add_telemetry_end(str(number))
        assert [len(one.header["events"]) for one in world.host.socket.take("telemetry.v1")] == [50, 50]

    async def test_is_not_sent_unless_confirmed(self) -> None:
        world = await World().connected()
        world.client.add_telemetry_start("a", "t")
        world.client.add_telemetry_end("a")
        world.ask()
        await world.task(world.client.disconnect())
        assert world.host.socket.take("telemetry.v1") == []
