"""Two people on the emulator, through the Python API on CPython."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from people import Connect, Person, Room, settle

from pyconvo import Client
from pyconvo.testing import Emulator


@pytest.fixture
async def connect(emulator: Emulator) -> AsyncIterator[Connect]:
    """``await connect("alice")``: somebody online; ``ready=False`` does not wait for the start."""
    clients: list[Client] = []

    async def connect(identity: str, *, ready: bool = True, **options: Any) -> Person:
        person = Person(Client(emulator.token(identity), {**emulator.options, **options}))
        clients.append(person.client)
        if ready:
            await person.trace.until("initialized")
        return person

    yield connect
    for client in clients:
        await client._close()


@pytest.fixture
async def alice(connect: Connect) -> Person:
    return await connect("alice")


@pytest.fixture
async def bob(connect: Connect) -> Person:
    return await connect("bob")


@pytest.fixture
async def room(alice: Person, bob: Person) -> Room:
    """Made by alice, with both in it; the traces begin after that."""
    alices = await alice.client.create_conversation(friendly_name="Room")
    await alices.join()
    await alice.trace.until("conversation_joined")
    await alices.get_participants()
    await alices.add("bob")
    bobs = await bob.trace.until("conversation_joined")
    await bobs.get_participants()
    await alice.trace.until("participant_joined")
    await settle(alices)
    await settle(bobs)
    alice.trace.clear()
    bob.trace.clear()
    return Room(alices, bobs)
