"""Who takes part in the tests of the Python API, and what their clients told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pyconvo import Client, Conversation

EVENTS = (
    "conversation_added", "conversation_joined", "conversation_left", "conversation_removed", "conversation_updated",
    "participant_joined", "participant_left", "participant_updated",
    "message_added", "message_removed", "message_updated", "typing_started", "typing_ended",
    "user_subscribed", "user_unsubscribed", "user_updated",
    "connection_state_changed", "connection_error", "token_about_to_expire", "token_expired",
    "initialized", "init_failed", "state_changed",
)  # fmt: skip


class Trace:
    """What a client told, in order: names, and what came with them."""

    def __init__(self, client: Client) -> None:
        self.events: list[tuple[str, Any]] = []
        self._news = asyncio.Event()
        for name in EVENTS:
            client.on(name, lambda *payload, _name=name: self._note(_name, *payload))

    def _note(self, name: str, payload: Any = None) -> None:
        self.events.append((name, payload))
        self._news.set()

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def of(self, *names: str) -> list[Any]:
        return [payload for name, payload in self.events if name in names]

    def reasons(self, name: str) -> list[tuple[str, ...]]:
        return [payload.update_reasons for payload in self.of(name)]

    def clear(self) -> None:
        self.events.clear()

    async def until(self, name: str, count: int = 1, timeout: float = 10) -> Any:
        """Wait until ``name`` was told ``count`` times; what came with the last one."""
        async with asyncio.timeout(timeout):
            while len(self.of(name)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(name)[count - 1]


async def becomes(check: Callable[[], bool], timeout: float = 10) -> None:
    """Wait until ``check`` is true. For what an answer and an event both may bring, in whatever order."""
    async with asyncio.timeout(timeout):
        while not check():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Person:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.trace = Trace(client)


Connect = Callable[..., Awaitable[Person]]


class Room:
    """A conversation of both, as each of them has it."""

    def __init__(self, alices: Conversation, bobs: Conversation) -> None:
        self.alices = alices
        self.bobs = bobs


async def settle(conversation: Conversation) -> None:
    """Wait until the service sends events of all of the conversation's objects.

    Before that they may come in another order: each object is caught up with on its own.
    """
    await conversation.get_participants()
    streams = conversation._streams
    async with asyncio.timeout(10):
        for handle in (streams._document, streams._list, streams._map):
            if handle is not None and handle.subscription_state != "established":
                await handle.wait_for("subscription_state_changed", lambda state: state == "established")
