"""Creating, finding, joining, leaving, adding, removing, deleting, changing."""

from __future__ import annotations

import asyncio

import pytest
from people import Connect, Person, Room, becomes

from pyconvo import Conversation, ConversationsError, UpstreamError
from pyconvo.testing import Emulator

UNKNOWN = "CH" + "f" * 32


async def test_create_and_join(alice: Person) -> None:
    alice.trace.clear()
    made = await alice.client.create_conversation(
        friendly_name="Trip", unique_name="trip", attributes={"topic": ["travel"]}
    )
    assert (made.friendly_name, made.unique_name, made.attributes) == ("Trip", "trip", {"topic": ["travel"]})
    assert (made.status, made.created_by, made.last_read_message_index) == ("notParticipating", "alice", 0)
    assert alice.trace.names == ["conversation_updated", "conversation_added"]
    assert await made.join() is made
    assert await alice.trace.until("conversation_joined") is made
    assert alice.trace.names[2:] == ["conversation_updated", "conversation_joined"]
    assert alice.trace.reasons("conversation_updated")[1] == ("last_read_message_index",)
    assert made.status == "joined"
    assert made.last_read_message_index is None
    assert made.state is not None
    assert made.state.current == "active"
    assert made.notification_level == "default"
    assert made.limits.media_attachments_count_limit == 10


async def test_create_without_anything(alice: Person) -> None:
    made = await alice.client.create_conversation()
    assert (made.friendly_name, made.unique_name, made.attributes) == (None, None, {})


async def test_create_with_official_names(alice: Person) -> None:
    made = await alice.client.create_conversation({"friendlyName": "Trip", "uniqueName": None, "attributes": None})
    assert (made.friendly_name, made.unique_name, made.attributes) == ("Trip", None, None)


async def test_a_unique_name_is_unique(alice: Person) -> None:
    await alice.client.create_conversation(unique_name="taken")
    with pytest.raises(UpstreamError) as caught:
        await alice.client.create_conversation(unique_name="taken")
    assert (caught.value.status, caught.value.code) == (409, 50353)


async def test_find(alice: Person, bob: Person, room: Room) -> None:
    await room.alices.update_unique_name("the room")
    await alice.trace.until("conversation_updated")
    assert await alice.client.get_conversation_by_sid(room.alices.sid) is room.alices
    assert await alice.client.peek_conversation_by_sid(room.alices.sid) is room.alices
    assert await alice.client.get_conversation_by_unique_name("the room") is room.alices
    assert (await bob.client.get_subscribed_conversations()).items == [room.bobs]
    for look_up in (alice.client.get_conversation_by_sid, alice.client.peek_conversation_by_sid):
        with pytest.raises(UpstreamError) as caught:
            await look_up(UNKNOWN)
        assert (caught.value.status, caught.value.code) == (404, 50350)
    with pytest.raises(UpstreamError) as caught:
        await alice.client.get_conversation_by_unique_name("no such")
    assert caught.value.status == 404


async def test_the_participants(alice: Person, room: Room) -> None:
    participants = await room.alices.get_participants()
    assert [one.identity for one in participants] == ["alice", "bob"]
    bobs = await room.alices.get_participant_by_identity("bob")
    assert bobs is participants[1]
    assert bobs is await room.alices.get_participant_by_sid(participants[1].sid)
    assert bobs is not None
    assert (bobs.type, bobs.attributes, bobs.last_read_message_index) == ("chat", {}, None)
    assert bobs.conversation is room.alices
    user = await bobs.get_user()
    assert user.identity == "bob"
    assert user is await alice.client.get_user("bob")
    with pytest.raises(ConversationsError, match="Participant with identity zed was not found"):
        await room.alices.get_participant_by_identity("zed")
    with pytest.raises(ConversationsError, match="Participant with SID MB0 was not found"):
        await room.alices.get_participant_by_sid("MB0")


async def test_add_twice(room: Room) -> None:
    with pytest.raises(UpstreamError) as caught:
        await room.alices.add("bob")
    assert (caught.value.status, caught.value.code) == (409, 50433)


