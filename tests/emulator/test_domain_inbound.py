"""What comes in from other channels, and where it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from channel_world import MAIL, PHONES, PROXY, bind, receipts
from channel_world import room as room
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.conversations.inbound import Attachment
from pyconvo.emulator.errors import TwilioError


def test_a_message_comes_in_by_its_pair_of_addresses(world: World, room: str) -> None:
    first, second = bind(world, room, *PHONES[:2])
    arrival = world.model.inbound.receive(PHONES[0], PROXY, body="hello")
    assert (arrival.participant, arrival.created) == (first, False)
    message = arrival.message
    assert (message.conversation_sid, message.author, message.participant_sid) == (room, PHONES[0], first.sid)
    assert [one.participant_sid for one in receipts(world, message.sid)] == [second.sid]
    added = next(data for _, event, _, data in world.published() if event == "list_item_added")
    assert (added["author"], added["memberSid"], added["channelMetadata"]) == (PHONES[0], first.sid, False)


def test_a_stranger_is_refused_or_gets_a_conversation(world: World, room: str) -> None:
    with pytest.raises(TwilioError, match=r"\+15550100 and the proxy address \+15550199: add one") as refused:
        world.model.inbound.receive(PHONES[0], PROXY, body="hello")
    assert (refused.value.status, refused.value.code) == (404, 50350)
    assert (len(world.model.conversations.all()), world.published()) == (1, [])
    made = world.model.inbound.receive(PHONES[0], PROXY, body="hello", autocreate=True)
    again = world.model.inbound.receive(PHONES[0], PROXY, body="again", autocreate=True)
    assert (made.created, again.created) == (True, False)
    assert made.message.conversation_sid == again.message.conversation_sid != room
    world.model.inbound.creates_for = lambda channel, address: (channel, address) == ("sms", PROXY)
    assert world.model.inbound.receive(PHONES[1], PROXY, body="me too").created
    with pytest.raises(TwilioError):
        world.model.inbound.receive(PHONES[1], "+15550198", body="not there")


def test_a_closed_conversation_gets_nothing_and_an_inactive_one_wakes_up(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    world.model.conversations.set_state(room, "inactive")
    world.model.inbound.receive(PHONES[0], PROXY, body="hello")
    assert world.model.conversations.get(room).state == "active"
    world.model.conversations.set_state(room, "closed")
    assert world.model.inbound.receive(PHONES[0], PROXY, body="x", autocreate=True).message.conversation_sid != room


def test_an_e_mail_comes_in_with_its_parts_and_recipients(world: World, room: str) -> None:
    world.model.participants.add_non_chat(None, room, MAIL)
    world.published()
    arrival = world.model.inbound.receive(
        MAIL["address"],
        MAIL["proxy_address"],
        subject="Re: order",
        attachments=[
            Attachment("text/plain", b"text", category="body"),
            Attachment("text/plain", b"> before", category="history"),
            Attachment("image/png", b"png", "a.png"),
        ],
        channel_metadata={"type": "email", "data": {"id": 7}},
        recipients=[{"address": "desk@example.org"}, {"type": "pigeon", "ring": 4}],
    )
    medias = json.loads(arrival.message.medias)
    assert [(one["category"], one["filename"]) for one in medias] == [
        ("body", None), ("history", None), ("media", "a.png"),
    ]  # fmt: skip
    assert world.model.media.read("alice", medias[0]["sid"]).size == 4
    found = world.model.recipients.of(arrival.message.sid)
    assert [(one.type, json.loads(one.details)) for one in found] == [
        ("email", {"level": "to", "name": "", "address": "desk@example.org"}),
        ("pigeon", {"ring": 4}),
    ]
    added = next(data for _, event, _, data in world.published() if event == "list_item_added")
    assert (added["channelMetadata"], added["subject"], added["type"]) == (True, "Re: order", "media")


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel_metadata": "whatsapp"},
        {"channel_metadata": {"data": 1}},
        {"channel_metadata": {"type": "x", "data": 1, "more": 2}},
        {"recipients": {}},
        {"recipients": ["eve@example.com"]},
        {"recipients": [{"type": 7}]},
        {"recipients": [{"address": "a@b", "level": "bcc"}]},
        {"recipients": [{"level": "to"}]},
        {"recipients": [{"type": "email", "address": "a@b", "message_sid": "IM"}]},
        {"attachments": [Attachment("text/plain", b"", category="footer")]},
        {"body": None},
        {"body": 7},
    ],
)
def test_what_cannot_come_in_leaves_nothing(world: World, room: str, wrong: dict[str, Any]) -> None:
    bind(world, room, PHONES[0])
    before = world.model.state()
    with pytest.raises(TwilioError) as refused:
        world.model.inbound.receive(PHONES[0], PROXY, **{"body": "b"} | wrong)
    assert refused.value.status == 400
    assert (world.model.state(), world.published()) == (before, [])
    assert world.db.execute("SELECT count(*) FROM media").fetchone() == (0,)


@pytest.mark.parametrize(
    ("address", "proxy"), [(None, PROXY), ("0155", PROXY), (PHONES[0], "desk@example.org"), (7, 8)]
)
def test_addresses_of_no_channel_are_refused(world: World, address: Any, proxy: Any) -> None:
    with pytest.raises(TwilioError) as refused:
        world.model.inbound.receive(address, proxy, body="b", autocreate=True)
    assert refused.value.code == 20001
