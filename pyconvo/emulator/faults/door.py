"""Faults of direct HTTP requests and of sockets that are being opened: an ASGI application around the whole emulator.

Not responsible for what happens inside a socket (the connection).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults.registry import Faults
from pyconvo.emulator.faults.rule import Fault
from pyconvo.emulator.json_body import JSONResponse

MEDIA = re.compile(r"/v1/Services/[^/]+/Media|/media-content/")
SOCKET = "/v3/wsconnect"
#: What must work whatever else does not.
CONTROL = "/emulator/"
#: Cuts the line to a peer ``(host, port)``: at once, or once everything sent has gone out.
Cut = Callable[[tuple[str, int] | None, bool], None]


class Door:
    """In front of everything else, so that a fault strikes before anything is done."""

    def __init__(self, app: ASGIApp, faults: Faults, cut: Cut) -> None:
        self._app = app
        self._faults = faults
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._strikes(scope) if self._faults and "path" in scope else None
        if fault is not None and fault.action == "delay":
            await asyncio.sleep(self._faults.wait(fault))
            fault = None
        if fault is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(fault, scope, receive, send)
        elif fault.action == "respond":
            await _read_whole(receive)
            await _answer(fault)(scope, receive, send)
        elif fault.action == "ignore":
            await _gone(receive)
        elif fault.direction == "up" or (fault.direction == "both" and scope["method"] in ("POST", "PUT", "PATCH")):
            await self._cut_up(fault, scope, receive, send)
        else:
            await self._cut_down(fault, scope, receive, send)

    def _strikes(self, scope: Scope) -> Fault | None:
        path, faults = scope["path"], self._faults
        if scope["type"] == "websocket":
            return faults.take("connect") if path == SOCKET else None
        if scope["type"] != "http" or scope["method"] == "OPTIONS" or path.startswith(CONTROL):
            return None
        media = faults.take("media", None, scope["method"], path) if MEDIA.match(path) else None
        return media or faults.take("http", None, scope["method"], path)

    async def _socket(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.action == "ignore":
            await receive()
            await _gone(receive)
            return
        await receive()
        await send({"type": "websocket.http.response.start", "status": fault.status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})

    async def _cut_up(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """A request that is longer than the offset never arrives."""
        chunks: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return
            chunks.append(message.get("body", b""))
            if sum(map(len, chunks)) > fault.offset:
                self._cut(scope.get("client"), False)
                await _gone(receive)
                return
            if not message.get("more_body"):
                break
        whole: list[Message] = [{"type": "http.request", "body": b"".join(chunks), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)

    async def _cut_down(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Of the answer's body only ``offset`` bytes arrive; a shorter one arrives whole."""
        left = fault.offset
        cut = False

        async def partly(message: Message) -> None:
            nonlocal left, cut
            body = message.get("body", b"")
            if cut:
                return
            if message["type"] == "http.response.body" and len(body) > left:
                cut = True
                await send({**message, "body": body[:left], "more_body": True})
                self._cut(scope.get("client"), True)
                return
            left -= len(body)
            await send(message)

        await self._app(scope, receive, partly)
        if cut:
            await _gone(receive)


def _answer(fault: Fault) -> Response:
    body = fault.body
    if body is None:
        body = TwilioError(fault.status, 20000 + fault.status, "A fault that was asked for").body()
    return JSONResponse(body, status_code=fault.status, headers=fault.headers)


async def _read_whole(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass


async def _gone(receive: Receive) -> None:
    """Wait until the peer has gone."""
    while (await receive())["type"] not in ("http.disconnect", "websocket.disconnect"):
        pass
