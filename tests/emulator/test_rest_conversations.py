"""Conversations, participants and messages through Twilio's own library for servers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_world import api as api
from rest_world import refused
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from pyconvo.emulator.config import ACCOUNT_SID, SERVICE_SID
from pyconvo.testing import Emulator


def test_a_conversations_life(api: Any, emulator: Emulator) -> None:
    emulator.freeze()
    now = datetime.fromtimestamp(int(emulator.now()), UTC)
    made = api.conversations.create(
        friendly_name="Trip", unique_name="trip/2027", attributes='{"a": 1}', state="active",
        timers_inactive="PT1M", timers_closed="PT10M", x_twilio_webhook_enabled="true",
    )  # fmt: skip
    assert (made.account_sid, made.chat_service_sid) == (ACCOUNT_SID, SERVICE_SID)
    assert (made.friendly_name, made.unique_name, json.loads(made.attributes)) == ("Trip", "trip/2027", {"a": 1})
    assert (made.state, made.date_created, made.date_updated) == ("active", now, now)
    inactive, closed = now + timedelta(minutes=1), now + timedelta(minutes=10)
    zulu = "%Y-%m-%dT%H:%M:%SZ"
    assert made.timers == {"date_inactive": inactive.strftime(zulu), "date_closed": closed.strftime(zulu)}
    assert set(made.links) == {"participants", "messages", "webhooks"}
    assert api.conversations("trip%2F2027").fetch().sid == made.sid
    changed = made.update(
        friendly_name="Journey", timers_inactive="PT0S", date_created=datetime(2020, 1, 2, tzinfo=UTC)
    )
    assert (changed.friendly_name, changed.unique_name) == ("Journey", "trip/2027")
    assert list(changed.timers) == ["date_closed"]
    assert changed.date_created == datetime(2020, 1, 2, tzinfo=UTC)
    emulator.advance(600)
    assert made.fetch().state == "closed"
    assert refused(lambda: made.update(friendly_name="late")) == (400, 50377)
    assert made.delete()
    assert refused(made.fetch) == (404, 50350)
    assert api.conversations.list() == []


def test_lists_of_conversations(api: Any, emulator: Emulator) -> None:
    for day in (1, 2, 3):
        api.conversations.create(unique_name=f"day{day}", date_created=datetime(2024, 1, day, 12, tzinfo=UTC))
    api.conversations("day2").update(state="inactive")

    def names(**filters: Any) -> list[str]:
        return [one.unique_name for one in api.conversations.list(**filters)]

    assert names() == ["day1", "day2", "day3"]
    assert names(state="inactive") == ["day2"]
    assert names(start_date="2024-01-02T00:00:00Z") == ["day3", "day2"]
    assert names(start_date="2024-01-01T00:00:00Z", end_date="2024-01-01T23:59:59Z") == ["day1"]
    assert [one.unique_name for one in api.conversations.stream(limit=2, page_size=1)] == ["day1", "day2"]
    first = api.conversations.page(page_size=2)
    assert [one.unique_name for one in first] == ["day1", "day2"]
    # What goes meanwhile shifts nothing.
    api.conversations("day1").delete()
    second = first.next_page()
    assert [one.unique_name for one in second] == ["day3"]
    assert second.next_page_url is None
    assert [one.unique_name for one in second.previous_page()] == ["day2"]
    assert [one.unique_name for one in api.conversations.get_page(second.previous_page_url)] == ["day2"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"unique_name": "taken"}, (409, 50353)),
        ({"unique_name": "CH" + "0" * 32}, (400, 50390)),
        ({"unique_name": "x" * 257}, (400, 50004)),
        ({"friendly_name": "x" * 257}, (400, 50003)),
        ({"attributes": "{"}, (400, 50304)),
        ({"attributes": json.dumps("x" * 17_000)}, (400, 50303)),
        ({"state": "closed"}, (400, 50384)),
        ({"state": "asleep"}, (400, 50378)),
        ({"state": ""}, (400, 50374)),
        ({"timers_closed": "PT10M"}, (400, 50382)),
        ({"state": "active", "timers_inactive": "PT59S"}, (400, 50375)),
        ({"state": "active", "timers_closed": "PT9M"}, (400, 50376)),
        ({"state": "active", "timers_inactive": "a minute"}, (400, 50379)),
        ({"state": "active", "timers_closed": "P"}, (400, 50380)),
        ({"date_created": "yesterday"}, (400, 50308)),
        ({"date_updated": "0001-01-01T00:00:00+23:00"}, (400, 50309)),
        ({"date_updated": "2027-13-01T00:00:00Z"}, (400, 50309)),
    ],
)
def test_conversations_that_cannot_be(twilio_client: Client, given: dict[str, Any], refusal: tuple[int, int]) -> None:
    conversations = twilio_client.conversations.v1.conversations
    conversations.create(unique_name="taken")
    assert refused(lambda: conversations.create(**given)) == refusal
    assert [one.unique_name for one in conversations.list()] == ["taken"]


def test_participants(api: Any, emulator: Emulator) -> None:
    room = api.conversations.create(unique_name="room")
    alice = room.participants.create(identity="alice/1", attributes='{"vip": true}')
    phone = room.participants.create(messaging_binding_address="+15550100", messaging_binding_proxy_address="+15550199")
    assert (alice.identity, json.loads(alice.attributes), alice.messaging_binding) == ("alice/1", {"vip": True}, None)
    assert (phone.identity, phone.messaging_binding) == (
        None,
        {"type": "sms", "address": "+15550100", "proxy_address": "+15550199"},
    )
    assert [one.sid for one in room.participants.list()] == [alice.sid, phone.sid]
    assert [one.sid for one in room.participants.stream()] == [alice.sid, phone.sid]
    assert [one.sid for one in room.participants.page(page_size=1)] == [alice.sid]
    assert room.participants("alice%2F1").fetch().sid == alice.sid
    room.messages.create(body="one")
    room.messages.create(body="two")
    read = alice.update(
        last_read_message_index=1, last_read_timestamp="2027-01-15T08:00:00Z", attributes="{}", role_sid=alice.role_sid
    )
    assert (read.last_read_message_index, read.last_read_timestamp, read.attributes) == (
        1,
        "2027-01-15T08:00:00Z",
        "{}",
    )
    moved = phone.update(messaging_binding_proxy_address="+15550198")
    assert moved.messaging_binding["proxy_address"] == "+15550198"
    found = api.participant_conversations.list(identity="alice/1")
    assert [(one.conversation_sid, one.participant_sid) for one in found] == [(room.sid, alice.sid)]
    (by_phone,) = api.participant_conversations.stream(address="+15550100")
    assert by_phone.participant_messaging_binding["proxy_address"] == "+15550198"
    assert list(api.participant_conversations.page(identity="nobody")) == []
    # The library tells no status and code of a page.
    with pytest.raises(TwilioException, match="50451"):
        api.participant_conversations.list()
    assert refused(lambda: room.participants.create(identity="alice/1")) == (409, 50433)
    assert refused(lambda: room.participants.create(identity="bob", role_sid="RL" + "0" * 32)) == (400, 50109)
    assert refused(lambda: room.participants.create()) == (400, 20001)
    assert refused(lambda: alice.update(identity="bob")) == (400, 50211)
    assert refused(lambda: alice.update(last_read_message_index="x")) == (400, 50421)
    assert refused(lambda: alice.update(last_read_timestamp="x")) == (400, 50405)
    assert alice.delete()
    assert refused(alice.fetch) == (404, 50432)


def test_addresses_of_participants(api: Any) -> None:
    room = api.conversations.create()
    masked = room.participants.create(identity="bob", messaging_binding_projected_address="+15550177")
    assert masked.messaging_binding == {"type": "sms", "projected_address": "+15550177"}
    moved = masked.update(messaging_binding_projected_address="+15550178")
    assert moved.messaging_binding == {"type": "sms", "projected_address": "+15550178"}
    assert masked.update(messaging_binding_projected_address="null").messaging_binding is None
    rcs = room.participants.create(
        messaging_binding_address="rcs:+15550100", messaging_binding_proxy_address="rcs:+15550199"
    )
    assert rcs.messaging_binding["type"] == "rcs"
    bound = {"messaging_binding_address": "+15550100", "messaging_binding_proxy_address": "+15550199"}
    for command, refusal in (
        (lambda: room.participants.create(identity="x", **bound), (400, 50211)),
        (lambda: room.participants.create(messaging_binding_projected_address="+15550177", **bound), (400, 50420)),
        (lambda: rcs.update(messaging_binding_projected_address="+15550177"), (400, 50420)),
        (lambda: rcs.update(messaging_binding_proxy_address="null"), (400, 50440)),
        (lambda: masked.update(messaging_binding_proxy_address="+15550199"), (400, 50420)),
        (lambda: masked.update(messaging_binding_projected_address="bob"), (400, 20001)),
    ):
        assert refused(command) == refusal


def test_messages(api: Any, emulator: Emulator) -> None:
    room = api.conversations.create(unique_name="room")
    bob = room.participants.create(identity="bob")
    system = room.messages.create(body="hello")
    assert (system.author, system.participant_sid, system.index, system.attributes) == ("system", None, 0, "{}")
    assert (system.date_updated, system.media, system.delivery) == (None, None, None)
    bobs = room.messages.create(
        author="bob", body="hi", attributes='{"x": 1}', subject="s", date_created=datetime(2021, 1, 1, tzinfo=UTC)
    )
    assert (bobs.author, bobs.participant_sid, bobs.index) == ("bob", bob.sid, 1)
    assert (bobs.date_created, bobs.date_updated) == (datetime(2021, 1, 1, tzinfo=UTC), bobs.date_updated)
    changed = bobs.update(body="hey", author="system", subject="t", attributes="{}")
    assert (changed.body, changed.author, changed.participant_sid) == ("hey", "system", None)
    assert changed.date_updated is not None
    assert [one.body for one in room.messages.list()] == ["hello", "hey"]
    assert [one.body for one in room.messages.list(order="desc")] == ["hey", "hello"]
    assert [one.body for one in room.messages.stream(page_size=1)] == ["hello", "hey"]
    assert [one.body for one in room.messages.page(page_size=1)] == ["hello"]
    assert room.messages(bobs.sid).fetch().body == "hey"
    assert refused(lambda: room.messages.create()) == (400, 50503)
    assert refused(lambda: room.messages.create(body="x" * 33_000)) == (400, 50504)
    assert refused(lambda: room.messages.create(body="x", author="y" * 257)) == (400, 50310)
    assert refused(lambda: room.messages.create(media_sid="ME" + "0" * 32)) == (404, 50507)
    assert bobs.delete()
    assert refused(bobs.fetch) == (404, 20404)


def test_receipts(api: Any, emulator: Emulator) -> None:
    room = api.conversations.create(unique_name="room")
    phones = [
        room.participants.create(messaging_binding_address=f"+1555010{n}", messaging_binding_proxy_address="+15550199")
        for n in range(2)
    ]
    message = room.messages.create(body="hello")
    assert message.delivery["total"] == 2
    emulator.receipts(message.sid, "delivered", participant=phones[0].sid)
    emulator.receipts(message.sid, "failed", participant=phones[1].sid, error_code=30003)
    receipts = message.delivery_receipts
    assert [(one.participant_sid, one.status, one.error_code) for one in receipts.list()] == [
        (phones[0].sid, "delivered", 0),
        (phones[1].sid, "failed", 30003),
    ]
    assert len(list(receipts.stream(limit=1))) == 1
    (first,) = receipts.page(page_size=1)
    again = receipts(first.sid).fetch()
    assert (again.sid, again.message_sid, again.conversation_sid) == (first.sid, message.sid, room.sid)
    assert message.fetch().delivery["delivered"] == "some"
    assert refused(lambda: receipts("DY" + "0" * 32).fetch()) == (404, 20404)


def test_conversations_with_participants(api: Any) -> None:
    made = api.conversation_with_participants.create(
        friendly_name="Both",
        unique_name="both",
        attributes="{}",
        participant=[
            '{"identity": "alice", "attributes": "{\\"a\\": 1}"}',
            '{"messaging_binding": {"address": "+15550100", "proxy_address": "+15550199"}}',
        ],
    )
    assert (made.unique_name, made.state) == ("both", "active")
    alice, phone = api.conversations(made.sid).participants.list()
    assert (alice.identity, alice.attributes) == ("alice", '{"a": 1}')
    assert phone.messaging_binding["address"] == "+15550100"
    for participants, refusal in (
        (["alice"], (400, 50424)),
        (["{}"], (400, 20001)),
        (['{"identity": "a"}'] * 11, (400, 50426)),
        (['{"identity": "a"}'] * 2, (409, 50433)),
    ):
        with_them = {"unique_name": "not", "participant": participants}
        assert refused(lambda given=with_them: api.conversation_with_participants.create(**given)) == refusal
    # All or nothing.
    assert [one.unique_name for one in api.conversations.list()] == ["both"]
