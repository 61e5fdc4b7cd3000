"""Delivery receipts in the domain: by script, in sum, and by the clock."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from channel_world import NOTHING, PHONES, PROXY, bind, receipts
from channel_world import room as room
from domain_world import START, World
from domain_world import world as world

from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.conversations.receipts import NEXT, REACHED
from pyconvo.emulator.errors import TwilioError

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
