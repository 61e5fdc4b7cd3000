"""The measurements. Each function measures one SDK once and gives values by the keys of ``FIGURES``."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.figures import Aim, Figure, Subject, Values
from bench.lives import GAINED_BY, leak
from bench.socket import BareSocket
from bench.stage import Page, Stage

#: Lines: name → (seconds there and back, bytes a second).
LINES: dict[str, tuple[float, float | None]] = {
    "0": (0.0, None),
    "50": (0.05, None),
    "slow": (0.04, 10_000_000 / 8),
}
LINE_WORDS = {"0": "no latency", "50": "50 ms", "slow": "10 Mbit/s, 40 ms"}
CONVERSATIONS = (0, 10, 100, 1000)
MANY = (100, 1000)
FLOOD = 2000
SENDS = 200
HISTORY = 10_000
TOKEN_TAKES = 500
#: Seconds until an engine has put compiled code away, and until a browser, or a page, that was closed has tidied up.
SETTLED, TIDY = 3.0, 1.0


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    figures: list[Figure]
    run: Callable[[Stage, Subject], Values]
    #: Also measured for plain Pyodide, the yardstick.
    yardstick: bool = False
    #: About the service alone: no SDK is compared.
    alone: bool = False
    #: Takes minutes: measured when it is asked for by name.
    on_request: bool = False


def load(stage: Stage, subject: Subject) -> Values:
    """First and later visits over each line, and what travels."""
    values: Values = {}
    later = stage.returning(subject)
    for name, line in LINES.items():
        with stage.newcomer() as page:
            values |= _visit(stage, subject, page, "first", name, line)
        time.sleep(TIDY)
        values |= _visit(stage, subject, later, "later", name, line)
    if subject != "pyodide":
        # WebKit compiles on for the page before, and keeps the next one waiting meanwhile.
        time.sleep(TIDY)
        stage.visit(later, subject)
        token = stage.service.token("visitor")
        values["load.later.token"] = stage.measure(later, "boot", token=token, tokenDelay=TOKEN_TAKES)["initialized"]
    later.goto("about:blank")
    return values


def _visit(
    stage: Stage, subject: Subject, page: Page, visit: str, name: str, line: tuple[float, float | None]
) -> Values:
    token = stage.service.token("visitor")
    before = stage.link.down
    stage.link.shape(*line)
    try:
        stage.visit(page, subject)
        if subject == "pyodide":
            took = stage.loaded(page)["fromNavigation"]
        else:
            found = stage.measure(page, "boot", token=token)
            took = found["initialized"]
    finally:
        stage.link.shape()
    values = {f"load.{visit}.{name}": took}
    if name == "0" and subject != "pyodide":
        values[f"load.{visit}.task"] = found["longestTask"]
    if name == "0":
        values[f"wire.{visit}"] = (stage.link.down - before) / 1e6
    page.goto("about:blank")
    return values


def again(stage: Stage, subject: Subject) -> Values:
    with stage.page(subject) as page:
        stage.measure(page, "again", token=stage.service.token("visitor"))
        found = stage.measure(page, "again", token=stage.service.token("visitor"))
    return {"again": found["initialized"]}


def start_up(stage: Stage, subject: Subject) -> Values:
    values: Values = {}
    for count in CONVERSATIONS:
        identity = f"member-of-{count}"
        with stage.page(subject) as page:
            stage.measure(page, "again", token=stage.service.token("visitor"))
            stage.link.shape(LINES["50"][0])
            try:
                found = stage.measure(page, "startUp", token=stage.service.token(identity), conversations=count)
            finally:
                stage.link.shape()
        values[f"join.{count}"] = found["joined"]
        if count == 100:
            values["join.100.first"] = found["first"]
            values["join.100.task"] = found["longestTask"]
    return values


def come_back(stage: Stage, subject: Subject) -> Values:
    """By somebody who was here before: in another tab; and reloaded, which finds what the session's storage has."""
    page = stage.returning(subject)
    values: Values = {}
    for count in MANY:
        for visit in ("later", "reload"):
            stage.visit(page, subject)
            if visit == "later":
                page.evaluate("() => sessionStorage.clear()")
            stage.measure(page, "again", token=stage.service.token("visitor"))
            stage.link.shape(LINES["50"][0])
            try:
                token = stage.service.token(f"member-of-{count}")
                found = stage.measure(page, "startUp", token=token, conversations=count)
            finally:
                stage.link.shape()
            values[f"join.{count}.{visit}"] = found["joined"]
    for updates in (False, True):
        room = stage.service.room("sender", "listener")
        stage.visit(page, subject)
        stage.measure(page, "incoming", token=stage.service.token("listener"), conversation=room, count=FLOOD)
        stage.service.subscribed("listener")
        found, _ = _flood(stage, page, room, updates, more=False)
        values[f"incoming.{_kind(updates)}.later"] = FLOOD / found["took"] * 1000
    time.sleep(SETTLED)
    # Some 3,000 entries: whoever comes next in this tab would wait until the page has got them.
    page.evaluate("() => sessionStorage.clear()")
    page.goto("about:blank")
    return values


