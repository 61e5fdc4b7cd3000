"""One WebSocket of a browser, for :mod:`pyconvo.hosts.browser`. Not responsible for what is said on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyconvo.errors import HostError
from pyconvo.hosts.base import SocketListener

if TYPE_CHECKING:
    from pyconvo.hosts.browser import BrowserHost

#: ``WebSocket.CLOSED``
_CLOSED = 3
#: Seconds in which a socket's end follows its error, where the browser tells of both.
_END_AFTER_ERROR = 1.0
#: Bytes of a message's length in a batch.
_LENGTH = 4


class BrowserSocket:
    """One WebSocket. Two lent functions hear its events, one of them messages alone, for these come in floods; they are
    taken back when the socket is done.
    """

    def __init__(self, host: BrowserHost, url: str, listener: SocketListener) -> None:
        from pyodide.ffi import JsException, to_js

        self._host = host
        self._to_js = to_js
        self._listener: SocketListener | None = listener
        try:
            self._socket = host.js.WebSocket.new(url)
        except JsException as error:
            raise HostError(f"'{url}' cannot be opened as a WebSocket: {error}") from error
        self._socket.binaryType = "arraybuffer"
        self._open = False
        self._send = self._socket.send
        self._events = host.loans.lend(lambda event: host.in_turn(self._heard, event))
        received = self._received if host.batches is None else self._received_batch
        self._messages = host.loans.lend(lambda data: host.in_turn(received, data))
        #: What collects messages before they come here, where there is such.
        self._gathered: Any = None
        self._unsent: list[bytes] = []
        self._socket.onopen = self._events
        if host.batches is None:
            self._socket.onmessage = self._messages
        else:
            self._gathered = host.batches.gather(self._socket, self._messages)
        self._socket.onerror = self._events
        self._socket.onclose = self._events

    def send(self, data: bytes) -> None:
        # Once it was open JavaScript itself drops what comes too late.
        if not self._open:
            return
        if self._gathered is None:
            self._send(self._to_js(data))
            return
        self._unsent.append(data)
        if len(self._unsent) == 1:
            self._host.call_at_pause(self._send_batch)

    def close(self) -> None:
        if self._listener is not None:
            self._send_batch()
            self._release()
            self._socket.close()

    def _send_batch(self) -> None:
        unsent, self._unsent = self._unsent, []
        if len(unsent) == 1:
            self._send(self._to_js(unsent[0]))
        elif unsent:
            batch = b"".join([part for data in unsent for part in (len(data).to_bytes(_LENGTH, "little"), data)])
            self._host.batches.scatter(self._socket, self._to_js(batch))

    def _release(self) -> None:
        self._listener = None
        self._open = False
        # Browsers complain about what is sent too late.
        self._unsent.clear()
        # ``None`` is ``undefined`` over there, which clears a handler.
        self._socket.onopen = self._socket.onmessage = self._socket.onerror = self._socket.onclose = None
        if self._gathered is not None:
            self._gathered.stop()
        for lent in (self._events, self._messages):
            self._host.take_back_later(lent)

    def _received(self, event: Any) -> None:
        listener, data = self._listener, event.data
        # Twilsock speaks in binary messages; a text one is nothing.
        if listener is not None and not isinstance(data, str):
            self._tell(listener.socket_received, data.to_bytes())

    def _received_batch(self, batch: Any) -> None:
        data = batch.to_bytes()
        start = 0
        while start < len(data) and (listener := self._listener) is not None:
            end = start + _LENGTH + int.from_bytes(data[start : start + _LENGTH], "little")
            self._tell(listener.socket_received, data[start + _LENGTH : end])
            start = end

    def _heard(self, event: Any) -> None:
        if self._gathered is not None:
            # What came before comes first.
            self._gathered.flush()
        listener = self._listener
        if listener is None:
            return
        match event.type:
            case "open":
                self._open = True
                self._tell(listener.socket_opened)
            case "error":
                self._tell(listener.socket_failed, None)
                # WebKit tells of an error but not of the end, for a port that it does not let pages use.
                self._host.call_later(_END_AFTER_ERROR, self._end_unheard)
            case "close":
                self._release()
                self._tell(listener.socket_closed)

    def _end_unheard(self) -> None:
        listener = self._listener
        if listener is not None and self._socket.readyState == _CLOSED:
            self._release()
            self._tell(listener.socket_closed)

    def _tell(self, method: Callable[..., None], *args: Any) -> None:
        # JavaScript would swallow the exception.
        try:
            method(*args)
        except Exception as error:
            context = {"message": "a socket's listener failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
