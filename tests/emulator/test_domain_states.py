"""Conversation states and their timers on the emulator's clock (server-behaviour, section 7)."""

from __future__ import annotations

from domain_world import World
from domain_world import world as world


def _states(world: World) -> list[str]:
    return [data["state"]["current"] for name, _, _, data in world.published() if name.endswith(".channel")]


def test_set_state_is_published_with_its_date(world: World) -> None:
    sid = world.room("alice")
    world.tick()
    world.model.conversations.set_state(sid, "inactive")
    ((name, event, _, data),) = world.published()
    assert (name, event) == (f"{sid}.channel", "document_updated")
    assert data["state"]["current"] == "inactive"
    assert data["state"]["dateUpdated"] > data["dateUpdated"]
    world.model.conversations.set_state(sid, "inactive")
    assert world.published() == []


def test_a_message_wakes_an_inactive_conversation(world: World) -> None:
    sid = world.room("alice")
    world.model.conversations.set_state(sid, "inactive")
    world.published()
    world.model.messages.send("alice", sid, body="x")
    item, document = world.published()
    assert item[1] == "list_item_added"
    assert document[3]["state"]["current"] == "active"
    assert document[3]["lastMessage"]["index"] == 0


def test_a_participant_wakes_an_inactive_conversation(world: World) -> None:
    sid = world.room("alice")
    world.users("bob")
    world.model.conversations.set_state(sid, "inactive")
    world.published()
    world.model.participants.add("alice", sid, "bob")
    assert [event[:2] for event in world.published()] == [
        (f"{sid}.roster", "map_item_added"),
        ("bob.channels", "map_item_added"),
        (f"{sid}.channel", "document_updated"),
    ]


def test_timers_run_on_the_emulators_clock(world: World) -> None:
    sid = world.room("alice")
    world.model.conversations.set_timers(sid, inactive=60, closed=600)
    world.clock.advance(59)
    assert _states(world) == []
    world.clock.advance(2)
    assert _states(world) == ["inactive"]
    world.clock.advance(601)
    assert _states(world) == ["closed"]


def test_activity_starts_the_timers_anew(world: World) -> None:
    sid = world.room("alice")
    world.model.conversations.set_timers(sid, inactive=60, closed=None)
    world.clock.advance(50)
    world.model.messages.send("alice", sid, body="x")
    world.clock.advance(50)
    assert _states(world) == ["active"]
    world.clock.advance(11)
    assert _states(world) == ["inactive"]


def test_a_conversation_has_one_timer_however_much_is_said(world: World) -> None:
    sid = world.room("alice")
    world.model.conversations.set_timers(sid, inactive=60, closed=600)
    before = len(world.clock._timers)
    for _ in range(50):
        world.clock.advance(1)
        world.model.messages.send("alice", sid, body="x")
    assert len(world.clock._timers) == before
    for wait, state in ((59, "active"), (1, "inactive"), (599, "inactive"), (1, "closed")):
        world.clock.advance(wait)
        assert world.model.conversations.get(sid).state == state


def test_timers_of_a_deleted_conversation_do_nothing(world: World) -> None:
    sid = world.room("alice")
    world.model.conversations.set_timers(sid, inactive=60, closed=None)
    world.model.conversations.delete("alice", sid)
    world.published()
    world.clock.advance(1000)
    assert world.published() == []


def test_timers_survive_a_restart(world: World) -> None:
    sid = world.room("alice")
    world.model.presence("alice", True)
    world.model.conversations.set_timers(sid, inactive=60, closed=None)
    again = world.restarted()
    assert again.model.users.get("alice").online == 0
    again.published()
    again.clock.advance(61)
    assert again.model.conversations.get(sid).state == "inactive"


def test_state_and_timers_in_a_seed(world: World) -> None:
    sids = world.model.seed(
        {
            "conversations": [
                {"uniqueName": "old", "participants": ["alice"], "state": "closed", "messages": ["bye"]},
                {"uniqueName": "new", "participants": ["alice"], "timers": {"inactive": 60}},
            ]
        }
    )["conversations"]
    assert world.model.conversations.get(sids["old"]).state == "closed"
    world.clock.advance(61)
    assert world.model.conversations.get(sids["new"]).state == "inactive"
