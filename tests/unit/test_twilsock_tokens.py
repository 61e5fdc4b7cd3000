"""New tokens in every state of the connection, and what becomes of them. The clock is virtual."""

from __future__ import annotations

import asyncio

import pytest
from twilsock_world import World

from pyconvo.errors import ReplyError, TwilsockError


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
