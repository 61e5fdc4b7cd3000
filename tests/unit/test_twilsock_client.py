"""The client on a memory host: schedules, token updates, queueing, events, tidiness. The clock is virtual."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pyconvo.errors import ReplyError, TransportUnavailableError, TwilsockError, UpstreamError
from pyconvo.hosts.memory import MemoryHost
from pyconvo.twilsock.connection import TwilsockClient
from pyconvo.twilsock.options import TwilsockOptions

OK = {"code": 200, "status": "OK"}
EVENTS = (
    "state_changed", "connected", "initialized", "disconnected", "message", "token_about_to_expire", "token_expired",
    "connection_error",
)  # fmt: skip


class World:
    """A client, its host, and what it told."""

    def __init__(self, **options: Any) -> None:
        self.host = MemoryHost()
        self.client = TwilsockClient(self.host, "token 1", TwilsockOptions(**{"uri": "ws://service", **options}))
        self.told: list[Any] = []
        for name in EVENTS:
            self.client.on(name, lambda *payload, name=name: self.told.append((name, *payload)))
        self.start = self.host.time

    async def connected(self) -> World:
        self.client.connect()
        await self.open()
        assert self.client.state == "connected"
        self.told.clear()
        return self

    async def open(self, code: int = 200, payload: Any = None, header: Any = None, **status: Any) -> None:
        await self.host.settle()
        self.host.socket.open()
        await self.host.settle()
        (init,) = self.host.socket.take("init")
        self.answer(init.id, code, payload, header, **status)
        await self.host.settle()

    def answer(self, id: str, code: int = 200, payload: Any = None, header: Any = None, **status: Any) -> None:
        full = {"method": "reply", "id": id, "status": {"code": code, "status": "TEXT", **status}, **(header or {})}
        self.host.socket.receive(full, payload)

    def close(self, code: int, payload: Any = None) -> None:
        self.host.socket.receive({"method": "close", "id": "c", "status": {"code": code, "status": "BYE"}}, payload)

    def ask(self, method: str = "GET", url: str = "https://aim/x", **more: Any) -> asyncio.Task[Any]:
        return asyncio.ensure_future(self.client.request(method, url, **more))

    @property
    def seconds(self) -> float:
        return round(self.host.time - self.start, 3)

    def tokens(self) -> list[str]:
        """Tokens sent, by the packets that carried them."""
        return [
            f"{one.method} {one.header['token']}"
            for socket in self.host.sockets
            for one in socket.packets
            if "token" in one.header
        ]

    async def task(self, coroutine: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(coroutine)
        await self.host.settle()
        return task


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


class TestTokens:
    async def test_same_token(self) -> None:
        world = await World().connected()
        assert (await world.task(world.client.update_token("token 1"))).done()
        assert world.tokens() == []

    async def test_connected(self) -> None:
        world = await World().connected()
        task = await world.task(world.client.update_token("token 2"))
        (update,) = world.host.socket.take("update")
        assert update.header == {"id": update.id, "method": "update", "token": "token 2", "payload_size": 0}
        assert not task.done()
        world.answer(update.id)
        await world.host.settle()
        assert task.done()
        assert world.told == [("connected",)]

    @pytest.mark.parametrize("state", ["disconnected", "denied", "retrying"])
    async def test_connects(self, state: str) -> None:
        world = World()
        if state != "disconnected":
            world.client.connect()
            await world.host.settle()
        if state == "denied":
            await world.open(401)
        elif state == "retrying":
            world.host.socket.drop()
            await world.host.settle()
        task = await world.task(world.client.update_token("token 2"))
        world.host.socket.open()
        (init,) = world.host.socket.take("init")
        assert init.header["token"] == "token 2"
        world.answer(init.id)
        await world.host.settle()
        assert (task.done(), world.client.state) == (True, "connected")

    async def test_while_initialising_it_is_sent_next(self) -> None:
        world = World()
        world.client.connect()
        await world.host.settle()
        world.host.socket.open()
        task = await world.task(world.client.update_token("token 2"))
        (init,) = world.host.socket.take("init")
        world.answer(init.id)
        await world.host.settle()
        assert not task.done()
        (update,) = world.host.socket.take("update")
        assert update.header["token"] == "token 2"
        world.answer(update.id)
        await world.host.settle()
        assert task.done()

    async def test_while_initialising_with_a_token_that_is_refused(self) -> None:
        world = World()
        world.client.connect()
        await world.host.settle()
        world.host.socket.open()
        task = await world.task(world.client.update_token("token 2"))
        (init,) = world.host.socket.take("init")
        world.answer(init.id, 401, errorCode=20104)
        await world.open()
        assert task.done()
        await task
        assert world.client.state == "connected"
        assert ("token_expired",) in world.told

    async def test_while_updating(self) -> None:
        world = await World().connected()
        first = await world.task(world.client.update_token("token 2"))
        second = await world.task(world.client.update_token("token 3"))
        for expected in ("token 2", "token 3"):
            (update,) = world.host.socket.take("update")
            assert update.header["token"] == expected
            world.answer(update.id)
            await world.host.settle()
        assert first.done()
        assert second.done()

    async def test_in_the_handler_of_token_expired(self) -> None:
        world = await World().connected()
        tasks: list[asyncio.Task[None]] = []
        world.client.on(
            "token_expired", lambda: tasks.append(asyncio.ensure_future(world.client.update_token("token 2")))
        )
        world.close(410)
        await world.host.settle()
        await world.open()
        assert world.seconds == 0
        assert tasks[0].done()
        assert world.client.state == "connected"
        await world.host.advance(10)
        assert world.client.state == "connected"

    async def test_during_the_wait_after_308(self) -> None:
        world = await World().connected()
        world.close(308)
        task = await world.task(world.client.update_token("token 2"))
        await world.host.advance(4.1)
        assert world.seconds > 4
        world.host.socket.open()
        (init,) = world.host.socket.take("init")
        assert init.header["token"] == "token 2"
        world.answer(init.id)
        await world.host.settle()
        assert task.done()

    @pytest.mark.parametrize(("code", "state"), [(401, "denied"), (429, "connecting"), (500, "connecting")])
    async def test_refused(self, code: int, state: str) -> None:
        world = await World().connected()
        task = await world.task(world.client.update_token("token 2"))
        (update,) = world.host.socket.take("update")
        world.answer(update.id, code, {"backoff_policy": {"reconnect_min_ms": 3000}}, errorCode=20104)
        with pytest.raises(ReplyError, match="Transport failure: TEXT"):
            await task
        await world.host.settle()
        assert world.client.state == state
        assert (("token_expired",) in world.told) == (code == 401)
        await world.host.advance(3.1)
        if code != 401:
            await world.open()
            assert world.client.state == "connected"

    async def test_unanswered(self) -> None:
        world = await World().connected()
        task = await world.task(world.client.update_token("token 2"))
        await world.host.advance(30.1)
        with pytest.raises(TwilsockError, match="timeout"):
            await task
        await world.host.advance(1.1)
        await world.open()
        assert world.client.state == "connected"

    async def test_lost_with_the_socket(self) -> None:
        world = await World().connected()
        task = await world.task(world.client.update_token("token 2"))
        world.host.socket.drop()
        await world.host.advance(1.1)
        assert not task.done()
        await world.open()
        assert task.done()
        await task

    async def test_shut_down_meanwhile(self) -> None:
        world = await World().connected()
        task = await world.task(world.client.update_token("token 2"))
        await world.task(world.client.disconnect())
        with pytest.raises(TwilsockError):
            await task
        assert len(world.host.sockets) == 1

    async def test_after_406_nothing_helps(self) -> None:
        world = await World().connected()
        world.close(406)
        with pytest.raises(TwilsockError):
            await world.client.update_token("token 2")
        assert len(world.host.sockets) == 1


class TestRequests:
    async def test_wire(self) -> None:
        world = await World().connected()
        task = world.ask(
            "POST", "https://aim.us1.twilio.com:8443/Client/v1/a%20b?x=1%20&y=2&y=3&z&w=a=b#frag",
            headers={"Content-Type": "application/json; charset=utf-8"}, body={"body": "é"},
        )  # fmt: skip
        await world.host.settle()
        (packet,) = world.host.socket.take("message")
        assert list(packet.header) == ["id", "method", "active_grant", "payload_type", "http_request", "payload_size"]
        assert packet.header["active_grant"] == "ip_messaging"
        assert packet.header["payload_type"] == "application/json; charset=utf-8"
        assert packet.header["http_request"] == {
            "host": "aim.us1.twilio.com:8443",
            "path": "/Client/v1/a%20b",
            "method": "POST",
            "params": {"x": "1%20", "y": ["2", "3"], "w": "a=b"},
            "headers": {"Content-Type": "application/json; charset=utf-8"},
        }
        assert packet.payload == {"body": "é"}
        header = {"http_status": {"code": 201, "status": "Created"}, "http_headers": {"etag": "1"}}
        world.answer(packet.id, 200, {"sid": "IM1"}, header)
        response = await task
        assert (response.status, response.reason, response.headers, response.body) == (
            201, "Created", {"etag": "1"}, {"sid": "IM1"},
        )  # fmt: skip

    async def test_failures(self) -> None:
        world = await World().connected()
        tasks = [world.ask() for _ in range(4)]
        await world.host.settle()
        packets = world.host.socket.take("message")
        body = {"status": 404, "code": 54300, "message": "no"}
        world.answer(packets[0].id, 200, body, {"http_status": {"code": 404, "status": "Not Found"}})
        world.answer(packets[1].id, 429, errorCode=51202)
        world.answer(packets[2].id, 200)
        world.host.socket.receive({"method": "reply", "id": packets[3].id})
        errors = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(errors[0], UpstreamError)
        assert (errors[0].status, errors[0].description, errors[0].body) == (404, "Not Found", body)
        assert errors[0].code == 54300
        assert isinstance(errors[1], ReplyError)
        assert errors[1].reply["status"]["errorCode"] == 51202
        assert (errors[2].status, errors[2].body) == (0, None)
        assert isinstance(errors[3], ReplyError)

    async def test_never_connected(self) -> None:
        world = World()
        with pytest.raises(TransportUnavailableError, match="Unable to connect: Connection is not initialized"):
            await world.client.request("GET", "https://aim/x")

    @pytest.mark.parametrize("url", ["https://aim", "ftp://aim/x", "aim/x", ""])
    async def test_bad_urls(self, url: str) -> None:
        world = await World().connected()
        with pytest.raises(TwilsockError, match="Incorrect URI"):
            await world.client.request("GET", url)

    async def test_what_cannot_be_written(self) -> None:
        world = await World().connected()
        with pytest.raises(TwilsockError):
            await world.client.request("POST", "https://aim/x", body="\ud800")
        assert world.host.socket.take("message") == []

    async def test_queued_and_flushed_in_order(self) -> None:
        world = World()
        world.client.connect()
        tasks = [world.ask(url=f"https://aim/{number}") for number in range(5)]
        await world.host.advance(19)
        assert [one.header for one in world.host.socket.take("message")] == []
        await world.open()
        packets = world.host.socket.take("message")
        assert [one.header["http_request"]["path"] for one in packets] == [f"/{number}" for number in range(5)]
        await world.host.advance(29)
        assert not any(task.done() for task in tasks)
        await world.host.advance(2)
        with pytest.raises(TwilsockError, match=f"^Twilsock: request timeout: {packets[0].id}$"):
            await tasks[0]
        await asyncio.gather(*tasks, return_exceptions=True)
        world.answer(packets[0].id)
        assert world.client.state == "connected"

    async def test_a_queue_has_an_end(self) -> None:
        world = World()
        world.client.connect()
        task = world.ask("POST")
        await world.host.advance(20.1)
        with pytest.raises(TwilsockError, match=r"^request 'POST' to 'aim' timed out$"):
            await task
        await world.open()
        assert world.host.socket.take("message") == []

    async def test_a_refused_init_fails_the_queue(self) -> None:
        world = World()
        world.client.connect()
        task = world.ask()
        await world.open(500)
        with pytest.raises(TransportUnavailableError):
            await task
        assert world.client.state == "connecting"

    @pytest.mark.parametrize("how", ["drop", "308", "410", "406", "disconnect", "offline"])
    async def test_in_flight_requests_never_hang(self, how: str) -> None:
        world = await World().connected()
        task = world.ask()
        await world.host.settle()
        if how == "drop":
            world.host.socket.drop()
        elif how == "disconnect":
            await world.task(world.client.disconnect())
        elif how == "offline":
            world.host.set_online(False)
        else:
            world.close(int(how))
        await world.host.settle()
        with pytest.raises(TwilsockError, match=r"^disconnected$"):
            await task

    async def test_a_cancelled_caller(self) -> None:
        world = World()
        world.client.connect()
        task = world.ask()
        await world.host.settle()
        task.cancel()
        await world.host.settle()
        await world.open()
        assert world.host.socket.take("message") == []
        task = world.ask()
        await world.host.settle()
        task.cancel()
        await world.host.settle()
        (packet,) = world.host.socket.take("message")
        world.answer(packet.id)
        assert world.host.pending_timers == 0

    async def test_while_updating_requests_are_sent(self) -> None:
        world = await World().connected()
        update = await world.task(world.client.update_token("token 2"))
        world.ask()
        await world.host.settle()
        assert len(world.host.socket.take("message")) == 1
        update.cancel()


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
