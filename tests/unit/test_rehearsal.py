"""While a page waits, packets of no meaning are read and written: in small steps, not for ever, and for nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from pyconvo.bridge import rehearsal, start
from pyconvo.bridge.rehearsal import DELAY, PAUSE, STEP, STEPS, play, rehearse
from pyconvo.hosts.memory import MemoryHost


class Clock:
    """A millisecond further at each look, as if each play took one."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


class Asked(MemoryHost):
    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[float, Callable[[], Any]]] = []

    def call_later(self, delay: float, callback: Callable[[], Any]) -> Any:
        self.steps.append((delay, callback))


def test_it_begins_late_goes_on_in_small_steps_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []
    monkeypatch.setattr(rehearsal, "play", lambda: played.append(1))
    host = Asked()
    rehearse(host, Clock())
    assert (played, [delay for delay, _ in host.steps]) == ([], [DELAY])
    counts: list[int] = []
    for number in range(STEPS):
        before = len(played)
        host.steps[number][1]()
        counts.append(len(played) - before)
    assert [delay for delay, _ in host.steps] == [DELAY, *[PAUSE] * (STEPS - 1)]
    assert max(counts) <= round(STEP / 0.001)
    assert min(counts) > 0


def test_it_tells_nobody(caplog: pytest.LogCaptureFixture) -> None:
    host = Asked()
    with caplog.at_level(logging.DEBUG):
        rehearse(host, Clock())
        for number in range(STEPS):
            host.steps[number][1]()
    assert (host.sockets, caplog.records) == ([], [])


@pytest.mark.parametrize("rehearsing", [True, False])
def test_only_where_it_helps(rehearsing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # The bridge's own log handler goes with the test.
    monkeypatch.setattr(logging.getLogger("pyconvo"), "handlers", [])
    host = Asked()
    start(lambda _: None, host, rehearsing=rehearsing)
    assert len(host.steps) == rehearsing


def test_what_is_played_is_what_a_start_does() -> None:
    sid, _, data = json.loads(play())
    assert sid.startswith("ET")
    assert data["friendlyName"] == "Rehearsal"
