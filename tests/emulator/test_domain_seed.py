"""Fixtures: what they make, and that the big ones are made quickly."""

from __future__ import annotations

import time

import pytest
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.errors import TwilioError

SID = "CH" + "ab" * 16


def test_everything_that_a_fixture_can_say(world: World) -> None:
    made = world.model.seed(
        {
            "users": [
                {"identity": "alice", "friendlyName": "Alice", "attributes": {"vip": True}, "role": "admin"},
                "bob",
            ],
            "conversations": [
                {
                    "sid": SID,
                    "uniqueName": "trip",
                    "friendlyName": "Trip",
                    "attributes": {"topic": "x"},
                    "createdBy": "bob",
                    "participants": [
                        "alice",
                        {"identity": "bob", "attributes": {"p": 1}, "lastReadMessageIndex": 0},
                        {"identity": "carol", "notificationLevel": "muted"},
                    ],
                    "messages": [{"author": "alice", "body": "hi", "attributes": {"m": 1}}, "short form"],
                },
                {"participants": ["bob"], "messages": {"count": 3, "author": "bob", "prefix": "n"}},
            ],
        }
    )
    assert made["conversations"]["trip"] == SID
    assert set(made["users"]) == {"alice", "bob"}
    state = world.model.state()
    users = {user["identity"]: user for user in state["users"]}
    assert (users["alice"]["friendlyName"], users["alice"]["role"]) == ("Alice", "service admin")
    assert users["alice"]["attributes"] == {"vip": True}
    assert set(users) == {"alice", "bob", "carol"}
    trip, plain = state["conversations"]
    assert (trip["sid"], trip["friendlyName"], trip["attributes"]) == (SID, "Trip", {"topic": "x"})
    assert [each["role"] for each in trip["participants"]] == ["channel user", "channel admin", "channel user"]
    assert [each["lastReadMessageIndex"] for each in trip["participants"]] == [None, 0, None]
    assert trip["participants"][2]["notificationLevel"] == "muted"
    assert [(each["author"], each["body"]) for each in trip["messages"]] == [("alice", "hi"), ("bob", "short form")]
    assert trip["lastMessageIndex"] == 1
    assert plain["createdBy"] == "bob"
    assert [each["body"] for each in plain["messages"]] == ["n0", "n1", "n2"]
    assert world.data("document", f"{SID}.channel")["lastMessage"]["index"] == 1


def test_a_bad_fixture_leaves_nothing(world: World) -> None:
    with pytest.raises(TwilioError):
        world.model.seed({"conversations": [{"uniqueName": "a"}, {"uniqueName": "a"}]})
    assert world.model.state()["conversations"] == []
    assert world.published() == []


def test_big_fixtures_are_quick(world: World) -> None:
    start = time.process_time()
    world.model.seed(
        {
            "conversations": [
                *({"uniqueName": f"room-{n}", "participants": ["alice", "bob"]} for n in range(120)),
                {"uniqueName": "long", "participants": ["alice", "bob"], "messages": {"count": 250, "author": "bob"}},
            ]
        }
    )
    assert time.process_time() - start < 3
    assert len(world.model.state()["conversations"]) == 121
    assert world.model.messages.send("bob", world.model.conversations.get("long").sid, body="next").index == 250
