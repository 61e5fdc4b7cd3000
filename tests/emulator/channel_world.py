"""Phones and mailboxes for tests of other channels, and a room to bind them to."""

from __future__ import annotations

import pytest
from domain_world import World

from pyconvo.emulator.conversations.records import Participant, Receipt

PROXY = "+15550199"
PHONES = [f"+155501{number:02d}" for number in range(50)]
MAIL = {"address": "eve@example.com", "proxy_address": "desk@example.org", "name": "Eve", "level": "cc"}
NOTHING = dict.fromkeys(("sent", "delivered", "read", "failed", "undelivered"), "none")


def bind(world: World, sid: str, *phones: str) -> list[Participant]:
    made = [
        world.model.participants.add_non_chat(None, sid, {"address": phone, "proxy_address": PROXY}) for phone in phones
    ]
    world.published()
    return made


def receipts(world: World, message: str) -> list[Receipt]:
    return world.model.receipts.of(message)


@pytest.fixture
def room(world: World) -> str:
    return world.room("alice", "bob")
