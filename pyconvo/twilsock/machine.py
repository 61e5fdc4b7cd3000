"""The Twilsock connection as a machine: what happens goes in by method, what to do comes out of ``take()``.

No socket, no timer, no clock of its own: ``Sources`` gives time, randomness and ids, and a driver carries out the
actions in order. The states are ``states.py``'s table; requests are kept by ``upstream.py``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pyconvo.backoff import ReconnectDelays, RetryLimitError
from pyconvo.errors import ReplyError, TransportUnavailableError, TwilsockError
from pyconvo.twilsock import packet
from pyconvo.twilsock.actions import Action, CancelTimer, ConnectionErrorInfo, Settle, StartTimer
from pyconvo.twilsock.handshake import closing, init_header, init_reply, refusal
from pyconvo.twilsock.options import TwilsockOptions
from pyconvo.twilsock.outbox import Outbox, Sources
from pyconvo.twilsock.states import PUBLIC, TRANSITIONS, State, Trigger
from pyconvo.twilsock.telemetry import Telemetry
from pyconvo.twilsock.tokens import Tokens
from pyconvo.twilsock.upstream import CONNECTION_LOST, REPLIES, REPLY_TIMEOUT, Requests, reply_error, write

logger = logging.getLogger("pyconvo.twilsock")

#: Seconds after which a socket that should be closing is given up.
CLOSING_TIMEOUT = 3.0

_CLOSING = (State.DISCONNECTING, State.WAIT_SOCKET_CLOSED, State.WAIT_OFFLOAD_SOCKET_CLOSED)
_OFF = (State.DISCONNECTED, State.REJECTED, State.UNSUPPORTED)


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
        self._requests = Requests(sources.now)
        self._out = Outbox(sources)
        #: The driver adds spans of its own.
        self.telemetry = Telemetry(sources, self._out)
        self._tokens = Tokens(token)
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
        return self._out.take()

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
        self.telemetry.send(unfinished=True)
        if self.state in (State.DISCONNECTED, State.UNSUPPORTED):
            self._out.do(Settle("disconnect"))
        else:
            self._fire(Trigger.USER_DISCONNECT)

    def update_token(self, token: str) -> str:
        """Use another token. Its acceptance by the service is settled under the key returned."""
        key = self._tokens.renew(token)
        if self.state in (State.UNSUPPORTED, State.DISCONNECTING):
            self._out.do(*self._tokens.abandoned(TwilsockError(CONNECTION_LOST)))
        else:
            # Where this is not a transition, the next init carries the token, or ``_send_newer_token`` does.
            self._fire(Trigger.USER_UPDATE_TOKEN)
        return key

    @property
    def token(self) -> str:
        return self._tokens.current

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: Any = None, grant: str | None
    ) -> str:
        """Begin a tunnelled HTTP request; its outcome is settled under the key returned.

        Raises :class:`TransportUnavailableError` where no connection is to be expected and
        :class:`TwilsockError` for what cannot be sent at all.
        """
        self.telemetry.send()
        self.ensure_active()
        key = self._out.new_id()
        request = write(key, method, url, headers=headers, body=body, grant=grant or self._options.product_id)
        ready = self._out.is_open and self.state in (State.CONNECTED, State.UPDATING)
        self._out.do(*(self._requests.send(request) if ready else self._requests.enqueue(request)))
        return key

    def ensure_active(self) -> None:
        """Raises :class:`TransportUnavailableError` where no connection is to be expected."""
        if not self.active:
            raise TransportUnavailableError(f"Unable to connect: {self._reason}")

    def forget(self, key: str) -> None:
        """The caller of this request no longer waits."""
        self._out.do(*self._requests.forget(key))

    # -- what the platform says ------------------------------------------------------------------------------

    def socket_opened(self) -> None:
        self._out.is_open = True
        self._fire(Trigger.SOCKET_CONNECTED)

    def socket_failed(self, message: str | None) -> None:
        self._out.emit("connection_error", ConnectionErrorInfo(False, f"Socket error: {message or 'undefined'}"))
        # Not a state of this machine, but a public value: pages show it.
        self._out.emit("state_changed", "retrying")

    def socket_impossible(self, message: str) -> None:
        """The socket cannot be opened, now or ever: the URL is wrong."""
        self._reason = f"Socket error: {message}"
        self._out.emit("connection_error", ConnectionErrorInfo(True, self._reason))
        self._fire(Trigger.SOCKET_IMPOSSIBLE)

    def socket_closed(self) -> None:
        """The socket was closed by the other side or lost."""
        self._out.is_open = False
        handshake, was = self._handshake, self.state
        self.telemetry.connection_lost()
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
            self._out.do(*self._requests.queue_timeout(subject))
        elif kind == "reply" and subject == self._handshake:
            self._handshake = None
            self._handshake_unanswered(f"Twilsock: request timeout: {subject}")
        elif key == REPLIES:
            self._out.do(*self._requests.replies_late())

    def socket_received(self, data: bytes) -> None:
        """One message came in. What is no packet is dropped; what is no reply is acknowledged first."""
        try:
            received = packet.decode(data)
        except packet.PacketError as error:
            logger.warning("dropped a message that is not a packet: %s", error)
            return
        method = received.method
        if method == "reply":
            self._reply(received)
            return
        self._out.acknowledge(received)
        if method == "notification":
            self._out.emit("message", received.header.get("message_type"), received.payload)
        elif method == "client_update":
            if received.header.get("client_update_type") == "token_about_to_expire":
                self._out.emit("token_about_to_expire")
        elif method == "close":
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
                self._out.emit("state_changed", self.public_state)
            self._enter(target)
        self._taken(trigger)
        return True

    def _leave(self, state: State) -> None:
        if state in _CLOSING:
            self._out.do(CancelTimer("wait"))
        elif state is State.RETRYING:
            self._out.do(CancelTimer("retry"))

    def _enter(self, state: State) -> None:
        if state is State.CONNECTING:
            self.telemetry.start("twilsock.sdk.connect", "Establish WebSocket connection", "")
            self._out.do(CancelTimer("closed"))
            self._out.open_socket()
        elif state is State.INITIALISING:
            self._send_init()
        elif state is State.UPDATING:
            self._send_handshake({"method": "update", "token": self._tokens.current})
        elif state is State.CONNECTED:
            self._delays.reset()
            self.telemetry.end("twilsock.sdk.connect")
            self._out.do(*self._requests.flush())
            self._out.emit("connected")
        elif state is State.RETRYING:
            self._retry_later()
        elif state in _CLOSING:
            self._out.do(StartTimer("wait", CLOSING_TIMEOUT))
        elif state is State.ERROR:
            if self._graceful:
                self._send_close()
            self._finalise()
            self._closed_soon()
        elif state in (State.DISCONNECTED, State.UNSUPPORTED):
            self._delays.reset()
            self._send_close()
            self._finalise()
            self._out.do(*self._tokens.abandoned(TwilsockError(CONNECTION_LOST)), Settle("disconnect"))

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
            self._out.emit("connection_error", ConnectionErrorInfo(True, f"Connection error: {error}"))
        else:
            self._out.do(StartTimer("retry", delay / 1000))

    # -- init, update and their replies ----------------------------------------------------------------------

    def _send_init(self) -> None:
        self.telemetry.start("twilsock.sdk.init", "Send Twilsock init", "")
        self._send_handshake(init_header(self._options, self._tokens.current, self._continuation, self._metadata))

    def _send_handshake(self, header: dict[str, Any]) -> None:
        self._tokens.sent()
        self._handshake = self._out.send(header)
        self._out.do(StartTimer(f"reply:{self._handshake}", REPLY_TIMEOUT))

    def _reply(self, reply: packet.Packet) -> None:
        if reply.id != self._handshake or not reply.id:
            self._out.do(*self._requests.reply(reply))
            return
        self._out.do(CancelTimer(f"reply:{reply.id}"))
        self._handshake = None
        error = reply_error(reply)
        if error is not None:
            self._refused(error)
        elif self.state is State.INITIALISING:
            self._init_accepted(reply)
        elif self.state is State.UPDATING:
            self._fire(Trigger.UPDATE_SUCCESS)
            self._out.do(*self._tokens.answered(None))
        self._send_newer_token()

    def _init_accepted(self, reply: packet.Packet) -> None:
        accepted = init_reply(reply)
        given = "continuation_token" in reply.header
        self._continuation = {"continuation_token": accepted.continuation_token} if given else {}
        self._fire(Trigger.INIT_SUCCESS)
        self._out.emit("initialized", accepted)
        self.telemetry.initialised(accepted.confirmed_capabilities)
        self.telemetry.send()
        self.telemetry.end("twilsock.sdk.init", "Succeeded")
        self._out.do(*self._tokens.answered(None))

    def _refused(self, error: ReplyError) -> None:
        """The service refused an init or update."""
        of_init = self.state is State.INITIALISING
        if of_init:
            self.telemetry.end("twilsock.sdk.init", "Failed")
        meaning = refusal(error, of_init=of_init)
        if meaning.info.terminal:
            self._fire(Trigger.TOKEN_REJECTED)
            self._reason = meaning.reason
            if meaning.token_expired:
                self._out.emit("token_expired")
        else:
            if meaning.floor is not None:
                self._delays.set_floor(meaning.floor)
            self._graceful = meaning.graceful
            self._fire(Trigger.INIT_ERROR if of_init else Trigger.UPDATE_ERROR)
        self._out.emit("connection_error", meaning.info)
        self._out.do(*self._tokens.answered(error))

    def _handshake_unanswered(self, message: str) -> None:
        if self.state is State.INITIALISING:
            self._init_unanswered(message)
            self._graceful = True
            self._fire(Trigger.INIT_ERROR)
        elif self.state is State.UPDATING:
            self._graceful = True
            self._fire(Trigger.UPDATE_ERROR)
            self._out.emit("connection_error", ConnectionErrorInfo(False, f"Connection error: {message}"))
            self._out.do(*self._tokens.answered(TwilsockError(message)))

    def _init_unanswered(self, message: str) -> None:
        self._reason = message
        text = f"Unknown error during connection initialisation: {message}\n{{}}"
        self._out.emit("connection_error", ConnectionErrorInfo(False, text))
        self._out.do(*self._tokens.answered(TwilsockError(message)))

    def _send_newer_token(self) -> None:
        """An update that came while another token was on its way is due now."""
        if self._tokens.has_news and self.state in (State.CONNECTED, State.REJECTED):
            self._fire(Trigger.USER_UPDATE_TOKEN)

    def _close_received(self, received: packet.Packet) -> None:
        meaning = closing(received)
        if meaning is None:
            logger.warning("ignored a close without status code")
            return
        if meaning.info is not None:
            self._out.emit("connection_error", meaning.info)
        self._reason = meaning.reason or self._reason
        self._fire(meaning.trigger)
        if meaning.floor is not None:
            self._delays.set_floor(meaning.floor)
        if meaning.token_expired:
            self._out.emit("token_expired")

    # -- output ----------------------------------------------------------------------------------------------

    def _send_close(self) -> None:
        if self._out.is_open:
            self._out.send({"method": "close"})

    def _close_socket(self) -> None:
        """Close the socket ourselves: nothing will be heard on it, so nobody is left waiting for a reply."""
        self._out.close_socket()
        self._lose_replies()

    def _lose_replies(self) -> None:
        if self._handshake is not None:
            self._out.do(CancelTimer(f"reply:{self._handshake}"))
            self._handshake = None
        self._out.do(*self._requests.fail_in_flight(TwilsockError(CONNECTION_LOST)))

    def _closed_soon(self) -> None:
        self._out.do(StartTimer("closed", 0))

    def _finalise(self) -> None:
        """The connection is gone for the users of this client, even where it will be tried again."""
        self._close_socket()
        self._out.emit("disconnected")
        self._out.do(*self._requests.fail_queued(TransportUnavailableError(f"Unable to connect: {self._reason}")))
