"""The stream of what happens: in order, after the commit, by whom and through which door; nothing that was undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.conversations import origin
from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.errors import TwilioError


def heard(world: World) -> list[DomainEvent]:
    """Everything that happens from now on."""
    events: list[DomainEvent] = []
    world.model.events.subscribe(events.append)
    return events


def test_every_command_says_what_it_did(world: World) -> None:
    model = world.model
    world.users("alice", "bob")
    events = heard(world)
    with origin.acting(origin.client("alice")):
        sid = model.conversations.create("alice", friendly_name="a").sid
        model.participants.add("alice", sid, "alice")
        model.conversations.update("alice", sid, {"friendly_name": "b"})
        message = model.messages.send("alice", sid, body="x")
        model.messages.edit("alice", sid, message.sid, {"body": "y"})
        model.messages.remove("alice", sid, message.sid)
        model.participants.update("alice", sid, "alice", {"attributes": "[1]"})
        model.participants.read_up_to("alice", sid, 0)
        model.participants.set_notification_level("alice", sid, "muted")
        model.users.update("alice", "alice", {"friendly_name": "A"})
        model.participants.add("alice", sid, "carol")
        model.participants.remove("alice", sid, "carol")
        model.conversations.set_state(sid, "inactive")
        model.messages.send("alice", sid, body="awake")
        model.conversations.delete("alice", sid)
    assert [event.kind for event in events] == [
        "conversation.added",
        "participant.added",
        "conversation.updated",
        "message.added",
        "message.updated",
        "message.removed",
        "participant.updated",
        "participant.updated",
        "participant.updated",
        "user.updated",
        "user.added",
        "participant.added",
        "participant.removed",
        "conversation.state",
        "message.added",
        "conversation.state",
        "conversation.removed",
    ]
    assert {event.origin for event in events} == {origin.client("alice")}
    by_kind = {event.kind: event for event in events}
    updated = by_kind["conversation.updated"]
    assert updated.conversation is not None
    assert (updated.conversation.friendly_name, updated.previous.friendly_name) == ("b", "a")  # type: ignore[union-attr]
    assert updated.changed == {"friendly_name"}
    assert by_kind["message.updated"].message.body == "y"  # type: ignore[union-attr]
    assert by_kind["conversation.state"].reason == "EVENT"
    levels = [event.changed for event in events if event.kind == "participant.updated"]
    assert levels == [{"attributes"}, {"last_read_message_index"}, {"notification_level"}]


def test_who_is_behind_a_change(world: World) -> None:
    sid = world.room("alice")
    events = heard(world)
    model = world.model
    model.messages.send(None, sid, body="the service")
    with origin.acting(origin.api(webhooks=True)):
        model.messages.send(None, sid, body="a server that wants webhooks")
    with origin.acting(origin.channel("sms")):
        model.messages.send(None, sid, body="a phone")
    model.presence("alice", True)
    model.conversations.set_timers(sid, inactive=60, closed=None)
    world.clock.advance(61)
    assert [event.origin for event in events] == [
        origin.Origin("API", None, webhooks=False),
        origin.Origin("API", None, webhooks=True),
        origin.Origin("SMS", None, webhooks=True),
        origin.client("alice"),
        origin.TIMER,
    ]
    assert events[-1].reason == "TIMER"
    assert events[3].changed == {"is_online", "is_notifiable"}


def test_events_come_after_the_commit_and_after_sync(world: World) -> None:
    sid = world.room("alice")
    seen: list[tuple[str, list[str]]] = []
    world.model.events.subscribe(lambda event: seen.append((event.kind, [kind for _, kind, _, _ in world.published()])))
    with world.store.transaction():
        world.model.messages.send("alice", sid, body="x")
        world.model.messages.send("alice", sid, body="y")
        assert seen == []
    assert seen == [
        ("message.added", ["list_item_added", "document_updated", "list_item_added", "document_updated"]),
        ("message.added", []),
    ]


def test_what_is_undone_did_not_happen(world: World) -> None:
    sid = world.room("alice")
    events = heard(world)

    def breaks_off() -> None:
        with world.store.transaction():
            world.model.messages.send("alice", sid, body="x")
            raise KeyError

    with pytest.raises(KeyError):
        breaks_off()
    with pytest.raises(TwilioError):
        world.model.messages.send("stranger", sid, body="x")
    assert events == []


def test_a_listener_that_fails_keeps_nothing_from_the_others(world: World) -> None:
    sid = world.room("alice")

    def fails(event: DomainEvent) -> None:
        raise KeyError("mine")

    world.model.events.subscribe(fails)
    events = heard(world)
    world.model.messages.send("alice", sid, body="x")
    assert [event.kind for event in events] == ["message.added"]


def test_a_listener_may_give_commands(world: World) -> None:
    sid = world.room("alice")

    def answer(event: DomainEvent) -> None:
        if event.kind == "message.added" and event.message is not None and event.message.author == "alice":
            world.model.messages.send(None, sid, body="noted", author="bot")

    world.model.events.subscribe(answer)
    world.model.messages.send("alice", sid, body="x")
    assert [message.body for message in world.model.messages.of(sid)] == ["x", "noted"]


def test_an_interceptor_changes_or_refuses(world: World) -> None:
    sid = world.room("alice")
    asked: list[str] = []

    def intercept(event: DomainEvent) -> Mapping[str, Any]:
        asked.append(event.kind)
        if event.kind == "conversation.removed":
            raise TwilioError(403, 50107, "no")
        return {"body": "changed", "friendly_name": "changed"}

    world.model.events.interceptor = intercept
    assert world.model.messages.send("alice", sid, body="x").body == "changed"
    assert world.model.conversations.update("alice", sid, {"attributes": "{}"}).friendly_name == "changed"
    with pytest.raises(TwilioError):
        world.model.conversations.delete("alice", sid)
    assert world.model.conversations.find(sid) is not None
    assert asked == ["message.added", "conversation.updated", "conversation.removed"]
