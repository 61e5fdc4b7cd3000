"""One Twilsock connection, server side: packets in, one after another; packets out; its end.

Not responsible for logging in (``login``), for requests (``requests``) nor for who hears of changes (the hub).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from pyconvo.emulator.faults.malformed import malform
from pyconvo.emulator.notice import Notice
from pyconvo.emulator.service import Service
from pyconvo.emulator.twilsock.line import Line
from pyconvo.emulator.twilsock.login import Login
from pyconvo.emulator.twilsock.notifications import Notifications
from pyconvo.emulator.twilsock.requests import Requests
from pyconvo.emulator.twilsock.tunnel import Tunnel
from pyconvo.twilsock.packet import JSON_TYPE, PacketError, encode, split

logger = logging.getLogger("pyconvo.emulator.twilsock")

OK = {"code": 200, "status": "OK"}
_CLOSE_STATUS: dict[int, dict[str, Any]] = {
    308: {"status": "OFFLOAD"},
    401: {"status": "UNAUTHORIZED", "description": "Unauthorized", "errorCode": 51215},
    406: {"status": "NOT_ACCEPTABLE_MESSAGE", "description": "Message is not acceptable", "errorCode": 51214},
    410: {"status": "TOKEN_EXPIRED", "description": "Token expired", "errorCode": 51207},
    417: {"status": "EXPECTATION_FAILED", "description": "A reply could not be understood"},
}
#: Real seconds that a client has to leave by itself after the service's ``close``.
GRACE = 0.25
#: So many pings in a row that are not followed by any packet mean that nobody is there any more.
SILENCE = 3
#: A client that has this many packets unread has stopped reading, and is dropped before it fills the memory.
LARGEST_QUEUE = 50_000
#: So many packets of a client are taken before their turn; the next ones stay in the socket.
LARGEST_BACKLOG = 1_000
#: Put into a line: the connection ends once all before it has been dealt with.
_END = None


class Connection:
    """Implements :class:`pyconvo.emulator.hub.Subscriber`."""

    def __init__(self, service: Service, tunnel: Tunnel, socket: WebSocket) -> None:
        self.id = f"connection-{service.next_connection()}"
        self.identity: str | None = None
        #: Of the chat service that it has logged in to.
        self.service_sid = ""
        self.message_types: frozenset[str] = frozenset()
        #: Whether it is over: nothing is read from it or told to it any more, whatever is still under way.
        self.ended = False
        self._ended_by = "server"
        self._unanswered = 0
        self._service = service
        self._socket = socket
        self._login = Login(service, self)
        self._requests = Requests(service, tunnel, self, self._login)
        self._notifications = Notifications(service, self)
        self._up: Line[Any] = Line()
        self._down: Line[bytes | str | None] = Line()
        self._dropped = asyncio.Event()

    # -- life

    async def run(self) -> None:
        """Serve until either side ends it."""
        await self._socket.accept()
        self._service.sockets[self.id] = self
        self._log("open", "")
        tasks = [
            asyncio.create_task(work())
            for work in (self._listen, self._read, self._write, self._ping, self._dropped.wait)
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.ended = True
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    logger.error("connection %s failed", self.id, exc_info=result)
            self._service.sockets.pop(self.id, None)
            self._log("end", self._ended_by)
            self._login.forget()
            self._notifications.forget()
            async with self._service.hub.turn:
                self._service.hub.remove(self)
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # already closed by the other side
                await self._socket.close(1001)

    async def _listen(self) -> None:
        """Take what comes, as late as faults say, in the order in which it came."""
        while True:
            message = await self._socket.receive()
            self._unanswered = 0
            over = message["type"] != "websocket.receive"
            if over and not self.ended:
                self._ended_by = "client"
            self._up.put(_END if over else message, self._service.faults.latency(self.identity, "up"))
            # Who sends faster than it is served waits at its own end of the socket.
            await self._up.below(LARGEST_BACKLOG)
            if over:
                await asyncio.Event().wait()

    async def _read(self) -> None:
        while (message := await self._up.get()) is not _END:
            if self.ended:
                continue
            data = message.get("bytes")
            self._log("c>s", message.get("text") or "" if data is None else data)
            if data is None:
                self.refuse("text frames are not accepted: send binary messages")
                continue
            try:
                header, body = split(data)
                await self._handle(header, body)
            except PacketError as error:
                self.refuse(str(error))
            except UnicodeEncodeError:
                self.refuse("the header holds an unpaired surrogate: that is not text")

    async def _write(self) -> None:
        while (data := await self._down.get()) is not _END:
            if isinstance(data, bytes):
                await self._socket.send_bytes(data)
            else:
                await self._socket.send_text(data)
        await asyncio.sleep(GRACE)

    async def _ping(self) -> None:
        """Real time, whatever the emulator's clock does: this is about the network."""
        interval = self._service.config.ping_interval
        while interval is not None:
            await asyncio.sleep(interval)
            if self._unanswered >= SILENCE:
                logger.info("connection %s of %r has not answered %d pings: dropped", self.id, self.identity, SILENCE)
                return
            self._unanswered += 1
            if self.identity is not None:
                self.send({"method": "ping", "id": self._service.packet_ids.sid("TM")})
        await asyncio.Event().wait()

    # -- the hub's side

    def tell(self, notice: Notice) -> None:
        """Send a notification, unless a fault says otherwise."""
        self._notifications.tell(notice)

    def expire(self) -> None:
        """The token of this connection has expired, whatever it says."""
        self._login.expire()

    def warn(self) -> None:
        """Say that the token is about to expire."""
        self._login.warn()

    def drop(self) -> None:
        """Cut the socket, as a broken network would: what has not been sent yet is lost."""
        self.ended = True
        self._dropped.set()

    def close(self, code: int, payload: dict[str, Any] | None = None, description: str | None = None) -> None:
        """Send the service's ``close`` and end the connection."""
        status = {"code": code} | _CLOSE_STATUS.get(code, {"status": "CLOSED"})
        if description is not None:
            status["description"] = description
        header: dict[str, Any] = {"method": "close", "id": self._service.packet_ids.sid("TM"), "status": status}
        if payload is not None:
            header["payload_type"] = JSON_TYPE
        self.send(header, payload)
        self.end()

    # -- packets in

    async def _handle(self, header: dict[str, Any], body: bytes) -> None:
        method = header.get("method")
        if self._service.faults and self._strikes(str(method), "up"):
            return
        if method in ("reply", "telemetry.v1"):
            return
        if method == "close":
            self._ended_by = "client"
            self.drop()
            return
        if not isinstance(header.get("id"), str) or not header["id"]:
            raise PacketError("a packet needs an id")
        if method == "init":
            await self._login.init(header)
        elif self._login.access is None:
            self.close(401, description="The first packet must be init")
        elif method == "message":
            await self._requests.message(header, body)
        elif method == "update":
            await self._login.update(header)
        elif method in ("put_notification_ctx", "delete_notification_ctx"):
            self.reply(header, OK)
        else:
            description = f"unknown method {str(method)[:64]!r}"
            self.reply(header, {"code": 400, "status": "BAD_REQUEST", "description": description})

    def refuse(self, why: str) -> None:
        """The client has sent what is no packet: say so, and end."""
        self.close(406, description=why)

    # -- packets out

    def reply(self, to: dict[str, Any], status: dict[str, Any], payload: Any = None, **fields: Any) -> None:
        header: dict[str, Any] = {"method": "reply", "id": to["id"], "status": status} | fields
        if payload is not None:
            header["payload_type"] = JSON_TYPE
        self.send(header, payload)

    def send(self, header: dict[str, Any], payload: Any = None) -> None:
        """Put a packet on its way; nothing happens when the connection is over. ``payload``: as for ``encode``."""
        if not self.ended:
            self.send_packet(str(header["method"]), encode(header, payload, trailer=b"\r\n"))

    def send_packet(self, method: str, data: bytes) -> None:
        """As ``send``, of a packet that is written already."""
        if self.ended:
            return
        if len(self._down) >= LARGEST_QUEUE:
            logger.warning("connection %s of %r does not read what it is sent: dropped", self.id, self.identity)
            self.drop()
            return
        if self._service.faults and self._strikes(method, "down", data):
            return
        self._log("s>c", data)
        self._put(data)

    def malform(self, how: str) -> None:
        """Send a packet that is none, beside the real ones."""
        header: dict[str, Any] = {
            "method": "notification",
            "id": self._service.packet_ids.sid("TM"),
            "message_type": "twilio.sync.event",
            "payload_type": JSON_TYPE,
            "status": {"code": 200, "status": "OK"},
        }
        self._put_broken(how, encode(header, {"event_type": "emulated_fault", "event": {}}))

    def end(self) -> None:
        """Over, once everything sent so far has gone out."""
        self.ended = True
        self._put(_END)

    def _put(self, data: bytes | str | None) -> None:
        self._down.put(data, self._service.faults.latency(self.identity, "down"))

    def _put_broken(self, how: str, data: bytes) -> None:
        broken = malform(how, data)
        self._log("s>c", broken)
        self._put(broken)

    def _log(self, direction: str, data: bytes | str) -> None:
        self._service.log.add(direction, self.id, self.identity, data)

    def _strikes(self, method: str, direction: str, data: bytes | None = None) -> bool:
        """Whether a fault takes the place of a packet."""
        faults = self._service.faults
        fault = faults.take("packet", self.identity, method, direction=direction)
        if fault is None:
            return False
        if fault.action == "drop":
            self.drop()
            return True
        self._put_broken(fault.how, data or b"")
        return not fault.extra
