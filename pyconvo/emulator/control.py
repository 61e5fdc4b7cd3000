"""The control plane ``/emulator/…``: reset, seed, state, faults, connections, clock, log.

Not responsible for doing any of it (the service does).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator import fixtures
from pyconvo.emulator.conversations.seed import add_messages
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults import FaultError
from pyconvo.emulator.faults.rule import MALFORMED
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse, optional, read
from pyconvo.emulator.query import whole
from pyconvo.emulator.service import Service, Socket


class Control:
    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("POST", "/emulator/reset", self.reset),
            ("POST", "/emulator/seed", self.seed),
            ("GET", "/emulator/state", self.state),
            ("GET", "/emulator/export", self.export),
            ("POST", "/emulator/import", self.take_over),
            ("GET", "/emulator/faults", self.list_faults),
            ("POST", "/emulator/faults", self.add_fault),
            ("DELETE", "/emulator/faults", self.clear_faults),
            ("DELETE", "/emulator/faults/{number:int}", self.remove_fault),
            ("GET", "/emulator/connections", self.connections),
            ("POST", "/emulator/connections/drop", self.drop),
            ("POST", "/emulator/connections/close", self.close),
            ("POST", "/emulator/connections/expire", self.expire),
            ("POST", "/emulator/connections/warn", self.warn),
            ("POST", "/emulator/connections/malform", self.malform),
            ("GET", "/emulator/clock", self.clock),
            ("POST", "/emulator/clock", self.set_clock),
            ("GET", "/emulator/log", self.log),
            ("POST", "/emulator/conversations/{conversation}/messages", self.system_message),
            ("POST", "/emulator/conversations/{conversation}/state", self.conversation_state),
        ]
        return [Route(path, handler, methods=[method]) for method, path, handler in table]

    async def reset(self, request: Request) -> Response:
        body = await read(request)
        self._service.reset(optional(body, "seed", int))
        return JSONResponse({"reset": True})

    async def seed(self, request: Request) -> Response:
        """A fixture, as JSON or (``Content-Type: application/yaml``) as YAML; the sids of what was made."""
        if "yaml" in request.headers.get("content-type", ""):
            try:
                fixture = fixtures.parse(await request.body(), yaml=True)
            except fixtures.FixtureError as error:
                raise TwilioError(400, BAD_REQUEST, str(error)) from error
        else:
            fixture = await read(request)
        return JSONResponse(self._service.conversations.seed(fixture))

    async def export(self, request: Request) -> Response:
        """The whole state as one JSON document, for ``POST /emulator/import``."""
        return JSONResponse(self._service.export())

    async def take_over(self, request: Request) -> Response:
        """Become what was exported: data, sids, revisions, events, clock. Connections are dropped."""
        self._service.take_over(await read(request))
        return JSONResponse({"imported": True})

    async def state(self, request: Request) -> Response:
        """Everything, for people to read; ``?messages=20``: of each conversation only so many, the latest."""
        service = self._service
        latest = request.query_params.get("messages")
        return JSONResponse(
            service.conversations.state(None if latest is None else whole(latest, "messages"))
            | {"connections": self._connected(), "faults": service.faults.list(), "now": service.clock.iso()}
        )

    async def list_faults(self, request: Request) -> Response:
        """Those that are planned; and, as ``spent``, the latest that have struck as often as they should."""
        faults = self._service.faults
        return JSONResponse({"faults": faults.list(), "spent": faults.spent()})

    async def add_fault(self, request: Request) -> Response:
        """Plan a fault (``faults.rule`` lists them); its ``id``. One ``on`` a connection happens at once."""
        body = await read(request)
        if body.get("on") == "connection":
            now: dict[str, Callable[[Request], Any]] = {
                "drop": self.drop,
                "close": self.close,
                "expire": self.expire,
                "warn": self.warn,
                "malform": self.malform,
            }
            happen = now.get(str(body.get("action")))
            if happen is None:
                raise TwilioError(400, BAD_REQUEST, f"unknown action on connection; known: {', '.join(now)}")
            return cast(Response, await happen(request))
        try:
            fault = self._service.faults.add(body)
        except FaultError as error:
            raise TwilioError(400, BAD_REQUEST, str(error)) from error
        return JSONResponse({"id": fault.id, "faults": self._service.faults.list()})

    async def clear_faults(self, request: Request) -> Response:
        self._service.faults.clear()
        return await self.list_faults(request)

    async def remove_fault(self, request: Request) -> Response:
        """Take one back; it is no error when it has been spent meanwhile."""
        self._service.faults.remove(request.path_params["number"])
        return await self.list_faults(request)

    async def connections(self, request: Request) -> Response:
        """Who is connected, all or ``?identity=``: as in the state, whose other parts grow with all that was said."""
        return JSONResponse({"connections": self._connected(request.query_params.get("identity"))})

    def _connected(self, identity: str | None = None) -> list[dict[str, Any]]:
        hub = self._service.hub
        return [
            {"id": one.id, "identity": one.identity, "subscriptions": len(hub.subscriptions(one))}
            for one in hub.connections.values()
            if identity in (None, one.identity)
        ]

    async def drop(self, request: Request) -> Response:
        """Cut sockets: all, those of ``identity``, at most ``count``."""
        body = await read(request)
        identity, count = optional(body, "identity", str), optional(body, "count", int)
        if count is not None and count < 0:
            raise TwilioError(400, BAD_REQUEST, "count must not be negative")
        chosen = [one for one in self._service.sockets.values() if identity in (None, one.identity)][:count]
        for socket in chosen:
            socket.drop()
        return JSONResponse({"dropped": len(chosen)})

    async def close(self, request: Request) -> Response:
        """Send the service's ``close`` with a ``code`` (and a ``backoff_policy``) to all or to ``identity``."""
        body = await read(request)
        code = optional(body, "code", int)
        if code is None:
            raise TwilioError(400, BAD_REQUEST, "code is missing: 308, 401, 406, 410, 417 or another")
        identity = optional(body, "identity", str)
        policy = optional(body, "backoff_policy", dict)
        chosen = [one for one in self._service.hub.connections.values() if identity in (None, one.identity)]
        for connection in chosen:
            connection.close(code, None if policy is None else {"backoff_policy": policy})
        return JSONResponse({"closed": len(chosen)})

    async def expire(self, request: Request) -> Response:
        """Let the tokens of all connections, or those of ``identity``, expire now (``close`` 410, then 20104)."""
        chosen = await self._chosen(request)
        for one in chosen:
            one.expire()
        return JSONResponse({"expired": len(chosen)})

    async def warn(self, request: Request) -> Response:
        """Say now that the tokens of all connections, or those of ``identity``, are about to expire."""
        chosen = await self._chosen(request)
        for one in chosen:
            one.warn()
        return JSONResponse({"warned": len(chosen)})

    async def malform(self, request: Request) -> Response:
        """Send a malformed packet now, beside the real ones, ``how``: see ``faults.rule.MALFORMED``."""
        how = optional(await read(request), "how", str)
        if how not in MALFORMED:
            raise TwilioError(400, BAD_REQUEST, f"'how' must be one of {', '.join(MALFORMED)}")
        chosen = await self._chosen(request)
        for one in chosen:
            one.malform(how)
        return JSONResponse({"sent": len(chosen)})

    async def _chosen(self, request: Request) -> list[Socket]:
        identity = optional(await read(request), "identity", str)
        logged_in = [one for one in self._service.sockets.values() if one.identity is not None]
        return [one for one in logged_in if identity in (None, one.identity)]

    async def clock(self, request: Request) -> Response:
        clock = self._service.clock
        return JSONResponse({"now": clock.now(), "iso": clock.iso(), "frozen": clock.frozen})

    async def set_clock(self, request: Request) -> Response:
        """``{"advance": seconds}``, ``{"set": seconds since 1970}`` or ``{"freeze": true | false}``."""
        body = await read(request)
        clock = self._service.clock
        if not body.keys() & {"advance", "set", "freeze"}:
            raise TwilioError(
                400, BAD_REQUEST, "say advance (seconds), set (seconds since 1970) or freeze (true, false)"
            )
        try:
            if body.get("freeze") is True:
                clock.freeze()
            if "advance" in body:
                clock.advance(float(body["advance"]))
            if "set" in body:
                clock.set(float(body["set"]))
            if body.get("freeze") is False:
                clock.resume()
        except (TypeError, ValueError) as error:
            raise TwilioError(400, BAD_REQUEST, str(error)) from error
        return await self.clock(request)

    async def log(self, request: Request) -> Response:
        """The packets after number ``after``; ``dropped``: how many of those the record no longer has."""
        query = request.query_params
        after = whole(query.get("after", "0"), "after")
        log = self._service.log
        found = log.read(after=after, identity=query.get("identity"), sockets=query.get("sockets") == "true")
        return JSONResponse({"log": found, "dropped": log.dropped(after), "last": log.count})

    async def system_message(self, request: Request) -> Response:
        """Messages from the service itself, as server-side REST sends them: ``{"author", "bodies": […]}``.

        ``"together": true``: all at once, with one update of the conversation instead of one each.
        """
        body = await read(request)
        bodies = body.get("bodies")
        if not isinstance(bodies, list) or not all(isinstance(one, str) for one in bodies):
            raise TwilioError(400, BAD_REQUEST, "bodies must be a list of strings")
        author = optional(body, "author", str)
        sid = request.path_params["conversation"]
        model = self._service.conversations
        if optional(body, "together", bool):
            first = model.conversations.get(sid).next_index
            with model.context.store.transaction():
                add_messages(model, sid, bodies, author)
            return JSONResponse({"indexes": list(range(first, first + len(bodies)))}, status_code=201)
        messages = model.messages
        indexes = [messages.send(None, sid, body=one, author=author).index for one in bodies]
        return JSONResponse({"indexes": indexes}, status_code=201)

    async def conversation_state(self, request: Request) -> Response:
        """``{"state": "active" | "inactive" | "closed"}``."""
        body = await read(request)
        state = optional(body, "state", str)
        self._service.conversations.conversations.set_state(request.path_params["conversation"], str(state))
        return JSONResponse({"state": state})
