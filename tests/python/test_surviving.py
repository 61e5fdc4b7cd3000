"""Each fault of the emulator: the client survives it, or fails as it should, and nothing is lost or told twice."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from people import Connect, Person, Room

from pyconvo import Client, MediaTransportError, ReplyError, SendMediaOptions
from pyconvo.emulator.faults.rule import MALFORMED
from pyconvo.testing import Emulator

FAST = {"retryPolicy": {"min": 20, "max": 50}}


async def hears(person: Person, room: Room, *texts: str) -> None:
    """Alice says it; the person hears each once, in order."""
    before = len(person.trace.of("message_added"))
    for text in texts:
        await room.alices.send_message(text)
    await person.trace.until("message_added", before + len(texts))
    await asyncio.sleep(0.05)
    assert [message.body for message in person.trace.of("message_added")[before:]] == list(texts)


# -- the line


async def test_a_slow_line_changes_nothing_but_the_time(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    with emulator.faults.latency(0.03, jitter=0.03):
        start = time.perf_counter()
        await room.alices.send_message("slowly")
        assert time.perf_counter() - start >= 0.06
        await bob.trace.until("message_added")
    await hears(bob, room, "quick")


@pytest.mark.parametrize("how", MALFORMED)
async def test_malformed_packets_are_survived(
    alice: Person, bob: Person, room: Room, emulator: Emulator, how: str
) -> None:
    emulator.faults.send_malformed(how, "bob")  # type: ignore[arg-type]
    emulator.faults.malform_packets(how, method="notification", identity="bob", extra=True)  # type: ignore[arg-type]
    await hears(bob, room, "still", "here")
    assert bob.client.connection_state == "connected"


async def test_the_socket_breaks_after_every_few_packets(emulator: Emulator) -> None:
    emulator.seed({"conversations": [{"uniqueName": "r", "participants": ["bob"]}]})
    emulator.faults.plan("packet", "drop", identity="bob", every=15, times=6)
    person = Person(Client(emulator.token("bob"), {**emulator.options, **FAST}))
    room = await person.trace.until("conversation_joined", timeout=20)
    sid = room.sid
    for number in range(5):
        emulator.call("POST", f"/emulator/conversations/{sid}/messages", {"author": "x", "bodies": [str(number)]})
    await person.trace.until("message_added", 5, timeout=20)
    assert [message.body for message in person.trace.of("message_added")] == ["0", "1", "2", "3", "4"]
    await person.client.shutdown()


# -- opening and logging in


async def test_sockets_that_do_not_open_are_tried_again(emulator: Emulator) -> None:
    fault = emulator.faults.refuse_sockets(503, times=3)
    person = Person(Client(emulator.token("bob"), {**emulator.options, **FAST}))
    await person.trace.until("initialized")
    assert fault.struck == 3
    await person.client.shutdown()


async def test_a_login_with_a_hint_waits_as_told(emulator: Emulator) -> None:
    emulator.faults.refuse_logins(429, backoff_ms=600)
    start = time.perf_counter()
    person = Person(Client(emulator.token("bob"), {**emulator.options, **FAST}))
    await person.trace.until("initialized")
    # A hint is followed within a fifth, as everything is that must not come all at once.
    assert time.perf_counter() - start >= 0.45
    await person.client.shutdown()


async def test_an_expired_continuation_costs_nothing(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    emulator.faults.expire_continuation("bob")
    emulator.drop("bob")
    await hears(bob, room, "after all")
    emulator.drop("bob")
    await hears(bob, room, "and again")
    logins = [entry["header"] for entry in emulator.log() if entry["header"].get("method") == "init"]
    assert len({header["continuation_token"] for header in logins[-2:]}) == 2


async def test_a_token_that_expires_now_is_renewed(bob: Person, emulator: Emulator) -> None:
    emulator.faults.warn_of_expiry("bob")
    await bob.trace.until("token_about_to_expire")
    emulator.faults.expire_tokens("bob")
    await bob.trace.until("token_expired")
    await asyncio.wait_for(bob.client.update_token(emulator.token("bob")), 10)
    assert (await bob.client.create_conversation()).created_by == "bob"


async def test_an_update_that_is_refused_says_so(bob: Person, emulator: Emulator) -> None:
    emulator.faults.refuse_updates(403, "bob")
    with pytest.raises(ReplyError) as refused:
        await bob.client.update_token(emulator.token("bob", ttl=7200))
    assert refused.value.reply["status"]["code"] == 403


# -- requests


async def test_the_transports_429_is_an_error_with_its_status(room: Room, emulator: Emulator) -> None:
    emulator.faults.refuse_requests(429, "/Messages$", method="POST", backoff_ms=100)
    with pytest.raises(ReplyError) as refused:
        await room.alices.send_message("too much")
    assert refused.value.reply["status"]["code"] == 429
    assert await room.alices.send_message("now") == 0


async def test_giving_up_what_is_never_answered_harms_nothing_else(room: Room, emulator: Emulator) -> None:
    emulator.faults.ignore_requests("/Messages$", method="POST", identity="alice")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(room.alices.send_message("into the void"), 0.3)
    assert await room.alices.send_message("heard") == 0


# -- notifications


async def test_doubled_and_reordered_notifications(alice: Person, bob: Person, room: Room, emulator: Emulator) -> None:
    with emulator.faults.duplicate_notifications("bob", times=None):
        await hears(bob, room, "a", "b", "c")
    emulator.faults.reorder_notifications("bob", "list_item_added", by=1)
    for text in ("d", "e", "f"):
        await room.alices.send_message(text)
    await bob.trace.until("message_added", 6)
    await asyncio.sleep(0.1)
    heard = [message.index for message in bob.trace.of("message_added")]
    assert sorted(heard) == list(range(6))


async def test_lost_notifications_are_caught_up_with(
    alice: Person, bob: Person, room: Room, emulator: Emulator
) -> None:
    emulator.faults.lose_notifications("bob", "list_item_added", skip=1, times=2)
    for text in "abcde":
        await room.alices.send_message(text)
    await bob.trace.until("message_added", 5)
    assert sorted(message.index for message in bob.trace.of("message_added")) == list(range(5))


# -- media


async def test_media_that_break_off_are_an_error_and_can_be_had_again(
    bob: Person, room: Room, emulator: Emulator
) -> None:
    content = bytes(range(256)) * 800
    emulator.faults.cut_upload(50_000)
    with pytest.raises(MediaTransportError):
        await room.alices.send_message(SendMediaOptions("application/x-bytes", content))
    assert await room.alices.get_messages_count() == 0
    await room.alices.send_message(SendMediaOptions("application/x-bytes", content))
    (media,) = (await bob.trace.until("message_added")).attached_media
    url = await media.get_content_temporary_url()
    emulator.faults.cut_download(50_000)
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(url)
        assert (await http.get(url)).content == content


async def test_each_close_of_the_service_ends_as_it_should(connect: Connect, emulator: Emulator) -> None:
    """308 and unknown ones are followed by a new connection, the others are final until somebody does something."""
    codes = (308, 401, 406, 410, 417, 499)
    people = {code: await connect(f"p{code}", **FAST) for code in codes}
    for code, person in people.items():
        person.trace.clear()
        assert emulator.close(code, identity=f"p{code}", backoff_policy={"reconnect_min_ms": 50}) == 1
    for code in (308, 499):
        person = people[code]
        await person.trace.until("connection_state_changed", 3)
        assert person.trace.of("connection_state_changed") == ["disconnecting", "connecting", "connected"], code
    for code in (401, 406, 410, 417):
        assert people[code].client.connection_state == "disconnected", code
    assert [code for code in codes if people[code].trace.of("token_expired")] == [410]
    assert {one["identity"] for one in emulator.state()["connections"]} == {"p308", "p499"}
