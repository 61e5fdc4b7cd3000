"""The registration service as clients use it: a device is registered, and removed by its registration or its token.

Not responsible for what that means (``bindings``).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.caller import SCOPE_KEY, Caller
from pyconvo.emulator.conversations.push.bindings import Bindings
from pyconvo.emulator.json_body import JSONResponse, optional, read

PATH = "/v1/registrations"


def push_routes(bindings: Bindings) -> list[Route]:
    """Client identities come from the caller in the scope."""

    async def register(request: Request) -> Response:
        caller, body = _caller(request), await read(request)
        device = optional(body, "data", dict) or {}
        made = bindings.register(
            caller.identity,
            body.get("channel_type"),
            device.get("registration_id"),
            message_types=body.get("message_types"),
            platform=body.get("endpoint_platform") or "",
            version=body.get("version") or "",
            credential_sid=_credential(caller),
        )
        return JSONResponse({"id": made.sid}, 201)

    async def remove(request: Request) -> Response:
        bindings.remove(request.path_params["sid"], _caller(request).identity)
        return Response(status_code=204)

    async def remove_device(request: Request) -> Response:
        body = await read(request)
        bindings.remove_device(_caller(request).identity, body.get("binding_type"), body.get("address"))
        return Response(status_code=204)

    return [
        Route(PATH, register, methods=["POST"]),
        Route(PATH, remove_device, methods=["DELETE"]),
        Route(f"{PATH}/{{sid}}", remove, methods=["DELETE"]),
    ]


def _caller(request: Request) -> Caller:
    caller: Caller = request.scope[SCOPE_KEY]
    return caller


def _credential(caller: Caller) -> str | None:
    """The one that the access token names."""
    grants = caller.claims.get("grants")
    chat = grants.get("chat") if isinstance(grants, dict) else None
    sid = chat.get("push_credential_sid") if isinstance(chat, dict) else None
    return sid if isinstance(sid, str) else None
