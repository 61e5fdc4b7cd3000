"""Sending, receiving, editing, removing and paging."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from people import Connect, Person, Room, becomes

from pyconvo import Conversation, ConversationsError, Message, UpstreamError
from pyconvo.testing import Emulator


async def test_a_text_reaches_both(alice: Person, bob: Person, room: Room) -> None:
    assert await room.alices.send_message("hello", {"n": 1}) == 0
    received: Message = await bob.trace.until("message_added")
    own: Message = await alice.trace.until("message_added")
    for message, conversation in ((received, room.bobs), (own, room.alices)):
        assert (message.index, message.body, message.author, message.type) == (0, "hello", "alice", "text")
        assert message.attributes == {"n": 1}
        assert message.conversation is conversation
        assert message.date_created is not None
        assert abs((datetime.now(UTC) - message.date_created).total_seconds()) < 60
        assert message.last_updated_by is None
        assert message.aggregated_delivery_receipt is None
    await bob.trace.until("conversation_updated")
    assert bob.trace.names == ["message_added", "conversation_updated"]
    assert bob.trace.reasons("conversation_updated") == [("last_message",)]
    assert room.bobs.last_message is not None
    assert room.bobs.last_message.index == 0
    assert (await received.get_participant()).identity == "alice"


@pytest.mark.parametrize(
    ("index", "sent", "built"), [({}, 0, None), ({"index": "7"}, 7, 7), ({"index": "nan"}, 0, None)]
)
async def test_an_answer_with_an_odd_index(
    emulator: Emulator, room: Room, index: dict[str, str], sent: int, built: int | None
) -> None:
    emulator.fault(on="request", action="respond", status=200, method="POST", path="/Messages$", body=index, times=2)
    assert await room.alices.send_message("sent") == sent
    assert await room.alices.prepare_message().set_body("built").build_and_send() == built


@pytest.mark.parametrize("index", ["Infinity", "1e999"])
async def test_an_index_that_no_message_can_have(emulator: Emulator, room: Room, index: str) -> None:
    body = {"index": index}
    emulator.fault(on="request", action="respond", status=200, method="POST", path="/Messages$", body=body, times=2)
    for sending in (room.alices.send_message("x"), room.alices.prepare_message().set_body("x").build_and_send()):
        with pytest.raises(ConversationsError, match="index"):
            await sending


@pytest.mark.parametrize("text", ["", "ünï — 😀", "a\u0000b", "x" * 1600, '"\\\n\t'])
async def test_any_text_arrives_as_it_was_sent(bob: Person, room: Room, text: str) -> None:
    await room.alices.send_message(text)
    assert (await bob.trace.until("message_added")).body == text


#: An emoji that a program has cut, as a page's ``"party 🎉".slice(0, -1)`` does.
CUT = "party \ud83c"


@pytest.mark.parametrize("attributes", [CUT, {"title": CUT}, {"\udf89": [CUT, "\udf89🎉"]}])
async def test_half_an_emoji_in_attributes_comes_back(alice: Person, bob: Person, room: Room, attributes: Any) -> None:
    await room.alices.send_message("hello", attributes)
    own: Message = await alice.trace.until("message_added")
    message: Message = await bob.trace.until("message_added")
    assert own.attributes == message.attributes == attributes
    await own.update_attributes([attributes])
    await bob.trace.until("message_updated")
    assert message.attributes == [attributes]
    await room.alices.update_attributes(attributes)
    await becomes(lambda: room.bobs.attributes == attributes)
    assert alice.trace.of("connection_state_changed") == bob.trace.of("connection_state_changed") == []


async def test_two_halves_of_an_emoji_are_one(bob: Person, room: Room) -> None:
    await room.alices.send_message("\ud83c\udf89", {"title": "\ud83c\udf89"})
    message: Message = await bob.trace.until("message_added")
    assert (message.body, message.attributes) == ("🎉", {"title": "🎉"})


async def test_half_an_emoji_in_a_body_is_the_services_to_refuse(emulator: Emulator, alice: Person, room: Room) -> None:
    """The emulator's database cannot keep it; its log and recordings can."""
    with pytest.raises(UpstreamError) as refused:
        await room.alices.send_message(CUT)
    assert refused.value.status == 400
    assert any(one["payload"]["body"] == CUT for one in emulator.log() if "body" in (one["payload"] or {}))
    assert r"party \ud83c" in emulator.recording()
    assert await room.alices.send_message("hello") == 0
    assert alice.trace.of("connection_state_changed") == []


@pytest.mark.parametrize("attributes", [{}, None, "text", 1, 1.5, False, [1, {"deep": [None]}], {"ключ": "😀"}])
async def test_any_attributes_arrive_as_they_were_sent(bob: Person, room: Room, attributes: object) -> None:
    await room.alices.send_message("with attributes", attributes)
    message: Message = await bob.trace.until("message_added")
    assert message.attributes == attributes
    assert type(message.attributes) is type(attributes)


async def test_no_text_is_an_empty_one(bob: Person, room: Room) -> None:
    await room.alices.send_message(None)
    assert (await bob.trace.until("message_added")).body == ""


async def test_composing(bob: Person, room: Room) -> None:
    builder = room.alices.prepare_message().set_body("body").set_subject("subject").set_attributes([1])
    assert await builder.build_and_send() == 0
    message: Message = await bob.trace.until("message_added")
    assert (message.body, message.subject, message.attributes) == ("body", "subject", [1])
    await room.alices.send_message("again", email_options={"subject": "other"})
    assert (await bob.trace.until("message_added", 2)).subject == "other"


