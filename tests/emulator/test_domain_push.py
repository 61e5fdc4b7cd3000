"""Push: devices come and go, and everybody who should be told would be, in words and forms as at Twilio."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from domain_world import Api, World
from domain_world import world as world

from pyconvo.emulator.conversations import origin
from pyconvo.emulator.errors import TwilioError

TYPES = [
    f"twilio.conversations.{name}" for name in ("new_message", "added_to_conversation", "removed_from_conversation")
]
EVERYTHING = {
    "new_message": {"enabled": True, "with_media": {"enabled": True}},
    "added_to_conversation": {"enabled": True},
    "removed_from_conversation": {"enabled": True},
}


def device(
    world: World, identity: str, address: str = "token", kind: str = "fcm", types: list[str] | None = None
) -> str:
    types = TYPES if types is None else types
    return world.model.push.bindings.register(identity, kind, address, message_types=types).sid


def pushes(world: World, **wanted: Any) -> list[dict[str, Any]]:
    return [one.described() for one in world.model.push.outbox.read(**wanted)]


def notifiable(world: World, identity: str) -> bool:
    return bool(world.model.users.get(identity).notifiable)


def test_a_device_keeps_its_sid_and_makes_its_user_notifiable(world: World) -> None:
    world.users("alice")
    first = device(world, "alice")
    assert device(world, "alice", types=TYPES[:1]) == first
    assert world.model.push.bindings.get(first).types == TYPES[:1]
    second = device(world, "alice", "other", "apn")
    assert notifiable(world, "alice")
    world.model.push.bindings.remove(first)
    assert notifiable(world, "alice")
    world.model.push.bindings.remove_device("alice", "apn", "other")
    assert not notifiable(world, "alice")
    for sid in (first, second):
        with pytest.raises(TwilioError) as refused:
            world.model.push.bindings.remove(sid)
        assert refused.value.status == 404


def test_being_notifiable_is_published(world: World) -> None:
    world.users("alice")
    sid = device(world, "alice")
    world.model.push.bindings.remove(sid)
    told = [(name, data) for name, _, key, data in world.published() if key == "reachability"]
    info = world.model.users.get("alice").info_map
    assert told == [(info, {"online": False, "notifiable": True}), (info, {"online": False, "notifiable": False})]


def test_devices_survive_a_restart(world: World) -> None:
    world.users("alice")
    sid = device(world, "alice")
    world.model.push.notifications.update({"new_message": {"enabled": True}})
    again = world.restarted()
    assert [one.sid for one in again.model.push.bindings.of("alice")] == [sid]
    assert again.model.push.notifications.get()["new_message"]["enabled"] is True


@pytest.mark.parametrize(
    ("kind", "address", "types"),
    [("gcm", "a", []), (None, "a", []), ("fcm", "", []), ("fcm", 5, []), ("fcm", "a", None), ("fcm", "a", [5])],
)
def test_what_is_no_device_is_refused(world: World, kind: Any, address: Any, types: Any) -> None:
    with pytest.raises(TwilioError) as refused:
        world.model.push.bindings.register("alice", kind, address, message_types=types)
    assert (refused.value.status, refused.value.code) == (400, 20001)
    assert world.model.push.bindings.all() == []


def test_nothing_is_sent_before_it_is_enabled(world: World) -> None:
    room = world.room("alice", "bob")
    device(world, "bob")
    world.model.messages.send("alice", room, body="hi")
    assert pushes(world) == []
    (told,) = pushes(world, withheld=True)
    assert told["withheld"] == "new_message is not enabled in the service's notifications"


def test_a_message_goes_to_the_others_who_did_not_mute(world: World) -> None:
    room = world.room("alice", "bob", "carol", "dave", unique_name="trip")
    world.model.push.notifications.update(EVERYTHING)
    for identity in ("alice", "bob", "carol"):
        device(world, identity, f"{identity}'s")
    device(world, "bob", "bob's pad", "apn")
    device(world, "dave", types=TYPES[1:])
    world.model.users.update(None, "alice", {"friendly_name": "Alice"})
    world.model.participants.set_notification_level("carol", room, "muted")
    message = world.model.messages.send("alice", room, body="hi")
    phone, pad = pushes(world)
    assert [(one["identity"], one["address"]) for one in (phone, pad)] == [("bob", "bob's"), ("bob", "bob's pad")]
    words = {"conversation_sid": room, "conversation_title": "trip", "author": "alice", "message_sid": message.sid}
    kind = {"twi_message_type": "twilio.conversations.new_message"}
    number = {"twi_message_id": phone["payload"]["data"]["twi_message_id"]}
    body = "trip;Alice: hi"
    assert phone["payload"] == {"data": {**words, **kind, **number, "message_index": "0", "twi_body": body}}
    assert pad["payload"] == {"aps": {"alert": body}, **words, **kind, **number, "message_index": 0}
    assert [one["withheld"] for one in pushes(world, withheld=True) if "withheld" in one] == [
        "the user has muted the conversation",
        "the device did not register for twilio.conversations.new_message",
    ]
    assert pushes(world, identity="alice", withheld=True) == []
    assert pushes(world, after=phone["number"]) == [pad]


def test_words_sounds_and_badges_are_the_services(world: World) -> None:
    room, other = world.room("alice", "bob", unique_name="a"), world.room("alice", "bob")
    device(world, "bob", kind="apn")
    changes = {"enabled": True, "template": "${MESSAGE} in ${CONVERSATION} ${NOTHING}", "sound": "ping"}
    world.model.push.notifications.update({"new_message": changes | {"badge_count_enabled": True}})
    world.model.messages.send("alice", room, body="one")
    world.model.messages.send("alice", other, body="two")
    world.model.participants.read_up_to("bob", room, 0)
    world.model.messages.send("alice", other, body="three")
    assert [one["payload"]["aps"] for one in pushes(world)] == [
        {"alert": "one in a ${NOTHING}", "badge": 1, "sound": "ping"},
        {"alert": f"two in {other} ${{NOTHING}}", "badge": 2, "sound": "ping"},
        {"alert": f"three in {other} ${{NOTHING}}", "badge": 1, "sound": "ping"},
    ]


def test_media_have_a_switch_and_words_of_their_own(world: World) -> None:
    room = world.room("alice", "bob", unique_name="a")
    device(world, "bob")
    world.model.push.notifications.update({"new_message": {"enabled": True}})
    files = [world.model.media.upload("alice", "media", "text/plain", name, b"x") for name in ("1.txt", None)]
    world.model.messages.send("alice", room, media_sids=[files[0].sid])
    assert pushes(world) == []
    world.model.push.notifications.update(EVERYTHING)
    more = [world.model.media.upload("alice", "media", "text/plain", name, b"x") for name in ("2.txt", None)]
    world.model.messages.send("alice", room, media_sids=[one.sid for one in more])
    (told,) = pushes(world)
    data = told["payload"]["data"]
    assert (data["twi_body"], data["media_count"]) == ("a;alice: 2.txt, text/plain", "2")
    first = {"sid": more[0].sid, "size": 1, "filename": "2.txt", "content_type": "text/plain"}
    assert json.loads(data["media"]) == first


def test_who_is_added_or_removed_by_somebody_else_is_told(world: World) -> None:
    room = world.room("alice", unique_name="a")
    world.users("bob")
    world.model.push.notifications.update(EVERYTHING)
    device(world, "bob")
    with origin.acting(origin.client("bob")):
        world.model.participants.add("bob", room, "bob")
        world.model.participants.remove("bob", room, "bob")
    assert pushes(world, withheld=True) == []
    with origin.acting(origin.client("alice")):
        world.model.participants.add("alice", room, "bob")
        world.model.participants.remove("alice", room, "bob")
    world.model.participants.add(None, room, "bob")
    told = [one["payload"]["data"] for one in pushes(world)]
    assert [(one["twi_message_type"].rpartition(".")[2], one["twi_body"]) for one in told] == [
        ("added_to_conversation", "You have been added to the conversation a by alice"),
        ("removed_from_conversation", "alice has removed you from the conversation a"),
        ("added_to_conversation", "You have been added to the conversation a by system"),
    ]
    assert all("message_sid" not in one and one["conversation_sid"] == room for one in told)


def test_what_is_undone_is_not_pushed(world: World) -> None:
    room = world.room("alice", "bob")
    world.model.push.notifications.update(EVERYTHING)
    device(world, "bob")

    def undone() -> None:
        with world.store.transaction():
            world.model.messages.send("alice", room, body="hi")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert pushes(world, withheld=True) == []


@pytest.mark.parametrize(
    "changes",
    [{"no": {}}, {"new_message": 5}, {"new_message": {"enabled": "yes"}}, {"new_message": {"with_media": {"x": 1}}}],
)
def test_settings_that_do_not_exist_are_refused(world: World, changes: Any) -> None:
    before = world.model.push.notifications.get()
    with pytest.raises(TwilioError) as refused:
        world.model.push.notifications.update(changes)
    assert refused.value.status == 400
    assert world.model.push.notifications.get() == before


def test_credentials(world: World) -> None:
    credentials = world.model.push.credentials
    made = credentials.create("FCM", friendly_name="phones")
    assert (made.type, made.friendly_name, made.sandbox) == ("fcm", "phones", None)
    changed = credentials.update(made.sid, {"type": "apn", "sandbox": True})
    assert (changed.type, changed.friendly_name, changed.sandbox) == ("apn", "phones", 1)
    assert credentials.all() == [changed]
    for attempt in (lambda: credentials.create("sms"), lambda: credentials.create("fcm", friendly_name="x" * 65)):
        with pytest.raises(TwilioError) as refused:
            attempt()
        assert refused.value.status == 400
    credentials.delete(made.sid)
    with pytest.raises(TwilioError) as gone:
        credentials.get(made.sid)
    assert gone.value.status == 404


def test_the_clients_api(world: World) -> None:
    alice, bob = Api(world, "alice"), Api(world, "bob")
    wanted = {"channel_type": "apn", "version": "4", "endpoint_platform": "x" * 200, "message_types": TYPES}

    async def talk() -> None:
        device = {"data": {"registration_id": "t"}}
        made = await alice("POST", "/v1/registrations?productId=ip_messaging", wanted | device)
        assert made.status_code == 201
        sid = made.json()["id"]
        (binding,) = world.model.push.bindings.of("alice")
        assert (binding.sid, binding.type, binding.address, len(binding.platform)) == (sid, "apn", "t", 128)
        assert (await bob("DELETE", f"/v1/registrations/{sid}", {})).status_code == 404
        assert (await bob("DELETE", "/v1/registrations", {"binding_type": "apn", "address": "t"})).status_code == 204
        assert len(world.model.push.bindings.of("alice")) == 1
        assert (await alice("DELETE", f"/v1/registrations/{sid}", {})).status_code == 204
        assert (await alice("DELETE", "/v1/registrations", {"binding_type": "apn", "address": "t"})).status_code == 204
        assert (await alice("DELETE", "/v1/registrations", {"binding_type": "sms"})).status_code == 400
        assert (await alice("POST", "/v1/registrations", wanted)).status_code == 400
        assert world.model.push.bindings.all() == []

    asyncio.run(talk())
