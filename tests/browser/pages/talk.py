"""Two people talk, in Python in a page: log in, create, add, send, receive, page through. Run by the tests' pages."""

import asyncio

from pyconvo import Client

PATIENCE = 30


async def talk(service, token_of):
    """``token_of``: identity → access token, awaitable. Returns what happened, as plain values."""
    alice = await Client.create(await token_of("alice"), {"emulator": service})
    bob = await Client.create(await token_of("bob"), {"emulator": service})
    invited, heard = asyncio.Event(), asyncio.Queue()
    bob.on("conversation_joined", lambda _: invited.set())
    bob.on("message_added", heard.put_nowait)
    room = await alice.create_conversation(friendly_name="Tea", unique_name="tea")
    await room.join()
    await room.add("bob")
    await asyncio.wait_for(invited.wait(), PATIENCE)
    for number in range(12):
        await room.send_message(f"message {number}")
    received = [await asyncio.wait_for(heard.get(), PATIENCE) for _ in range(12)]
    his = await bob.get_conversation_by_unique_name("tea")
    newest = await his.get_messages(5)
    before = await newest.prev_page()
    first = await before.prev_page()
    told = {
        "received": [[message.author, message.body] for message in received],
        "room": his.friendly_name,
        "pages": [[message.index for message in page.items] for page in (newest, before, first)],
        "ends": [newest.has_next_page, newest.has_prev_page, first.has_prev_page],
        "count": await his.get_messages_count(),
        "state": bob.connection_state,
    }
    await alice.shutdown()
    await bob.shutdown()
    return told