async def test_many_at_once_come_in_order(bob: Person, room: Room) -> None:
    for number in range(20):
        await room.alices.send_message(str(number))
    await bob.trace.until("message_added", 20)
    assert [message.index for message in bob.trace.of("message_added")] == list(range(20))
    assert [message.body for message in bob.trace.of("message_added")] == [str(number) for number in range(20)]


async def test_edit(alice: Person, bob: Person, room: Room) -> None:
    await room.alices.send_message("first")
    message: Message = await bob.trace.until("message_added")
    own: Message = await alice.trace.until("message_added")
    seen: list[str | None] = []
    message.on("updated", lambda event: seen.append(message.body))
    assert await own.update_body("second") is own
    await bob.trace.until("message_updated")
    assert bob.trace.reasons("message_updated") == [("body", "last_updated_by", "date_updated")]
    assert (message.body, message.last_updated_by) == ("second", "alice")
    # A listener always reads the new state.
    assert seen == ["second"]
    await own.update_attributes({"edited": True})
    await bob.trace.until("message_updated", 2)
    assert bob.trace.reasons("message_updated")[1][:1] == ("date_updated",)
    assert "attributes" in bob.trace.reasons("message_updated")[1]
    assert message.attributes == {"edited": True}


async def test_only_the_author_may_edit(bob: Person, room: Room) -> None:
    await room.alices.send_message("mine")
    message: Message = await bob.trace.until("message_added")
    with pytest.raises(UpstreamError) as caught:
        await message.update_body("yours")
    assert caught.value.status == 403
    assert message.body == "mine"


async def test_remove_is_announced_once(alice: Person, bob: Person, room: Room) -> None:
    await room.alices.send_message("first")
    await room.alices.send_message("last")
    message: Message = await alice.trace.until("message_added", 2)
    await bob.trace.until("message_added", 2)
    await message.remove()
    removed: Message = await bob.trace.until("message_removed")
    assert (removed.index, removed.body) == (1, "last")
    await room.alices.send_message("marker")
    await bob.trace.until("message_added", 3)
    assert len(bob.trace.of("message_removed")) == 1
    assert [message.body for message in (await room.bobs.get_messages()).items] == ["first", "marker"]
    with pytest.raises(UpstreamError) as caught:
        await removed.update_body("gone")
    assert caught.value.status in (403, 404)


class TestPaging:
    COUNT = 250

    @pytest.fixture
    async def conversation(self, connect: Connect, emulator: Emulator) -> Conversation:
        emulator.seed(
            {
                "conversations": [
                    {
                        "uniqueName": "long",
                        "participants": [{"identity": "alice"}],
                        "messages": [{"author": "alice", "body": f"message {number}"} for number in range(self.COUNT)],
                    }
                ]
            }
        )
        alice = await connect("alice")
        return await alice.client.get_conversation_by_unique_name("long")

    @staticmethod
    def indexes(page: object) -> list[int]:
        return [message.index for message in page.items]  # type: ignore[attr-defined]

    async def test_defaults(self, conversation: Conversation) -> None:
        page = await conversation.get_messages()
        assert self.indexes(page) == list(range(220, 250))
        assert (page.has_prev_page, page.has_next_page) == (True, False)
        assert [message.body for message in page.items] == [f"message {number}" for number in range(220, 250)]

    @pytest.mark.parametrize("size", [1, 7, 30, 100])
    async def test_backwards_through_all(self, conversation: Conversation, size: int) -> None:
        page = await conversation.get_messages(size)
        indexes = self.indexes(page)
        while page.has_prev_page:
            page = await page.prev_page()
            assert page.has_next_page
            indexes = self.indexes(page) + indexes
        assert indexes == list(range(self.COUNT))

    async def test_forward_through_all(self, conversation: Conversation) -> None:
        page = await conversation.get_messages(40, 0, "forward")
        assert not page.has_prev_page
        indexes = self.indexes(page)
        while page.has_next_page:
            page = await page.next_page()
            indexes += self.indexes(page)
        assert indexes == list(range(self.COUNT))

    async def test_there_and_back_again(self, conversation: Conversation) -> None:
        newest = await conversation.get_messages(20)
        older = await newest.prev_page()
        oldest = await older.prev_page()
        back = await (await oldest.next_page()).next_page()
        assert self.indexes(back) == self.indexes(newest)
        assert [id(message) for message in back.items] == [id(message) for message in newest.items]

    @pytest.mark.parametrize("direction", ["backwards", "forward"])
    async def test_away_from_an_anchor_that_nothing_was_read_around(
        self, conversation: Conversation, direction: str
    ) -> None:
        page = await conversation.get_messages(10, 100, direction)
        around = range(91, 101) if direction == "backwards" else range(100, 110)
        assert self.indexes(page) == list(around)
        assert self.indexes(await page.prev_page()) == list(range(around[0] - 10, around[0]))
        assert self.indexes(await page.next_page()) == list(range(around[-1] + 1, around[-1] + 11))

    async def test_beyond_the_edges(self, conversation: Conversation) -> None:
        newest = await conversation.get_messages(10)
        with pytest.raises(ConversationsError, match="No previous page"):
            await newest.next_page()
        oldest = await conversation.get_messages(10, 0, "forward")
        with pytest.raises(ConversationsError, match="No previous page"):
            await oldest.prev_page()
        assert self.indexes(await conversation.get_messages(10, 999)) == list(range(240, 250))
        assert self.indexes(await conversation.get_messages(10, 999, "forward")) == []

    async def test_async_for(self, conversation: Conversation) -> None:
        newest_first = [message.index async for message in await conversation.get_messages(100)]
        assert newest_first == list(reversed(range(self.COUNT)))
        oldest_first = [message.index async for message in await conversation.get_messages(60, 200, "forward")]
        assert oldest_first == list(range(200, self.COUNT))
