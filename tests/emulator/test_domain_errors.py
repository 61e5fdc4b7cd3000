"""Every refusal of the domain, with Twilio's number and HTTP status (server-behaviour, sections 9 and 10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.conversations import Limits
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.errors import TwilioError

NOWHERE = "CH" + "0" * 32
NO_MESSAGE = "IM" + "0" * 32
NO_PARTICIPANT = "MB" + "0" * 32

Refused = Callable[[World, str], Any]

# name: (HTTP status, Twilio's number, command on the room of alice and bob)
REFUSALS: dict[str, tuple[int, int, Refused]] = {
    "unknown conversation": (404, 50350, lambda w, s: w.model.conversations.read("alice", NOWHERE)),
    "send to unknown": (404, 50350, lambda w, s: w.model.messages.send("alice", NOWHERE, body="x")),
    "delete unknown": (404, 50350, lambda w, s: w.model.conversations.delete("alice", NOWHERE)),
    "typing in unknown": (404, 50350, lambda w, s: w.model.typing.typed("alice", NOWHERE)),
    "unique name taken": (409, 50353, lambda w, s: w.model.conversations.create("bob", unique_name="room")),
    "unique name taken by update": (409, 50353, lambda w, s: _second_room(w, "other", {"unique_name": "room"})),
    "unique name like a sid": (400, 50390, lambda w, s: w.model.conversations.create("bob", unique_name=NOWHERE)),
    "unique name too long": (400, 50004, lambda w, s: w.model.conversations.create("bob", unique_name="x" * 257)),
    "friendly name too long": (400, 50003, lambda w, s: w.model.conversations.create("a", friendly_name="x" * 257)),
    "friendly name no string": (400, 20001, lambda w, s: w.model.conversations.create("a", friendly_name=5)),
    "attributes too long": (
        400,
        50303,
        lambda w, s: w.model.conversations.create("a", attributes=_json(16385)),
    ),
    "attributes no JSON": (400, 50304, lambda w, s: w.model.conversations.create("a", attributes="{")),
    "attributes no text": (400, 50304, lambda w, s: w.model.conversations.create("a", attributes={"a": 1})),
    "attributes NaN": (400, 50304, lambda w, s: w.model.conversations.create("a", attributes="NaN")),
    "attributes nested deep": (400, 50304, lambda w, s: w.model.conversations.create("a", attributes="[" * 16000)),
    "closed from the start": (400, 50384, lambda w, s: w.model.conversations.create(None, state="closed")),
    "participant exists": (409, 50433, lambda w, s: w.model.participants.add("alice", s, "bob")),
    "joined already": (409, 50433, lambda w, s: w.model.participants.add("alice", s, "alice")),
    "identity too long": (400, 50207, lambda w, s: w.model.participants.add("alice", s, "x" * 257)),
    "identity empty": (400, 20001, lambda w, s: w.model.participants.add("alice", s, "")),
    "identity missing": (400, 20001, lambda w, s: w.model.participants.add("alice", s, None)),
    "participant attributes": (400, 50304, lambda w, s: w.model.participants.add("alice", s, "c", attributes="nope")),
    "participant not found": (404, 50432, lambda w, s: w.model.participants.remove("alice", s, "nobody")),
    "participant sid not found": (404, 50432, lambda w, s: w.model.participants.remove("alice", s, NO_PARTICIPANT)),
    "participant update": (404, 50432, lambda w, s: w.model.participants.update("alice", s, NO_PARTICIPANT, {})),
    "binding no object": (400, 20001, lambda w, s: w.model.participants.add_non_chat("alice", s, "+15550100")),
    "binding without address": (400, 20001, lambda w, s: _bind(w, s, "", "+15550199")),
    "binding of unknown form": (400, 20001, lambda w, s: _bind(w, s, "pigeon", "+15550199")),
    "binding of two channels": (400, 20001, lambda w, s: _bind(w, s, "whatsapp:+15550100", "+15550199")),
    "binding by a member": (403, 50107, lambda w, s: _bind(w, s, "+15550100", "+15550199", actor="bob")),
    "body missing": (400, 50503, lambda w, s: w.model.messages.send("alice", s)),
    "body too long": (400, 50504, lambda w, s: w.model.messages.send("alice", s, body="ä" * (16 * 1024 + 1))),
    "body no string": (400, 20001, lambda w, s: w.model.messages.send("alice", s, body=["x"])),
    "edited body too long": (400, 50504, lambda w, s: _edit(w, s, {"body": "x" * (32 * 1024 + 1)})),
    "message attributes too long": (400, 50303, lambda w, s: _edit(w, s, {"attributes": _json(4097)})),
    "message attributes no JSON": (400, 50304, lambda w, s: _edit(w, s, {"attributes": "'x'"})),
    "message not found": (404, 20404, lambda w, s: w.model.messages.edit("alice", s, NO_MESSAGE, {"body": "x"})),
    "message not found to remove": (404, 20404, lambda w, s: w.model.messages.remove("alice", s, NO_MESSAGE)),
    "media not found": (404, 50507, lambda w, s: w.model.messages.send("alice", s, media_sids=["ME" + "0" * 32])),
    "media sid invalid": (400, 50510, lambda w, s: w.model.messages.send("alice", s, media_sids=["x"])),
    "media sids no list": (400, 20001, lambda w, s: w.model.messages.send("alice", s, media_sids="ME")),
    "content template": (404, 20404, lambda w, s: w.model.messages.send("alice", s, body="x", content_sid="HX1")),
    "horizon negative": (400, 20001, lambda w, s: w.model.participants.read_up_to("alice", s, -1)),
    "horizon no integer": (400, 20001, lambda w, s: w.model.participants.read_up_to("alice", s, 1.5)),
    "horizon boolean": (400, 20001, lambda w, s: w.model.participants.read_up_to("alice", s, True)),
    "notification level": (400, 50210, lambda w, s: w.model.participants.set_notification_level("alice", s, "loud")),
    "unknown user": (404, 50200, lambda w, s: w.model.users.get("nobody")),
    "update of unknown user": (404, 50200, lambda w, s: w.model.users.update("alice", "nobody", {})),
    "unknown state": (400, 50378, lambda w, s: w.model.conversations.set_state(s, "asleep")),
    "timer too short": (400, 50375, lambda w, s: w.model.conversations.set_timers(s, inactive=59, closed=None)),
    "seed no object": (400, 20001, lambda w, s: w.model.seed([])),  # type: ignore[arg-type]
    "seed unknown key": (400, 20001, lambda w, s: w.model.seed({"conversations": [{"name": "x"}]})),
    "seed sid taken": (400, 20001, lambda w, s: w.model.seed({"conversations": [{"sid": s}]})),
    "seed bad sid": (400, 20001, lambda w, s: w.model.seed({"conversations": [{"sid": "CH1"}]})),
    "seed unknown role": (400, 50102, lambda w, s: w.model.seed({"users": [{"identity": "z", "role": "king"}]})),
    "seed bad count": (400, 20001, lambda w, s: w.model.seed({"conversations": [{"messages": {"count": -1}}]})),
    "seed unique name": (409, 50353, lambda w, s: w.model.seed({"conversations": [{}, {"uniqueName": "room"}]})),
}


def _json(size: int) -> str:
    return '"' + "x" * (size - 2) + '"'


def _bind(world: World, sid: str, address: str, proxy: str, actor: str = "alice") -> None:
    world.model.participants.add_non_chat(actor, sid, {"address": address, "proxy_address": proxy})


def _edit(world: World, sid: str, changes: dict[str, Any]) -> None:
    world.model.messages.edit("alice", sid, world.message_of(sid, "alice"), changes)


def _second_room(world: World, unique_name: str, changes: dict[str, Any]) -> None:
    created = world.model.conversations.create(None, unique_name=unique_name)
    world.published()
    world.model.conversations.update(None, created.sid, changes)


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(world: World, name: str) -> None:
    status, code, command = REFUSALS[name]
    world.users("a", "alice", "bob")
    sid = world.room("alice", "bob", unique_name="room")
    world.model.messages.send("alice", sid, body="hello")
    world.published()
    with pytest.raises(TwilioError) as caught:
        command(world, sid)
    assert (caught.value.status, caught.value.code) == (status, code), str(caught.value)
    assert world.published() == []
    assert world.model.conversations.all()[0].sid == sid
    assert world.model.messages.of(sid)[0].body == "hello"


@pytest.mark.parametrize("code", Code)
def test_every_number_has_an_answer(code: Code) -> None:
    error = refusal(code, "the detail")
    assert 400 <= error.status < 500
    assert "the detail" in str(error)


CHANGES_OF_A_CLOSED_ROOM: dict[str, Refused] = {
    "send": lambda w, s: w.model.messages.send("alice", s, body="x"),
    "edit": lambda w, s: _edit(w, s, {"body": "x"}),
    "remove message": lambda w, s: w.model.messages.remove("alice", s, w.message_of(s, "alice")),
    "add": lambda w, s: w.model.participants.add("alice", s, "carol"),
    "participant": lambda w, s: w.model.participants.update("alice", s, "alice", {"attributes": "{}"}),
    "update": lambda w, s: w.model.conversations.update("alice", s, {"friendly_name": "x"}),
    "typing": lambda w, s: w.model.typing.typed("alice", s),
    "state": lambda w, s: w.model.conversations.set_state(s, "active"),
    "timers": lambda w, s: w.model.conversations.set_timers(s, inactive=60, closed=None),
}


@pytest.mark.parametrize("name", CHANGES_OF_A_CLOSED_ROOM)
def test_a_closed_conversation_does_not_change(world: World, name: str) -> None:
    sid = world.room("alice", "bob")
    world.model.messages.send("alice", sid, body="hello")
    world.model.conversations.set_state(sid, "closed")
    world.published()
    with pytest.raises(TwilioError) as caught:
        CHANGES_OF_A_CLOSED_ROOM[name](world, sid)
    assert (caught.value.status, caught.value.code) == (400, 50377)
    assert world.published() == []


def test_a_closed_conversation_can_be_read_left_and_deleted(world: World) -> None:
    sid = world.room("alice", "bob")
    world.model.messages.send("alice", sid, body="hello")
    world.model.conversations.set_state(sid, "closed")
    world.model.participants.read_up_to("bob", sid, 0)
    assert world.model.conversations.read("bob", sid).state == "closed"
    world.model.participants.remove("bob", sid, "bob")
    world.model.conversations.delete("alice", sid)


def test_counts_are_limited() -> None:
    world = World(limits=replace(Limits(), participants=2, conversations_per_user=2))
    sid = world.room("alice", "bob")
    with pytest.raises(TwilioError) as caught:
        world.model.participants.add("alice", sid, "carol")
    assert (caught.value.status, caught.value.code) == (403, 50417)
    closed = world.room("alice")
    third = world.model.conversations.create("bob")
    with pytest.raises(TwilioError) as caught:
        world.model.participants.add(None, third.sid, "alice")
    assert (caught.value.status, caught.value.code) == (403, 50214)
    world.model.conversations.set_state(closed, "closed")
    world.model.participants.add(None, third.sid, "alice")


def test_participants_of_other_channels_are_limited() -> None:
    world = World(limits=replace(Limits(), non_chat_participants=1))
    sid = world.room("alice")
    _bind(world, sid, "whatsapp:+15550100", "whatsapp:+15550199")
    with pytest.raises(TwilioError) as caught:
        _bind(world, sid, "whatsapp:+15550101", "whatsapp:+15550199")
    assert (caught.value.status, caught.value.code) == (403, 50422)
    world.model.conversations.set_state(sid, "closed")
    _bind(world, world.room("alice"), "whatsapp:+15550100", "whatsapp:+15550199")


def test_sizes_at_the_limit_are_fine(world: World) -> None:
    world.users("alice")
    found = world.model.conversations.create(
        "alice", friendly_name="x" * 256, unique_name="y" * 256, attributes=_json(16 * 1024)
    )
    world.model.participants.add("alice", found.sid, "alice", attributes=_json(4096))
    world.model.messages.send("alice", found.sid, body="z" * 32 * 1024, attributes=_json(4096))
    world.model.messages.send("alice", found.sid, body="")


def test_bodies_for_phones_are_shorter(world: World) -> None:
    sid = world.room("alice")
    world.model.messages.send("alice", sid, body="ä" * 1601)
    _bind(world, sid, "+15550100", "+15550199")
    world.model.messages.send("alice", sid, body="ä" * 1600)
    (first, *_) = world.model.messages.of(sid)
    for command in (
        lambda: world.model.messages.send("alice", sid, body="x" * 1601),
        lambda: world.model.messages.edit("alice", sid, first.sid, {"body": "x" * 1601}),
    ):
        with pytest.raises(TwilioError) as caught:
            command()
        assert (caught.value.status, caught.value.code) == (400, 50504)
