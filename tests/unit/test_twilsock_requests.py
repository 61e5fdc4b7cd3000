"""Requests on the wire: what is sent, queued, refused, lost; none hangs. The clock is virtual."""

from __future__ import annotations

import asyncio

import pytest
from twilsock_world import World

from pyconvo.errors import ReplyError, TransportUnavailableError, TwilsockError, UpstreamError


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
