"""Pages that start from the same snapshot: each has its own randomness, clock, environment and time zone."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from drivers import Driver
from pyconvo.testing import Emulator

DRAW = """
import json, os, random, uuid
from pyconvo.hosts.browser import BrowserHost
host = BrowserHost()
drawn = {
    "random": random.random(),
    "state": hash(random.getstate()),
    "system": random.SystemRandom().random(),
    "fresh": random.Random().random(),
    "urandom": os.urandom(16).hex(),
    "uuid4": str(uuid.uuid4()),
    "host": host.random(),
    "host uuid": host.uuid(),
}
host.close()
json.dumps(drawn)
"""
OWN = """
import json, logging, os, sys, time
from datetime import datetime, timezone
json.dumps({
    "now": time.time(),
    "started": logging._startTime / 1e9,
    "environment": dict(os.environ),
    "arguments": [sys.argv, sys.orig_argv],
    "offset": time.timezone if not time.localtime().tm_isdst else time.altzone,
    "local": datetime.now().astimezone().utcoffset().total_seconds(),
})
"""


@pytest.fixture
def started(driver: Driver, emulator: Emulator, release: Path) -> Driver:
    return start(driver, emulator, release)


def start(driver: Driver, emulator: Emulator, release: Path) -> Driver:
    driver.goto(f"{emulator.url}/pages/interpreter.html?release={release.name}")
    assert driver.evaluate("() => start()") == "started"
    return driver


def python(driver: Driver, code: str) -> Any:
    """What the code's last expression says, as JSON."""
    return json.loads(driver.evaluate("(code) => python(code)", code))


def test_no_two_pages_share_a_random_number(
    started: Driver, second_driver: Driver, emulator: Emulator, release: Path
) -> None:
    first = [python(started, DRAW), python(started, DRAW)]
    again = python(start(started, emulator, release), DRAW)
    elsewhere = python(start(second_driver, emulator, release), DRAW)
    draws = [*first, again, elsewhere]
    for kind in again:
        values = [draw[kind] for draw in draws]
        assert len(set(values)) == len(values), f"{kind}: {values}"


def test_the_moment_and_the_place_are_the_pages_own(started: Driver) -> None:
    own = python(started, OWN)
    assert abs(own["now"] - time.time()) < 60
    assert 0 <= own["now"] - own["started"] < 60
    language = started.evaluate("() => navigator.language").replace("-", "_")
    # The last one is Pyodide's.
    assert own["environment"].items() >= {"HOME": "/home/pyodide", "LANG": f"{language}.UTF-8"}.items()
    assert set(own["environment"]) <= {"HOME", "LANG", "LD_LIBRARY_PATH"}
    assert own["arguments"] == [[""], [""]]
    offset = -60 * started.evaluate("() => new Date().getTimezoneOffset()")
    assert (own["local"], -own["offset"]) == (offset, offset)


def test_what_is_not_in_it_is_missing_in_words(started: Driver) -> None:
    told = python(
        started,
        """
import json
from asyncio import events
told = []
for use in ("import xml.etree", "import ssl", "events.socket.AF_INET()", "events.socket.socket.family"):
    try:
        exec(use)
        told.append("there")
    except ImportError as error:
        told.append(str(error))
json.dumps(told)
""",
    )
    assert told == [
        "No module named 'xml'",
        "No module named 'ssl'",
        "socket.AF_INET is no part of this Python",
        "socket.socket is no part of this Python",
    ]


def test_the_compiler_has_seen_that_things_are_of_many_kinds(started: Driver) -> None:
    left = "import json; from pyconvo.bridge.snapshot import FIRST; json.dumps(next(FIRST.args[0], 'none left'))"
    assert python(started, left) == "none left"


def test_code_is_evaluated_by_pyodide_once_it_has_started(started: Driver) -> None:
    evaluator = """
import _pyodide._base, json, sys
own = sys.modules["__main__"].__dict__
replaced = hasattr(_pyodide._base.eval_code, "__wrapped__")
json.dumps([replaced, own is globals(), "_pyodide_core" in sys.modules])
"""
    assert python(started, evaluator) == [False, True, True]


def test_timers_that_are_cancelled_leave_nothing(started: Driver) -> None:
    """``asyncio.timeout`` and ``wait_for`` cancel one each time; Pyodide would keep them until their time has come."""
    left = """
import asyncio, gc, weakref
async def main():
    handle = asyncio.get_running_loop().call_later(3600, print)
    gone = weakref.ref(handle)
    handle.cancel()
    del handle
    gc.collect()
    return gone() is None
asyncio.ensure_future(main())
"""
    found = started.evaluate(
        "async (code) => { const task = python(code); const gone = await task; task.destroy(); return gone; }", left
    )
    assert found is True
