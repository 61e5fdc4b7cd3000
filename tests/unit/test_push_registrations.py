"""What is repeated when the registration service fails, how often, and what the next change makes good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from pyconvo.errors import ConversationsError, TransportUnavailableError, TwilsockError, UpstreamError
from pyconvo.push import PUSH_TYPES
from pyconvo.services.push import PushRegistrations

URL = "https://ers.us1.twilio.com/v1/registrations"


@dataclass
class World:
    """A service that answers with what ``answers`` has, then with success; and a host whose time is short."""

    answers: list[Exception] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    clock: float = 0.0

    def __post_init__(self) -> None:
        host = SimpleNamespace(
            now=lambda: self.clock, random=lambda: 0.5, platform=lambda: "x" * 200, call_later=self.call_later
        )
        core: Any = SimpleNamespace(host=host, twilsock=SimpleNamespace(request=self.request))
        self.push = PushRegistrations(core, URL, "token")

    def call_later(self, delay: float, callback: Callable[[], Any]) -> asyncio.Handle:
        self.waits.append(delay)
        self.clock += delay
        return asyncio.get_running_loop().call_soon(callback)

    async def request(self, method: str, url: str, *, headers: Any, body: Any, grant: str) -> Any:
        self.asked.append((method, url.removeprefix(URL), body))
        await asyncio.sleep(0)
        if self.answers:
            raise self.answers.pop(0)
        return SimpleNamespace(body={"id": f"BS{len(self.asked)}"})


@pytest.fixture
def world() -> World:
    return World()


def busy() -> list[Exception]:
    """What may pass."""
    refusals: list[Exception] = [UpstreamError(status, "No", {}) for status in (503, 429, 408, 500)]
    return [TwilsockError("disconnected"), *refusals]


async def test_what_may_pass_is_repeated_until_it_does(world: World) -> None:
    world.answers = busy()
    await world.push.register("fcm", "a")
    assert [method for method, _, _ in world.asked] == ["POST"] * 6
    assert world.waits == [2, 4, 8, 16, 32]
    body = world.asked[0][2]
    assert (body["endpoint_platform"], body["message_types"]) == ("x" * 128, list(PUSH_TYPES))
    await world.push.register("fcm", "a")
    assert len(world.asked) == 6


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_what_cannot_pass_is_told_at_once(world: World, status: int) -> None:
    world.answers = [UpstreamError(status, "No", {})]
    with pytest.raises(UpstreamError):
        await world.push.register("fcm", "a")
    assert world.waits == []
    await world.push.register("fcm", "a")
    assert len(world.asked) == 2


async def test_without_a_connection_nothing_is_repeated(world: World) -> None:
    world.answers = [TransportUnavailableError("closed")]
    with pytest.raises(TransportUnavailableError):
        await world.push.remove("fcm", "a")
    assert (len(world.asked), world.waits) == (1, [])


async def test_removals_are_tried_three_times(world: World) -> None:
    world.answers = busy()
    with pytest.raises(UpstreamError):
        await world.push.remove("fcm", "a")
    assert (len(world.asked), world.waits) == (3, [2, 4])


async def test_a_registration_that_could_not_be_removed_is_removed_the_next_time(world: World) -> None:
    await world.push.register("apn", "a")
    world.answers = [UpstreamError(404, "No", {})]
    with pytest.raises(UpstreamError):
        await world.push.register("apn", "b")
    await world.push.register("apn", "b")
    told = [(method, path) for method, path, _ in world.asked]
    own, every = ("DELETE", "/BS1?productId=ip_messaging"), ("POST", "?productId=ip_messaging")
    assert told == [every, own, own, every]
    assert [body["data"]["registration_id"] for method, _, body in world.asked if method == "POST"] == ["a", "b"]


async def test_one_change_at_a_time(world: World) -> None:
    first = asyncio.ensure_future(world.push.register("apn", "a"))
    await asyncio.sleep(0)
    with pytest.raises(ConversationsError, match="already in progress"):
        await world.push.register("apn", "b")
    await first
    assert [body["data"]["registration_id"] for _, _, body in world.asked] == ["a"]
    await world.push.unregister("apn")
    assert world.asked[-1][:2] == ("DELETE", "/BS1?productId=ip_messaging")


async def test_a_device_that_cannot_be_told_does_not_keep_the_other_from_it(world: World) -> None:
    await world.push.register("apn", "a")
    world.push.use_token("another")
    world.answers = [UpstreamError(403, "No", {})]
    with pytest.raises(UpstreamError):
        await world.push.register("fcm", "b")
    assert [body["channel_type"] for _, _, body in world.asked] == ["apn", "apn", "fcm"]