def incoming(stage: Stage, subject: Subject) -> Values:
    """Each kind twice: the first flood finds a page that has just started, the second one whose code is warm."""
    values: Values = {}
    for updates in (False, True):
        kind = _kind(updates)
        room = stage.service.room("sender", "listener")
        with stage.page(subject) as page:
            stage.measure(page, "incoming", token=stage.service.token("listener"), conversation=room, count=FLOOD)
            stage.service.subscribed("listener")
            found, thread = _flood(stage, page, room, updates, more=True)
            stage.measure(page, "incomingAgain")
            warm, _ = _flood(stage, page, room, updates, more=False)
        values[f"incoming.{kind}.rate"] = FLOOD / found["took"] * 1000
        values[f"incoming.{kind}.task"] = found["longestTask"]
        values[f"incoming.{kind}.warm"] = FLOOD / warm["took"] * 1000
        if thread is not None:
            values[f"incoming.{kind}.thread"] = thread / FLOOD
    return values


def _kind(updates: bool) -> str:
    return "updates" if updates else "plain"


def _flood(stage: Stage, page: Page, room: str, updates: bool, *, more: bool) -> tuple[Values, float | None]:
    """What the page tells of it, and the milliseconds of its own thread."""
    # All of it waits on the line: what is measured is the client, not how fast the service can write.
    stage.link.hold()
    stage.service.flood(room, "sender", FLOOD, updates)
    stage.link.settle()
    before = stage.page_thread(page)
    stage.link.release()
    found = stage.measure(page, "incomingResult", more=more)
    after = stage.page_thread(page)
    return found, None if before is None or after is None else after - before


def bare_socket(stage: Stage, subject: Subject) -> Values:
    """The most that any client in this browser could reach."""
    with BareSocket(FLOOD) as socket, stage.newcomer() as page:
        page.goto(f"{stage.link.url}/bench/socket.html")
        found = stage.measure(page, "bareSocket", url=socket.url, count=FLOOD)
    return {"socket.rate": FLOOD / found["took"] * 1000}


def outgoing(stage: Stage, subject: Subject) -> Values:
    room = stage.service.room("sender")
    with stage.page(subject) as page:
        found = stage.measure(page, "sends", token=stage.service.token("sender"), conversation=room, count=SENDS)
    return {"send.p50": found["p50"], "send.p95": found["p95"], "send.once": found["atOnce"]}


def history(stage: Stage, subject: Subject) -> Values:
    room = stage.service.room("reader", messages=HISTORY)
    with stage.page(subject) as page:
        token = stage.service.token("reader")
        found = stage.measure(page, "history", token=token, conversation=room, count=HISTORY)
    return {"history.hundred": found["hundred"], "history.all": found["all"]}


def memory(stage: Stage, subject: Subject) -> Values:
    room = stage.service.room("sender", "listener")
    with stage.page(subject) as page:
        token = stage.service.token("listener")
        stage.measure(page, "incoming", token=token, conversation=room, count=FLOOD)
        stage.service.subscribed("listener")
        after_boot = stage.memory()
        if after_boot is None:
            return {}
        stage.service.flood(room, "sender", FLOOD, True)
        page.evaluate("() => window.bench.flood")
        after_flood = stage.memory()
    return {"memory.boot": after_boot, "memory.flood": after_flood or 0.0}


def capacity(stage: Stage, subject: Subject) -> Values:
    """How much one emulator process carries, from a program of its own. Far from any browser."""
    command = [sys.executable, "-m", "bench.emulator_capacity"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=240)
    found = json.loads(done.stdout)
    if found["failed"]:
        raise RuntimeError(f"sends failed: {found['failed']}")
    values = {f"capacity.{name}": float(found[key]) for name, key in (("rate", "rate"), ("core", "emulatorCore"))}
    for name in ("send", "delivery"):
        for part in ("p50", "p99"):
            values[f"capacity.{name}.{part}"] = found[f"{name}Ms"][part]
    return values | {"capacity.memory": found["rssMb"]["after"]}


def _load_figures() -> list[Figure]:
    figures = []
    for visit, words in (("first", "first visit"), ("later", "later visit")):
        for name in LINES:
            key = f"load.{visit}.{name}"
            title = f"page load → initialized, {words}, {LINE_WORDS[name]}"
            if key == "load.later.0":
                aim = Aim(ratio=0.20, against="pyodide")
                figures.append(Figure(key, f"{title} (ratio: to plain Pyodide)", "ms", aim=aim, yardstick=key))
            else:
                figures.append(Figure(key, title, "ms"))
    token = f"the same, with a token that takes {TOKEN_TAKES} ms"
    figures.append(Figure("load.later.token", token, "ms", aim=Aim(ratio=1.2)))
    for visit, words in (("first", "first visit"), ("later", "later visit")):
        figures.append(
            Figure(f"load.{visit}.task", f"longest page task, {words} (0: none over 50 ms)", "ms", aim=Aim(most=50))
        )
    figures.append(Figure("wire.first", "bytes on the wire, first visit", "MB", aim=Aim(most=5.0)))
    figures.append(Figure("wire.later", "bytes on the wire, later visit", "MB", aim=Aim(most=0.02)))
    return figures


