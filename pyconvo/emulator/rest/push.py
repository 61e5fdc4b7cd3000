"""Push: the devices of users, the credentials of platforms, and which notifications a service sends.

Not responsible for any rule (``conversations.push``).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.push.records import Binding, Credential
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.paging import page
from pyconvo.emulator.rest.serializers import moment

_BINDING_TYPES = ("apn", "gcm", "fcm", "twilsock")

# -- bindings ----------------------------------------------------------------------------------------------------------


def bindings(call: Call) -> Response:
    types = call.query.list("BindingType")
    for one in types:
        if one not in _BINDING_TYPES:
            raise refusal(Code.BINDING_TYPE_INVALID, f"{one!r} is none of {', '.join(_BINDING_TYPES)}")
    found = call.model.push.bindings.all(types=types or None, identities=call.query.list("Identity") or None)
    return page(call, "bindings", found, lambda one: _binding(call, one), sid=lambda one: one.sid)


def binding(call: Call) -> Response:
    return JSONResponse(_binding(call, call.model.push.bindings.get(call.path["sid"])))


def remove_binding(call: Call) -> Response:
    call.model.push.bindings.remove(call.path["sid"])
    return Response(status_code=204)


def _binding(call: Call, found: Binding) -> dict[str, Any]:
    return {
        **call.owner,
        "sid": found.sid,
        "credential_sid": found.credential_sid,
        "endpoint": f"{found.identity}:{found.address}",
        "identity": found.identity,
        "binding_type": found.type,
        "message_types": found.types,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{call.base}/Bindings/{found.sid}",
    }


# -- notifications -----------------------------------------------------------------------------------------------------


def notifications(call: Call) -> Response:
    return JSONResponse(_notifications(call, call.model.push.notifications.get()))


def update_notifications(call: Call) -> Response:
    changes: dict[str, Any] = {}
    log = call.form.boolean("LogEnabled")
    if log is not None:
        changes["log_enabled"] = log
    for event, ours in (
        ("NewMessage", "new_message"),
        ("AddedToConversation", "added_to_conversation"),
        ("RemovedFromConversation", "removed_from_conversation"),
    ):
        about = _about(call, event)
        if event == "NewMessage":
            badge, media = call.form.boolean("NewMessage.BadgeCountEnabled"), _about(call, "NewMessage.WithMedia")
            about |= {} if badge is None else {"badge_count_enabled": badge}
            about |= {"with_media": media} if media else {}
        if about:
            changes[ours] = about
    return JSONResponse(_notifications(call, call.model.push.notifications.update(changes)))


def _about(call: Call, event: str) -> dict[str, Any]:
    about: dict[str, Any] = call.form.renamed({f"{event}.Template": "template", f"{event}.Sound": "sound"})
    enabled = call.form.boolean(f"{event}.Enabled")
    return about if enabled is None else {**about, "enabled": enabled}


def _notifications(call: Call, found: dict[str, Any]) -> dict[str, Any]:
    return {**call.owner, **found, "url": f"{call.base}/Configuration/Notifications"}


# -- credentials -------------------------------------------------------------------------------------------------------


def create_credential(call: Call) -> Response:
    made = call.service.account.credentials.create(
        call.form.required("Type"), friendly_name=call.form.text("FriendlyName"), sandbox=call.form.boolean("Sandbox")
    )
    return JSONResponse(_credential(call, made), 201)


def credentials(call: Call) -> Response:
    found = call.service.account.credentials.all()
    return page(call, "credentials", found, lambda one: _credential(call, one), sid=lambda one: one.sid)


def credential(call: Call) -> Response:
    return JSONResponse(_credential(call, call.service.account.credentials.get(call.path["sid"])))


def update_credential(call: Call) -> Response:
    changes: dict[str, Any] = call.form.renamed({"FriendlyName": "friendly_name", "Type": "type"})
    sandbox = call.form.boolean("Sandbox")
    if sandbox is not None:
        changes["sandbox"] = sandbox
    return JSONResponse(_credential(call, call.service.account.credentials.update(call.path["sid"], changes)))


def remove_credential(call: Call) -> Response:
    call.service.account.credentials.delete(call.path["sid"])
    return Response(status_code=204)


def _credential(call: Call, found: Credential) -> dict[str, Any]:
    return {
        **call.account,
        "sid": found.sid,
        "friendly_name": found.friendly_name,
        "type": found.type,
        "sandbox": None if found.sandbox is None else str(bool(found.sandbox)),
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{call.root}/Credentials/{found.sid}",
    }


#: Of the account.
CREDENTIALS: list[tuple[str, str, Handler]] = [
    ("POST", "/Credentials", create_credential),
    ("GET", "/Credentials", credentials),
    ("GET", "/Credentials/{sid}", credential),
    ("POST", "/Credentials/{sid}", update_credential),
    ("DELETE", "/Credentials/{sid}", remove_credential),
]
#: Only of a service that is named.
TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/Bindings", bindings),
    ("GET", "/Bindings/{sid}", binding),
    ("DELETE", "/Bindings/{sid}", remove_binding),
    ("GET", "/Configuration/Notifications", notifications),
    ("POST", "/Configuration/Notifications", update_notifications),
]
