"""While a page waits, a client of nobody starts: in small steps, not for long, and no one hears of it."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pyconvo.bridge import FEW, rehearsal, start
from pyconvo.bridge.core import Bridge
from pyconvo.bridge.rehearsal import AT_ONCE, BUDGET, DELAY, PAUSE, Rehearsal, rehearse
from pyconvo.bridge.rehearsal_service import COUNT
from pyconvo.client import Client
from pyconvo.hosts.memory import MemoryHost


class Told(Rehearsal):
    """Keeps what the page would be told."""

    texts: list[str]

    def _hear(self, text: str) -> None:
        self.texts.append(text)
        super()._hear(text)

    @property
    def joined(self) -> int:
        return sum(text.count('"name":"conversationJoined"') for text in self.texts)


def told(host: MemoryHost, is_wanted: Callable[[], bool] = lambda: True, clock: Callable[[], float] = float) -> Told:
    made = Told(host, is_wanted, clock)
    made.texts = []
    made.begin()
    return made


@pytest.fixture
def quiet() -> Iterator[None]:
    """The bridge's own log handler, and the level, go with the test."""
    logger = logging.getLogger("pyconvo")
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


async def test_a_whole_start_is_rehearsed() -> None:
    host = MemoryHost()
    played = told(host)
    await host.advance(2)
    assert played.joined == COUNT
    operations = [operation for text in played.texts for operation in json.loads(text)]
    added = [operation["class"] for operation in operations if operation["op"] == "add"]
    assert added.count("Conversation") == COUNT
    names = {operation["name"] for operation in operations if operation["op"] == "event"}
    assert {"initialized", "connectionStateChanged", "conversationJoined"} <= names
    assert "connectionError" not in names
    assert [operation for operation in operations if operation["op"] == "answer"] == [
        {"op": "answer", "id": 1, "value": {"$": "undef"}}
    ]


async def test_a_step_answers_a_few_requests_and_the_next_one_comes_later() -> None:
    host = MemoryHost()
    played = told(host)
    await host.settle()
    before = played.joined
    for _ in range(20 + COUNT):
        await host.advance(PAUSE)
        assert played.joined - before <= AT_ONCE
        before = played.joined
    assert before == COUNT


async def test_afterwards_nothing_is_left_of_it() -> None:
    host = MemoryHost()
    played = told(host)
    await host.settle()
    gc.collect()
    clients = [weakref.ref(one) for one in gc.get_objects() if isinstance(one, Client)]
    assert clients
    await host.advance(2)
    assert played._bridge.handle_count() == 0
    assert (host.sockets, host.pending_timers, host.network_listeners) == ([], 0, 0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    del played
    gc.collect()
    assert [one for one in clients if one() is not None] == []


async def test_it_ends_when_it_is_not_wanted_any_more() -> None:
    host = MemoryHost()
    asked = iter([True] * 10 + [False])
    played = told(host, lambda: next(asked, True))
    await host.advance(2)
    assert 0 < played.joined < COUNT
    assert (played._bridge.handle_count(), host.pending_timers) == (0, 0)


async def test_it_does_not_even_begin_where_it_is_not_wanted() -> None:
    host = MemoryHost()
    played = told(host, lambda: False)
    await host.advance(2)
    assert played.texts == []


async def test_a_slow_machine_is_not_kept_busy() -> None:
    host = MemoryHost()
    slow = iter(range(10_000))
    # Each look at the clock is a third of the budget later than the one before.
    played = told(host, clock=lambda: next(slow) * BUDGET / 3)
    await host.advance(2)
    assert played.joined < COUNT
    assert next(slow) <= 2 * 6
    assert (played._bridge.handle_count(), host.pending_timers) == (0, 0)


async def test_it_begins_some_time_after_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []
    host = MemoryHost()
    monkeypatch.setattr(rehearsal.Rehearsal, "begin", lambda self: begun.append(host.now()))
    began = host.now()
    rehearse(host, lambda: True)
    await host.advance(2)
    assert begun == [pytest.approx(began + DELAY)]


@pytest.mark.usefixtures("quiet")
async def test_nobody_hears_of_it(caplog: pytest.LogCaptureFixture) -> None:
    host = MemoryHost()
    posted: list[str] = []
    start(posted.append, host, rehearsing=True)
    with caplog.at_level(logging.DEBUG, "pyconvo"):
        await host.advance(2)
    # It has happened, and went well.
    assert any("v3/Documents" in record.getMessage() for record in caplog.records)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert posted == []
    # What is no rehearsal is told.
    logging.getLogger("pyconvo.model").warning("this was real")
    await host.settle()
    assert [one["text"] for one in json.loads(posted[0])] == ["this was real"]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("rehearsing", "held", "begins"), [(True, FEW, 1), (False, 0, 0), (True, FEW + 1, 0)])
async def test_only_where_it_helps(
    rehearsing: bool, held: int, begins: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Bridge, "handle_count", lambda self: held)
    host = MemoryHost()
    start(lambda _: None, host, rehearsing=rehearsing)
    with caplog.at_level(logging.DEBUG, "pyconvo"):
        await host.advance(2)
    connected: list[Any] = [one for one in caplog.records if "the connection is connected" in one.getMessage()]
    assert len(connected) == begins
