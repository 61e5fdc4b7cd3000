"""A program such as users write, for the type checker (strict) and to be run.

Every ``assert_type`` is a promise of the API; every ``type: ignore`` is a mistake that the checker must find, or it
complains of the needless comment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_type

from pyconvo import (
    AggregatedDeliveryReceipt,
    Client,
    ClientSynchronizationStatus,
    Conversation,
    ConversationState,
    ConversationSynchronizationStatus,
    ConversationUpdated,
    EventStream,
    InitFailed,
    JSONValue,
    Media,
    Message,
    MessageBuilder,
    MessageUpdated,
    Paginator,
    Participant,
    User,
)


async def main(token: str, options: Mapping[str, Any]) -> list[str | None]:
    async with Client(token, options) as client:
        assert_type(client, Client)
        await state(client)
        room = await client.create_conversation(friendly_name="Typed")
        assert_type(room, Conversation)
        assert_type(await room.join(), Conversation)
        if room.synchronization_status != "all":
            done = Conversation.synchronization_status_updated
            await room.wait_for(done, lambda one: one.synchronization_status == "all", timeout=10)
        bodies = await messages(client, room)
        await people(client, room)
        return bodies


async def created(token: str, options: Mapping[str, Any]) -> None:
    async with await Client.create(token, options) as client:
        assert_type(client, Client)


async def state(client: Client) -> None:
    assert_type(client.connection_state, str)
    assert_type(client.synchronization_status, ClientSynchronizationStatus)
    assert_type(client.reachability_enabled, bool)
    assert_type(client.user, User)
    assert_type(await client.get_user(client.user.identity), User)
    client.on(Client.init_failed, note)
    client.on("init_failed", print)
    page = await client.get_subscribed_conversations()
    assert_type(page, Paginator[Conversation])
    async for one in page:
        assert_type(one.synchronization_status, ConversationSynchronizationStatus)
        assert_type(one.state, ConversationState | None)


def note(failed: InitFailed) -> None:
    print(failed.error.message)


async def messages(client: Client, room: Conversation) -> list[str | None]:
    updates: list[ConversationUpdated] = []
    room.on(Conversation.updated, updates.append)
    stream = room.events(Conversation.message_added)
    assert_type(stream, EventStream[Message])
    assert_type(await room.send_message("one", {"a": [1]}), int)
    builder = room.prepare_message().set_body("two").set_attributes({"b": None})
    assert_type(builder, MessageBuilder)
    assert_type(await builder.build().send(), int | None)
    bodies: list[str | None] = []
    async for message in stream:
        assert_type(message.date_created, datetime | None)
        assert_type(message.attributes, JSONValue)
        assert_type(message.attached_media, list[Media])
        assert_type(message.aggregated_delivery_receipt, AggregatedDeliveryReceipt | None)
        bodies.append(message.body)
        if len(bodies) == 2:
            break
    edit = asyncio.create_task(client.wait_for(Client.message_updated, lambda change: change.message.index == 0))
    newest = await room.get_messages(page_size=1)
    assert_type([message.index async for message in newest], list[int])
    assert_type([page.items async for page in newest.pages()], list[list[Message]])
    first = (await room.get_messages(1, 0, "forward")).items[0]
    assert_type(await first.update_body("one, edited"), Message)
    update = await edit
    assert_type(update, MessageUpdated)
    assert_type(update.update_reasons, tuple[str, ...])
    assert_type(await room.set_all_messages_read(), int | None)
    return bodies


async def people(client: Client, room: Conversation) -> None:
    participants = await room.get_participants()
    assert_type(participants, list[Participant])
    assert_type(await participants[0].get_user(), User)
    async with client.events("typing_started", "typing_ended") as stream:
        assert_type(stream, EventStream[tuple[str, Any]])


async def mistakes(client: Client, room: Conversation) -> None:
    """Never run."""
    await room.send_message(5)  # type: ignore[arg-type]
    await room.get_messages(direction="sideways")  # type: ignore[arg-type]
    await client.create_conversation(5)  # type: ignore[arg-type]
    message: Participant = await room.wait_for(Conversation.message_added)  # type: ignore[arg-type]
    client.on(Client.message_added, note)  # type: ignore[arg-type]
    await client.wait_for(Client.token_expired, lambda token: True)  # type: ignore[arg-type, misc]
    async for user in room.events(Conversation.participant_joined):
        user.friendly_name  # type: ignore[attr-defined]  # noqa: B018
    room.friendly_name = "not like this"  # type: ignore[misc]
    index: str = await room.send_message("one")  # type: ignore[assignment]
    print(message, index)
