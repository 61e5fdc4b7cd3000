"""Users, their conversations, devices, credentials and notifications through Twilio's library for servers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from core_wire import Wire
from rest_world import api as api
from rest_world import refused
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from pyconvo.emulator.config import ACCOUNT_SID, SERVICE_SID
from pyconvo.testing import Emulator


def test_a_users_life(api: Any) -> None:
    made = api.users.create(identity="alice", friendly_name="Alice", attributes='{"a": 1}')
    assert (made.identity, made.friendly_name, json.loads(made.attributes)) == ("alice", "Alice", {"a": 1})
    assert (made.is_online, made.is_notifiable, made.account_sid) == (False, False, ACCOUNT_SID)
    assert made.chat_service_sid == SERVICE_SID
    assert set(made.links) == {"user_conversations"}
    other = api.users.create(identity="bob")
    changed = api.users("alice").update(friendly_name="Al", attributes="{}", role_sid=other.role_sid)
    assert (changed.sid, changed.friendly_name, changed.attributes) == (made.sid, "Al", "{}")
    assert [one.identity for one in api.users.list()] == ["alice", "bob"]
    assert [one.identity for one in api.users.stream(page_size=1)] == ["alice", "bob"]
    assert [one.is_notifiable for one in api.users.page()] == [None, None]
    room = api.conversations.create()
    room.participants.create(identity="alice")
    assert made.delete()
    assert refused(made.fetch) == (404, 50200)
    assert room.participants.list() == []
    assert refused(lambda: api.users.create(identity="bob")) == (409, 50201)
    assert refused(lambda: api.users.create(identity="")) == (400, 50204)
    assert refused(lambda: api.users.create(identity="US" + "0" * 32)) == (400, 50206)
    assert refused(lambda: api.users.create(identity="x" * 257)) == (400, 50207)
    assert refused(lambda: other.update(role_sid="RL" + "0" * 32)) == (400, 50102)
    assert refused(lambda: other.update(attributes="[")) == (400, 50304)


def test_the_conversations_of_a_user(api: Any) -> None:
    rooms = [api.conversations.create(unique_name=f"room{n}", friendly_name=f"Room {n}") for n in range(2)]
    for room in rooms:
        room.participants.create(identity="alice")
        for body in ("one", "two", "three"):
            room.messages.create(body=body)
    (alice,) = api.users.list()
    mine = alice.user_conversations
    assert [one.unique_name for one in mine.list()] == ["room0", "room1"]
    assert [one.unique_name for one in mine.stream(limit=1)] == ["room0"]
    assert [one.unique_name for one in mine.page(page_size=1).next_page()] == ["room1"]
    found = mine("room1").fetch()
    assert (found.conversation_sid, found.user_sid, found.friendly_name) == (rooms[1].sid, alice.sid, "Room 1")
    assert (found.unread_messages_count, found.last_read_message_index, found.notification_level) == (
        None,
        None,
        "default",
    )
    assert (found.conversation_state, found.created_by, found.timers) == ("active", "system", {})
    changed = found.update(
        notification_level="muted", last_read_message_index=0, last_read_timestamp="2027-01-15T08:00:00Z"
    )
    assert (changed.notification_level, changed.last_read_message_index, changed.unread_messages_count) == (
        "muted",
        0,
        2,
    )
    assert rooms[1].participants("alice").fetch().last_read_timestamp == "2027-01-15T08:00:00Z"
    assert refused(lambda: found.update(notification_level="loud")) == (400, 50210)
    assert found.delete()
    assert refused(found.fetch) == (404, 50350)
    assert [one.unique_name for one in mine.list()] == ["room0"]


async def test_devices(emulator: Emulator, twilio_client: Client) -> None:
    bindings = twilio_client.conversations.v1.services(SERVICE_SID).bindings
    async with Wire.login(emulator, "alice") as wire:
        for kind in ("fcm", "apn"):
            body = {"channel_type": kind, "data": {"registration_id": f"{kind}-token"}, "message_types": ["t"]}
            await wire.request("POST", "/v1/registrations", body)
    assert [(one.binding_type, one.identity) for one in bindings.list()] == [("fcm", "alice"), ("apn", "alice")]
    (apn,) = bindings.list(binding_type=["apn"], identity=["alice"])
    assert (apn.endpoint, apn.message_types, apn.credential_sid) == ("alice:apn-token", ["t"], None)
    assert list(bindings.stream(identity=["nobody"])) == []
    assert [one.binding_type for one in bindings.page(binding_type=["fcm", "gcm"])] == ["fcm"]
    assert twilio_client.conversations.v1.users("alice").fetch().is_notifiable is True
    assert bindings(apn.sid).fetch().sid == apn.sid
    assert apn.delete()
    assert refused(apn.fetch) == (404, 20404)
    with pytest.raises(TwilioException, match="50209"):
        bindings.list(binding_type=["pigeon"])


def test_credentials(twilio_client: Client) -> None:
    credentials = twilio_client.conversations.v1.credentials
    made = credentials.create(type="apn", friendly_name="phones", certificate="-", private_key="-", sandbox=True)
    assert (made.type, made.friendly_name, made.sandbox) == ("apn", "phones", "True")
    other = credentials.create(type="fcm", secret="x")
    changed = other.update(type="gcm", friendly_name="androids", api_key="x")
    assert (changed.type, changed.friendly_name, changed.sandbox) == ("gcm", "androids", None)
    assert [one.sid for one in credentials.list()] == [made.sid, other.sid]
    assert [one.sid for one in credentials.stream(limit=1)] == [made.sid]
    assert [one.sid for one in credentials.page(page_number=1, page_size=1)] == [other.sid]
    assert credentials(made.sid).fetch().friendly_name == "phones"
    assert made.delete()
    assert refused(made.fetch) == (404, 20404)
    assert refused(lambda: credentials.create(type="pigeon")) == (400, 20001)


def test_notifications(twilio_client: Client) -> None:
    notifications = twilio_client.conversations.v1.services(SERVICE_SID).configuration.notifications()
    assert notifications.fetch().new_message["enabled"] is False
    changed = notifications.update(
        log_enabled=True,
        new_message_enabled=True,
        new_message_template="${MESSAGE}",
        new_message_sound="ping",
        new_message_badge_count_enabled=True,
        added_to_conversation_enabled=True,
        added_to_conversation_template="added",
        added_to_conversation_sound="a",
        removed_from_conversation_enabled=True,
        removed_from_conversation_template="removed",
        removed_from_conversation_sound="r",
        new_message_with_media_enabled=True,
        new_message_with_media_template="${MEDIA}",
    )
    assert changed.log_enabled is True
    assert changed.new_message == {
        "enabled": True,
        "template": "${MESSAGE}",
        "sound": "ping",
        "badge_count_enabled": True,
        "with_media": {"enabled": True, "template": "${MEDIA}"},
    }
    assert changed.added_to_conversation == {"enabled": True, "template": "added", "sound": "a"}
    assert changed.removed_from_conversation == {"enabled": True, "template": "removed", "sound": "r"}
    # What is not named stays as it is.
    assert notifications.update(new_message_enabled=False).new_message["template"] == "${MESSAGE}"
    assert refused(lambda: notifications.update(new_message_enabled="perhaps")) == (400, 20001)
