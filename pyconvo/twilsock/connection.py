"""``TwilsockClient``: the machine on a host. Carries out actions, keeps futures, tells events.

Knows nothing of the protocol: what to send and when is ``machine.py``'s business.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from pyconvo.errors import ConversationsError, HostError
from pyconvo.events import ReplayEventEmitter
from pyconvo.hosts.base import Host, SocketHandle, TimerHandle
from pyconvo.twilsock.actions import (
    Action,
    CancelTimer,
    CloseSocket,
    Emit,
    InitReply,
    OpenSocket,
    Send,
    Settle,
    StartTimer,
    UpstreamResponse,
)
from pyconvo.twilsock.event_line import EventLine
from pyconvo.twilsock.machine import Machine
from pyconvo.twilsock.options import TwilsockOptions

logger = logging.getLogger("pyconvo.twilsock")


class _Answer(asyncio.Future[Any]):
    """The answer to one request. Cancelled, it is not waited for any more."""

    def __init__(self, client: TwilsockClient, asked: str) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self._client = client
        self._asked = asked
        self.key = ""

    def succeed(self, response: UpstreamResponse) -> None:
        logger.debug("%s: %s", self._asked, response.status)
        self.set_result(response)

    def fail(self, error: Exception) -> None:
        logger.debug("%s failed: %s", self._asked, error)
        _fail(self, error)

    def cancel(self, msg: Any = None) -> bool:
        cancelled = super().cancel(msg)
        if cancelled:
            self._client._forget(self.key)
        return cancelled


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    future.set_exception(error)
    # A caller may have gone: an error nobody waits for is not a bug of the program.
    future.exception()


class _Listener:
    """Hears of one socket, as long as it is the current one."""

    def __init__(self, client: TwilsockClient) -> None:
        self._client = client

    def _heard(self, tell: Callable[[], None]) -> None:
        if self._client._listener is self:
            tell()
            self._client._run()

    def socket_opened(self) -> None:
        self._heard(self._client._machine.socket_opened)

    def socket_received(self, data: bytes) -> None:
        client = self._client
        if client._listener is self:
            client._machine.socket_received(data)
            client._run()

    def socket_failed(self, message: str | None) -> None:
        self._heard(lambda: self._client._machine.socket_failed(message))

    def socket_closed(self) -> None:
        self._heard(self._client._machine.socket_closed)


class TwilsockClient(ReplayEventEmitter):
    """A connection that is kept alive until told otherwise.

    Events: ``state_changed(state)``, ``connected()``, ``initialized(InitReply)``, ``disconnected()``,
    ``message(message_type, payload)``, ``token_about_to_expire()``, ``token_expired()``,
    ``connection_error(ConnectionErrorInfo)``. Each is delivered from a fresh turn of the loop, in order.
    """

    def __init__(self, host: Host, token: str, options: TwilsockOptions) -> None:
        super().__init__()
        self._host = host
        self._options = options
        self._machine = Machine(token, options, host, host.metadata())
        self._socket: SocketHandle | None = None
        self._listener: _Listener | None = None
        self._timers: dict[str, TimerHandle] = {}
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._events = EventLine(host, self._deliver)
        self._running = False
        self._stop_network: Callable[[], None] | None = None
        #: Whether the platform's network is listened to.
        self._watching = False
        # Known once the service has accepted a connection, or the first one has ended.
        self._storage: tuple[str | None] | None = None
        self._storage_known: list[asyncio.Future[None]] = []

    @property
    def state(self) -> str:
        """``connecting``, ``connected``, ``denied``, ``disconnecting`` or ``disconnected``.

        ``retrying`` exists only as a value of ``state_changed``, after each error of a socket.
        """
        return self._machine.public_state

    @property
    def active(self) -> bool:
        """Whether there is, or will be without being asked, a connection."""
        return self._machine.active

    def ensure_active(self) -> None:
        """Raises :class:`pyconvo.errors.TransportUnavailableError` where a request would."""
        self._machine.ensure_active()

    def connect(self) -> None:
        """Begin to connect, unless connected or connecting."""
        self._machine.connect()
        self._run()

    async def disconnect(self) -> None:
        """Close the connection; returns when it is gone. ``connect()`` may be called again.

        Listeners have heard then that it ends (``disconnecting``), and hear next that it has (``disconnected``).
        """
        future = self._waiting.get("disconnect") or self._wait_for("disconnect")
        self._machine.disconnect()
        self._run()
        told = self._events.told()
        await asyncio.shield(future)
        await told

    async def update_token(self, token: str) -> None:
        """Use another access token; returns when the service has accepted it.

        Connects where there is no connection. Returns at once for the token in use. Raises
        :class:`pyconvo.errors.ReplyError` when the service refuses it.
        """
        if token == self._machine.token:
            return
        future = self._wait_for(self._machine.update_token(token))
        self._run()
        await future

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        grant: str | None = None,
    ) -> UpstreamResponse:
        """Send an HTTP request through the connection.

        ``body``: ``None``, text as it is, or a value to be sent as JSON. Waits up to 20 s for a connection and up to
        30 s for the answer. Raises :class:`pyconvo.errors.TransportUnavailableError` (no connection to come),
        :class:`~pyconvo.errors.UpstreamError` (an HTTP status outside 200-299),
        :class:`~pyconvo.errors.ReplyError` (refused by the transport) or
        :class:`~pyconvo.errors.TwilsockError` (lost, timed out). Nothing is sent twice.
        """
        return await self.begin(method, url, headers=headers, body=body, grant=grant)

    def begin(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        grant: str | None = None,
    ) -> asyncio.Future[UpstreamResponse]:
        """As :meth:`request`, sent before this returns, so that several can be under way without a task for each.

        What :meth:`request` raises is raised when the future is awaited. To cancel it is to wait no longer.
        """
        answer = _Answer(self, f"{method} {url.partition('?')[0]}")
        try:
            answer.key = self._machine.request(method, url, headers=headers, body=body, grant=grant)
        except ConversationsError as error:
            answer.fail(error)
        else:
            self._waiting[answer.key] = answer
            self._run()
        return answer

    def _forget(self, key: str) -> None:
        if self._waiting.pop(key, None) is not None:
            self._machine.forget(key)
            self._run()

    @property
    def storage(self) -> tuple[str | None] | None:
        """The service's name for this user's local storage, alone in a tuple: ``None`` there, when it is not offered.

        No tuple while that is not known.
        """
        return self._storage

    async def storage_id(self) -> str | None:
        """The same name; waits for the first connection."""
        while self._storage is None:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._storage_known.append(future)
            await future
        return self._storage[0]

    def add_telemetry_start(self, key: str, title: str, details: str = "") -> None:
        """Begin a time span; sent only if the service wants telemetry."""
        self._machine.telemetry.start(key, title, details)

    def add_telemetry_end(self, key: str) -> None:
        """End a span begun under ``key``; unknown keys are ignored."""
        self._machine.telemetry.end(key)
        self._run()

    def after_events(self, then: Callable[[], None]) -> None:
        """Call ``then`` when every event until now has been delivered."""
        self._events.after(then)

    # -- driving the machine ---------------------------------------------------------------------------------

    def _run(self) -> None:
        """Carry out what the machine wants, including what it wants because of that."""
        if self._running:
            return
        self._running = True
        try:
            while actions := self._machine.take():
                for action in actions:
                    self._carry_out(action)
        finally:
            self._running = False
        if self._machine.active is not self._watching:
            self._watch_network()

    def _carry_out(self, action: Action) -> None:
        # These three come with every packet; a ``match`` asks each class in turn what it is made of.
        if isinstance(action, Emit):
            self._events.put(action)
            return
        if isinstance(action, Send):
            if self._socket is not None:
                self._socket.send(action.data)
            return
        if isinstance(action, Settle):
            self._answer(action.key, action.value, action.error)
            return
        match action:
            case OpenSocket():
                self._open_socket()
            case CloseSocket():
                self._close_socket()
            case StartTimer(key, delay):
                self._cancel_timer(key)
                self._timers[key] = self._host.call_later(delay, lambda: self._timer(key))
            case CancelTimer(key):
                self._cancel_timer(key)

    def _open_socket(self) -> None:
        listener = _Listener(self)
        self._listener = listener
        try:
            self._socket = self._host.connect(self._options.uri, listener)
        except HostError as error:
            self._listener = None
            self._machine.socket_impossible(str(error))

    def _close_socket(self) -> None:
        socket, self._socket, self._listener = self._socket, None, None
        if socket is not None:
            socket.close()

    def _timer(self, key: str) -> None:
        self._timers.pop(key, None)
        self._machine.timer(key)
        self._run()

    def _cancel_timer(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def _watch_network(self) -> None:
        """Listen to the platform's network only while there is a connection to keep."""
        self._watching = self._machine.active
        if self._watching:
            self._stop_network = self._host.on_network_change(self._network_changed)
        elif self._stop_network is not None:
            self._stop_network()
            self._stop_network = None

    def _network_changed(self, online: bool) -> None:
        self._machine.network(online)
        self._run()

    # -- futures and events ----------------------------------------------------------------------------------

    def _wait_for(self, key: str) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        return future

    def _answer(self, key: str, value: Any, error: Exception | None) -> None:
        future = self._waiting.pop(key, None)
        if future is None or future.done():
            return
        if isinstance(future, _Answer):
            if error is None:
                future.succeed(value)
            else:
                future.fail(error)
        elif error is None:
            future.set_result(value)
        else:
            _fail(future, error)

    def _deliver(self, emit: Emit) -> None:
        if emit.event == "initialized":
            self._learn_storage(emit.payload[0])
        elif emit.event == "disconnected":
            self._know_storage(None)
        self.emit(emit.event, *emit.payload)

    def _learn_storage(self, reply: InitReply) -> None:
        product = (reply.offline_storage or {}).get(self._options.product_id)
        storage_id = product.get("storage_id") if isinstance(product, dict) else None
        self._know_storage(storage_id if isinstance(storage_id, str) else None)

    def _know_storage(self, storage_id: str | None) -> None:
        self._storage = (storage_id,)
        waiting, self._storage_known = self._storage_known, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
