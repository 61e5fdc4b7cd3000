"""A request through a socket calls the function behind the route: it must be answered as by the whole application."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from typing import Any

import pytest
from starlette.types import Scope

from pyconvo.emulator import EmulatorConfig
from pyconvo.emulator.app import create_app
from pyconvo.emulator.caller import Caller
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.service import Service
from pyconvo.emulator.sync.store import SyncStore
from pyconvo.emulator.twilsock.tunnel import Answer, Tunnel
from pyconvo.twilsock.packet import dumps

CLIENT = "/Client/v2/Services/IS00000000000000000000000000000000"
MOMENT = 2_000_000_000.0
ROOM = {"unique_name": "room", "friendly_name": "Room"}
#: In order: later ones need what earlier ones have made. Method, path, body, headers, parameters.
ASKED: list[tuple[str, str, Any, dict[str, str], dict[str, Any]]] = [
    ("GET", "/Client/v2/Configuration", None, {}, {}),
    ("POST", f"{CLIENT}/Conversations", ROOM, {"X-Twilio-Mutation-Id": "one"}, {}),
    ("POST", f"{CLIENT}/Conversations", ROOM, {"X-Twilio-Mutation-Id": "one"}, {}),
    ("POST", f"{CLIENT}/Conversations", ROOM, {"X-Twilio-Mutation-Id": "two"}, {}),
    ("POST", f"{CLIENT}/Conversations/room/Participants", {"identity": "alice"}, {}, {}),
    ("POST", f"{CLIENT}/Conversations/room/Participants", {"identity": "bob/🙂"}, {}, {}),
    ("GET", f"{CLIENT}/Conversations/room/Participants/bob%2F%F0%9F%99%82", None, {}, {}),
    ("POST", f"{CLIENT}/Conversations/room/Messages", {"body": "hello"}, {}, {}),
    ("POST", f"{CLIENT}/Conversations/room/Messages", {"body": 7}, {}, {}),
    ("POST", f"{CLIENT}/Conversations/room/Messages", b"{", {}, {}),
    ("POST", f"{CLIENT}/Conversations/room/Messages", b'{"body": "\\ud83d"}', {}, {}),
    ("GET", f"{CLIENT}/Conversations/nowhere", None, {}, {}),
    ("PATCH", f"{CLIENT}/Conversations/room", {}, {}, {}),
    ("GET", f"{CLIENT}/Users/alice/Conversations", None, {}, {"PageSize": 1}),
    ("GET", f"{CLIENT}/Users/bob%2F%F0%9F%99%82/Conversations", None, {}, {}),
    ("DELETE", f"{CLIENT}/Conversations/room/Participants/bob%2F%F0%9F%99%82", None, {}, {}),
    ("GET", "/v3/Maps/alice.channels", None, {}, {"Include": "items"}),
    ("GET", "/v3/Services/IS00000000000000000000000000000000/Maps/alice.channels", None, {}, {}),
    ("GET", "/v3/Services/IS11111111111111111111111111111111/Maps/alice.channels", None, {}, {}),
    ("GET", "/v3/Maps/bob.channels", None, {}, {}),
    ("GET", "/v3/Maps/alice.channels/Items", None, {}, {"PageSize": "none"}),
    ("GET", "/v3/Documents/nothing", None, {}, {}),
    ("POST", "/v3/Lists", {"unique_name": "mine"}, {}, {}),
    ("POST", "/v3/Lists/mine/Items", {"data": {"n": 1}}, {}, {}),
    ("POST", "/v3/Lists/mine/Items/0", {"data": {"n": 2}}, {"If-Match": "7"}, {}),
    ("DELETE", "/v3/Lists/mine", None, {}, {}),
    ("PUT", "/v3/Lists/mine", {}, {}, {}),
    ("POST", "/v4/Subscriptions", {"action": "establish", "correlation_id": 1, "requests": []}, {}, {}),
    ("GET", "/v4/Subscriptions", None, {}, {}),
    ("GET", "/v4/Nothing", None, {}, {}),
    ("GET", "/v1/Services/IS00000000000000000000000000000000/Media/ME0", None, {}, {}),
    ("GET", "/v1/Conversations", None, {}, {}),
    ("POST", "/emulator/reset", {}, {}, {}),
    ("GET", "/Client/", None, {}, {}),
    ("GET", "", None, {}, {}),
]


class World:
    """An emulator without a port."""

    def __init__(self, *, shortcut: bool) -> None:
        self.app = create_app(EmulatorConfig(seed=1))
        self.service: Service = self.app.state.service
        self.service.clock.freeze()
        self.service.clock.set(MOMENT)
        self.tunnel: Tunnel = self.app.state.tunnel if shortcut else Tunnel(self.app, lambda scope: None)
        self.user_sid = self.service.conversations.ensure_user("alice").sid

    async def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, params: Any = None
    ) -> Answer:
        http = {"host": "h", "path": path, "method": method, "headers": headers or {}, "params": params or {}}
        written = body if isinstance(body, bytes) else b"" if body is None else dumps(body)
        caller = Caller("alice", self.user_sid, None, {}, self.service.chats.current.sid)
        return await self.tunnel.request(caller, http, written, "application/json")


async def test_every_request_is_answered_as_by_the_application() -> None:
    short, long = World(shortcut=True), World(shortcut=False)
    statuses: list[int] = []
    for asked in ASKED:
        answer = await short.ask(*asked)
        whole = await long.ask(*asked)
        # Only pages have an origin.
        whole.headers.pop("vary", None)
        answer.headers.pop("vary", None)
        assert answer == whole, asked
        statuses.append(answer.status)
    assert {200, 201, 202, 204, 400, 403, 404, 405, 409, 412} <= set(statuses)


async def test_what_nobody_foresaw_is_told_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    worlds = [World(shortcut=True), World(shortcut=False)]
    monkeypatch.setattr(SyncStore, "get", broken)
    for world in worlds:
        with caplog.at_level(logging.ERROR, "pyconvo.emulator"):
            answer = await world.ask("GET", "/v3/Maps/m")
        assert (answer.status, "broken" in str(answer.body)) == (500, False)
        (record,) = caplog.records
        assert "GET /v3/Maps/m failed" in record.getMessage()
        assert record.exc_info is not None
        caplog.clear()


@pytest.mark.parametrize("shortcut", [True, False])
async def test_a_reset_leaves_nothing_of_what_was_there(shortcut: bool) -> None:
    world = World(shortcut=shortcut)
    earlier: list[weakref.ref[Conversations]] = []
    for _ in range(3):
        world.user_sid = world.service.conversations.ensure_user("alice").sid
        assert (await world.ask("GET", "/Client/v2/Configuration")).status == 200
        earlier.append(weakref.ref(world.service.conversations))
        world.service.reset()
        # Its webhooks are closed beside it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    # The last one's routes make room for the next one's when that is asked for something.
    world.user_sid = world.service.conversations.ensure_user("alice").sid
    await world.ask("GET", "/Client/v2/Configuration")
    gc.collect()
    assert [one() for one in earlier] == [None] * 3


async def test_the_application_is_passed_by_unless_faults_are_planned() -> None:
    world = World(shortcut=True)
    through: list[str] = []

    async def application(scope: Scope, *rest: Any) -> None:
        through.append(scope["path"])
        await world.app(scope, *rest)

    world.tunnel = Tunnel(application, world.tunnel.shortcut)
    for path in ("/Client/v2/Configuration", "/v3/Maps/alice.channels"):
        assert (await world.ask("GET", path)).status == 200
    assert through == []
    world.service.faults.add({"on": "http", "action": "respond", "status": 418, "path": "Configuration"})
    assert (await world.ask("GET", "/Client/v2/Configuration")).status == 418
    assert (await world.ask("GET", "/v3/Maps/alice.channels")).status == 200
    assert through == ["/Client/v2/Configuration"]
