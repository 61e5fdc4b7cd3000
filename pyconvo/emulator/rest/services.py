"""Chat services, and the configuration of each.

Not responsible for keeping them apart (``chat_service``).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.chat_service import ServiceRecord
from pyconvo.emulator.conversations.defaults import ServiceDefaults
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.paging import page
from pyconvo.emulator.rest.serializers import moment

_LINKS = {
    "conversations": "Conversations",
    "users": "Users",
    "roles": "Roles",
    "bindings": "Bindings",
    "configuration": "Configuration",
    "participant_conversations": "ParticipantConversations",
    "conversation_with_participants": "ConversationWithParticipants",
}
_ROLES = {
    "DefaultConversationCreatorRoleSid": "creator_role_sid",
    "DefaultConversationRoleSid": "member_role_sid",
    "DefaultChatServiceRoleSid": "user_role_sid",
}


def create(call: Call) -> Response:
    return JSONResponse(_shown(call, call.service.chats.create(call.form.text("FriendlyName"))), 201)


def every(call: Call) -> Response:
    found = call.service.chats.records()
    return page(call, "services", found, lambda one: _shown(call, one), sid=lambda one: one.sid)


def fetch(call: Call) -> Response:
    return JSONResponse(_shown(call, call.service.chats.record(call.model.settings.service_sid)))


def remove(call: Call) -> Response:
    call.service.chats.remove(call.model.settings.service_sid)
    return Response(status_code=204)


def configuration(call: Call) -> Response:
    return JSONResponse(_configuration(call, call.model.permissions.defaults))


def update_configuration(call: Call) -> Response:
    changes: dict[str, Any] = {name: sid for name, sid in call.form.renamed(_ROLES).items() if sid}
    reachability = call.form.boolean("ReachabilityEnabled")
    if reachability is not None:
        changes["reachability"] = int(reachability)
    return JSONResponse(_configuration(call, call.model.configure(changes)))


def _shown(call: Call, found: ServiceRecord) -> dict[str, Any]:
    url = f"{call.root}/Services/{found.sid}"
    return {
        **call.account,
        "sid": found.sid,
        "friendly_name": found.friendly_name,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": url,
        "links": {name: f"{url}/{path}" for name, path in _LINKS.items()},
    }


def _configuration(call: Call, found: ServiceDefaults) -> dict[str, Any]:
    url = f"{call.base}/Configuration"
    return {
        "chat_service_sid": found.service_sid,
        "default_conversation_creator_role_sid": found.creator_role_sid,
        "default_conversation_role_sid": found.member_role_sid,
        "default_chat_service_role_sid": found.user_role_sid,
        "reachability_enabled": bool(found.reachability),
        "url": url,
        "links": {"notifications": f"{url}/Notifications", "webhooks": f"{url}/Webhooks"},
    }


ACCOUNT_TABLE: list[tuple[str, str, Handler]] = [("POST", "/Services", create), ("GET", "/Services", every)]
SERVICE_TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "", fetch),
    ("DELETE", "", remove),
    ("GET", "/Configuration", configuration),
    ("POST", "/Configuration", update_configuration),
]
