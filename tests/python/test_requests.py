"""What is tried again, what is not, and input that the service refuses."""

from __future__ import annotations

import asyncio

import pytest
from people import Connect, Person, Room

from pyconvo import ArgumentError, ConversationsError, FetchError, UpstreamError
from pyconvo.testing import Emulator

#: Longer than answers to reads are kept.
STALE = 0.15


def requests(emulator: Emulator, method: str, end: str) -> list[str]:
    """Paths of the requests so far."""
    found = []
    for entry in emulator.log():
        request = entry["header"].get("http_request") or {}
        if request.get("method") == method and request.get("path", "").endswith(end):
            found.append(request["path"])
    return found


async def test_a_change_is_sent_once(room: Room, emulator: Emulator) -> None:
    for status in (429, 503):
        emulator.fault(on="request", action="respond", status=status, method="POST", path="/Messages$")
        before = len(requests(emulator, "POST", "/Messages"))
        with pytest.raises(UpstreamError) as caught:
            await room.alices.send_message("busy?")
        assert caught.value.status == status
        assert len(requests(emulator, "POST", "/Messages")) == before + 1


async def test_a_change_that_was_made_before(room: Room, emulator: Emulator) -> None:
    """Status 202: its result is to be read elsewhere."""
    await room.alices.send_message("first")
    message = (await room.alices.get_messages()).items[0]
    url = f"{room.alices._links.messages}/{message.sid}"
    emulator.fault(
        on="request", action="respond", status=202, body={"resource_url": url}, method="POST", path="/Messages$"
    )
    emulator.fault(on="request", action="respond", status=200, body={"index": 41}, method="GET", path="/Messages/IM")
    assert await room.alices.send_message("second") == 41


async def test_a_read_is_tried_three_times(room: Room, emulator: Emulator) -> None:
    emulator.fault(on="request", action="respond", status=503, times=1, method="GET", path="/Conversations/CH")
    assert await room.alices.get_participants_count() == 2
    await asyncio.sleep(STALE)
    emulator.fault(on="request", action="respond", status=429, times=3, method="GET", path="/Conversations/CH")
    with pytest.raises(FetchError, match="Maximum attempt count limit reached"):
        await room.alices.get_participants_count()


async def test_a_read_that_fails_for_good(room: Room, emulator: Emulator) -> None:
    emulator.fault(on="request", action="respond", status=400, method="GET", path="/Conversations/CH")
    with pytest.raises(UpstreamError):
        await room.alices.get_participants_count()


async def test_answers_that_make_no_sense(room: Room, alice: Person, connect: Connect, emulator: Emulator) -> None:
    emulator.fault(on="request", action="respond", status=200, body=["list"], method="GET", path="/Conversations/CH")
    with pytest.raises(ConversationsError, match="not an object"):
        await room.alices.get_messages_count()
    emulator.fault(on="request", action="respond", status=200, body={}, method="POST", path="/Conversations$")
    with pytest.raises(ConversationsError, match="sid"):
        await alice.client.create_conversation()
    emulator.fault(on="request", action="respond", status=200, body={"conversations": [{}]}, path="US[^/]*/Conv")
    carol = await connect("carol")
    with pytest.raises(ConversationsError, match="cannot be understood"):
        await carol.client.get_subscribed_conversations()


async def test_reads_are_shared_for_a_moment(room: Room, connect: Connect, emulator: Emulator) -> None:
    other = await connect("alice", httpCacheIntervalOverride="PT600S")  # a minute, as in the official SDK
    theirs = await other.client.get_conversation_by_sid(room.alices.sid)
    before = len(requests(emulator, "GET", theirs.sid))
    assert (await theirs.get_messages_count(), await theirs.get_participants_count()) == (0, 2)
    assert len(requests(emulator, "GET", theirs.sid)) == before + 1


class TestRefusedInput:
    async def test_a_message_that_is_too_long(self, room: Room) -> None:
        with pytest.raises(UpstreamError) as caught:
            await room.alices.send_message("x" * 40_000)
        assert caught.value.status in (400, 413)
        assert await room.alices.send_message("short") == 0

    @pytest.mark.parametrize("attributes", [{1, 2}, b"bytes", object(), {"deep": [object()]}, print])
    async def test_attributes_that_are_not_json(self, room: Room, alice: Person, attributes: object) -> None:
        for attempt in (
            room.alices.send_message("text", attributes),
            room.alices.update_attributes(attributes),
            alice.client.user.update_attributes(attributes),
        ):
            with pytest.raises(ArgumentError):
                await attempt

    async def test_a_page_of_nothing(self, room: Room) -> None:
        with pytest.raises(ArgumentError, match="should be a positive integer"):
            await room.alices.get_messages(0)

    @pytest.mark.parametrize("name", ["no such", "näme/with?strange&characters#", "%2e%2e", "😀"])
    async def test_names_are_carried_as_they_are(self, alice: Person, name: str) -> None:
        with pytest.raises(UpstreamError) as caught:
            await alice.client.get_conversation_by_unique_name(name)
        assert caught.value.status == 404
        made = await alice.client.create_conversation(unique_name=name)
        assert made.unique_name == name
        await made.join()
        await alice.trace.until("conversation_joined")
        assert await alice.client.get_conversation_by_unique_name(name) is made


class TestRaces:
    async def test_messages_while_a_conversation_is_opened(
        self, alice: Person, connect: Connect, emulator: Emulator
    ) -> None:
        """They are announced after the conversation, none is lost."""
        conversation = await alice.client.create_conversation()
        await conversation.join()
        bob = await connect("bob")
        emulator.fault(on="request", action="delay", delay=0.8, identity="bob", path=r"Maps/CH")
        await conversation.add("bob")
        await asyncio.sleep(0.4)
        for number in range(5):
            await conversation.send_message(str(number))
        await bob.trace.until("message_added", 5)
        names = [name for name in bob.trace.names if name.startswith(("conversation_a", "conversation_j", "message"))]
        assert names == ["conversation_added", "conversation_joined", *["message_added"] * 5]
        assert [message.body for message in bob.trace.of("message_added")] == list("01234")

    async def test_removed_while_a_conversation_is_opened(
        self, alice: Person, connect: Connect, emulator: Emulator
    ) -> None:
        """It is never announced."""
        conversation = await alice.client.create_conversation()
        await conversation.join()
        bob = await connect("bob")
        emulator.fault(on="request", action="delay", delay=1.5, identity="bob", path=r"Maps/CH")
        await conversation.add("bob")
        await asyncio.sleep(0.2)
        await conversation.remove_participant("bob")
        await asyncio.sleep(1.6)
        assert not [name for name in bob.trace.names if name.startswith("conversation_")]
        assert (await bob.client.get_subscribed_conversations()).items == []
        await conversation.add("bob")
        assert (await bob.trace.until("conversation_joined")).sid == conversation.sid

    async def test_asked_for_while_it_is_opened(self, alice: Person, connect: Connect, emulator: Emulator) -> None:
        conversation = await alice.client.create_conversation()
        await conversation.join()
        bob = await connect("bob")
        emulator.fault(on="request", action="delay", delay=0.4, identity="bob", path=r"Maps/CH")
        await conversation.add("bob")
        await asyncio.sleep(0.1)
        found = await asyncio.gather(*(bob.client.get_conversation_by_sid(conversation.sid) for _ in range(3)))
        assert found[0] is found[1] is found[2]
        assert bob.trace.of("conversation_added") == bob.trace.of("conversation_joined") == [found[0]]
