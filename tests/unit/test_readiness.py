"""Who waits until the client is ready goes on in the order of coming, and nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest

from pyconvo.hosts.memory import MemoryHost
from pyconvo.services.readiness import PATIENCE, Place, Readiness


class Waiting:
    """Those who wait, by number, and who has gone on."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self.tasks: list[asyncio.Task[None]] = []
        self.passed: list[int] = []

    def come(self, place: Place | None = None) -> None:
        self.tasks.append(asyncio.ensure_future(self._wait(len(self.tasks), place)))

    async def _wait(self, number: int, place: Place | None) -> None:
        await self._readiness.wait(place)
        self.passed.append(number)

    async def everybody(self) -> None:
        await asyncio.wait_for(asyncio.gather(*self.tasks, return_exceptions=True), 5)


@pytest.fixture
def host() -> MemoryHost:
    return MemoryHost()


@pytest.fixture
async def readiness(host: MemoryHost) -> Readiness:
    return Readiness(host)


@pytest.fixture
async def waiting(readiness: Readiness) -> Waiting:
    return Waiting(readiness)


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_nobody_goes_on_before(waiting: Waiting) -> None:
    waiting.come()
    await turns(20)
    assert waiting.passed == []
    waiting.tasks[0].cancel()


async def test_one_after_the_other_a_turn_each(readiness: Readiness, waiting: Waiting) -> None:
    for _ in range(5):
        waiting.come()
    await turns(1)
    readiness.reach()
    seen = []
    for _ in range(5):
        await turns(1)
        seen.append(list(waiting.passed))
    assert seen == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4]]


async def test_later_nobody_waits(readiness: Readiness) -> None:
    readiness.reach()
    readiness.reach()
    waiting = readiness.wait()
    with pytest.raises(StopIteration):
        waiting.send(None)


@pytest.mark.parametrize("turn", range(12))
async def test_who_comes_while_others_are_on_their_way_does_not_overtake(
    readiness: Readiness, waiting: Waiting, turn: int
) -> None:
    for _ in range(8):
        waiting.come()
    await turns(1)
    readiness.reach()
    await turns(turn)
    for _ in range(3):
        waiting.come()
        await turns(1)
    await waiting.everybody()
    assert waiting.passed == list(range(11))


@pytest.mark.parametrize("leaves", [0, 1, 2, 3])
@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("first", ["reached", "gone"])
async def test_who_gives_up_keeps_nobody(
    readiness: Readiness, waiting: Waiting, leaves: int, turn: int, first: str
) -> None:
    for _ in range(4):
        waiting.come()
    await turns(1)
    if first == "gone":
        waiting.tasks[leaves].cancel()
        await turns(turn)
        readiness.reach()
    else:
        readiness.reach()
        await turns(turn)
        waiting.tasks[leaves].cancel()
    await waiting.everybody()
    gone = waiting.tasks[leaves].cancelled()
    assert waiting.passed == [number for number in range(4) if not gone or number != leaves]
    assert gone or (first == "reached" and leaves < turn)
    waiting.come()
    await waiting.everybody()
    assert waiting.passed[-1] == 4


async def test_all_may_give_up(readiness: Readiness, waiting: Waiting) -> None:
    for _ in range(3):
        waiting.come()
    await turns(1)
    for task in waiting.tasks:
        task.cancel()
    await waiting.everybody()
    readiness.reach()
    waiting.come()
    await waiting.everybody()
    assert waiting.passed == [3]


async def test_places_are_kept(readiness: Readiness, waiting: Waiting, host: MemoryHost) -> None:
    """Who has one goes on before those behind, though they have come first."""
    places = [readiness.place() for _ in range(3)]
    readiness.reach()
    for place in (places[2], None, places[1]):
        waiting.come(place)
        await turns(5)
    assert waiting.passed == []
    waiting.come(places[0])
    await waiting.everybody()
    assert waiting.passed == [3, 2, 0, 1]
    assert host.pending_timers == 0


async def test_a_place_that_is_left(readiness: Readiness, waiting: Waiting, host: MemoryHost) -> None:
    places = [readiness.place() for _ in range(3)]
    readiness.reach()
    waiting.come(places[2])
    readiness.leave(places[1])
    await turns(5)
    readiness.leave(places[0])
    readiness.leave(places[0])
    await waiting.everybody()
    assert waiting.passed == [0]
    assert host.pending_timers == 0


async def test_nobody_is_waited_for_for_ever(readiness: Readiness, waiting: Waiting, host: MemoryHost) -> None:
    """Who is here after that time goes on; who comes then takes a turn in the order of the places again."""
    places = [readiness.place() for _ in range(5)]
    readiness.reach()
    for number in (3, 1):
        waiting.come(places[number])
    await turns(5)
    await host.advance(PATIENCE * 0.9)
    assert waiting.passed == []
    await host.advance(PATIENCE * 0.2)
    assert waiting.passed == [1, 0]
    waiting.come(places[2])
    await host.advance(PATIENCE * 0.5)
    assert waiting.passed == [1, 0]
    waiting.come(places[0])
    await host.settle()
    assert waiting.passed == [1, 0, 3, 2]
    waiting.come(places[4])
    await waiting.everybody()
    assert host.pending_timers == 0


async def test_before_it_is_reached_patience_is_not_lost(
    readiness: Readiness, waiting: Waiting, host: MemoryHost
) -> None:
    first, second = readiness.place(), readiness.place()
    waiting.come(second)
    await turns(5)
    await host.advance(PATIENCE * 3)
    waiting.come(first)
    readiness.reach()
    await waiting.everybody()
    assert waiting.passed == [1, 0]