async def test_add_with_attributes(alice: Person, room: Room) -> None:
    answer = await room.alices.add("carol", {"seat": 1})
    assert answer["identity"] == "carol"
    joined = await alice.trace.until("participant_joined")
    assert (joined.sid, joined.identity, joined.attributes) == (answer["sid"], "carol", {"seat": 1})


async def test_leave_and_come_back(alice: Person, bob: Person, room: Room) -> None:
    await room.bobs.leave()
    assert await bob.trace.until("conversation_removed") is room.bobs
    assert bob.trace.names[-2:] == ["conversation_left", "conversation_removed"]
    assert room.bobs.status == "notParticipating"
    assert (await alice.trace.until("participant_left")).identity == "bob"
    # Leaving again does nothing, and nothing can be sent any more.
    await room.bobs.leave()
    with pytest.raises(UpstreamError) as caught:
        await room.bobs.send_message("too late")
    assert caught.value.status == 403
    assert (await bob.client.get_subscribed_conversations()).items == []
    await room.alices.add("bob")
    again: Conversation = await bob.trace.until("conversation_joined")
    assert again is not room.bobs
    assert again.sid == room.bobs.sid
    await room.alices.send_message("welcome")
    assert (await bob.trace.until("message_added")).conversation is again


@pytest.mark.parametrize("how", ["identity", "sid", "participant", "participant.remove"])
async def test_remove_a_participant(alice: Person, bob: Person, room: Room, how: str) -> None:
    participant = await room.alices.get_participant_by_identity("bob")
    assert participant is not None
    match how:
        case "identity":
            await room.alices.remove_participant("bob")
        case "sid":
            await room.alices.remove_participant(participant.sid)
        case "participant":
            await room.alices.remove_participant(participant)
        case _:
            await participant.remove()
    assert await alice.trace.until("participant_left") is participant
    assert await bob.trace.until("conversation_removed") is room.bobs
    assert [one.identity for one in await room.alices.get_participants()] == ["alice"]


async def test_remove_nobody(room: Room) -> None:
    with pytest.raises(UpstreamError) as caught:
        await room.alices.remove_participant("zed")
    assert caught.value.status == 404


async def test_delete(alice: Person, bob: Person, room: Room) -> None:
    gone: list[Conversation] = []
    room.bobs.on("removed", gone.append)
    assert await room.alices.delete() is room.alices
    assert await alice.trace.until("conversation_removed") is room.alices
    assert await bob.trace.until("conversation_removed") is room.bobs
    assert gone == [room.bobs]
    await asyncio.sleep(0.2)
    assert len(bob.trace.of("conversation_removed")) == 1
    with pytest.raises(UpstreamError) as caught:
        await room.bobs.send_message("anybody here?")
    assert caught.value.status == 404


async def test_not_everybody_may_delete(room: Room) -> None:
    with pytest.raises(UpstreamError) as caught:
        await room.bobs.delete()
    assert caught.value.status == 403


async def test_names_and_level(alice: Person, bob: Person, room: Room) -> None:
    await room.alices.update_friendly_name("New name")
    await bob.trace.until("conversation_updated")
    assert room.bobs.friendly_name == "New name"
    assert bob.trace.reasons("conversation_updated")[0] == ("friendly_name", "date_updated")
    # The same again is not even sent, once it is known here.
    await alice.trace.until("conversation_updated")
    await room.alices.update_friendly_name("New name")
    await room.alices.update_unique_name("unique")
    await bob.trace.until("conversation_updated", 2)
    assert room.bobs.unique_name == "unique"
    await alice.trace.until("conversation_updated", 2)
    await room.alices.update_unique_name(None)
    await bob.trace.until("conversation_updated", 3)
    assert room.bobs.unique_name is None
    await room.bobs.set_user_notification_level("muted")
    await bob.trace.until("conversation_updated", 4)
    assert (room.bobs.notification_level, room.alices.notification_level) == ("muted", "default")


