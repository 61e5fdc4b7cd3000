"""Several chat services in one emulator: a token opens one of them, and nothing passes from one to another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from core_wire import Wire
from twilio.rest import Client as Twilio

from pyconvo import Client
from pyconvo.emulator.config import SERVICE_SID, EmulatorConfig
from pyconvo.emulator.database import DatabaseError
from pyconvo.emulator.service import Service
from pyconvo.testing import Emulator, EmulatorError
from pyconvo.testing import twilio_client as library


def token(emulator: Emulator, identity: str, service: str) -> str:
    return emulator.token(identity, service=service)


async def joined(emulator: Emulator, service: str) -> list[str | None]:
    """The unique names of what alice of that service is in."""
    client = await Client.create(token(emulator, "alice", service), emulator.options)
    try:
        return [one.unique_name for one in (await client.get_subscribed_conversations()).items]
    finally:
        await client.shutdown()


async def test_services_are_apart(emulator: Emulator, twilio_client: Twilio) -> None:
    v1 = twilio_client.conversations.v1
    other = await asyncio.to_thread(v1.services.create, friendly_name="Other")
    default, second = v1.services(SERVICE_SID), v1.services(other.sid)

    def fill() -> None:
        for service, name in ((default, "here"), (second, "there")):
            room = service.conversations.create(unique_name=name)
            room.participants.create(identity="alice")
            # The same name is free in the other service.
            service.conversations.create(unique_name="same")

    await asyncio.to_thread(fill)
    assert await joined(emulator, SERVICE_SID) == ["here"]
    assert await joined(emulator, other.sid) == ["there"]

    def look() -> None:
        assert [one.unique_name for one in default.conversations.list()] == ["here", "same"]
        assert [one.unique_name for one in second.conversations.list()] == ["there", "same"]
        assert [one.unique_name for one in v1.conversations.list()] == ["here", "same"]
        (first,), (alice,) = default.users.list(), second.users.list()
        assert first.sid != alice.sid
        assert alice.chat_service_sid == other.sid
        assert alice.url.endswith(f"/v1/Services/{other.sid}/Users/{alice.sid}")

    await asyncio.to_thread(look)
    await asyncio.to_thread(other.delete)
    with pytest.raises(EmulatorError, match=other.sid):
        token(emulator, "alice", other.sid)


async def test_events_presence_and_typing_stay_within(emulator: Emulator, twilio_client: Twilio) -> None:
    v1 = twilio_client.conversations.v1
    other = await asyncio.to_thread(v1.services.create, friendly_name="Other")
    here = await Client.create(emulator.token("alice"), emulator.options)
    await asyncio.to_thread(v1.services(other.sid).users.create, identity="alice")

    async def online() -> list[bool]:
        found = [await asyncio.to_thread(v1.services(sid).users("alice").fetch) for sid in (SERVICE_SID, other.sid)]
        return [user.is_online for user in found]

    assert await online() == [True, False]
    there = await Client.create(token(emulator, "alice", other.sid), emulator.options)
    assert await online() == [True, True]
    heard: list[str] = []
    here.on("conversation_added", lambda one: heard.append(f"here {one.unique_name}"))
    arrived: asyncio.Queue[str] = asyncio.Queue()
    there.on("conversation_added", lambda one: arrived.put_nowait(str(one.unique_name)))
    try:

        def invite() -> Any:
            room = v1.services(other.sid).conversations.create(unique_name="there")
            room.participants.create(identity="alice")
            return room

        room = await asyncio.to_thread(invite)
        async with asyncio.timeout(10):
            assert await arrived.get() == "there"
        mine = await there.get_conversation_by_sid(room.sid)
        await mine.send_message("hello")
        (message,) = await asyncio.to_thread(room.messages.list)
        assert (message.author, message.body) == ("alice", "hello")
        assert heard == []
    finally:
        await here.shutdown()
        await there.shutdown()


async def test_a_removed_service_ends_its_connections(emulator: Emulator, twilio_client: Twilio) -> None:
    other = await asyncio.to_thread(twilio_client.conversations.v1.services.create, friendly_name="Other")
    async with Wire.open(emulator) as there, Wire.login(emulator, "alice") as here:
        opened = token(emulator, "alice", other.sid)
        await there.init(opened)
        await asyncio.to_thread(other.delete)
        assert await there.closed()
        assert (await here.request("GET", "/Client/v2/Configuration")).header["http_status"]["code"] == 200
        async with Wire.open(emulator) as again:
            assert (await again.init(opened)).header["status"]["errorCode"] == 20106


def test_nobody_waits_for_the_webhooks_of_a_removed_service(emulator: Emulator, twilio_client: Twilio) -> None:
    other = twilio_client.conversations.v1.services.create(friendly_name="Other")
    url = emulator.webhook_receiver("slow", delay=600)
    settings = {"post": url, "filters": ["onMessageAdded"]}
    emulator.call("POST", f"/emulator/webhooks?service={other.sid}", settings)
    rooms = twilio_client.conversations.v1.services(other.sid).conversations
    room = rooms.create()
    for body in "xy":
        room.messages.create(body=body, x_twilio_webhook_enabled="true")
    with pytest.raises(EmulatorError, match="still on their way"):
        emulator.webhooks(wait=0.05)
    other.delete()
    assert [one["result"] for one in emulator.webhooks(wait=10)] == ["failed", "failed"]


async def test_a_token_for_another_service_is_no_update(emulator: Emulator, twilio_client: Twilio) -> None:
    other = await asyncio.to_thread(twilio_client.conversations.v1.services.create, friendly_name="Other")
    async with Wire.login(emulator, "alice") as wire:
        reply = await wire.call({"method": "update", "token": token(emulator, "alice", other.sid)})
        assert reply.header["status"]["errorCode"] == 51215
        path = f"/Client/v2/Services/{other.sid}/Conversations"
        assert (await wire.request("POST", path, {})).header["http_status"]["code"] == 404
        answer = await wire.request("GET", f"/v3/Services/{other.sid}/Maps/alice.channels")
        assert answer.header["http_status"]["code"] == 404


def test_the_control_plane_reaches_each(emulator: Emulator, twilio_client: Twilio) -> None:
    other = twilio_client.conversations.v1.services.create(friendly_name="Other").sid
    emulator.call("POST", f"/emulator/seed?service={other}", {"users": ["bob"]})
    assert [user["identity"] for user in emulator.call("GET", f"/emulator/state?service={other}")["users"]] == ["bob"]
    assert emulator.state()["users"] == []
    with pytest.raises(EmulatorError, match="IS1"):
        emulator.call("GET", f"/emulator/state?service=IS{'1' * 32}")
    emulator.reset()
    assert [one.sid for one in twilio_client.conversations.v1.services.list()] == [SERVICE_SID]


def test_services_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "data.db"

    def names(emulator: Emulator, sid: str) -> list[str]:
        return [one.unique_name for one in library(emulator).conversations.v1.services(sid).conversations.list()]

    with Emulator(db=str(path)) as emulator:
        services = library(emulator).conversations.v1.services
        kept, gone = (services.create(friendly_name=name) for name in ("Kept", "Gone"))
        for one in (kept, gone):
            services(one.sid).conversations.create(unique_name=one.friendly_name)
        gone.delete()
        assert sorted(one.name for one in tmp_path.iterdir() if one.suffix == ".db" or "IS" in one.name)
    with Emulator(db=str(path)) as emulator:
        assert [one.friendly_name for one in library(emulator).conversations.v1.services.list()][1:] == ["Kept"]
        assert names(emulator, kept.sid) == ["Kept"]
        state = emulator.call("GET", "/emulator/export")
    assert {one.name for one in tmp_path.iterdir()} == {"data.db", f"data.db-{kept.sid}"}
    with Emulator() as emulator:
        emulator.call("POST", "/emulator/import", state)
        assert names(emulator, kept.sid) == ["Kept"]
        broken = state | {"services": {"../x": state["services"][kept.sid]}}
        with pytest.raises(EmulatorError, match="no sid"):
            emulator.call("POST", "/emulator/import", broken)
        assert names(emulator, kept.sid) == ["Kept"]
    (tmp_path / f"data.db-{kept.sid}").unlink()
    with pytest.raises(DatabaseError, match="'Kept' is in it; put it back"):
        Service(EmulatorConfig(db=str(path)))
