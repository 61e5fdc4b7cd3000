"""The control plane of webhooks: what was delivered, settings without REST, and receivers for tests.

Not responsible for any of it (the engine, the receivers).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse, optional, read
from pyconvo.emulator.query import whole
from pyconvo.emulator.webhooks.engine import Webhooks
from pyconvo.emulator.webhooks.names import POST, PRE
from pyconvo.emulator.webhooks.receiver import Answer
from pyconvo.emulator.webhooks.records import ACCOUNT, HookSettings

LONGEST_WAIT = 600.0


class HookControl:
    """``webhooks``: the engine of the moment; a reset makes another."""

    def __init__(self, webhooks: Callable[[], Webhooks]) -> None:
        self._webhooks = webhooks

    def routes(self) -> list[Route]:
        table: list[tuple[list[str], str, Callable[[Request], Any]]] = [
            (["GET"], "/emulator/webhooks", self.list),
            (["POST"], "/emulator/webhooks", self.set),
            (["GET"], "/emulator/webhooks/deliveries", self.settled),
            (["POST"], "/emulator/webhooks/answers", self.plan),
            (["GET", "POST"], "/emulator/hooks/{name}", self.receive),
        ]
        return [Route(path, handler, methods=methods) for methods, path, handler in table]

    async def list(self, request: Request) -> Response:
        """Settings, and all deliveries up to now."""
        webhooks = self._webhooks()
        scopes = (ACCOUNT, webhooks.service_sid)
        return JSONResponse(
            {
                "settings": [_described(webhooks.rules.get(scope)) for scope in scopes],
                "deliveries": webhooks.deliveries.list(),
            }
        )

    async def set(self, request: Request) -> Response:
        """``{"pre": URL, "post": URL, "filters": [names; all unless given], "method", "scope"}``.

        ``scope``: ``service`` unless it is ``account``.
        """
        webhooks = self._webhooks()
        body = await read(request)
        scope = ACCOUNT if optional(body, "scope", str) == ACCOUNT else webhooks.service_sid
        changes = {
            "pre_webhook_url": optional(body, "pre", str),
            "post_webhook_url": optional(body, "post", str),
            "filters": optional(body, "filters", list) or sorted(PRE | POST),
            "method": optional(body, "method", str),
        }
        return JSONResponse(_described(webhooks.rules.update(scope, changes)))

    async def settled(self, request: Request) -> Response:
        """The deliveries after number ``after``, once nothing is on its way, for at most ``wait`` real seconds."""
        query = request.query_params
        number = whole(query.get("after", "0"), "after")
        try:
            seconds = min(LONGEST_WAIT, max(0.0, float(query.get("wait", "10"))))
        except ValueError:
            raise TwilioError(400, BAD_REQUEST, "wait must be a number of seconds") from None
        deliveries = self._webhooks().deliveries
        if not await deliveries.settle(seconds):
            raise TwilioError(504, 20504, f"webhooks are still on their way after {seconds:g} seconds")
        return JSONResponse({"deliveries": deliveries.list(after=number)})

    async def plan(self, request: Request) -> Response:
        """``{"name": "x", "status", "body", "delay": seconds, "times"}``: how ``/emulator/hooks/x`` answers."""
        body = await read(request)
        name, status = optional(body, "name", str), optional(body, "status", int)
        times, delay = optional(body, "times", int), body.get("delay", 0)
        if not name:
            raise TwilioError(400, BAD_REQUEST, "name is missing: /emulator/hooks/NAME is to answer")
        if status is not None and not 200 <= status <= 599:
            raise TwilioError(400, BAD_REQUEST, "status must be 200 to 599")
        if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= LONGEST_WAIT:
            raise TwilioError(400, BAD_REQUEST, f"delay must be a number of seconds, up to {LONGEST_WAIT:g}")
        if times is not None and times < 1:
            raise TwilioError(400, BAD_REQUEST, "times must be at least 1")
        self._webhooks().receivers.plan(name, Answer(status or 200, body.get("body"), float(delay), times))
        return JSONResponse({"url": str(request.url_for("receive", name=name))})

    async def receive(self, request: Request) -> Response:
        return await self._webhooks().receivers.answer(request)


def _described(settings: HookSettings) -> dict[str, Any]:
    return {
        "scope": settings.scope,
        "pre": settings.pre_url,
        "post": settings.post_url,
        "method": settings.method,
        "filters": settings.names,
    }
