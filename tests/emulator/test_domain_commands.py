"""What each command publishes, to which objects, in which order, and with which data (server-behaviour, section 4)."""

from __future__ import annotations

import json

from domain_world import World
from domain_world import world as world


def test_a_new_user_has_both_maps_and_a_complete_profile(world: World) -> None:
    user = world.model.ensure_user("alice")
    assert world.published() == [
        (user.info_map, "map_item_added", "friendlyName", {"value": None}),
        (user.info_map, "map_item_added", "attributes", {"value": "{}"}),
        (user.info_map, "map_item_added", "reachability", {"online": False, "notifiable": False}),
    ]
    assert world.store.find("map", "alice.channels") is not None
    assert world.model.ensure_user("alice") == user
    assert world.published() == []


def test_create_publishes_nothing_and_does_not_join(world: World) -> None:
    world.users("alice")
    conversation = world.model.conversations.create(
        "alice", friendly_name="Trip", unique_name="trip", attributes='{"a":1}'
    )
    assert world.published() == []
    document = world.data("document", conversation.document)
    assert list(document) == [
        "messages", "roster", "friendlyName", "uniqueName", "attributes", "createdBy",
        "dateCreated", "dateUpdated", "state", "bindings",
    ]  # fmt: skip
    assert document["messages"] == f"{conversation.sid}.messages"
    assert document["roster"] == f"{conversation.sid}.roster"
    assert (document["friendlyName"], document["uniqueName"]) == ("Trip", "trip")
    assert (document["attributes"], document["createdBy"]) == ('{"a":1}', "alice")
    assert document["state"]["current"] == "active"
    assert world.model.participants.of(conversation.sid) == []


def test_join_publishes_roster_then_own_list(world: World) -> None:
    world.users("alice")
    conversation = world.model.conversations.create("alice")
    participant = world.model.participants.add("alice", conversation.sid, "alice")
    roster, own = world.published()
    assert roster[:3] == (conversation.roster, "map_item_added", participant.sid)
    assert roster[3] == {
        "identity": "alice",
        "type": "chat",
        "roleSid": participant.role_sid,
        "attributes": "{}",
        "dateCreated": participant.date_created,
        "dateUpdated": participant.date_created,
        "lastConsumedMessageIndex": None,
        "lastConsumptionTimestamp": None,
        "userInfo": world.model.users.get("alice").info_map,
        "bindings": {},
    }
    assert own == (
        "alice.channels",
        "map_item_added",
        conversation.sid,
        {
            "status": "joined",
            "channel": conversation.document,
            "roster": conversation.roster,
            "messages": conversation.message_list,
            "notificationLevel": "default",
            "lastConsumedMessageIndex": None,
        },
    )


def test_creator_becomes_channel_admin_and_others_channel_users(world: World) -> None:
    sid = world.room("alice", "bob")
    assert world.roles(sid) == {"alice": "channel admin", "bob": "channel user"}


def test_adding_an_unknown_identity_makes_the_user(world: World) -> None:
    sid = world.room("alice")
    world.model.participants.add("alice", sid, "dora", attributes='{"x":1}')
    names = [(name, event) for name, event, _, _ in world.published()]
    user = world.model.users.get("dora")
    assert names == [
        (user.info_map, "map_item_added"),
        (user.info_map, "map_item_added"),
        (user.info_map, "map_item_added"),
        (f"{sid}.roster", "map_item_added"),
        ("dora.channels", "map_item_added"),
    ]


def test_rejoining_makes_another_participant(world: World) -> None:
    sid = world.room("alice", "bob")
    first = world.model.participants.get(sid, "bob")
    world.model.participants.remove("bob", sid, "bob")
    world.published()
    second = world.model.participants.add("bob", sid, "bob")
    assert second.sid != first.sid
    assert [event[:2] for event in world.published()] == [
        (f"{sid}.roster", "map_item_added"),
        ("bob.channels", "map_item_added"),
    ]


