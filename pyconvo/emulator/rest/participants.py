"""Participants of a conversation.

Not responsible for any rule (the model).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Participant
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest import serializers
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.forms import Parameters
from pyconvo.emulator.rest.paging import page

_CHANGES = {
    "MessagingBinding.ProxyAddress": "proxy_address",
    "MessagingBinding.ProjectedAddress": "projected_address",
}
_BINDING = {"MessagingBinding.Address": "address", "MessagingBinding.ProxyAddress": "proxy_address"}


def create(call: Call) -> Response:
    return _shown(call, add(call, call.path["conversation"], call.form), 201)


def add(call: Call, conversation: str, form: Parameters) -> Participant:
    """Adds the participant that a form describes: of the chat by identity, of another channel by addresses."""
    people = call.model.participants
    more: dict[str, Any] = {
        "attributes": form.text("Attributes"),
        "role": form.text("RoleSid") or None,
        "dates": form.dates(),
    }
    given = form.renamed(_BINDING)
    identity = form.text("Identity")
    if identity and given.get("address"):
        raise refusal(Code.IDENTITY_NOT_ACCEPTABLE, "a participant has an identity or an address, not both")
    projected = form.text("MessagingBinding.ProjectedAddress")
    if given.get("address"):
        if projected:
            raise refusal(Code.BINDING_PARAMETERS, "a projected address belongs to a participant with an identity")
        return people.add_non_chat(None, conversation, given, **more)
    if not identity:
        raise refusal(Code.BAD_REQUEST, "a participant needs an Identity or a MessagingBinding.Address")
    return people.add(None, conversation, identity, projected_address=projected or None, **more)


def fetch(call: Call) -> Response:
    conversation = call.model.conversations.get(call.path["conversation"])
    return _shown(call, call.model.participants.get(conversation.sid, call.path["participant"]))


def update(call: Call) -> Response:
    people, form = call.model.participants, call.form
    key, who = call.path["conversation"], call.path["participant"]
    with call.model.context.store.transaction():
        conversation = call.model.conversations.open(key)
        found = people.get(conversation.sid, who)
        if "Identity" in form and form.text("Identity") != (found.identity or ""):
            raise refusal(Code.IDENTITY_NOT_ACCEPTABLE, f"{found.sid} keeps its identity: add another participant")
        changes = form.renamed({"Attributes": "attributes"}) | form.dates()
        if changes:
            found = people.update(None, conversation.sid, found.sid, changes)
        for name, ours in _CHANGES.items():
            if name not in form:
                continue
            # The text "null" is how the service has an address removed.
            address = None if form.text(name) in ("", "null") else form.text(name)
            if address is None and ours == "proxy_address":
                raise refusal(Code.PROXY_NOT_REMOVED, f"{found.sid} is reached through it")
            found = people.rebind(conversation.sid, found.sid, {ours: address})
        if form.text("RoleSid"):
            found = people.set_role(conversation.sid, found.sid, form.required("RoleSid"))
        if "LastReadMessageIndex" in form or "LastReadTimestamp" in form:
            found = read(call, conversation.sid, found)
        return _shown(call, found)


def read(call: Call, conversation_sid: str, found: Participant) -> Participant:
    """Moves a participant's read horizon as the form says."""
    form = call.form
    index = found.last_read_index
    if "LastReadMessageIndex" in form:
        index = form.integer("LastReadMessageIndex", Code.READ_INDEX_FORMAT)
        if index is not None and index < 0:
            raise refusal(Code.READ_INDEX_FORMAT, f"{index} is below 0")
    at = form.moment("LastReadTimestamp", Code.READ_TIMESTAMP_FORMAT)
    return call.model.participants.read_up_to(None, conversation_sid, index, who=found.sid, at=at)


def remove(call: Call) -> Response:
    call.model.participants.remove(None, call.path["conversation"], call.path["participant"])
    return Response(status_code=204)


def every(call: Call) -> Response:
    conversation = call.model.conversations.get(call.path["conversation"])
    found = call.model.participants.of(conversation.sid)
    return page(call, "participants", found, lambda one: serializers.participant(call, one), sid=lambda one: one.sid)


def conversations(call: Call) -> Response:
    """Where an identity, or an address on another channel, takes part."""
    identity, address = call.query.text("Identity"), call.query.text("Address")
    if bool(identity) == bool(address):
        raise refusal(Code.ONE_LOOKUP_PARAMETER)
    people = call.model.participants
    found = people.of_identity(identity) if identity else people.of_address(str(address))
    return page(
        call,
        "conversations",
        found,
        lambda one: serializers.participant_conversation(call, one),
        sid=lambda one: one.sid,
    )


_PARTICIPANTS = "/Conversations/{conversation}/Participants"
TABLE: list[tuple[str, str, Handler]] = [
    ("POST", _PARTICIPANTS, create),
    ("GET", _PARTICIPANTS, every),
    ("GET", f"{_PARTICIPANTS}/{{participant}}", fetch),
    ("POST", f"{_PARTICIPANTS}/{{participant}}", update),
    ("DELETE", f"{_PARTICIPANTS}/{{participant}}", remove),
    ("GET", "/ParticipantConversations", conversations),
]


def _shown(call: Call, found: Participant, status: int = 200) -> Response:
    return JSONResponse(serializers.participant(call, found), status)