GROUPS = [
    Group("load", _load_figures(), load, yardstick=True),
    Group("again", [Figure("again", "runtime there → initialized", "ms")], again),
    Group(
        "join",
        [
            *(
                Figure(
                    f"join.{count}",
                    f"{count} conversations joined, 50 ms",
                    "ms",
                    aim={100: Aim(ratio=0.6), 1000: Aim(ratio=0.5)}.get(count),
                )
                for count in CONVERSATIONS
            ),
            Figure("join.100.first", "the first of 100 joined, 50 ms", "ms"),
            Figure("join.100.task", "longest page task while 100 are joined", "ms", aim=Aim(most=50)),
        ],
        start_up,
    ),
    Group(
        "return",
        [
            *(
                Figure(f"join.{count}.{visit}", f"{count:,} conversations joined, 50 ms, {words}", "ms")
                for count in MANY
                for visit, words in (("later", "later visit"), ("reload", "page reloaded"))
            ),
            Figure("incoming.plain.later", "incoming, later visit", "messages/s", "more"),
            Figure("incoming.updates.later", "incoming, later visit, each with an update", "messages/s", "more"),
        ],
        come_back,
    ),
    Group(
        "incoming",
        [
            figure
            for kind, words in (("plain", ""), ("updates", ", each with an update of the conversation"))
            for figure in (
                Figure(f"incoming.{kind}.rate", f"incoming{words}", "messages/s", "more", Aim(ratio=5)),
                Figure(f"incoming.{kind}.warm", f"incoming{words}, once more", "messages/s", "more"),
                Figure(f"incoming.{kind}.thread", f"page's thread for each{words}", "ms", aim=Aim(ratio=0.2)),
                Figure(f"incoming.{kind}.task", f"longest page task{words}", "ms", aim=Aim(most=50)),
            )
        ],
        incoming,
    ),
    Group(
        "socket",
        [Figure("socket.rate", "a bare WebSocket: frames read and answered", "messages/s", "more")],
        bare_socket,
        alone=True,
    ),
    Group(
        "outgoing",
        [
            Figure("send.p50", f"{SENDS} sends in sequence, median", "ms", aim=Aim(ratio=1.3)),
            Figure("send.p95", f"{SENDS} sends in sequence, 95 %", "ms"),
            Figure("send.once", f"{SENDS} sends at once", "ms", aim=Aim(ratio=0.7)),
        ],
        outgoing,
    ),
    Group(
        "history",
        [
            Figure("history.hundred", "getMessages(100)", "ms"),
            Figure("history.all", f"paging through {HISTORY} messages", "ms"),
        ],
        history,
    ),
    Group(
        "memory",
        [
            Figure("memory.boot", "renderer after boot", "MiB", aim=Aim(beyond=75)),
            Figure("memory.flood", f"renderer after {FLOOD} messages", "MiB", aim=Aim(beyond=75)),
        ],
        memory,
    ),
    Group(
        "leak",
        [
            Figure("leak.heap", f"page's heap, gained by {GAINED_BY} lives of a client", "MiB", aim=Aim(most=2)),
            Figure(
                "leak.listeners",
                f"page's listeners, gained by {GAINED_BY} lives of a client",
                "",
                aim=Aim(most=0),
            ),
            Figure("leak.memory", f"renderer, gained by {GAINED_BY} lives of a client", "MiB", aim=Aim(most=10)),
        ],
        leak,
        on_request=True,
    ),
    Group(
        "capacity",
        [
            Figure(
                "capacity.rate", "emulator: 200 clients, 500 messages/s wanted", "messages/s", "more", Aim(least=475)
            ),
            Figure("capacity.send.p50", "emulator: a send, median", "ms"),
            Figure("capacity.send.p99", "emulator: a send, 99 %", "ms"),
            Figure("capacity.delivery.p50", "emulator: until a message is heard, median", "ms"),
            Figure("capacity.delivery.p99", "emulator: until a message is heard, 99 %", "ms"),
            Figure("capacity.core", "emulator: share of a core", ""),
            Figure("capacity.memory", "emulator: memory afterwards", "MB"),
        ],
        capacity,
        alone=True,
    ),
]


def prepare(stage: Stage) -> None:
    """What the groups expect to find at the service."""
    for count in CONVERSATIONS:
        room = {"participants": [f"member-of-{count}", f"partner-of-{count}"], "messages": ["hello"]}
        stage.service.seed([room] * count)
