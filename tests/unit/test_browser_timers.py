"""Many timers over one of JavaScript's, here with a clock and a ``setTimeout`` that the tests move."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from pyconvo.hosts import browser_timers
from pyconvo.hosts.browser_timers import BrowserTimers


class Browser:
    """Plays ``js``, and the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.set = 0
        self.due: float | None = None
        self._function: Callable[[], Any] | None = None
        monkeypatch.setattr(browser_timers.time, "monotonic", lambda: self.now)

    def setTimeout(self, function: Callable[[], Any], delay: int) -> int:
        assert self.due is None, "there is one already"
        assert delay == int(delay) >= 0
        self.set += 1
        self._function, self.due = function, self.now + delay / 1000
        return self.set

    def clearTimeout(self, id: int) -> None:
        assert id == self.set
        self.due = None

    async def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while self.due is not None and self.due <= end:
            self.now, self.due = max(self.now, self.due), None
            assert self._function is not None
            self._function()
            await asyncio.sleep(0)
        self.now = end


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


@pytest.fixture
def timers(browser: Browser) -> BrowserTimers:
    return BrowserTimers(browser, lambda function: function)


async def test_each_fires_in_its_time_and_order(browser: Browser, timers: BrowserTimers) -> None:
    seen: list[tuple[str, float]] = []

    def note(name: str) -> Callable[[], None]:
        return lambda: seen.append((name, round(browser.now - 100, 3)))

    timers.start(0.03, note("later"))
    timers.start(0.01, note("sooner"))
    timers.start(0.02, note("never")).cancel()
    timers.start(0.03, note("after that"))
    await browser.advance(0.009)
    assert seen == []
    await browser.advance(1)
    assert seen == [("sooner", 0.01), ("later", 0.03), ("after that", 0.03)]
    assert (len(timers), browser.due) == (0, None)


async def test_requests_in_a_row_cost_one_timer_of_the_browser(browser: Browser, timers: BrowserTimers) -> None:
    for _ in range(500):
        overdue = timers.start(30, lambda: pytest.fail("cancelled"))
        await browser.advance(0.01)
        overdue.cancel()
        overdue.cancel()
    assert browser.set == 1
    assert len(timers) == 0
    assert len(timers._waiting) <= browser_timers._SWEEP_AT
    await browser.advance(100)
    assert browser.due is None


async def test_a_delay_that_javascript_cannot_have_is_renewed(browser: Browser, timers: BrowserTimers) -> None:
    seen: list[float] = []
    timers.start(40 * 86400, lambda: seen.append(browser.now - 100))
    await browser.advance(40 * 86400 - 1)
    assert seen == []
    await browser.advance(2)
    assert seen == pytest.approx([40 * 86400], abs=0.01)
    assert browser.set == 2


async def test_any_number_started_and_cancelled_at_random_fire_in_order(
    browser: Browser, timers: BrowserTimers
) -> None:
    chance = random.Random(5)
    fired: list[tuple[float, int]] = []
    expected: list[tuple[float, int]] = []
    for number in range(400):
        delay = chance.randrange(1, 5000) / 1000

        def fire(number: int = number, due: float = browser.now + delay) -> None:
            assert browser.now >= due - 0.0011
            fired.append((due, number))

        timer = timers.start(delay, fire)
        if chance.random() < 0.5:
            timer.cancel()
        else:
            expected.append((browser.now + delay, number))
        if chance.random() < 0.2:
            await browser.advance(0.002)
    assert len(timers) == len(expected) - len(fired)
    await browser.advance(10)
    assert fired == sorted(expected)


async def test_closing_forgets_all(browser: Browser, timers: BrowserTimers) -> None:
    timer = timers.start(1, lambda: pytest.fail("closed"))
    timers.close()
    timer.cancel()
    assert (len(timers), browser.due) == (0, None)
    await browser.advance(10)
