"""The host for browsers: JavaScript's WebSocket, XMLHttpRequest, timers and network events, reached through Pyodide.

Works in a worker and on a page's own thread, also in a Pyodide or PyScript that someone else started. Importing it
touches nothing of JavaScript (so that it may be part of a memory snapshot, and be imported anywhere); a
:class:`BrowserHost` does. Everything of Python that JavaScript can call is lent by :class:`Loans`, here alone.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
import time
from collections.abc import Callable
from typing import Any

from pyconvo.errors import HostError
from pyconvo.hosts.base import HttpRequest, HttpResponse, SessionStorage, SocketListener, TimerHandle
from pyconvo.hosts.browser_loop import TurnQueue, batch_callbacks
from pyconvo.hosts.browser_socket import BrowserSocket
from pyconvo.hosts.browser_storage import session_storage
from pyconvo.hosts.browser_timers import BrowserTimers
from pyconvo.hosts.user_agent import browser_metadata

logger = logging.getLogger("pyconvo.hosts.browser")


#: UUIDs whose random bytes are drawn together.
_UUIDS_AT_ONCE = 64
#: Objects that come to be before the collector looks for cycles among them. Python's own number makes a start with many
#: conversations look dozens of times, all in vain: it takes a third of the time. A client that has ended does not wait
#: for it (:mod:`pyconvo.bridge.core`).
_COLLECT_AFTER = 100_000


class Loans:
    """Python functions that JavaScript holds. What is lent is kept alive until it is taken back."""

    def __init__(self) -> None:
        self._lent: list[Any] = []

    def lend(self, function: Callable[..., Any]) -> Any:
        """The function as JavaScript can call it."""
        from pyodide.ffi import create_proxy

        proxy = create_proxy(function)
        self._lent.append(proxy)
        return proxy

    def take_back(self, proxy: Any) -> None:
        """From now on a call from JavaScript is an error there: detach it first."""
        self._lent = [other for other in self._lent if other is not proxy]
        proxy.destroy()

    def __len__(self) -> int:
        return len(self._lent)


class BrowserHost:
    """The platform as a browser shows it. Needs Pyodide's loop, which always runs."""

    def __init__(self) -> None:
        import js

        self.js = js
        self.loans = Loans()
        self.timers = BrowserTimers(js, lambda fired: self.loans.lend(lambda: self.in_turn(fired)))
        # Its own, begun by the system's: the state of the usual generator would be that of a memory snapshot, the same
        # for everyone. For pauses before another attempt, not for secrets.
        self._random = random.Random()
        self._uuid_bytes = bytearray()
        self._network_callbacks: list[Callable[[bool], Any]] = []
        self._network_events: Any = None
        self._is_online: bool | None = None
        #: The loop's queue, where the interpreter is our own.
        self.turns: TurnQueue | None = None
        #: JavaScript's ``Batches`` (``web/src/worker/batches.ts``), there.
        self.batches: Any = None

    def now(self) -> float:
        return time.time()

    def random(self) -> float:
        return self._random.random()

    def uuid(self) -> str:
        # From ``crypto.getRandomValues``; ``crypto.randomUUID`` exists on pages served over https alone. Many at once:
        # a client's start takes two for each request. The first ones are drawn here, and so never in a snapshot.
        if not self._uuid_bytes:
            self._uuid_bytes = bytearray(os.urandom(_UUIDS_AT_ONCE * 16))
        taken, self._uuid_bytes = self._uuid_bytes[-16:], self._uuid_bytes[:-16]
        # As ``str(uuid.UUID(bytes=…, version=4))``, which takes four times as long.
        taken[6] = taken[6] & 0x0F | 0x40
        taken[8] = taken[8] & 0x3F | 0x80
        text = taken.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def call_later(self, delay: float, callback: Callable[[], Any]) -> TimerHandle:
        if delay <= 0:
            return asyncio.get_running_loop().call_soon(callback)
        return self.timers.start(delay, callback)

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        if self.turns is None:
            asyncio.get_running_loop().call_soon(callback)
        else:
            self.turns.call_at_pause(callback)

    def in_turn(self, function: Callable[..., Any], *args: Any) -> None:
        """For what JavaScript tells: call ``function``, and where the loop is ours run at once what that makes due."""
        if self.turns is None:
            function(*args)
        else:
            self.turns.run(function, *args)

    def take_back_later(self, proxy: Any) -> None:
        """For what was lent and is perhaps being called right now: not in this turn of the browser."""
        if self.turns is None:
            asyncio.get_running_loop().call_soon(self.loans.take_back, proxy)
        else:
            self.timers.start(0.001, lambda: self.loans.take_back(proxy))

    def is_idle(self) -> bool:
        return self.turns is not None and self.turns.is_empty

    def connect(self, url: str, listener: SocketListener) -> BrowserSocket:
        return BrowserSocket(self, url, listener)

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """By XMLHttpRequest, since Pyodide cannot await ``fetch`` everywhere: its future never ends when the promise is
        rejected with an ``Error`` that has no stack, which is what WebKit does on every network failure.
        """
        from pyodide.ffi import JsException, to_js

        exchange = self.js.XMLHttpRequest.new()
        try:
            exchange.open(request.method, request.url)
            for name, value in request.headers.items():
                exchange.setRequestHeader(name, value)
        except JsException as error:
            raise HostError(f"{request.method} {request.url} failed: {error}") from error
        exchange.responseType = "arraybuffer"
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def end(_: Any) -> None:
            if not ended.done():
                self.in_turn(ended.set_result, None)

        listener = exchange.onloadend = self.loans.lend(end)
        lent = [listener]
        if request.on_sent is not None:
            lent.append(self._report_upload(exchange, request.on_sent))
        try:
            exchange.send(None if request.body is None else to_js(request.body))
            await ended
        except asyncio.CancelledError:
            exchange.onloadend = None
            exchange.abort()
            raise
        finally:
            exchange.onloadend = exchange.upload.onprogress = None
            for one in lent:
                self.take_back_later(one)
        if exchange.status == 0:
            raise HostError(f"{request.method} {request.url} failed: no answer (network, policy or cross-origin rules)")
        body = exchange.response.to_bytes()
        return HttpResponse(exchange.status, exchange.statusText, _headers(exchange.getAllResponseHeaders()), body)

    def _report_upload(self, exchange: Any, on_sent: Callable[[int, int], Any]) -> Any:
        """Returns what was lent for it."""

        def progress(event: Any) -> None:
            on_sent(int(event.loaded), int(event.total))

        exchange.upload.onprogress = lent = self.loans.lend(progress)
        return lent

    def on_network_change(self, callback: Callable[[bool], Any]) -> Callable[[], None]:
        """One pair of listeners serves all callers; it goes with the last."""
        if not self._network_callbacks:
            self._network_events = self.loans.lend(self._network_changed)
            self.js.addEventListener("online", self._network_events)
            self.js.addEventListener("offline", self._network_events)
        self._network_callbacks.append(callback)

        def stop() -> None:
            if callback in self._network_callbacks:
                self._network_callbacks.remove(callback)
                if not self._network_callbacks:
                    self._forget_network()

        return stop

    def session_storage(self) -> SessionStorage | None:
        return session_storage(self.js)

    def platform(self) -> str:
        return str(getattr(self.js.navigator, "userAgent", "unknown"))

    def metadata(self) -> dict[str, Any]:
        return browser_metadata(str(getattr(self.js.navigator, "userAgent", "")))

    def close(self) -> None:
        """Forget timers and network listeners and take everything back. Sockets are their owners'."""
        self.timers.close()
        if self._network_callbacks:
            self._network_callbacks.clear()
            self._forget_network()
        self.loans.take_back(self.timers.lent)

    def _network_changed(self, event: Any) -> None:
        is_online = event.type == "online"
        # A worker may hear the same from the browser and from its page.
        if is_online == self._is_online:
            return
        self._is_online = is_online
        loop = asyncio.get_running_loop()
        for callback in list(self._network_callbacks):
            loop.call_soon(callback, is_online)

    def _forget_network(self) -> None:
        events, self._network_events, self._is_online = self._network_events, None, None
        self.js.removeEventListener("online", events)
        self.js.removeEventListener("offline", events)
        self.take_back_later(events)


