"""Other channels through the Python API: participants, receipts, metadata, recipients; and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from people import Connect, Person, Room

from pyconvo import (
    AggregatedDeliveryReceipt,
    ArgumentError,
    ChannelMetadata,
    ConversationsError,
    DetailedDeliveryReceipt,
    EmailRecipientDescriptor,
    FetchError,
    Message,
    PaginatorOptions,
    UnknownRecipientDescriptor,
    UpstreamError,
)
from pyconvo.testing import Emulator

PHONE, PROXY = "+15550100", "+15550199"
DESK, EVE = "desk@example.org", "eve@example.com"


async def sent(person: Person, room: Room, body: str = "hello") -> Message:
    before = len(person.trace.of("message_added"))
    await room.alices.send_message(body)
    message: Message = await person.trace.until("message_added", before + 1)
    return message


async def received(person: Person, emulator: Emulator, *args: Any, **more: Any) -> Message:
    before = len(person.trace.of("message_added"))
    emulator.inbound(*args, **more)
    message: Message = await person.trace.until("message_added", before + 1)
    return message


def requests(emulator: Emulator, part: str) -> int:
    return sum(part in str(one) and "http_request" in str(one) for one in emulator.log())


async def test_participants_of_other_channels(alice: Person, bob: Person, room: Room) -> None:
    answer = await room.alices.add_non_chat_participant(PROXY, PHONE, {"vip": True})
    assert answer["messaging_binding"] == {"type": "sms", "address": PHONE, "proxy_address": PROXY}
    phone = await bob.trace.until("participant_joined")
    assert (phone.sid, phone.identity, phone.type, phone.attributes) == (answer["sid"], None, "sms", {"vip": True})
    assert phone.bindings == {"sms": {"address": PHONE, "proxy_address": PROXY}}
    with pytest.raises(ConversationsError, match="not supported for this Participant type: sms"):
        await phone.get_user()
    await room.alices.add_non_chat_participant(DESK, EVE, binding_options={"email": {"name": "Eve", "level": "cc"}})
    eve = await bob.trace.until("participant_joined", 2)
    assert eve.bindings == {"email": {"address": EVE, "proxy_address": DESK, "name": "Eve", "level": "cc"}}
    with pytest.raises(UpstreamError) as refused:
        await room.alices.add_non_chat_participant(PROXY, PHONE)
    assert refused.value.code == 50416
    with pytest.raises(UpstreamError) as refused:
        await room.bobs.add_non_chat_participant(PROXY, "+15550101")
    assert refused.value.code == 50107


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("", PHONE), "Argument 1 is expected to be a non-empty string"),
        ((PROXY, 5), "Argument 2 is expected to be a non-empty string, but got 5"),
        ((PROXY, PHONE, {1, 2}), "Argument 3 is expected to be an optional JSON type"),
        ((PROXY, PHONE, {}, object()), "Argument 4 is expected to be an optional JSON type"),
    ],
)
async def test_wrong_arguments(room: Room, args: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        await room.alices.add_non_chat_participant(*args)


async def test_receipts_tell_how_far_a_message_got(emulator: Emulator, alice: Person, bob: Person, room: Room) -> None:
    assert (await sent(alice, room)).aggregated_delivery_receipt is None
    for number in range(21):
        await room.alices.add_non_chat_participant(PROXY, f"+155501{number:02d}")
    message = await sent(alice, room)
    first = message.aggregated_delivery_receipt
    assert first == AggregatedDeliveryReceipt(21, "none", "none", "none", "none", "none")
    emulator.receipts(message.sid, "undelivered", participant=PHONE, error_code=30003)
    event = await alice.trace.until("message_updated")
    assert (event.message, event.update_reasons) == (message, ("delivery_receipt",))
    assert message.aggregated_delivery_receipt == AggregatedDeliveryReceipt(21, "some", "none", "none", "some", "none")
    assert first.undelivered == "none"
    found = await message.get_detailed_delivery_receipts()
    assert (len(found), len({one.sid for one in found})) == (21, 21)
    assert all(isinstance(one, DetailedDeliveryReceipt) for one in found)
    assert [(one.status, one.error_code) for one in found[:2]] == [("undelivered", 30003), ("queued", 0)]
    assert (found[0].message_sid, found[0].conversation_sid) == (message.sid, room.alices.sid)
    assert (found[0].channel_message_sid[:2], found[0].date_created[-1]) == ("SM", "Z")
    emulator.deliver_every(1)
    emulator.advance(2)
    await alice.trace.until("message_updated", 3)
    assert message.aggregated_delivery_receipt.delivered == "some"


async def test_a_page_of_receipts_that_fails(emulator: Emulator, alice: Person, room: Room) -> None:
    await room.alices.add_non_chat_participant(PROXY, PHONE)
    message = await sent(alice, room)
    emulator.fault(on="request", action="respond", status=403, path="Receipts", body={"code": 50430})
    with pytest.raises(UpstreamError) as refused:
        await message.get_detailed_delivery_receipts()
    assert refused.value.code == 50430
    assert len(await message.get_detailed_delivery_receipts()) == 1
    room.alices._session.network._answers.clear()
    emulator.fault(on="request", action="respond", status=200, path="Receipts", body={"delivery_receipts": [{}]})
    with pytest.raises(ConversationsError, match="cannot be understood"):
        await message.get_detailed_delivery_receipts()


async def answered(emulator: Emulator, path: str, body: Any, ask: Callable[[], Awaitable[Any]]) -> Any:
    """What ``ask`` gives when the service answers ``body``."""
    emulator.clear_faults()
    emulator.fault(on="request", action="respond", status=200, path=path, body=body)
    return await ask()


async def test_receipts_may_lack_any_member(emulator: Emulator, alice: Person, room: Room) -> None:
    message = await sent(alice, room)
    body = {"delivery_receipts": [{}, {"sid": "DY1", "status": "read"}], "meta": {}}
    bare, other = await answered(emulator, "Receipts", body, message.get_detailed_delivery_receipts)
    assert bare == DetailedDeliveryReceipt(None, None, None, None, None, "queued", 0, None, None)
    assert (other.sid, other.status, other.date_updated) == ("DY1", "read", None)


@pytest.mark.parametrize("body", [{}, {"delivery_receipts": {}, "meta": {}}, {"delivery_receipts": [5], "meta": {}}])
async def test_a_list_of_receipts_that_is_none(emulator: Emulator, alice: Person, room: Room, body: Any) -> None:
    message = await sent(alice, room)
    with pytest.raises(ConversationsError, match="cannot be understood"):
        await answered(emulator, "Receipts", body, message.get_detailed_delivery_receipts)


async def test_recipients_may_lack_any_member(emulator: Emulator, alice: Person, room: Room) -> None:
    message = await sent(alice, room)
    body = {"message_recipients": [{"type": "email"}, {"type": "pigeon"}, {}], "meta": {}}
    expected = [
        EmailRecipientDescriptor("email", None, None, None, None),
        UnknownRecipientDescriptor("pigeon", None, '{"type":"pigeon"}'),
        UnknownRecipientDescriptor(None, None, "{}"),
    ]
    page = await answered(emulator, "MessageRecipients", body, room.alices.get_message_recipients)
    assert (page.items, page.has_next_page, page.has_prev_page) == (expected, False, False)
    assert await answered(emulator, "MessageRecipients", body, message.get_message_recipients) == expected


@pytest.mark.parametrize("body", [{}, [], {"message_recipients": {}}, {"message_recipients": [None], "meta": {}}])
async def test_a_list_of_recipients_that_is_none(emulator: Emulator, alice: Person, room: Room, body: Any) -> None:
    message = await sent(alice, room)
    for ask in (message.get_message_recipients, room.alices.get_message_recipients):
        with pytest.raises(FetchError, match="cannot be understood"):
            await answered(emulator, "MessageRecipients", body, ask)
    with pytest.raises(FetchError, match="cannot be understood"):
        await answered(emulator, "MessageRecipients", {"message_recipients": []}, room.alices.get_message_recipients)


async def test_metadata_may_lack_any_member(emulator: Emulator, bob: Person, room: Room) -> None:
    await room.alices.add_non_chat_participant(PROXY, PHONE)
    await bob.trace.until("participant_joined")
    message = await received(bob, emulator, PHONE, PROXY, "hi", channelMetadata={"type": "sms", "data": 1})
    with pytest.raises(FetchError, match="cannot be understood"):
        await answered(emulator, "ChannelMetadata", [], message.get_channel_metadata)
    found = await answered(emulator, "ChannelMetadata", {}, message.get_channel_metadata)
    assert found == ChannelMetadata(None, None)


async def test_what_a_phone_writes(emulator: Emulator, alice: Person, bob: Person, room: Room) -> None:
    await room.alices.add_non_chat_participant(f"whatsapp:{PROXY}", f"whatsapp:{PHONE}")
    phone = await bob.trace.until("participant_joined")
    data = {"profile": {"name": "Eve"}}
    message = await received(
        bob,
        emulator,
        f"whatsapp:{PHONE}",
        f"whatsapp:{PROXY}",
        "hi",
        channelMetadata={"type": "whatsapp", "data": data},
    )
    assert (message.author, message.participant_sid) == (f"whatsapp:{PHONE}", phone.sid)
    assert await message.get_participant() is phone
    assert await message.get_channel_metadata() == ChannelMetadata("whatsapp", data)
    assert await message.get_channel_metadata() == ChannelMetadata("whatsapp", data)
    assert requests(emulator, "ChannelMetadata") == 1
    assert await (await sent(bob, room)).get_channel_metadata() is None


@pytest.mark.parametrize(
    ("status", "body", "fails"), [(404, {"status": 404, "code": 50530}, False), (403, {"code": 50531}, True)]
)
async def test_metadata_that_cannot_be_read(
    emulator: Emulator, bob: Person, room: Room, status: int, body: dict[str, int], fails: bool
) -> None:
    await room.alices.add_non_chat_participant(PROXY, PHONE)
    await bob.trace.until("participant_joined")
    message = await received(bob, emulator, PHONE, PROXY, "hi", channelMetadata={"type": "sms", "data": 1})
    emulator.fault(on="request", action="respond", status=status, path="ChannelMetadata", body=body, times=6)
    if fails:
        with pytest.raises(FetchError, match=r"ChannelMetadata.* failed"):
            await message.get_channel_metadata()
        assert await message.get_channel_metadata() == ChannelMetadata("sms", 1)
    else:
        assert await message.get_channel_metadata() is None
        emulator.clear_faults()
        assert await message.get_channel_metadata() is None


async def test_to_whom_an_e_mail_went(emulator: Emulator, bob: Person, room: Room) -> None:
    await room.alices.add_non_chat_participant(DESK, EVE, binding_options={"email": {"name": "Eve", "level": "cc"}})
    await bob.trace.until("participant_joined")
    message = await sent(bob, room)
    eve = EmailRecipientDescriptor("email", message.sid, "cc", "Eve", EVE)
    assert await message.get_message_recipients() == [eve]
    recipients = [{"address": DESK, "level": "from"}, {"type": "pigeon", "ring": 4}]
    answer = await received(
        bob, emulator, EVE, DESK, subject="Re: hello", recipients=recipients,
        media=[{"contentType": "text/plain", "text": "yes", "category": "body"}],
    )  # fmt: skip
    body = answer.get_email_body()
    assert (answer.subject, answer.body, body and body.size, answer.get_email_history()) == ("Re: hello", None, 3, None)
    pigeon = UnknownRecipientDescriptor(
        "pigeon", answer.sid, f'{{"message_sid":"{answer.sid}","type":"pigeon","ring":4}}'
    )
    assert await answer.get_message_recipients() == [
        EmailRecipientDescriptor("email", answer.sid, "from", "", DESK), pigeon,
    ]  # fmt: skip
    page = await room.bobs.get_message_recipients(PaginatorOptions(page_size=1))
    assert (page.items, page.has_next_page, page.has_prev_page) == ([eve], True, False)
    following = await page.next_page()
    assert (len(following.items), following.has_next_page, following.has_prev_page) == (2, False, True)
    assert (await following.prev_page()).items == [eve]
    with pytest.raises(ConversationsError, match="No next page"):
        await following.next_page()
    with pytest.raises(ConversationsError, match="No previous page"):
        await page.prev_page()
    assert [one.message_sid async for one in page] == [message.sid, answer.sid, answer.sid]
    assert len(await answer.get_message_recipients()) == 2
    for options in ({"pageSize": 1}, {"page_size": 1}):
        assert len((await room.bobs.get_message_recipients(options)).items) == 1
    assert len((await room.bobs.get_message_recipients()).items) == 3


async def test_no_more_is_kept_than_the_options_say(emulator: Emulator, connect: Connect, room: Room) -> None:
    await room.alices.add_non_chat_participant(DESK, EVE)
    await room.alices.add("carol")
    options: dict[str, Any] = {"message_recipients_cache_capacity": 1, "channel_metadata_cache_capacity": 0}
    carol = await connect("carol", **options)
    conversation = await carol.trace.until("conversation_joined")
    await conversation.get_participants()
    metadata = {"type": "email", "data": {}}
    first = await received(carol, emulator, EVE, DESK, "a", recipients=[{"address": DESK}], channelMetadata=metadata)
    second = await received(carol, emulator, EVE, DESK, "b", recipients=[{"address": DESK}])
    asked = []
    for message in (first, first, second, first):
        await message.get_message_recipients()
        asked.append(requests(emulator, "MessageRecipients"))
    assert asked == [1, 1, 2, 3]
    await asyncio.gather(first.get_channel_metadata(), first.get_channel_metadata())
    assert requests(emulator, "ChannelMetadata") == 2


async def test_after_shutdown(emulator: Emulator, bob: Person, room: Room) -> None:
    await room.alices.add_non_chat_participant(PROXY, PHONE)
    await bob.trace.until("participant_joined")
    message = await received(bob, emulator, PHONE, PROXY, "hi", channelMetadata={"type": "sms", "data": 1})
    await bob.client.shutdown()
    calls: list[Callable[[], Any]] = [
        message.get_detailed_delivery_receipts,
        message.get_channel_metadata,
        message.get_message_recipients,
        room.bobs.get_message_recipients,
        lambda: room.bobs.add_non_chat_participant(PROXY, "+15550101"),
    ]
    results = await asyncio.gather(*(call() for call in calls), return_exceptions=True)
    assert all(isinstance(one, ConversationsError) for one in results), results