def test_send_publishes_the_item_then_the_document(world: World) -> None:
    sid = world.room("alice", "bob")
    before = world.data("document", f"{sid}.channel")["dateUpdated"]
    world.tick()
    message = world.model.messages.send("bob", sid, body="hello", attributes='{"n":1}', subject="S")
    item, document = world.published()
    assert item == (
        f"{sid}.messages",
        "list_item_added",
        0,
        {
            "sid": message.sid,
            "author": "bob",
            "memberSid": world.model.participants.get(sid, "bob").sid,
            "text": "hello",
            "type": "text",
            "subject": "S",
            "contentSid": None,
            "attributes": '{"n":1}',
            "timestamp": message.date_created,
            "dateUpdated": message.date_created,
            "lastUpdatedBy": None,
            "medias": [],
            "channelMetadata": False,
        },
    )
    assert document[:2] == (f"{sid}.channel", "document_updated")
    assert document[3]["lastMessage"] == {"index": 0, "timestamp": message.date_created}
    assert document[3]["dateUpdated"] == before


def test_edit_publishes_the_complete_item(world: World) -> None:
    sid = world.room("alice", "bob")
    message = world.model.messages.send("bob", sid, body="hello", attributes='{"n":1}')
    world.published()
    world.tick()
    world.model.messages.edit("bob", sid, message.sid, {"body": "hi"})
    ((name, event, index, data),) = world.published()
    assert (name, event, index) == (f"{sid}.messages", "list_item_updated", 0)
    assert (data["text"], data["attributes"], data["lastUpdatedBy"]) == ("hi", '{"n":1}', "bob")
    assert data["dateUpdated"] > data["timestamp"] == message.date_created


def test_removing_the_newest_message_moves_last_message_back(world: World) -> None:
    sid = world.room("alice")
    first = world.model.messages.send("alice", sid, body="1")
    second = world.model.messages.send("alice", sid, body="2")
    world.published()
    world.model.messages.remove("alice", sid, second.sid)
    removed, document = world.published()
    assert removed[:3] == (f"{sid}.messages", "list_item_removed", 1)
    assert document[3]["lastMessage"] == {"index": 0, "timestamp": first.date_created}
    world.model.messages.remove("alice", sid, first.sid)
    assert world.published()[1][3]["lastMessage"] is None
    assert world.model.messages.send("alice", sid, body="3").index == 2


def test_removing_an_older_message_leaves_the_document(world: World) -> None:
    sid = world.room("alice")
    first = world.model.messages.send("alice", sid, body="1")
    world.model.messages.send("alice", sid, body="2")
    world.published()
    world.model.messages.remove("alice", sid, first.sid)
    assert [event[:3] for event in world.published()] == [(f"{sid}.messages", "list_item_removed", 0)]


def test_leave_publishes_roster_then_own_list_and_removes(world: World) -> None:
    sid = world.room("alice", "bob")
    participant = world.model.participants.get(sid, "bob")
    world.model.participants.remove("bob", sid, "bob")
    assert [event[:3] for event in world.published()] == [
        (f"{sid}.roster", "map_item_removed", participant.sid),
        ("bob.channels", "map_item_removed", sid),
    ]


def test_remove_by_sid(world: World) -> None:
    sid = world.room("alice", "bob")
    world.model.participants.remove("alice", sid, world.model.participants.get(sid, "bob").sid)
    assert world.model.participants.identities(sid) == ["alice"]


def test_delete_removes_own_lists_first_then_the_objects(world: World) -> None:
    sid = world.room("alice", "bob", unique_name="trip")
    world.model.messages.send("alice", sid, body="1")
    world.published()
    world.model.conversations.delete("alice", sid)
    assert [event[:2] for event in world.published()] == [
        ("alice.channels", "map_item_removed"),
        ("bob.channels", "map_item_removed"),
        (f"{sid}.channel", "document_removed"),
        (f"{sid}.messages", "list_removed"),
        (f"{sid}.roster", "map_removed"),
    ]
    assert world.model.conversations.find(sid) is None
    world.model.conversations.create("alice", unique_name="trip")


def test_update_conversation_publishes_everything_with_a_new_date(world: World) -> None:
    sid = world.room("alice", unique_name="trip")
    before = world.data("document", f"{sid}.channel")
    world.tick()
    world.model.conversations.update("alice", sid, {"attributes": '{"b":2}'})
    ((name, event, _, data),) = world.published()
    assert (name, event) == (f"{sid}.channel", "document_updated")
    assert list(data) == list(before)
    assert data["attributes"] == '{"b":2}'
    assert data["dateUpdated"] > before["dateUpdated"]
    world.model.conversations.update("alice", sid, {"unique_name": ""})
    assert world.published()[0][3]["uniqueName"] is None


