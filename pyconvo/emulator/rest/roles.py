"""Roles of a chat service.

Not responsible for what they allow (``conversations.permissions``).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code
from pyconvo.emulator.conversations.records import Role
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.paging import SMALLER, page
from pyconvo.emulator.rest.serializers import moment


def create(call: Call) -> Response:
    form = call.form
    form.required("Permission", Code.PERMISSION_NOT_FOUND)
    made = call.model.permissions.create(
        form.required("FriendlyName", Code.FRIENDLY_NAME_MISSING),
        form.required("Type", Code.ROLE_TYPE_INVALID),
        form.list("Permission"),
    )
    return JSONResponse(_shown(call, made), 201)


def every(call: Call) -> Response:
    found = call.model.permissions.all()
    return page(call, "roles", found, lambda one: _shown(call, one), sid=lambda one: one.sid, largest=SMALLER)


def fetch(call: Call) -> Response:
    return JSONResponse(_shown(call, call.model.permissions.get(call.path["sid"])))


def update(call: Call) -> Response:
    """The permissions given replace those before."""
    found = call.model.permissions.get(call.path["sid"])
    if "Permission" in call.form:
        found = call.model.permissions.set(found.sid, call.form.list("Permission"))
    return JSONResponse(_shown(call, found))


def remove(call: Call) -> Response:
    call.model.permissions.remove(call.path["sid"])
    return Response(status_code=204)


def _shown(call: Call, found: Role) -> dict[str, Any]:
    return {
        **call.owner,
        "sid": found.sid,
        "friendly_name": found.friendly_name,
        "type": found.scope,
        "permissions": found.names,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{call.base}/Roles/{found.sid}",
    }


TABLE: list[tuple[str, str, Handler]] = [
    ("POST", "/Roles", create),
    ("GET", "/Roles", every),
    ("GET", "/Roles/{sid}", fetch),
    ("POST", "/Roles/{sid}", update),
    ("DELETE", "/Roles/{sid}", remove),
]
