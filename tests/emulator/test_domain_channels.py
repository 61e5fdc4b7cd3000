"""Other channels in the domain: who can be bound, what leaves, and what clients read of it."""

from __future__ import annotations

import json

import pytest
from channel_world import MAIL, NOTHING, PHONES, PROXY, bind, receipts
from channel_world import room as room
from domain_world import Api, World
from domain_world import world as world

from pyconvo.emulator.conversations import delivery
from pyconvo.emulator.errors import TwilioError

# -- participants


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"address": "+15550100", "proxy_address": PROXY}, "sms"),
        ({"address": "whatsapp:+15550100", "proxy_address": f"whatsapp:{PROXY}"}, "whatsapp"),
        (MAIL, "email"),
        ({"address": "messenger:4711", "proxy_address": "messenger:desk"}, "messenger"),
        ({"address": "apple:urn:x", "proxy_address": "apple:desk"}, "apple"),
    ],
)
def test_the_channel_follows_from_the_form_of_the_address(
    world: World, room: str, given: dict[str, str], kind: str
) -> None:
    made = world.model.participants.add_non_chat("alice", room, given)
    assert (made.identity, made.type, json.loads(made.bindings)) == (None, kind, {kind: given})
    ((name, event, key, data),) = world.published()
    assert (name, event, key) == (f"{room}.roster", "map_item_added", made.sid)
    assert (data["identity"], data["type"], data["bindings"]) == (None, kind, {kind: given})