def test_read_horizon_publishes_roster_then_own_list(world: World) -> None:
    sid = world.room("alice", "bob")
    for number in range(3):
        world.model.messages.send("alice", sid, body=str(number))
    world.published()
    participant = world.model.participants.get(sid, "bob")
    world.tick()
    after = world.model.participants.read_up_to("bob", sid, 1)
    roster, own = world.published()
    assert roster[:3] == (f"{sid}.roster", "map_item_updated", participant.sid)
    assert roster[3]["lastConsumedMessageIndex"] == 1
    assert roster[3]["lastConsumptionTimestamp"] > participant.date_created
    assert roster[3]["dateUpdated"] == participant.date_updated
    assert own[:3] == ("bob.channels", "map_item_updated", sid)
    assert own[3]["lastConsumedMessageIndex"] == 1
    assert world.model.messages.unread(after) == 1


def test_unread_counts(world: World) -> None:
    sid = world.room("alice", "bob")
    model = world.model
    assert model.messages.unread(model.participants.read_up_to("bob", sid, 0)) is None
    for number in range(4):
        model.messages.send("alice", sid, body=str(number))
    assert model.messages.unread(model.participants.get(sid, "bob")) is None
    assert model.messages.unread(model.participants.read_up_to("bob", sid, 0)) == 3
    model.messages.remove("alice", sid, model.messages.of(sid)[1].sid)
    assert model.messages.unread(model.participants.get(sid, "bob")) == 2
    above = model.participants.read_up_to("bob", sid, 99)
    assert (above.last_read_index, model.messages.unread(above)) == (3, 0)
    assert model.messages.unread(model.participants.read_up_to("bob", sid, None)) is None


def test_notification_level_is_published_to_the_caller_alone(world: World) -> None:
    sid = world.room("alice", "bob")
    world.model.participants.set_notification_level("bob", sid, "muted")
    ((name, event, key, data),) = world.published()
    assert (name, event, key, data["notificationLevel"]) == ("bob.channels", "map_item_updated", sid, "muted")


def test_participant_attributes(world: World) -> None:
    sid = world.room("alice", "bob")
    participant = world.model.participants.get(sid, "bob")
    world.tick()
    world.model.participants.update("bob", sid, participant.sid, {"attributes": '{"y":1}'})
    ((name, event, key, data),) = world.published()
    assert (name, event, key) == (f"{sid}.roster", "map_item_updated", participant.sid)
    assert data["attributes"] == '{"y":1}'
    assert data["dateUpdated"] > participant.date_updated


def test_user_update_publishes_one_item_each(world: World) -> None:
    (user,) = world.users("alice")
    world.model.users.update("alice", "alice", {"friendly_name": "Al"})
    world.model.users.update("alice", user.sid, {"attributes": '{"vip":true}'})
    assert world.published() == [
        (user.info_map, "map_item_updated", "friendlyName", {"value": "Al"}),
        (user.info_map, "map_item_updated", "attributes", {"value": '{"vip":true}'}),
    ]


def test_presence_is_published_on_change_only(world: World) -> None:
    (user,) = world.users("alice")
    world.model.presence("alice", True)
    world.model.presence("alice", True)
    world.model.presence("alice", False)
    assert world.published() == [
        (user.info_map, "map_item_updated", "reachability", {"online": True, "notifiable": False}),
        (user.info_map, "map_item_updated", "reachability", {"online": False, "notifiable": False}),
    ]


def test_without_reachability_there_is_no_such_item() -> None:
    world = World(reachability=False)
    (user,) = world.users("alice")
    world.model.presence("alice", True)
    assert world.published() == []
    assert world.store.get_map_item(user.info_map, "reachability") is None
    assert world.model.resources.configuration(user)["options"]["reachability_enabled"] is False


def test_typing_reaches_the_others_only(world: World) -> None:
    sid = world.room("alice", "bob", "carol")
    assert world.model.typing.typed("alice", sid) == 5
    payload = {"channel_sid": sid, "identity": "alice", "typing_timeout": 6}
    assert world.notified == [
        ("bob", "twilio.ipmsg.typing_indicator", payload),
        ("carol", "twilio.ipmsg.typing_indicator", payload),
    ]
    assert world.published() == []


def test_everything_is_json(world: World) -> None:
    sid = world.room("alice", "bob")
    world.model.messages.send("alice", sid, body="x")
    json.dumps(world.model.state())
    state = world.model.state()
    assert state["conversations"][0]["messages"][0]["body"] == "x"
    assert [each["identity"] for each in state["users"]] == ["alice", "bob"]
