"""Users, and the conversations that each is in.

Not responsible for any rule (the model).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Conversation, Participant, User
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest import serializers
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.paging import SMALLER, page
from pyconvo.emulator.rest.participants import read

_TEXTS = {"FriendlyName": "friendly_name", "Attributes": "attributes"}


def create(call: Call) -> Response:
    form = call.form
    more: dict[str, Any] = form.renamed(_TEXTS)
    if form.text("RoleSid"):
        more["role"] = form.text("RoleSid")
    made = call.model.users.create(form.required("Identity", Code.IDENTITY_MISSING), **more)
    return _shown(call, made, 201)


def fetch(call: Call) -> Response:
    return _shown(call, call.model.users.get(call.path["user"]))


def update(call: Call) -> Response:
    form, users = call.form, call.model.users
    with call.model.context.store.transaction():
        found = users.get(call.path["user"])
        changes = form.renamed(_TEXTS)
        if changes:
            found = users.update(None, found.identity, changes)
        if form.text("RoleSid"):
            found = users.set_role(found.identity, form.required("RoleSid"))
        return _shown(call, found)


def remove(call: Call) -> Response:
    call.model.remove_user(call.path["user"])
    return Response(status_code=204)


def every(call: Call) -> Response:
    found = call.model.users.all()
    return page(
        call,
        "users",
        found,
        lambda one: serializers.user(call, one, listed=True),
        sid=lambda one: one.sid,
        largest=SMALLER,
    )


def conversations(call: Call) -> Response:
    of = call.model.users.get(call.path["user"])
    found = call.model.participants.of_identity(of.identity)
    return page(
        call,
        "conversations",
        found,
        lambda own: serializers.user_conversation(call, of, call.model.conversations.get(own.conversation_sid), own),
        sid=lambda own: own.sid,
    )


def conversation(call: Call) -> Response:
    return JSONResponse(serializers.user_conversation(call, *_membership(call)))


def update_conversation(call: Call) -> Response:
    form, people = call.form, call.model.participants
    with call.model.context.store.transaction():
        of, found, own = _membership(call)
        level = form.text("NotificationLevel")
        if level is not None:
            own = people.set_notification_level(None, found.sid, level, who=own.sid)
        if "LastReadMessageIndex" in form or "LastReadTimestamp" in form:
            own = read(call, found.sid, own)
        return JSONResponse(serializers.user_conversation(call, of, found, own))


def leave(call: Call) -> Response:
    """The user is no participant any more."""
    _, found, own = _membership(call)
    call.model.participants.remove(None, found.sid, own.sid)
    return Response(status_code=204)


_CONVERSATIONS = "/Users/{user}/Conversations"
TABLE: list[tuple[str, str, Handler]] = [
    ("POST", "/Users", create),
    ("GET", "/Users", every),
    ("GET", "/Users/{user}", fetch),
    ("POST", "/Users/{user}", update),
    ("DELETE", "/Users/{user}", remove),
    ("GET", _CONVERSATIONS, conversations),
    ("GET", f"{_CONVERSATIONS}/{{conversation}}", conversation),
    ("POST", f"{_CONVERSATIONS}/{{conversation}}", update_conversation),
    ("DELETE", f"{_CONVERSATIONS}/{{conversation}}", leave),
]


def _membership(call: Call) -> tuple[User, Conversation, Participant]:
    of = call.model.users.get(call.path["user"])
    found = call.model.conversations.find(call.path["conversation"])
    own = None if found is None else call.model.participants.of_user(found.sid, of.identity)
    if found is None or own is None:
        raise refusal(Code.CONVERSATION_NOT_FOUND, f"{call.path['conversation']} of {of.identity}")
    return of, found, own


def _shown(call: Call, found: User, status: int = 200) -> Response:
    return JSONResponse(serializers.user(call, found), status)
