"""The control plane of push: what devices would have got, and which notifications the service sends.

Not responsible for either (``outbox``, ``notifications``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.conversations.push.model import PushService
from pyconvo.emulator.conversations.seed import official_keys
from pyconvo.emulator.json_body import JSONResponse, read
from pyconvo.emulator.query import whole


class PushControl:
    """``push``: that of the moment; a reset makes another."""

    def __init__(self, push: Callable[[], PushService]) -> None:
        self._push = push

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("GET", "/emulator/pushes", self.pushes),
            ("GET", "/emulator/notifications", self.notifications),
            ("POST", "/emulator/notifications", self.set_notifications),
        ]
        return [Route(path, handler, methods=[method]) for method, path, handler in table]

    async def pushes(self, request: Request) -> Response:
        """All, or those ``after`` a number and of ``identity``; ``withheld=true``: with those that are not sent."""
        query = request.query_params
        after = whole(query.get("after", "0"), "after")
        withheld = query.get("withheld", "").lower() == "true"
        found = self._push().outbox.read(after=after, identity=query.get("identity"), withheld=withheld)
        return JSONResponse({"pushes": [one.described() for one in found]})

    async def notifications(self, request: Request) -> Response:
        """By the names of Twilio's REST API."""
        return JSONResponse(self._push().notifications.get())

    async def set_notifications(self, request: Request) -> Response:
        """``{"newMessage": {"enabled": true, "template": "…"}}`` and so on, as a fixture has them."""
        changes = official_keys(await read(request), "notifications")
        return JSONResponse(self._push().notifications.update(changes))