def _headers(lines: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines.split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def serve(start: Callable[..., Any], post: Any, batches: Any) -> Any:
    """Join a bridge to JavaScript, in an interpreter that is pyconvo's own; called once, by the worker's script.

    ``start`` is :func:`pyconvo.bridge.start` (given, since hosts know nothing of bridges); ``post`` is the JavaScript
    function that sends a text to the page, ``batches`` what carries the messages of sockets. Returns two functions,
    in a JavaScript object: ``receive`` takes the page's texts, ``exercise`` is the bridge's. Texts cross as UTF-8 in a
    ``Uint8Array``. All last as long as the interpreter.
    """
    from pyodide.ffi import to_js

    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    host = BrowserHost()
    host.batches = batches
    _make_loop_fast(host)
    # Measured: of the engines V8 alone gains by it; it is in every browser that calls itself Chrome, too.
    is_v8 = "Chrome/" in str(getattr(host.js.navigator, "userAgent", ""))
    bridge = start(lambda text: post(to_js(text.encode())), host, rehearsing=is_v8)

    def receive(data: Any) -> None:
        host.in_turn(bridge.receive, data.to_bytes().decode())

    def exercise(done: Any) -> None:
        host.in_turn(bridge.exercise, done)

    lent = {"receive": host.loans.lend(receive), "exercise": host.loans.lend(exercise)}
    return to_js(lent, dict_converter=host.js.Object.fromEntries)


def _make_loop_fast(host: BrowserHost) -> None:
    channel = host.js.MessageChannel.new()
    request_turn = channel.port2.postMessage
    queue = batch_callbacks(asyncio.get_event_loop(), lambda: request_turn(None), host.call_later)
    channel.port1.onmessage = host.loans.lend(queue.drain)
    host.turns = queue