def test_two_conversations_cannot_hold_the_same_pair_of_addresses_unless_one_is_closed(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    other = world.room("carol")
    with pytest.raises(TwilioError) as refused:
        bind(world, other, PHONES[0])
    assert refused.value.code == 50416
    world.model.conversations.set_state(room, "closed")
    bind(world, other, PHONES[0])


def test_another_proxy_address_reaches_members_as_a_change_of_the_binding(world: World, room: str) -> None:
    first, second = bind(world, room, *PHONES[:2])
    world.tick()
    world.model.participants.rebind(room, first.sid, {"proxy_address": "+15550198"})
    ((_, event, key, data),) = world.published()
    assert (event, key) == ("map_item_updated", first.sid)
    assert data["bindings"] == {"sms": {"address": PHONES[0], "proxy_address": "+15550198"}}
    assert data["dateUpdated"] > data["dateCreated"]
    for changes, code in (
        ({"address": PHONES[0], "proxy_address": "+15550198"}, 50416),
        ({"proxy_address": "desk@example.org"}, 20001),
        (MAIL, 20001),
    ):
        with pytest.raises(TwilioError) as refused:
            world.model.participants.rebind(room, second.sid, changes)
        assert refused.value.code == code
    chat = world.model.participants.get(room, "alice")
    with pytest.raises(TwilioError, match="chat participant"):
        world.model.participants.rebind(room, chat.sid, {"proxy_address": PROXY})


# -- what leaves


def test_a_message_leaves_for_every_phone_and_starts_queued(world: World, room: str) -> None:
    phones = bind(world, room, *PHONES[:2])
    message = world.model.messages.send("alice", room, body="hi", subject="s")
    outbox = world.model.delivery.outbox()
    assert [(one.sender, one.recipient, one.author, one.body, one.subject) for one in outbox] == [
        (PROXY, phone, "alice", "hi", "s") for phone in PHONES[:2]
    ]
    found = receipts(world, message.sid)
    assert [(one.participant_sid, one.status, one.error_code) for one in found] == [
        (phone.sid, "queued", 0) for phone in phones
    ]
    assert [one.channel_message_sid for one in found] == [one.sid for one in outbox]
    assert {one.sid[:2] for one in outbox} == {"SM"}
    added = next(data for _, event, _, data in world.published() if event == "list_item_added")
    assert added["delivery"] == {"total": 2, **NOTHING}


def test_without_phones_there_are_no_receipts(world: World, room: str) -> None:
    message = world.model.messages.send("alice", room, body="hi")
    assert (receipts(world, message.sid), world.model.delivery.outbox()) == ([], [])
    added = next(data for _, event, _, data in world.published() if event == "list_item_added")
    assert "delivery" not in added


def test_the_outbox_keeps_what_was_sent(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    message = world.model.messages.send("alice", room, body="hi")
    world.model.messages.edit("alice", room, message.sid, {"body": "changed"})
    world.model.messages.remove("alice", room, message.sid)
    assert [one.body for one in world.model.delivery.outbox(to=PHONES[0])] == ["hi"]
    assert world.model.delivery.outbox(to=PHONES[1]) == []
    assert receipts(world, message.sid) == []
    world.model.delivery.clear_outbox()
    assert world.model.delivery.outbox() == []


def test_the_outbox_does_not_grow_for_ever(world: World, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "OUTBOX_KEPT", 3)
    (phone,) = bind(world, room, PHONES[0])
    sent = [world.model.messages.send("alice", room, body=text).sid for text in "abcde"]
    assert [one.body for one in world.model.delivery.outbox()] == ["c", "d", "e"]
    oldest = receipts(world, sent[0])[0]
    assert world.model.delivery.address(oldest) == PHONES[0]
    world.model.participants.remove(None, room, phone.sid)
    assert world.model.delivery.address(oldest) is None


# -- over the client REST API


async def test_receipts_come_in_pages(world: World, room: str) -> None:
    bind(world, room, *PHONES)
    message = world.model.messages.send("alice", room, body="hi").sid
    alice, url = Api(world, "alice"), f"Conversations/{room}/Messages/{message}/Receipts"
    page = (await alice("GET", url)).json()
    assert set(page["delivery_receipts"][0]) == {
        "sid", "message_sid", "conversation_sid", "channel_message_sid", "participant_sid", "status", "error_code",
        "date_created", "date_updated",
    }  # fmt: skip
    sids, sizes = [], []
    while True:
        sids += [one["sid"] for one in page["delivery_receipts"]]
        sizes.append(len(page["delivery_receipts"]))
        if page["meta"]["next_token"] is None:
            break
        page = (await alice("GET", f"{url}?PageToken={page['meta']['next_token']}")).json()
    assert (sizes, sids) == ([20, 20, 10], [one.sid for one in receipts(world, message)])
    before = (await alice("GET", f"{url}?PageToken={page['meta']['previous_token']}")).json()
    assert [one["sid"] for one in before["delivery_receipts"]] == sids[20:40]
    exact = (await alice("GET", f"{url}?PageSize=50")).json()
    assert (len(exact["delivery_receipts"]), exact["meta"]["next_token"]) == (50, None)
    for wrong in ("PageToken=zzz", "PageToken=PT1-2-3", "PageSize=0", "PageSize=x"):
        assert (await alice("GET", f"{url}?{wrong}")).status_code == 400
    world.users("mallory")
    assert (await Api(world, "mallory")("GET", url)).status_code == 403


async def test_a_page_of_recipients_counts_messages(world: World, room: str) -> None:
    world.model.participants.add_non_chat(None, room, MAIL)
    other = {"address": "fay@example.com", "proxy_address": "desk@example.org"}
    world.model.participants.add_non_chat(None, room, other)
    sent = [world.model.messages.send("alice", room, body=text).sid for text in "abc"]
    alice, url = Api(world, "alice"), f"Conversations/{room}/MessageRecipients"
    page = (await alice("GET", f"{url}?PageSize=2")).json()
    assert page["message_recipients"][:2] == [
        {"message_sid": sent[0], "type": "email", "level": "cc", "name": "Eve", "address": "eve@example.com"},
        {"message_sid": sent[0], "type": "email", "level": "to", "name": "", "address": "fay@example.com"},
    ]
    assert [one["message_sid"] for one in page["message_recipients"]] == [sent[0]] * 2 + [sent[1]] * 2
    page = (await alice("GET", f"{url}?PageToken={page['meta']['next_token']}")).json()
    assert [one["message_sid"] for one in page["message_recipients"]] == [sent[2]] * 2
    assert page["meta"]["next_token"] is None
    one = (await alice("GET", f"{url}?MessageSid={sent[1]}")).json()["message_recipients"]
    assert [each["address"] for each in one] == ["eve@example.com", "fay@example.com"]
    assert (await alice("GET", f"{url}?MessageSid=IM0")).status_code == 404
    world.model.messages.remove(None, room, sent[1])
    rest = (await alice("GET", url)).json()["message_recipients"]
    assert {each["message_sid"] for each in rest} == {sent[0], sent[2]}


async def test_metadata_is_for_those_who_may_read_it(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    metadata = {"type": "sms", "data": {"segments": 2}}
    told = world.model.inbound.receive(PHONES[0], PROXY, body="a", channel_metadata=metadata).message.sid
    plain = world.model.inbound.receive(PHONES[0], PROXY, body="b").message.sid
    alice, url = Api(world, "alice"), f"Conversations/{room}/Messages/%s/ChannelMetadata"
    assert (await alice("GET", url % told)).json() == metadata
    absent = await alice("GET", url % plain)
    assert (absent.status_code, absent.json()["status"], absent.json()["code"]) == (404, 404, 50530)
    assert (await Api(world, "mallory")("GET", url % told)).status_code == 403
