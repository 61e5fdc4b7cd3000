"""Lets a client of nobody start, while a page waits for its first answers from the service.

A start with many conversations is much work at once, by code that has hardly run before. V8 compiles well what runs
often, beside it, on cores that are all taken then; a tenth of a second earlier, while the connection is made, none of
them had anything to do. So all of it is run then: a client with a bridge of its own, whose page nobody sees, and a
service that is a table (``rehearsal_service``). Not responsible for the interpreter's own loop (``variety``).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any

from pyconvo.bridge.core import Bridge
from pyconvo.bridge.rehearsal_service import TOKEN, answer
from pyconvo.errors import HostError
from pyconvo.hosts.base import Host, HttpRequest, HttpResponse, SessionStorage, SocketListener, TimerHandle
from pyconvo.twilsock.packet import decode

#: Seconds from the start on: where the service is this near, the client is ready by then, and is not kept waiting.
DELAY = 0.03
#: Seconds between two steps: an answer that comes meanwhile waits for no more than one.
PAUSE = 0.006
#: What is answered in a step: a conversation's three requests.
AT_ONCE = 3
#: Seconds of work, after which it ends wherever it is: a slow machine is not kept busy for long.
BUDGET = 0.12
#: Steps without anything to answer after which it is over: what was begun because of the last answers has ended then.
RESTS = 8

#: Set for everything that a rehearsal does: nobody is to hear of it.
rehearsing: ContextVar[bool] = ContextVar("pyconvo.rehearsing", default=False)

_HANDLE, _USER = -1, -2


class Stage:
    """The host, but for what others would notice of it: sockets lead to the table, and nothing else leads out."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.now, self.random, self.uuid = host.now, host.random, host.uuid
        self.is_idle, self.platform, self.metadata = host.is_idle, host.platform, host.metadata
        #: Answers that wait for their step: those about conversations.
        self.answers: list[Callable[[], None]] = []

    def call_later(self, delay: float, callback: Callable[[], Any]) -> TimerHandle:
        context = copy_context()
        return self._host.call_later(delay, lambda: context.run(callback))

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        context = copy_context()
        self._host.call_at_pause(lambda: context.run(callback))

    def connect(self, url: str, listener: SocketListener) -> StageSocket:
        self.call_later(0, listener.socket_opened)
        return StageSocket(self, listener)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        raise HostError("a rehearsal reaches nobody")

    def on_network_change(self, callback: Callable[[bool], Any]) -> Callable[[], None]:
        return lambda: None

    def session_storage(self) -> SessionStorage | None:
        return None


class StageSocket:
    def __init__(self, stage: Stage, listener: SocketListener) -> None:
        self._stage = stage
        self._listener = listener

    def send(self, data: bytes) -> None:
        if (found := answer(decode(data))) is None:
            return
        reply, is_one_of_many = found

        def tell() -> None:
            self._listener.socket_received(reply)

        if is_one_of_many:
            self._stage.answers.append(tell)
        else:
            self._stage.call_later(PAUSE, tell)

    def close(self) -> None:
        """Nobody is there."""


class Rehearsal:
    """``is_wanted`` is asked before each step. It ends when that says no, when everything has been answered, and when
    ``BUDGET`` is spent.
    """

    def __init__(self, host: Host, is_wanted: Callable[[], bool], clock: Callable[[], float]) -> None:
        self._host = host
        self._is_wanted = is_wanted
        self._clock = clock
        self._spent = 0.0
        self._rests = 0
        self._is_over = False
        self._context = copy_context()
        self._context.run(rehearsing.set, True)
        self._stage = Stage(host)
        self._bridge = Bridge(self._hear, self._stage)

    def begin(self) -> None:
        if self._is_wanted():
            self._play({"op": "new", "handle": _HANDLE, "user": _USER, "args": [TOKEN, {}]})

    def _step(self) -> None:
        answers = self._stage.answers
        if not answers and self._rests < RESTS:
            self._rests += 1
            self._host.call_later(PAUSE, self._step)
        elif answers and self._spent < BUDGET and self._is_wanted():
            now, self._stage.answers = answers[:AT_ONCE], answers[AT_ONCE:]
            self._rests = 0
            self._timed(lambda: [tell() for tell in now])
        else:
            self._is_over = True
            self._play({"op": "call", "id": 1, "client": _HANDLE, "target": _HANDLE, "method": "shutdown", "args": []})

    def _play(self, operation: dict[str, Any]) -> None:
        self._timed(lambda: self._bridge.receive(json.dumps([operation])))

    def _timed(self, work: Callable[[], Any]) -> None:
        """Does it, with all that it makes due."""
        began = self._clock()

        def done() -> None:
            self._spent += self._clock() - began
            if not self._is_over:
                self._host.call_later(PAUSE, self._step)

        self._context.run(work)
        self._host.call_at_pause(done)

    def _hear(self, text: str) -> None:
        """What the page would be told."""
        if '"op":"answer"' in text:
            self._bridge.close()


def rehearse(host: Host, is_wanted: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
    """Begins after ``DELAY`` seconds; ends by itself."""
    host.call_later(DELAY, lambda: Rehearsal(host, is_wanted, clock).begin())
