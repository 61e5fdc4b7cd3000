"""The Twilsock connection as a machine: what happens goes in by method, what to do comes out of ``take()``.

No socket, no timer, no clock of its own: ``Sources`` gives time, randomness and ids, and a driver carries out the
actions in order. The states are ``states.py``'s table; requests are kept by ``upstream.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from pyconvo.backoff import ReconnectDelays, RetryLimitError
from pyconvo.errors import ReplyError, TransportUnavailableError, TwilsockError
from pyconvo.twilsock import packet
from pyconvo.twilsock.actions import (
    Action,
    CancelTimer,
    CloseSocket,
    ConnectionErrorInfo,
    Emit,
    InitReply,
    OpenSocket,
    Send,
    Settle,
    StartTimer,
)
from pyconvo.twilsock.options import CAPABILITIES, TwilsockOptions
from pyconvo.twilsock.states import PUBLIC, TRANSITIONS, State, Trigger
from pyconvo.twilsock.telemetry import Telemetry
from pyconvo.twilsock.upstream import CONNECTION_LOST, REPLY_TIMEOUT, Requests, reply_error, write

logger = logging.getLogger("pyconvo.twilsock")

#: Seconds after which a socket that should be closing is given up.
CLOSING_TIMEOUT = 3.0

_TOKEN_EXPIRED = 20104
_TERMINAL_STATUS = (401, 403)
_CLOSING = (State.DISCONNECTING, State.WAIT_SOCKET_CLOSED, State.WAIT_OFFLOAD_SOCKET_CLOSED)
_OFF = (State.DISCONNECTED, State.REJECTED, State.UNSUPPORTED)


class Sources(Protocol):
    """Where time (seconds), randomness and UUIDs come from; a :class:`pyconvo.hosts.base.Host` will do."""

    def now(self) -> float: ...

    def random(self) -> float: ...

    def uuid(self) -> str: ...


class Machine:
    """One connection with its reconnects. Feed it from one thread; call ``take()`` after every input."""

    def __init__(
        self, token: str, options: TwilsockOptions, sources: Sources, platform: Mapping[str, Any] | None = None
    ) -> None:
        self.state = State.DISCONNECTED
        self._options = options
        self._sources = sources
        self._metadata = options.metadata(platform or {})
        self._delays = ReconnectDelays(options.reconnect_policy(), sources.random)
        self._requests = Requests()
        self._telemetry = Telemetry()
        self._out: list[Action] = []
        self._open = False
        self._token = token
        # Tokens are numbered, to know which updates an init or update that is answered settles.
        self._newest = 0
        self._carried = 0
        self._updates: list[tuple[int, str]] = []
        #: Id of the init or update whose reply is awaited.
        self._handshake: str | None = None
        self._graceful = True
        # The continuation token travels as null at first, then as given, and not at all when a reply had none.
        self._continuation: dict[str, str | None] = {"continuation_token": options.continuation_token}
        self._reason = "Connection is not initialized"
        self._last_public: str | None = None

    # -- what the driver asks --------------------------------------------------------------------------------

    def take(self) -> list[Action]:
        """The actions since the last call, to be carried out in order."""
        out, self._out = self._out, []
        return out

    @property
    def public_state(self) -> str:
        return PUBLIC[self.state]

    @property
    def active(self) -> bool:
        """Whether there is, or will be without being asked, a connection."""
        return self.state not in _OFF

    # -- what the user does ----------------------------------------------------------------------------------

    def connect(self) -> None:
        self._fire(Trigger.USER_CONNECT)

    def disconnect(self) -> None:
        """Settles ``disconnect`` when the connection is gone; at once when there is none to come."""
        self._send_telemetry(unfinished=True)
        if self.state in (State.DISCONNECTED, State.UNSUPPORTED):
            self._do(Settle("disconnect"))
        else:
            self._fire(Trigger.USER_DISCONNECT)

    def update_token(self, token: str) -> None:
        """Settles ``token:<n>``, n counting calls with a new token from 1, when the service has answered it."""
        self._newest += 1
        self._token = token
        key = f"token:{self._newest}"
        if self.state in (State.UNSUPPORTED, State.DISCONNECTING):
            self._do(Settle(key, error=TwilsockError(CONNECTION_LOST)))
            return
        self._updates.append((self._newest, key))
        # Where this is not a transition, the next init carries the token, or ``_send_newer_token`` does.
        self._fire(Trigger.USER_UPDATE_TOKEN)

    @property
    def token(self) -> str:
        return self._token

    @property
    def token_key(self) -> str:
        """The key under which the latest ``update_token`` is settled."""
        return f"token:{self._newest}"

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Any = None, grant: str | None
    ) -> str:
        """Begin a tunnelled HTTP request; its outcome is settled under the key returned.

        Raises :class:`TransportUnavailableError` where no connection is to be expected and
        :class:`TwilsockError` for what cannot be sent at all.
        """
        self._send_telemetry()
        if self.state in _OFF:
            raise TransportUnavailableError(f"Unable to connect: {self._reason}")
        key = self._new_id()
        request = write(key, method, url, headers=headers, body=body, grant=grant or self._options.product_id)
        ready = self._open and self.state in (State.CONNECTED, State.UPDATING)
        self._do(*(self._requests.send(request) if ready else self._requests.enqueue(request)))
        return key

    def forget(self, key: str) -> None:
        """The caller of this request no longer waits."""
        self._do(*self._requests.forget(key))

    def telemetry_start(self, key: str, title: str, details: str) -> None:
        self._telemetry.start(key, title, details, self._sources.now())

    def telemetry_end(self, key: str, details: str | None = None) -> None:
        if self._telemetry.end(key, self._sources.now(), details):
            self._send_telemetry()

    # -- what the platform says ------------------------------------------------------------------------------

    def socket_opened(self) -> None:
        self._open = True
        self._fire(Trigger.SOCKET_CONNECTED)

    def socket_failed(self, message: str | None) -> None:
        text = "undefined" if message is None else message
        self._emit("connection_error", ConnectionErrorInfo(False, f"Socket error: {text}"))
        # Not a state of this machine, but a public value: pages show it.
        self._emit("state_changed", "retrying")

    def socket_impossible(self, message: str) -> None:
        """The socket cannot be opened, now or ever: the URL is wrong."""
        self._reason = f"Socket error: {message}"
        self._emit("connection_error", ConnectionErrorInfo(True, self._reason))
        self._fire(Trigger.SOCKET_IMPOSSIBLE)

    def socket_closed(self) -> None:
        """The socket was closed by the other side or lost."""
        self._open = False
        handshake, was = self._handshake, self.state
        self._telemetry.connection_lost()
        self._fire(Trigger.SOCKET_CLOSED)
        self._lose_replies()
        if handshake is not None and was is State.INITIALISING:
            self._init_unanswered(CONNECTION_LOST)

    def network(self, online: bool) -> None:
        """The platform went online or offline."""
        if online:
            self._delays.reset()
            self._fire(Trigger.SYSTEM_ONLINE)
        else:
            self._close_socket()
            self._fire(Trigger.SOCKET_CLOSED)

    def timer(self, key: str) -> None:
        """A timer that was asked for has fired."""
        kind, _, subject = key.partition(":")
        if kind == "retry":
            self._fire(Trigger.USER_RETRY)
        elif kind == "wait":
            self._send_close()
            self._close_socket()
            self._closed_soon()
        elif kind == "closed":
            self._fire(Trigger.SOCKET_CLOSED)
        elif kind == "queue":
            self._do(*self._requests.queue_timeout(subject))
        elif kind == "reply" and subject == self._handshake:
            self._handshake = None
            self._handshake_unanswered(f"Twilsock: request timeout: {subject}")
        elif kind == "reply":
            self._do(*self._requests.reply_timeout(subject))

    def socket_received(self, data: bytes) -> None:
        """One message came in. What is no packet is dropped; what is no reply is acknowledged first."""
        try:
            received = packet.decode(data)
        except packet.PacketError as error:
            logger.warning("dropped a message that is not a packet: %s", error)
            return
        if received.method == "reply":
            self._reply(received)
            return
        self._acknowledge(received)
        if received.method == "notification":
            self._emit("message", received.header.get("message_type"), received.payload)
        elif received.method == "client_update":
            if received.header.get("client_update_type") == "token_about_to_expire":
                self._emit("token_about_to_expire")
        elif received.method == "close":
            self._close_received(received)

    # -- transitions -----------------------------------------------------------------------------------------

    def _fire(self, trigger: Trigger) -> bool:
        source = self.state
        target = TRANSITIONS[source].get(trigger)
        if target is None:
            logger.debug("ignored %s while %s", trigger, source)
            return False
        logger.debug("%s: %s -> %s", trigger, source, target)
        if target is not source:
            self._leave(source)
            self.state = target
            if self._last_public != self.public_state:
                self._last_public = self.public_state
                self._emit("state_changed", self.public_state)
            self._enter(target)
        self._taken(trigger)
        return True

    def _leave(self, state: State) -> None:
        if state in _CLOSING:
            self._do(CancelTimer("wait"))
        elif state is State.RETRYING:
            self._do(CancelTimer("retry"))

    def _enter(self, state: State) -> None:
        if state is State.CONNECTING:
            self._telemetry.start(
                "twilsock.sdk.connect", "Establish WebSocket connection", "", self._sources.now()
            )
            self._close_socket()
            self._do(CancelTimer("closed"), OpenSocket())
        elif state is State.INITIALISING:
            self._send_init()
        elif state is State.UPDATING:
            self._send_handshake({"method": "update", "token": self._token})
        elif state is State.CONNECTED:
            self._delays.reset()
            self.telemetry_end("twilsock.sdk.connect")
            self._do(*self._requests.flush())
            self._emit("connected")
        elif state is State.RETRYING:
            self._retry_later()
        elif state in _CLOSING:
            self._do(StartTimer("wait", CLOSING_TIMEOUT))
        elif state is State.ERROR:
            if self._graceful:
                self._send_close()
            self._finalise()
            self._closed_soon()
        elif state is State.UNSUPPORTED:
            self._send_close()
            self._finalise()
            self._fail_updates(TwilsockError(CONNECTION_LOST))
        elif state is State.DISCONNECTED:
            self._delays.reset()
            self._finalise()
            self._fail_updates(TwilsockError(CONNECTION_LOST))
            self._do(Settle("disconnect"))

    def _taken(self, trigger: Trigger) -> None:
        if trigger is Trigger.USER_UPDATE_TOKEN:
            self._delays.reset()
        elif trigger is Trigger.TOKEN_REJECTED:
            self._delays.reset()
            self._send_close()
            self._finalise()
        elif trigger is Trigger.USER_DISCONNECT:
            self._send_close()
            self._close_socket()
            self._closed_soon()
        elif trigger in (Trigger.RECEIVE_CLOSE, Trigger.RECEIVE_OFFLOAD):
            self._close_socket()

    def _retry_later(self) -> None:
        try:
            delay = self._delays.next(self._sources.now() * 1000)
        except RetryLimitError as error:
            self._reason = str(error)
            self._fire(Trigger.GIVE_UP)
            self._emit("connection_error", ConnectionErrorInfo(True, f"Connection error: {error}"))
        else:
            self._do(StartTimer("retry", delay / 1000))

    # -- init, update and their replies ----------------------------------------------------------------------

    def _send_init(self) -> None:
        self._telemetry.start("twilsock.sdk.init", "Send Twilsock init", "", self._sources.now())
        registrations = self._options.registrations
        self._send_handshake(
            {
                "method": "init",
                "token": self._token,
                **self._continuation,
                "metadata": self._metadata,
                "registrations": None if registrations is None else list(registrations),
                "tweaks": self._options.tweaks,
                "capabilities": list(CAPABILITIES),
            }
        )

    def _send_handshake(self, header: dict[str, Any]) -> None:
        self._carried = self._newest
        self._handshake = self._new_id()
        self._send({"id": self._handshake, **header})
        self._do(StartTimer(f"reply:{self._handshake}", REPLY_TIMEOUT))

    def _reply(self, reply: packet.Packet) -> None:
        if reply.id != self._handshake or not reply.id:
            self._do(*self._requests.reply(reply))
            return
        self._do(CancelTimer(f"reply:{reply.id}"))
        self._handshake = None
        error = reply_error(reply)
        if self.state is State.INITIALISING:
            if error is None:
                self._init_accepted(reply)
            else:
                self.telemetry_end("twilsock.sdk.init", "Failed")
                self._refused(error, Trigger.INIT_ERROR)
        elif self.state is State.UPDATING:
            if error is None:
                self._fire(Trigger.UPDATE_SUCCESS)
                self._settle_updates(None)
            else:
                self._refused(error, Trigger.UPDATE_ERROR)
        self._send_newer_token()

    def _init_accepted(self, reply: packet.Packet) -> None:
        header = reply.header
        token = header.get("continuation_token")
        self._continuation = {"continuation_token": token} if "continuation_token" in header else {}
        storage, registrations = header.get("offline_storage"), header.get("init_registrations")
        confirmed = header.get("capabilities")
        capabilities = frozenset(map(str, confirmed)) if isinstance(confirmed, list) else frozenset()
        self._fire(Trigger.INIT_SUCCESS)
        self._emit(
            "initialized",
            InitReply(
                id=reply.id,
                continuation_token=token,
                continuation_token_status=header.get("continuation_token_status"),
                offline_storage=storage if isinstance(storage, dict) else None,
                init_registrations=tuple(registrations) if isinstance(registrations, list) else None,
                debug_info=header.get("debug_info"),
                confirmed_capabilities=capabilities,
            ),
        )
        self._telemetry.initialised(capabilities)
        self._send_telemetry()
        self.telemetry_end("twilsock.sdk.init", "Succeeded")
        self._settle_updates(None)

    def _refused(self, error: ReplyError, trigger: Trigger) -> None:
        """The service refused an init or update."""
        status = error.reply.get("status")
        known: Mapping[str, Any] = status if isinstance(status, dict) else {}
        code = known.get("code")
        terminal = code in _TERMINAL_STATUS
        if terminal:
            self._fire(Trigger.TOKEN_REJECTED)
            if known.get("errorCode") == _TOKEN_EXPIRED:
                self._emit("token_expired")
        else:
            if code == 429:
                self._set_floor(error.reply.get("payload"))
            self._graceful = not (code == 500 and trigger is Trigger.INIT_ERROR)
            self._fire(trigger)
        self._status_error(str(error), known, terminal=terminal)
        self._settle_updates(error)

    def _handshake_unanswered(self, message: str) -> None:
        if self.state is State.INITIALISING:
            self._init_unanswered(message)
            self._graceful = True
            self._fire(Trigger.INIT_ERROR)
        elif self.state is State.UPDATING:
            self._graceful = True
            self._fire(Trigger.UPDATE_ERROR)
            self._emit("connection_error", ConnectionErrorInfo(False, f"Connection error: {message}"))
            self._settle_updates(TwilsockError(message))

    def _init_unanswered(self, message: str) -> None:
        self._reason = message
        text = f"Unknown error during connection initialisation: {message}\n{{}}"
        self._emit("connection_error", ConnectionErrorInfo(False, text))
        self._settle_updates(TwilsockError(message))

    def _settle_updates(self, error: Exception | None) -> None:
        """The newest token that was sent has been answered; this settles that update and all before it."""
        waiting, self._updates = self._updates, []
        for number, key in waiting:
            if number <= self._carried:
                self._do(Settle(key, error=error))
            else:
                self._updates.append((number, key))

    def _fail_updates(self, error: Exception) -> None:
        waiting, self._updates = self._updates, []
        self._do(*(Settle(key, error=error) for _, key in waiting))

    def _send_newer_token(self) -> None:
        """An update that came while another token was on its way is due now."""
        if self._updates and self.state in (State.CONNECTED, State.REJECTED):
            self._fire(Trigger.USER_UPDATE_TOKEN)

    # -- the service closes ----------------------------------------------------------------------------------

    def _close_received(self, received: packet.Packet) -> None:
        status = received.header.get("status")
        if not isinstance(status, dict) or "code" not in status:
            logger.warning("ignored a close without status code")
            return
        code = status["code"]
        if code == 406:
            text = f"Server closed connection because can't parse protocol: {status.get('status')}"
            self._status_error(text, status, terminal=True)
            self._fire(Trigger.RECEIVE_FATAL_CLOSE)
        elif code == 417:
            self._reason = "the service could not read a reply of this client"
            self._fire(Trigger.RECEIVE_FATAL_CLOSE)
        elif code in (401, 410):
            self._fire(Trigger.RECEIVE_CLOSE)
            if code == 410:
                self._emit("token_expired")
        else:
            self._fire(Trigger.RECEIVE_OFFLOAD)
            if code == 308:
                self._set_floor(received.payload)

    def _status_error(self, fallback: str, status: Mapping[str, Any], *, terminal: bool) -> None:
        text = status.get("description") or fallback
        if terminal:
            self._reason = str(text)
        info = ConnectionErrorInfo(
            terminal, f"Connection error: {text}", status.get("code"), status.get("errorCode") or None
        )
        self._emit("connection_error", info)

    def _set_floor(self, payload: Any) -> None:
        policy = payload.get("backoff_policy") if isinstance(payload, dict) else None
        floor = policy.get("reconnect_min_ms") if isinstance(policy, dict) else None
        if isinstance(floor, int | float) and not isinstance(floor, bool):
            self._delays.set_floor(floor)

    # -- output ----------------------------------------------------------------------------------------------

    def _do(self, *actions: Action) -> None:
        self._out.extend(actions)

    def _emit(self, event: str, *payload: Any) -> None:
        self._do(Emit(event, payload))

    def _new_id(self) -> str:
        return f"TM{self._sources.uuid()}"

    def _send(self, header: dict[str, Any]) -> None:
        self._do(Send(packet.encode(header)))

    def _send_close(self) -> None:
        if self._open:
            self._send({"id": self._new_id(), "method": "close"})

    def _acknowledge(self, received: packet.Packet) -> None:
        if self._open:
            status = {"code": 200, "status": "OK"}
            self._send({"id": received.id, "method": "reply", "payload_type": packet.JSON_TYPE, "status": status})

    def _send_telemetry(self, *, unfinished: bool = False) -> None:
        if self._open and (events := self._telemetry.take(self._sources.now(), unfinished=unfinished)):
            self._send({"id": self._new_id(), "method": "telemetry.v1", "events": events})

    def _close_socket(self) -> None:
        """Close the socket ourselves: nothing will be heard on it, so nobody is left waiting for a reply."""
        self._open = False
        self._do(CloseSocket())
        self._lose_replies()

    def _lose_replies(self) -> None:
        if self._handshake is not None:
            self._do(CancelTimer(f"reply:{self._handshake}"))
            self._handshake = None
        self._do(*self._requests.fail_in_flight(TwilsockError(CONNECTION_LOST)))

    def _closed_soon(self) -> None:
        self._do(StartTimer("closed", 0))

    def _finalise(self) -> None:
        """The connection is gone for the users of this client, even where it will be tried again."""
        self._close_socket()
        self._emit("disconnected")
        self._do(*self._requests.fail_queued(TransportUnavailableError(f"Unable to connect: {self._reason}")))
