"""Who waits until the client is ready goes on in the order of coming, and nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest

from pyconvo.services.readiness import Readiness


class Waiting:
    """Those who wait, by number, and who has gone on."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness
        self.tasks: list[asyncio.Task[None]] = []
        self.passed: list[int] = []

    def come(self) -> None:
        self.tasks.append(asyncio.ensure_future(self._wait(len(self.tasks))))

    async def _wait(self, number: int) -> None:
        await self._readiness.wait()
        self.passed.append(number)

    async def everybody(self) -> None:
        await asyncio.wait_for(asyncio.gather(*self.tasks, return_exceptions=True), 5)


@pytest.fixture
async def readiness() -> Readiness:
    return Readiness()


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
