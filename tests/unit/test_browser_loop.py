"""The queue of callbacks for Pyodide's loop, here on an asyncio loop whose turns play the browser's."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from pyconvo.hosts import browser_loop
from pyconvo.hosts.browser_loop import TurnQueue, batch_callbacks


class PlayedLoop(asyncio.SelectorEventLoop):
    """Has the two methods of Pyodide's loop that are used, and counts the turns that were asked for."""

    turns = 0
    queue: TurnQueue
    browser_call_soon: Callable[..., Any]

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[asyncio.TimerHandle] = []

    def _install_running_loop(self) -> None: ...

    def _install_asyncgen_hooks(self) -> None: ...


def batched() -> tuple[PlayedLoop, TurnQueue]:
    loop = PlayedLoop()
    browser_call_soon = loop.browser_call_soon = loop.call_soon

    def request_turn() -> None:
        loop.turns += 1
        browser_call_soon(lambda: loop.queue.drain())

    browser_timer = loop.call_later

    def set_timer(delay: float, callback: Callable[[], Any]) -> asyncio.TimerHandle:
        loop.timers.append(browser_timer(delay, callback))
        return loop.timers[-1]

    loop.queue = batch_callbacks(loop, request_turn, set_timer)
    return loop, loop.queue


def run(main: Callable[[PlayedLoop], Any]) -> Any:
    loop, _ = batched()
    try:
        return loop.run_until_complete(main(loop))
    finally:
        loop.close()


def test_many_callbacks_share_a_turn_and_keep_their_order() -> None:
    async def main(loop: PlayedLoop) -> tuple[list[int], int]:
        seen: list[int] = []
        before = loop.turns
        for number in range(10):
            loop.call_soon(seen.append, number)
        loop.call_later(0, seen.append, 10)
        loop.call_later(-1, seen.append, 11)
        done = loop.create_future()
        loop.call_soon(done.set_result, None)
        await done
        return seen, loop.turns - before

    seen, turns = run(main)
    assert seen == list(range(12))
    assert turns <= 1


def test_tasks_futures_and_timers_work_on_it() -> None:
    async def main(loop: PlayedLoop) -> list[object]:
        async def worker(number: int) -> int:
            for _ in range(3):
                await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            return number

        results = await asyncio.gather(*(worker(number) for number in range(5)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(-1):
                await asyncio.Event().wait()
        return results

    assert run(main) == [0, 1, 2, 3, 4]


def test_a_cancelled_callback_is_not_called_and_an_exception_stops_no_other() -> None:
    async def main(loop: PlayedLoop) -> tuple[list[str], list[str]]:
        problems: list[str] = []
        loop.set_exception_handler(lambda _, context: problems.append(repr(context["exception"])))
        seen: list[str] = []
        loop.call_soon(seen.append, "cancelled").cancel()
        loop.call_soon(lambda: 1 / 0)
        loop.call_soon(seen.append, "after")
        await asyncio.sleep(0.01)
        return seen, problems

    seen, problems = run(main)
    assert seen == ["after"]
    assert problems == ["ZeroDivisionError('division by zero')"]


def test_the_browser_has_its_turn_when_the_budget_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_loop, "_CLOCK_EVERY", 1)

    async def main(loop: PlayedLoop) -> int:
        before = loop.turns
        for _ in range(3):
            loop.call_soon(time.sleep, browser_loop.BUDGET)
        await asyncio.sleep(0.05)
        return loop.turns - before

    assert run(main) >= 3


def test_what_the_browser_tells_is_worked_off_in_its_own_turn() -> None:
    async def main(loop: PlayedLoop) -> tuple[list[str], int]:
        await asyncio.sleep(0.01)
        seen: list[str] = []
        before = loop.turns

        def told(what: str) -> None:
            loop.call_soon(seen.append, f"because of {what}")
            loop.queue.call_at_pause(lambda: seen.append(f"pause after {what}"))
            seen.append(what)

        def event() -> None:
            loop.queue.run(told, "one")
            assert seen == ["one", "because of one", "pause after one"]
            with pytest.raises(ZeroDivisionError):
                loop.queue.run(lambda: [told("two"), 1 / 0])
            # A turn is under way: it is not begun a second time from inside.
            loop.queue.run(lambda: loop.queue.run(told, "three"))

        loop.browser_call_soon(event)
        await asyncio.sleep(0.01)
        return seen, loop.turns - before

    seen, turns = run(main)
    assert seen == [
        text for what in ("one", "two", "three") for text in (what, f"because of {what}", f"pause after {what}")
    ]
    # For what the test itself awaits.
    assert turns <= 1


def test_what_waits_for_a_pause_comes_after_all_that_is_due_in_the_same_turn() -> None:
    async def main(loop: PlayedLoop) -> tuple[list[str], int]:
        seen: list[str] = []
        before = loop.turns
        loop.queue.call_at_pause(lambda: seen.append("pause"))
        loop.call_soon(lambda: loop.call_soon(seen.append, "second"))
        loop.call_soon(seen.append, "first")
        await asyncio.sleep(0.01)
        return seen, loop.turns - before

    seen, turns = run(main)
    assert seen == ["first", "second", "pause"]
    assert turns <= 1


def test_a_pause_comes_though_nothing_else_is_due() -> None:
    async def main(loop: PlayedLoop) -> bool:
        paused = asyncio.Event()
        asyncio.get_running_loop().call_later(0.01, lambda: loop.queue.call_at_pause(paused.set))
        await asyncio.wait_for(paused.wait(), 10)
        return True

    assert run(main)


def test_a_timer_that_is_cancelled_is_the_browsers_no_longer() -> None:
    async def main(loop: PlayedLoop) -> list[str]:
        seen: list[str] = []
        loop.call_later(0.01, seen.append, "kept")
        never = loop.call_later(3600, seen.append, "never")
        never.cancel()
        never.cancel()
        await asyncio.sleep(0.03)
        assert [timer.cancelled() for timer in loop.timers] == [False, True, False]
        gone = weakref.ref(never)
        del never
        loop.timers.clear()
        gc.collect()
        assert gone() is None
        return seen

    assert run(main) == ["kept"]


def test_a_callback_that_stops_the_program_loses_no_other() -> None:
    loop, queue = batched()
    seen: list[str] = []

    def leave() -> None:
        raise KeyboardInterrupt

    loop.call_soon(leave)
    loop.call_soon(seen.append, "after")
    with pytest.raises(KeyboardInterrupt):
        queue.drain()
    queue.drain()
    assert seen == ["after"]
    loop.close()
