"""The control plane of rules: limits of sizes and counts, limits of rates, roles.

Not responsible for any of it (the domain, the rates).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.conversations.records import Role
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse, optional, read
from pyconvo.emulator.rates import RateError
from pyconvo.emulator.service import Service
from pyconvo.names import camel, snake


class RulesControl:
    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        participant = "/emulator/conversations/{conversation}/participants/{participant:path}"
        table: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("GET", "/emulator/limits", self.limits),
            ("POST", "/emulator/limits", self.set_limits),
            ("GET", "/emulator/roles", self.roles),
            ("POST", "/emulator/roles", self.set_role),
            ("POST", participant, self.set_participant),
        ]
        return [Route(path, handler, methods=[method]) for method, path, handler in table]

    async def limits(self, request: Request) -> Response:
        allowed = asdict(self._service.conversations.settings.limits)
        described = {camel(name): value for name, value in allowed.items()}
        return JSONResponse(described | {"rates": self._service.rates.list()})

    async def set_limits(self, request: Request) -> Response:
        """Any of the names that ``GET`` gives; ``rates``: a list of ``{requests, seconds, method, path, identity}``."""
        body = await read(request)
        settings = self._service.conversations.settings
        changes: dict[str, int] = {}
        known = asdict(settings.limits)
        for name, value in body.items():
            if name == "rates":
                continue
            if snake(name) not in known:
                names = ", ".join(camel(one) for one in known)
                raise TwilioError(400, BAD_REQUEST, f"there is no limit {name!r}; known: rates, {names}")
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise TwilioError(400, BAD_REQUEST, f"{name} must be an integer of at least 0")
            changes[snake(name)] = value
        if "rates" in body:
            try:
                self._service.rates.set(optional(body, "rates", list) or [])
            except RateError as error:
                raise TwilioError(400, BAD_REQUEST, str(error)) from error
        settings.limits = replace(settings.limits, **changes)
        return await self.limits(request)

    async def roles(self, request: Request) -> Response:
        found = self._service.conversations.permissions.all()
        return JSONResponse({"roles": [_role(one) for one in found]})

    async def set_role(self, request: Request) -> Response:
        """``{"role": name or sid, "permissions": [names]}``: from now on exactly these."""
        body = await read(request)
        name, wanted = optional(body, "role", str), optional(body, "permissions", list)
        if name is None or wanted is None:
            raise TwilioError(400, BAD_REQUEST, "say role (its name or sid) and permissions (a list of names)")
        return JSONResponse(_role(self._service.conversations.permissions.set(name, wanted)))

    async def set_participant(self, request: Request) -> Response:
        """``{"role": name or sid}``."""
        role = optional(await read(request), "role", str)
        if role is None:
            raise TwilioError(400, BAD_REQUEST, "role is missing: its name or sid, or user or admin")
        where, who = request.path_params["conversation"], request.path_params["participant"]
        found = self._service.conversations.participants.set_role(where, who, role)
        return JSONResponse({"sid": found.sid, "roleSid": found.role_sid})


def _role(found: Role) -> dict[str, Any]:
    return {"sid": found.sid, "name": found.friendly_name, "scope": found.scope, "permissions": found.names}
