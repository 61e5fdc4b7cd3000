"""Connect, hear messages, shut down, again and again: nothing of it stays."""

from __future__ import annotations

import asyncio
import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pyconvo import Client
from pyconvo.bridge import Bridge
from pyconvo.hosts.native import NativeHost
from pyconvo.testing import Emulator

ROUNDS = 5
MESSAGES = 100
CLIENT, USER = -1, -2


def seed(emulator: Emulator) -> str:
    made = emulator.seed({"conversations": [{"uniqueName": "room", "participants": ["alice", "bob"]}]})
    return str(made["conversations"]["room"])


async def flood(emulator: Emulator, sid: str) -> None:
    bodies = [f"message {number}" for number in range(MESSAGES)]
    path = f"/emulator/conversations/{sid}/messages"
    await asyncio.to_thread(emulator.call, "POST", path, {"author": "bob", "bodies": bodies})


def ours() -> Counter[str]:
    """Objects of pyconvo's classes, but for those of the emulator, which keeps what it is told."""
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    # Of some classes of other libraries, ``__module__`` is no text.
    named = ((kind.__name__, str(kind.__module__)) for kind in kinds)
    return Counter(
        name
        for name, module in named
        if module.startswith("pyconvo.")
        and not module.startswith(("pyconvo.emulator", "pyconvo.testing", "pyconvo.twilsock.packet"))
    )


async def becomes(check: Callable[[], bool]) -> None:
    for _ in range(2000):
        if check():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def same_after_each_round(play: Callable[[], Any]) -> None:
    """The first round fills what is kept for good."""
    await play()
    tasks = len(asyncio.all_tasks())
    before = ours()
    for _ in range(ROUNDS - 1):
        await play()
        await becomes(lambda: len(asyncio.all_tasks()) <= tasks)
        # What a socket does at its end may take another moment.
        for _ in range(20):
            if not (more := ours() - before):
                break
            await asyncio.sleep(0.1)
        assert more == Counter()


async def test_a_client_leaves_nothing_behind(emulator: Emulator) -> None:
    sid = seed(emulator)

    async def play() -> None:
        client = Client(emulator.token("alice"), emulator.options)
        heard: list[int] = []
        client.on("message_added", lambda message: heard.append(message.index))
        await client.wait_for("synchronization_status_updated", lambda status: status == "completed", timeout=20)
        await flood(emulator, sid)
        await becomes(lambda: len(heard) == MESSAGES)
        room = await client.get_conversation_by_sid(sid)
        await room.get_messages(50)
        await client.shutdown()

    await same_after_each_round(play)


def references(value: Any) -> Iterator[int]:
    """Mentions of handles in what was posted."""
    if isinstance(value, dict):
        if value.get("$") == "ref":
            yield value["v"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


class Page:
    """Keeps nothing: counts the mentions of every object, as the page's registry does, and lets it go."""

    def __init__(self) -> None:
        self.bridge = Bridge(self.receive, NativeHost())
        self.seen: Counter[int] = Counter()
        self.events: Counter[str] = Counter()
        self.answered: set[int] = set()
        self.gone: set[int] = set()
        self.status: Any = None

    def receive(self, text: str) -> None:
        for operation in json.loads(text):
            self.seen.update(references(operation))
            if operation["op"] == "add":
                self.seen.setdefault(operation["target"], 0)
            elif operation["op"] == "event":
                self.events[operation["name"]] += 1
                self.events.update(name for _, name in operation.get("also", ()))
            elif operation["op"] == "answer":
                assert "error" not in operation
                self.answered.add(operation["id"])
            elif operation["op"] == "gone":
                self.gone.update(operation["handles"])

    def send(self, *operations: dict[str, Any]) -> None:
        self.bridge.receive(json.dumps(operations))

    def let_go(self) -> None:
        left = [[handle, count] for handle, count in self.seen.items() if handle not in self.gone]
        self.send({"op": "release", "handles": left})


async def test_the_bridge_leaves_nothing_behind(emulator: Emulator) -> None:
    sid = seed(emulator)

    async def play() -> None:
        page = Page()
        page.send({"op": "new", "handle": CLIENT, "user": USER, "args": [emulator.token("alice"), emulator.options]})
        await becomes(lambda: page.events["conversationJoined"] == 1)
        await flood(emulator, sid)
        # Of each message the client and the conversation tell.
        await becomes(lambda: page.events["messageAdded"] == 2 * MESSAGES)
        page.send({"op": "call", "id": 1, "client": CLIENT, "target": CLIENT, "method": "shutdown", "args": []})
        await becomes(lambda: 1 in page.answered)
        page.let_go()
        await becomes(lambda: page.seen.keys() <= page.gone | {USER} and page.bridge.handle_count() == 0)
        page.bridge.close()

    await same_after_each_round(play)
