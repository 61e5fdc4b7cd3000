"""The gate in front of every direct request: which host is meant, who calls, one at a time, errors as JSON.

A tunnelled request has passed its own gate (the connection's login) and only has its errors rendered here.
Not responsible for what a request does.
"""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pyconvo.emulator import auth
from pyconvo.emulator.caller import SCOPE_KEY, Caller
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.service import Service

logger = logging.getLogger("pyconvo.emulator")

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
#: Paths of the client's API, for which a direct request must carry a token.
CLIENT_API = ("/Client/", "/v3/", "/v4/", "/v1/Instances/")
#: Paths that change or read the service's data: they take turns with the tunnelled requests.
SERVICE = (*CLIENT_API, "/emulator/", "/token")


class Gate:
    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or SCOPE_KEY in scope:
            await self._guarded(scope, receive, send)
            return
        if not self._known_host(scope):
            text = "This emulator is for this machine only; address it as 127.0.0.1 or localhost"
            await refuse(TwilioError(403, 20403, text))(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(SERVICE):
            await self._in_turn(scope, receive, send)
        else:
            await self._guarded(scope, receive, send)

    def _known_host(self, scope: Scope) -> bool:
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        return name.strip("[]") in LOOPBACK or name in self._service.config.open_hosts

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        hub = self._service.hub
        async with hub.turn:
            if scope["path"].startswith(CLIENT_API) and scope["method"] != "OPTIONS":
                try:
                    scope[SCOPE_KEY] = self._caller(scope)
                except TwilioError as error:
                    await refuse(error)(scope, receive, send)
                    return
            with hub.deferred() as actions:
                await self._guarded(scope, receive, send)
            for action in actions:
                action()

    def _caller(self, scope: Scope) -> Caller:
        config = self._service.config
        token = Request(scope).headers.get("x-twilio-token")
        access = auth.verify(token, secret=config.secret, service_sid=config.service_sid, clock=self._service.clock)
        return Caller(access.identity, "", None, access.claims)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Errors become JSON; what nobody foresaw becomes a 500 and a line in the log, never a dead connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except TwilioError as error:
            await refuse(error)(scope, receive, send)
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            await refuse(TwilioError(500, 20500, "Internal error of the emulator; see its log"))(scope, receive, send)


def refuse(error: TwilioError) -> JSONResponse:
    return JSONResponse(error.body(), status_code=error.status)
