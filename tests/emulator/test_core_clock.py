"""The clock by itself, with a source of time that the test holds in its hand."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pyconvo.emulator.clock import LAST, SWEEP, Clock, drive


def clock_at(start: float) -> tuple[Clock, list[float]]:
    source = [start]
    return Clock(lambda: source[0]), source


def test_it_follows_its_source_until_it_is_frozen() -> None:
    clock, source = clock_at(100)
    source[0] = 110
    assert clock.now() == 110
    clock.freeze()
    source[0] = 200
    assert clock.now() == 110
    clock.resume()
    source[0] = 205
    assert clock.now() == 115


def test_advancing_runs_what_falls_due_each_at_its_own_moment() -> None:
    clock, _ = clock_at(0)
    seen: list[tuple[str, float]] = []
    clock.call_at(20, lambda: seen.append(("b", clock.now())))
    clock.call_at(10, lambda: clock.call_later(5, lambda: seen.append(("chained", clock.now()))))
    clock.call_at(10, lambda: seen.append(("a", clock.now())))
    clock.call_at(99, lambda: seen.append(("never", clock.now())))
    clock.call_at(15, lambda: seen.append(("cancelled", clock.now()))).cancel()
    clock.advance(50)
    assert seen == [("a", 10), ("chained", 15), ("b", 20)]
    assert clock.now() == 50
    assert not clock.frozen


def test_cancelled_timers_do_not_pile_up() -> None:
    clock = Clock()
    clock.freeze()
    kept: list[int] = []
    for number in range(20_000):
        timer = clock.call_later(3600, lambda number=number: kept.append(number))  # type: ignore[misc]
        if number % 100:
            timer.cancel()
    assert len(clock._timers) <= 2 * 200 + SWEEP
    clock.advance(3600)
    assert kept == list(range(0, 20_000, 100))


def test_a_failing_deadline_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    clock, _ = clock_at(0)
    seen: list[int] = []
    clock.call_at(1, lambda: 1 / 0)
    clock.call_at(2, lambda: seen.append(2))
    clock.advance(3)
    assert seen == [2]
    assert "deadline" in caplog.text


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf, 1e300])
def test_it_cannot_go_back_or_out_of_the_calendar(seconds: float) -> None:
    clock, _ = clock_at(1000)
    with pytest.raises(ValueError, match="clock"):
        clock.advance(seconds)
    assert clock.now() == 1000
    assert clock.iso() == "1970-01-01T00:16:40.000Z"


@given(st.floats(min_value=-1e9, max_value=LAST))
@example(0.9999995)
@example(1_700_000_000.9999999)
@example(-0.0000001)
@example(1_700_000_000.0015)
def test_moments_are_written_as_dates_are(at: float) -> None:
    date = datetime.fromtimestamp(at, UTC)
    assert Clock().iso(at) == f"{date:%Y-%m-%dT%H:%M:%S}.{date.microsecond // 1000:03d}Z"


async def test_its_driver_runs_deadlines_between_requests() -> None:
    clock = Clock()
    turn = asyncio.Lock()
    ran = asyncio.Event()
    driver = asyncio.create_task(drive(clock, turn))
    async with turn:
        clock.call_later(0, ran.set)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not ran.is_set()
    async with asyncio.timeout(10):
        await ran.wait()
    clock.freeze()
    ran.clear()
    clock.call_later(0.5, ran.set)
    clock.advance(1)
    assert ran.is_set()
    driver.cancel()
    await asyncio.gather(driver, return_exceptions=True)
    assert clock.on_change is None
