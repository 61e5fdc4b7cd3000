"""Other channels in the domain: who can be bound, what leaves, how receipts advance, what comes in, recipients."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from domain_world import START, Api, World
from domain_world import world as world

from pyconvo.emulator.conversations import delivery
from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.conversations.inbound import Attachment
from pyconvo.emulator.conversations.receipts import NEXT, REACHED
from pyconvo.emulator.conversations.records import Participant, Receipt
from pyconvo.emulator.errors import TwilioError

PROXY = "+15550199"
PHONES = [f"+155501{number:02d}" for number in range(50)]
MAIL = {"address": "eve@example.com", "proxy_address": "desk@example.org", "name": "Eve", "level": "cc"}
NOTHING = dict.fromkeys(("sent", "delivered", "read", "failed", "undelivered"), "none")


def bind(world: World, sid: str, *phones: str) -> list[Participant]:
    made = [
        world.model.participants.add_non_chat(None, sid, {"address": phone, "proxy_address": PROXY}) for phone in phones
    ]
    world.published()
    return made


def receipts(world: World, message: str) -> list[Receipt]:
    return world.model.receipts.of(message)


@pytest.fixture
def room(world: World) -> str:
    return world.room("alice", "bob")


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


# -- receipts


def test_the_sum_counts_everybody_who_got_that_far(world: World, room: str) -> None:
    bind(world, room, *PHONES[:2])
    message = world.model.messages.send("alice", room, body="hi")
    first, second = receipts(world, message.sid)
    world.tick()
    world.published()
    world.model.receipts.advance(first, "delivered")
    ((_, event, index, item),) = world.published()
    assert (event, index) == ("list_item_updated", 0)
    assert item["delivery"] == {"total": 2, **NOTHING, "sent": "some", "delivered": "some"}
    world.model.receipts.advance(second, "undelivered", error_code=30003)
    assert world.model.receipts.sum(message.sid) == {
        "total": 2, **NOTHING, "sent": "all", "delivered": "some", "undelivered": "some",
    }  # fmt: skip
    found = world.model.receipts.get(message.sid, second.sid)
    assert (found.status, found.error_code, found.date_updated > found.date_created) == ("undelivered", 30003, True)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(NEXT, NEXT)))
def test_every_status_after_every_other(world: World, room: str, before: str, after: str) -> None:
    bind(world, room, PHONES[0])
    message = world.model.messages.send("alice", room, body="hi")
    (receipt,) = receipts(world, message.sid)
    receipt = world.model.receipts.advance(receipt, before)
    world.published()
    if after == before or after in NEXT[before]:
        world.model.receipts.advance(receipt, after)
        expected = {status: "all" if status in REACHED[after] else "none" for status in NOTHING}
        assert world.model.receipts.sum(message.sid) == {"total": 1, **expected}
        assert len(world.published()) == (after != before)
    else:
        with pytest.raises(TwilioError, match=f"is {before}; after that comes"):
            world.model.receipts.advance(receipt, after)
        assert receipts(world, message.sid) == [receipt]
        assert world.published() == []


@pytest.mark.parametrize(
    ("status", "error_code"),
    [("lost", 0), (None, 0), ([], 0), ("sent", 30003), ("failed", -1), ("failed", True), ("failed", "30003")],
)
def test_wrong_reports_are_refused(world: World, room: str, status: Any, error_code: Any) -> None:
    bind(world, room, PHONES[0])
    message = world.model.messages.send("alice", room, body="hi")
    (receipt,) = receipts(world, message.sid)
    with pytest.raises(TwilioError) as refused:
        world.model.receipts.advance(receipt, status, error_code=error_code)
    assert (refused.value.status, refused.value.code) == (400, 20001)


def test_others_hear_of_receipts_and_of_what_comes_in(world: World, room: str) -> None:
    heard: list[DomainEvent] = []
    (phone,) = bind(world, room, PHONES[0])
    world.model.events.subscribe(heard.append)
    world.model.inbound.receive(PHONES[0], PROXY, body="hello")
    message = world.model.messages.send("alice", room, body="hi")
    (receipt,) = receipts(world, message.sid)
    world.model.receipts.advance(receipt, "failed", error_code=30003)
    world.model.participants.rebind(room, phone.sid, {"proxy_address": "+15550198"})
    came, _, failed, bound = [event for event in heard if event.kind != "conversation.updated"]
    assert (came.kind, came.origin.source, came.participant) == ("message.added", "SMS", phone)
    assert (failed.kind, failed.origin.source) == ("delivery.updated", "SMS")
    assert (failed.message, failed.participant) == (message, phone)
    assert failed.receipt is not None
    assert (failed.receipt["sid"], failed.receipt["status"], failed.receipt["error_code"]) == (
        receipt.sid, "failed", 30003,
    )  # fmt: skip
    assert (bound.kind, bound.changed) == ("participant.updated", {"messaging_binding"})


# -- by the clock


def test_the_clock_lets_receipts_advance_to_the_end_of_their_channel(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    whatsapp = {"address": f"whatsapp:{PHONES[1]}", "proxy_address": f"whatsapp:{PROXY}"}
    world.model.participants.add_non_chat(None, room, whatsapp)
    world.model.delivery.set_interval(2)
    message = world.model.messages.send("alice", room, body="hi")
    seen = []
    for _ in range(5):
        seen.append(tuple(one.status for one in receipts(world, message.sid)))
        world.clock.advance(2)
    assert seen == [
        ("queued", "queued"), ("sent", "sent"), ("delivered", "delivered"), ("delivered", "read"), ("delivered", "read")
    ]  # fmt: skip


def test_a_script_overtakes_the_clock(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    world.model.delivery.set_interval(10)
    message = world.model.messages.send("alice", room, body="hi")
    (receipt,) = receipts(world, message.sid)
    world.clock.advance(9)
    world.model.receipts.advance(receipt, "sent")
    world.clock.advance(9)
    assert receipts(world, message.sid)[0].status == "sent"
    world.clock.advance(1)
    assert receipts(world, message.sid)[0].status == "delivered"


def test_the_interval_can_be_changed_and_taken_away(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    message = world.model.messages.send("alice", room, body="hi")
    world.clock.advance(5)
    world.model.delivery.set_interval(60)
    world.model.delivery.set_interval(5)
    world.clock.advance(0)
    assert receipts(world, message.sid)[0].status == "sent"
    world.model.delivery.set_interval(None)
    world.clock.advance(1000)
    assert receipts(world, message.sid)[0].status == "sent"
    for wrong in (-1, True, "1"):
        with pytest.raises(TwilioError, match="interval must be a number"):
            world.model.delivery.set_interval(wrong)  # type: ignore[arg-type]


def test_what_is_under_way_goes_on_after_a_restart(world: World, room: str) -> None:
    bind(world, room, PHONES[0])
    message = world.model.messages.send("alice", room, body="hi")
    again = world.restarted()
    again.model.delivery.set_interval(3)
    again.clock.set(START + 3)
    assert receipts(again, message.sid)[0].status == "sent"


# -- what comes in


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
