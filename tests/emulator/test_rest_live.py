"""What a server does is heard by connected clients at once, and the reverse: both doors open onto the same data."""

from __future__ import annotations

import asyncio
from typing import Any

from twilio.rest import Client as Twilio

from pyconvo import Client
from pyconvo.testing import Emulator, twilio_client


async def test_a_client_hears_what_a_server_does(emulator: Emulator, twilio_client: Twilio) -> None:
    api = twilio_client.conversations.v1
    alice = await Client.create(emulator.token("alice"), emulator.options)
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    for event in (
        "conversation_joined",
        "conversation_left",
        "conversation_updated",
        "participant_joined",
        "participant_updated",
        "participant_left",
        "message_added",
        "message_updated",
        "message_removed",
    ):
        alice.on(event, lambda told, event=event: heard.put_nowait((event, told)))

    async def told(event: str) -> Any:
        """The next event of that name; those of other names on the way are not asked about here."""
        async with asyncio.timeout(10):
            while True:
                name, about = await heard.get()
                if name == event:
                    return about

    def server(call: Any, **given: Any) -> Any:
        return asyncio.to_thread(lambda: call(**given))

    try:
        room = await server(api.conversations.create, unique_name="room")
        await server(room.participants.create, identity="alice")
        mine = await told("conversation_joined")
        assert (mine.sid, mine.unique_name) == (room.sid, "room")
        # Who is there before the roster has come is no news.
        await mine.get_participants()
        bob = await server(room.participants.create, identity="bob")
        assert (await told("participant_joined")).identity == "bob"
        sent = await server(room.messages.create, body="hello", author="bob")
        message = await told("message_added")
        assert (message.body, message.author, message.sid) == ("hello", "bob", sent.sid)
        await server(sent.update, body="hallo")
        assert (await told("message_updated")).message.body == "hallo"
        await server(room.update, friendly_name="Room", attributes='{"topic": 1}')
        changed = await told("conversation_updated")
        assert changed.conversation.friendly_name == "Room"
        assert changed.conversation.attributes == {"topic": 1}
        await server(bob.update, attributes='{"x": 1}')
        assert (await told("participant_updated")).participant.attributes == {"x": 1}
        await server(sent.delete)
        assert (await told("message_removed")).sid == sent.sid
        await server(bob.delete)
        assert (await told("participant_left")).identity == "bob"
        # And the reverse.
        await mine.send_message("from the client")
        await mine.set_all_messages_read()
        (listed,) = await server(room.messages.list)
        assert (listed.body, listed.author) == ("from the client", "alice")
        (user,) = [one for one in await server(api.users.list) if one.identity == "alice"]
        assert user.is_online is True
        (own,) = await server(user.user_conversations.list)
        assert (own.last_read_message_index, own.unread_messages_count) == (listed.index, 0)
        await server(room.update, state="closed")
        await told("conversation_updated")
        await server(room.delete)
        assert (await told("conversation_left")).sid == room.sid
    finally:
        await alice.shutdown()


async def test_the_librarys_asynchronous_methods(emulator: Emulator) -> None:
    server = twilio_client(emulator, asynchronous=True)
    try:
        api = server.conversations.v1
        room = await api.conversations.create_async(unique_name="room")
        for body in ("one", "two", "three"):
            await room.messages.create_async(body=body)
        streamed = [one.body async for one in await room.messages.stream_async(page_size=2)]
        assert streamed == [one.body for one in await room.messages.list_async()] == ["one", "two", "three"]
        assert (await api.conversations("room").fetch_async()).sid == room.sid
        assert await room.delete_async()
    finally:
        await server.http_client.close()