class TestAttributes:
    async def test_of_a_conversation(self, bob: Person, room: Room) -> None:
        assert await room.alices.update_attributes({"a": [1, None]}) is room.alices
        await bob.trace.until("conversation_updated")
        assert await room.bobs.get_attributes() == room.bobs.attributes == {"a": [1, None]}
        assert "attributes" in bob.trace.reasons("conversation_updated")[0]

    async def test_of_a_participant(self, bob: Person, room: Room) -> None:
        own = await room.alices.get_participant_by_identity("alice")
        assert own is not None
        await own.update_attributes("any JSON")
        updated = await bob.trace.until("participant_updated")
        assert updated.update_reasons[0] == "attributes"
        assert (updated.participant.identity, updated.participant.attributes) == ("alice", "any JSON")

    async def test_of_a_user(self, alice: Person, bob: Person) -> None:
        user = await bob.client.get_user("alice")
        bob.trace.clear()
        await alice.client.user.update_attributes({"vip": True})
        await alice.client.user.update_friendly_name("Alice A.")
        await bob.trace.until("user_updated", 2)
        assert bob.trace.reasons("user_updated") == [("attributes",), ("friendly_name",)]
        assert (user.attributes, user.friendly_name) == ({"vip": True}, "Alice A.")


class TestUsers:
    async def test_subscriptions(self, alice: Person, bob: Person) -> None:
        user = await alice.client.get_user("bob")
        assert alice.trace.of("user_subscribed")[-1] is user
        assert await alice.client.get_user("bob") is user
        assert await alice.client.get_user("alice") is alice.client.user
        assert await alice.client.get_subscribed_users() == [alice.client.user, user]
        assert (user.is_online, user.is_subscribed) == (True, True)
        await user.unsubscribe()
        assert alice.trace.of("user_unsubscribed") == [user]
        assert not user.is_subscribed
        assert await alice.client.get_subscribed_users() == [alice.client.user]
        with pytest.raises(ConversationsError, match="Can't modify unsubscribed object"):
            await user.update_friendly_name("nobody")

    async def test_the_own_one_comes_back_at_once(self, alice: Person) -> None:
        await alice.client.user.unsubscribe()
        await alice.trace.until("user_subscribed", 2)
        assert alice.client.user.is_subscribed

    async def test_the_oldest_gives_way(self, connect: Connect, emulator: Emulator) -> None:
        emulator.seed({"users": [{"identity": name} for name in ("bob", "carol", "dave")]})
        alice = await connect("alice", userInfosToSubscribeOverride=2)
        alice.trace.clear()
        bob = await alice.client.get_user("bob")
        carol = await alice.client.get_user("carol")
        dave = await alice.client.get_user("dave")
        await alice.trace.until("user_unsubscribed")
        kinds = [(name, user) for name, user in alice.trace.events if name.endswith("subscribed")]
        assert kinds[-2:] == [("user_subscribed", dave), ("user_unsubscribed", bob)]
        assert await alice.client.get_subscribed_users() == [alice.client.user, carol, dave]

    async def test_with_room_for_none_there_is_one_at_a_time(self, connect: Connect, emulator: Emulator) -> None:
        """As with the official SDK; 0 is not taken for "not said"."""
        emulator.seed({"users": [{"identity": name} for name in ("bob", "carol", "dora")]})
        alice = await connect("alice", userInfosToSubscribeOverride=0)
        alice.trace.clear()
        bob, carol, dora = [await alice.client.get_user(name) for name in ("bob", "carol", "dora")]
        await alice.trace.until("user_unsubscribed", 2)
        assert alice.trace.of("user_unsubscribed") == [bob, carol]
        assert await alice.client.get_subscribed_users() == [alice.client.user, dora]

    async def test_coming_and_going(self, alice: Person, connect: Connect) -> None:
        bob = await connect("bob")
        user = await alice.client.get_user("bob")
        assert user.is_online
        await bob.client.shutdown()
        await becomes(lambda: user.is_online is False)
