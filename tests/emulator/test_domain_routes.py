"""The client REST API over ASGI: shapes, statuses, idempotency, paging, and bad requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from domain_world import Api, World
from domain_world import world as world

NOWHERE = "CH" + "0" * 32


@pytest.fixture
def alice(world: World) -> Api:
    world.users("alice", "bob")
    return Api(world, "alice")


async def test_configuration(world: World, alice: Api) -> None:
    body = (await alice("GET", "/Client/v2/Configuration")).json()
    sid = world.model.users.get("alice").sid
    assert body["identity"] == "alice"
    assert set(body) == {"identity", "url", "options", "sync_objects", "links"}
    assert body["sync_objects"] == {"my_conversations": "alice.channels", "my_user_info": f"{sid}.info"}
    assert body["options"]["reachability_enabled"] is True
    assert body["options"]["email_bodies_allowed_mime_types"]
    assert body["links"]["messages_receipts"].count("%s") == 2
    assert body["links"]["media_service"].startswith("https://")
    for link in ("my_conversations", "conversations", "users", "current_user", "typing", "media_set_service"):
        assert body["links"][link].startswith("https://")


async def test_create_answers_everything_that_the_client_reads(world: World, alice: Api) -> None:
    answer = await alice("POST", "Conversations", {"friendly_name": "New", "unique_name": "n", "attributes": '{"k":1}'})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["friendly_name"], body["unique_name"], body["attributes"]) == ("New", "n", '{"k":1}')
    assert (body["created_by"], body["state"], body["messages_count"], body["participants_count"]) == (
        "alice", "active", 0, 0,
    )  # fmt: skip
    assert body["url"].endswith(f"/Conversations/{body['sid']}")
    assert body["links"]["participants"] == f"{body['url']}/Participants"
    assert body["links"]["messages"] == f"{body['url']}/Messages"
    assert body["sync_objects"] == {
        "conversation": f"{body['sid']}.channel",
        "participants": f"{body['sid']}.roster",
        "messages": f"{body['sid']}.messages",
    }


async def test_the_whole_life_of_a_conversation(world: World, alice: Api) -> None:
    bob = Api(world, "bob")
    sid = (await alice("POST", "Conversations", {"attributes": "{}"})).json()["sid"]
    room = f"Conversations/{sid}"
    joined = await alice("POST", f"{room}/Participants", {"identity": "alice"})
    assert (joined.status_code, joined.json()["identity"], joined.json()["messaging_binding"]) == (201, "alice", None)
    added = await alice("POST", f"{room}/Participants", {"identity": "bob", "attributes": '{"x":1}'})
    assert added.json()["attributes"] == '{"x":1}'
    sent = await bob("POST", f"{room}/Messages", {"body": "hi", "attributes": "{}"})
    assert (sent.status_code, sent.json()["index"], sent.json()["media"]) == (201, 0, None)
    message = f"{room}/Messages/{sent.json()['sid']}"
    edited = await bob("POST", message, {"body": "hello"})
    assert (edited.status_code, edited.json()["body"]) == (200, "hello")
    assert (await alice("GET", message)).json() == edited.json()
    counted = (await alice("GET", room)).json()
    assert (counted["messages_count"], counted["participants_count"]) == (1, 2)
    assert (counted["status"], counted["notification_level"]) == ("joined", "default")
    mine = f"Users/{world.model.users.get('bob').sid}/Conversations/{sid}"
    horizon = await bob("POST", mine, {"last_read_message_index": 0})
    assert (horizon.status_code, horizon.json()["unread_messages_count"]) == (200, 0)
    muted = await bob("POST", mine, {"notification_level": "muted"})
    assert muted.json()["notification_level"] == "muted"
    assert (await bob("GET", mine)).json() == muted.json()
    assert (await bob("DELETE", message, {})).status_code == 204
    assert (await bob("DELETE", f"{room}/Participants/bob", {})).status_code == 204
    assert (await bob("GET", mine)).status_code == 404
    updated = await alice("POST", room, {"friendly_name": "Renamed"})
    assert (updated.status_code, updated.json()["friendly_name"]) == (200, "Renamed")
    deleted = await alice("DELETE", room, {})
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await alice("GET", room)).json()["code"] == 50350


async def test_typing_is_a_form(world: World, alice: Api) -> None:
    sid = world.room("alice", "bob")
    path = f"/v1/Instances/{world.model.settings.service_sid}/Typing"
    answer = await alice("POST", path, raw=f"ChannelSid={sid}".encode())
    assert answer.json() == {"typing_timeout": 5}
    assert [identity for identity, _, _ in world.notified] == ["bob"]
    assert (await alice("POST", path, raw=b"")).json()["code"] == 50351
    assert (await alice("POST", path, raw=b"\xff\xfe")).json()["code"] == 20001


async def test_a_repeated_mutation_is_carried_out_once(world: World, alice: Api) -> None:
    sid = world.room("alice", "bob")
    sends = [
        await alice("POST", f"Conversations/{sid}/Messages", {"body": "once", "attributes": "{}"}, mutation="m1")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sends] == [201, 202]
    assert len(world.model.messages.of(sid)) == 1
    followed = await alice("GET", sends[1].json()["resource_url"].removeprefix("https://aim.us1.twilio.com"))
    assert followed.json() == sends[0].json()
    again = await Api(world, "bob")("POST", f"Conversations/{sid}/Messages", {"body": "bob"}, mutation="m1")
    assert again.status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("Conversations", {"unique_name": "x"}),
        ("Conversations/{sid}", {"friendly_name": "x"}),
        ("Conversations/{sid}/Participants", {"identity": "carol"}),
        ("Conversations/{sid}/Participants/alice", {"attributes": '{"a":1}'}),
        ("Conversations/{sid}/Messages", {"body": "x"}),
        ("Users/alice", {"friendly_name": "A"}),
        ("Users/{user}/Conversations/{sid}", {"last_read_message_index": None}),
    ],
)
async def test_where_a_repeated_mutation_points_to_has_the_same_shape(
    world: World, alice: Api, path: str, body: dict[str, Any]
) -> None:
    sid = world.room("alice", "bob")
    path = path.format(sid=sid, user=world.model.users.get("alice").sid)
    first = await alice("POST", path, body, mutation="m")
    second = await alice("POST", path, body, mutation="m")
    assert (first.is_success, second.status_code) == (True, 202)
    followed = await alice("GET", second.json()["resource_url"].removeprefix("https://aim.us1.twilio.com"))
    assert followed.status_code == 200
    assert followed.json() == first.json()


async def test_a_refused_mutation_may_be_tried_again(world: World, alice: Api) -> None:
    sid = world.room("alice", "bob")
    path = f"Conversations/{sid}/Messages"
    assert (await alice("POST", path, {"body": "x" * 40000}, mutation="m")).json()["code"] == 50504
    assert (await alice("POST", path, {"body": "x"}, mutation="m")).status_code == 201


async def test_a_repeated_removal_is_answered_alike(world: World, alice: Api) -> None:
    sid = world.room("alice", "bob")
    for _ in range(2):
        answer = await alice("DELETE", f"Conversations/{sid}/Participants/bob", {}, mutation="m")
        assert answer.status_code == 204


async def test_own_list_in_pages(world: World, alice: Api) -> None:
    made = world.model.seed({"conversations": [{"participants": ["alice"]} for _ in range(120)]})["conversations"]
    path = f"Users/{world.model.users.get('alice').sid}/Conversations"
    first = (await alice("GET", path)).json()
    assert len(first["conversations"]) == 100
    second = (await alice("GET", f"{path}?PageToken={first['meta']['next_token']}")).json()
    assert second["meta"]["next_token"] is None
    entries = first["conversations"] + second["conversations"]
    assert [entry["conversation_sid"] for entry in entries] == list(made.values())
    assert {entry["status"] for entry in entries} == {"joined"}
    assert entries[0]["sync_objects"]["conversation"] == f"{entries[0]['conversation_sid']}.channel"
    assert (entries[0]["last_read_message_index"], entries[0]["unread_messages_count"]) == (None, None)
    exact = (await alice("GET", f"{path}?PageSize=60")).json()
    rest = (await alice("GET", f"{path}?PageSize=60&PageToken={exact['meta']['next_token']}")).json()
    assert (len(exact["conversations"]), len(rest["conversations"]), rest["meta"]["next_token"]) == (60, 60, None)
    assert (await alice("GET", f"{path}?PageToken=x")).json()["code"] == 20001


async def test_own_list_by_unique_name_and_only_own(world: World, alice: Api) -> None:
    sid = world.room("alice", unique_name="a/b c")
    own, other = (world.model.users.get(name).sid for name in ("alice", "bob"))
    found = await alice("GET", f"Users/{own}/Conversations/a%2Fb%20c")
    assert found.json()["conversation_sid"] == sid
    assert (await alice("GET", f"Users/{own}/Conversations/nope")).json()["code"] == 50350
    assert (await alice("GET", f"Users/{other}/Conversations")).json()["code"] == 50107


async def test_users_by_identity_and_sid(world: World, alice: Api) -> None:
    world.users("weird/name @x")
    bob = (await alice("GET", "Users/bob")).json()
    assert bob["sync_objects"] == {"user_info_map": f"{bob['sid']}.info"}
    assert (await alice("GET", f"Users/{bob['sid']}")).json() == bob
    assert (await alice("GET", "Users/weird%2Fname%20%40x")).json()["identity"] == "weird/name @x"
    assert (await alice("GET", "Users/nobody")).json()["code"] == 50200
    assert (await alice("POST", "Users/alice", {"friendly_name": "A"})).json()["friendly_name"] == "A"


async def test_participants_by_identity_with_a_slash(world: World, alice: Api) -> None:
    sid = world.room("alice", "x/y")
    assert (await alice("DELETE", f"Conversations/{sid}/Participants/x%2Fy", {})).status_code == 204
    assert world.model.participants.identities(sid) == ["alice"]


async def test_empty_pages(world: World, alice: Api) -> None:
    sid = world.room("alice")
    message = world.model.messages.send("alice", sid, body="x").sid
    for path, key in (
        (f"Conversations/{sid}/Messages/{message}/Receipts", "delivery_receipts"),
        (f"Conversations/{sid}/MessageRecipients?PageSize=5", "message_recipients"),
        ("/Client/v2/ContentTemplates?PageSize=100", "templates"),
    ):
        body = (await alice("GET", path)).json()
        assert body[key] == []
        assert body["meta"]["next_token"] is None
    metadata = await alice("GET", f"Conversations/{sid}/Messages/{message}/ChannelMetadata")
    assert metadata.status_code == 404
    assert (metadata.json()["status"], metadata.json()["code"]) == (404, 50530)


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_json_object(world: World, alice: Api, raw: bytes) -> None:
    answer = await alice("POST", "Conversations", raw=raw)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert world.model.conversations.all() == []


async def test_participants_of_other_channels(world: World, alice: Api) -> None:
    sid = world.room("alice")
    addresses = {"address": "+15550100", "proxy_address": "+15550199"}
    body = {"attributes": '{"x":1}', "messaging_binding": addresses}
    answer = await alice("POST", f"Conversations/{sid}/Participants", body)
    assert answer.status_code == 201
    assert answer.json()["identity"] is None
    assert answer.json()["messaging_binding"] == {"type": "sms", **addresses}
    ((name, event, key, data),) = world.published()
    assert (name, event, key) == (f"{sid}.roster", "map_item_added", answer.json()["sid"])
    assert (data["identity"], data["type"], data["bindings"]) == (None, "sms", {"sms": addresses})
    again = await alice("POST", f"Conversations/{sid}/Participants", body)
    assert (again.status_code, again.json()["code"]) == (409, 50416)
    removed = await alice("DELETE", f"Conversations/{sid}/Participants/{key}", {})
    assert removed.status_code == 204
    assert [each[1] for each in world.published()] == ["map_item_removed"]


async def test_errors_have_twilios_shape(alice: Api) -> None:
    answer = await alice("GET", f"Conversations/{NOWHERE}")
    assert answer.status_code == 404
    assert json.loads(answer.content) == {
        "status": 404,
        "code": 50350,
        "message": f"Conversation not found: {NOWHERE}",
        "more_info": "https://www.twilio.com/docs/errors/50350",
    }
