"""One Twilsock connection, server side: login, token lifetime, requests one after another, notifications.

Not responsible for what requests do (the application) nor for who hears of changes (the hub).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from pyconvo.emulator import auth
from pyconvo.emulator.caller import Caller
from pyconvo.emulator.clock import Timer
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults import Fault
from pyconvo.emulator.service import Service
from pyconvo.emulator.twilsock import tunnel
from pyconvo.twilsock.packet import JSON_TYPE, PacketError, encode, split

logger = logging.getLogger("pyconvo.emulator.twilsock")

NOT_ACCEPTABLE = {"code": 406, "status": "NOT_ACCEPTABLE_MESSAGE", "errorCode": 51214}
OK = {"code": 200, "status": "OK"}
_CLOSE_TEXT = {
    308: "OFFLOADED",
    401: "UNAUTHORIZED",
    406: "NOT_ACCEPTABLE_MESSAGE",
    410: "TOKEN_EXPIRED",
    417: "EXPECTATION_FAILED",
}
_INIT_TEXT = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL_SERVER_ERROR"}
#: Put into the queue of outgoing packets: close the socket once all before it has been sent.
_END = None


class Connection:
    """Implements :class:`pyconvo.emulator.hub.Subscriber`."""

    def __init__(self, service: Service, app: Any, socket: WebSocket) -> None:
        self.id = f"connection-{service.next_connection()}"
        self.identity: str | None = None
        self.message_types: frozenset[str] = frozenset()
        self.subscriptions: set[str] = set()
        self._service = service
        self._app = app
        self._socket = socket
        self._access: auth.Access | None = None
        self._timers: list[Timer] = []
        self._out: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._done = asyncio.Event()
        self._product = "ip_messaging"

    # -- life

    async def run(self) -> None:
        """Serve until either side ends it."""
        await self._socket.accept()
        self._service.sockets[self.id] = self
        tasks = [asyncio.create_task(work()) for work in (self._read, self._write, self._done.wait)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                    logger.error("connection %s failed", self.id, exc_info=result)
            self._service.sockets.pop(self.id, None)
            await self._leave()
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # already closed by the other side
                await self._socket.close()

    async def _leave(self) -> None:
        for timer in self._timers:
            timer.cancel()
        async with self._service.hub.turn:
            self._service.hub.remove(self)

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] != "websocket.receive":
                return
            data = message.get("bytes")
            if data is None:
                self._refuse("text frames are not accepted: send binary messages")
                continue
            try:
                header, body = split(data)
            except PacketError as error:
                self._refuse(str(error))
                continue
            await self._handle(header, body)

    async def _write(self) -> None:
        while (data := await self._out.get()) is not _END:
            await self._socket.send_bytes(data)

    # -- the hub's side

    def tell(self, message_type: str, payload: dict[str, Any]) -> None:
        """Send a notification, unless a fault says otherwise."""
        fault = self._service.faults.take(
            "notification", self.identity, "", str(payload.get("event_type", message_type))
        )
        header = {
            "method": "notification",
            "id": self._service.ids.sid("TM"),
            "message_type": message_type,
            "notification_ctx_id": "",
            "payload_type": JSON_TYPE,
        }
        for _ in range(0 if fault and fault.action == "lose" else 2 if fault else 1):
            self._send(header, payload)

    def drop(self) -> None:
        """Cut the socket, as a broken network would."""
        self._done.set()

    def close(self, code: int, payload: dict[str, Any] | None = None) -> None:
        """Send the service's ``close`` and end the connection."""
        status: dict[str, Any] = {"code": code, "status": _CLOSE_TEXT.get(code, "CLOSED")}
        if code == 410:
            status |= {"description": "Token expired", "errorCode": 51207}
        elif code == 406:
            status |= {"description": "Message is not acceptable", "errorCode": 51214}
        self._close(status, payload)

    def tell_expiring(self) -> None:
        """Send the warning that the token is about to expire."""
        self._send(
            {
                "method": "client_update",
                "id": self._service.ids.sid("TM"),
                "client_update_type": "token_about_to_expire",
                "client_update_message": "Your token is about to expire",
            }
        )

    # -- packets in

    async def _handle(self, header: dict[str, Any], body: bytes) -> None:
        method = header.get("method")
        self._service.log.add("c>s", self.id, self.identity, header, _readable(body))
        if method in ("reply", "telemetry.v1"):
            return
        if method == "close":
            self.drop()
        elif method == "init":
            await self._init(header)
        elif self._access is None:
            self._close({"code": 401, "status": "UNAUTHORIZED", "description": "the first packet must be init"})
        elif method == "message":
            await self._message(header, body)
        elif method == "update":
            await self._update(header)
        elif method in ("put_notification_ctx", "delete_notification_ctx"):
            self._reply(header, OK)
        else:
            description = f"unknown method {str(method)[:64]!r}"
            self._reply(header, {"code": 400, "status": "BAD_REQUEST", "description": description})

    async def _init(self, header: dict[str, Any]) -> None:
        service = self._service
        fault = service.faults.take("init")
        if await self._struck(header, fault, _INIT_TEXT):
            return
        try:
            access = self._verify(header.get("token"))
        except TwilioError as error:
            self._reply(header, _unauthorized(error))
            self._out.put_nowait(_END)
            return
        registrations = header.get("registrations") or []
        async with service.hub.turn:
            service.hub.remove(self)
            self.identity = access.identity
            self._accept(access)
            self._product = str(next((one.get("product") for one in registrations), self._product))
            self.message_types = frozenset(
                str(name) for one in registrations for name in one.get("message_types") or []
            )
            service.ensure_user(access.identity)
            with service.hub.deferred() as actions:
                service.hub.add(self)
            fields = service.continuation(header.get("continuation_token"), access.identity)
            fields["capabilities"] = ["client_update", "offline_storage"]
            fields["offline_storage"] = {self._product: {"storage_id": service.storage_id(access.identity)}}
            fields["init_registrations"] = [
                {"notification_ctx_id": service.ids.uuid()}
                | {key: one.get(key) for key in ("type", "product", "message_types")}
                for one in registrations
            ]
            self._reply(header, OK, **fields)
            for action in actions:
                action()

    async def _update(self, header: dict[str, Any]) -> None:
        if await self._struck(header, self._service.faults.take("update", self.identity), _INIT_TEXT):
            return
        try:
            access = self._verify(header.get("token"))
            if access.identity != self.identity:
                raise TwilioError(401, 51215, "the new token is for another identity")
        except TwilioError as error:
            self._reply(header, _unauthorized(error))
            return
        self._accept(access)
        self._reply(header, OK)

    async def _message(self, header: dict[str, Any], body: bytes) -> None:
        http = header.get("http_request")
        if not isinstance(http, dict) or not isinstance(http.get("path"), str):
            description = "a message needs http_request with host, path and method"
            self._reply(header, {"code": 400, "status": "BAD_REQUEST", "description": description})
            return
        fault = self._service.faults.take(
            "request", self.identity, str(http.get("method", "GET")).upper(), str(http["path"])
        )
        if fault is not None and fault.action != "delay":
            await self._faulty(header, body, http, fault)
        elif fault is not None:
            self._service.background(self._delayed(header, body, http, fault.delay))
        else:
            await self._answer(header, body, http)

    async def _answer(self, header: dict[str, Any], body: bytes, http: dict[str, Any], *, silent: bool = False) -> None:
        hub = self._service.hub
        async with hub.turn:
            with hub.deferred() as actions:
                caller = Caller(
                    self.identity or "", "", self.id, self._access.claims if self._access is not None else {}
                )
                content_type = str(header.get("payload_type") or JSON_TYPE)
                answer = await tunnel.request(self._app, caller, http, body, content_type)
            if not silent:
                self._send_answer(header, answer)
            for action in actions:
                action()

    async def _delayed(self, header: dict[str, Any], body: bytes, http: dict[str, Any], delay: float) -> None:
        await asyncio.sleep(delay)
        await self._answer(header, body, http)

    async def _faulty(self, header: dict[str, Any], body: bytes, http: dict[str, Any], fault: Fault) -> None:
        if fault.action == "respond":
            content = fault.body
            if content is None:
                content = TwilioError(fault.status, 20000 + fault.status, tunnel.reason(fault.status)).body()
            self._send_answer(header, tunnel.Answer(fault.status, tunnel.reason(fault.status), {}, content))
        elif fault.action == "drop_after":
            await self._answer(header, body, http, silent=True)
            self.drop()
        elif fault.action == "drop":
            self.drop()

    async def _struck(self, header: dict[str, Any], fault: Fault | None, texts: dict[int, str]) -> bool:
        """Whether a fault took the place of the normal answer to a login or token update."""
        if fault is None:
            return False
        if fault.action == "delay":
            await asyncio.sleep(fault.delay)
            return False
        if fault.action == "drop":
            self.drop()
        elif fault.action == "respond":
            status: dict[str, Any] = {"code": fault.status, "status": texts.get(fault.status, "ERROR")}
            body = fault.body if isinstance(fault.body, dict) else {}
            status |= {key: body[key] for key in ("description", "errorCode") if key in body}
            payload = {"backoff_policy": body["backoff_policy"]} if "backoff_policy" in body else None
            self._reply(header, status, payload)
        return True

    # -- the token

    def _verify(self, token: Any) -> auth.Access:
        config = self._service.config
        return auth.verify(token, secret=config.secret, service_sid=config.service_sid, clock=self._service.clock)

    def _accept(self, access: auth.Access) -> None:
        clock, config = self._service.clock, self._service.config
        self._access = access
        for timer in self._timers:
            timer.cancel()
        self._timers = [clock.call_at(access.expires, lambda: self.close(410))]
        # A token that is born with less than the warning time is warned of at once, not never.
        warn: Callable[[], None] = self.tell_expiring
        self._timers.append(clock.call_at(max(access.expires - config.token_warning, clock.now() + 0.001), warn))

    # -- packets out

    def _reply(self, to: dict[str, Any], status: dict[str, Any], payload: Any = None, **fields: Any) -> None:
        header: dict[str, Any] = {"method": "reply", "id": to.get("id", ""), "status": status} | fields
        if payload is not None:
            header["payload_type"] = JSON_TYPE
        self._send(header, payload)

    def _send_answer(self, to: dict[str, Any], answer: tunnel.Answer) -> None:
        http_status = {"code": answer.status, "status": answer.reason}
        self._reply(to, OK, answer.body, http_status=http_status, http_headers=answer.headers)

    def _send(self, header: dict[str, Any], payload: Any = None) -> None:
        self._service.log.add("s>c", self.id, self.identity, header, payload)
        self._out.put_nowait(encode(header, payload, trailer=b"\r\n"))

    def _refuse(self, why: str) -> None:
        self._close(NOT_ACCEPTABLE | {"description": why})

    def _close(self, status: dict[str, Any], payload: dict[str, Any] | None = None) -> None:
        header: dict[str, Any] = {"method": "close", "id": self._service.ids.sid("TM"), "status": status}
        if payload is not None:
            header["payload_type"] = JSON_TYPE
        self._send(header, payload)
        self._out.put_nowait(_END)


def _unauthorized(error: TwilioError) -> dict[str, Any]:
    return {"code": 401, "status": "UNAUTHORIZED", "errorCode": error.code, "description": error.message}


def _readable(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body[:2000].decode("utf-8", "replace")
