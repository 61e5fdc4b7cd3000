"""Conversations, and conversations made together with their participants.

Not responsible for any rule (the model).
"""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from pyconvo.emulator.conversations.conversation import STATES
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Conversation
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest import serializers
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.forms import Parameters, parsed
from pyconvo.emulator.rest.paging import page
from pyconvo.emulator.rest.participants import add

MOST_AT_ONCE = 10
_TEXTS = {"FriendlyName": "friendly_name", "UniqueName": "unique_name", "Attributes": "attributes"}


def create(call: Call) -> Response:
    with call.model.context.store.transaction():
        return _shown(call, _made(call), 201)


def create_with_participants(call: Call) -> Response:
    """All of it, or nothing."""
    wanted = [_participant(one) for one in call.form.list("Participant")]
    if len(wanted) > MOST_AT_ONCE:
        raise refusal(Code.TOO_MANY_AT_ONCE, f"{MOST_AT_ONCE} are allowed")
    with call.model.context.store.transaction():
        made = _made(call)
        for one in wanted:
            add(call, made.sid, one)
        return _shown(call, call.model.conversations.get(made.sid), 202 if wanted else 201)


def fetch(call: Call) -> Response:
    return _shown(call, call.model.conversations.get(call.path["conversation"]))


def update(call: Call) -> Response:
    rules, form = call.model.conversations, call.form
    state = _state(form)
    with call.model.context.store.transaction():
        found = rules.open(call.path["conversation"])
        changes = form.renamed(_TEXTS) | form.dates() | _more(form)
        if changes:
            found = rules.update(None, found.sid, changes)
        found = _timed(call, found)
        if state is not None:
            found = rules.set_state(found.sid, state)
        return _shown(call, found)


def remove(call: Call) -> Response:
    call.model.conversations.delete(None, call.path["conversation"])
    return Response(status_code=204)


def every(call: Call) -> Response:
    query = call.query
    # A conversation is never seen while it is initializing: requests are carried out at once.
    state = query.choice("State", (*STATES, "initializing"), Code.STATE_INVALID)
    found = [one for one in call.model.conversations.all() if state in (None, one.state)]
    start, end = query.moment("StartDate"), query.moment("EndDate")
    if start is not None or end is not None:
        found = [one for one in found if (start or "") <= one.date_created <= (end or "9999")]
        found.sort(key=lambda one: parsed(one.date_created), reverse=True)
    return page(call, "conversations", found, lambda one: serializers.conversation(call, one), sid=lambda one: one.sid)


TABLE: list[tuple[str, str, Handler]] = [
    ("POST", "/Conversations", create),
    ("GET", "/Conversations", every),
    ("GET", "/Conversations/{conversation}", fetch),
    ("POST", "/Conversations/{conversation}", update),
    ("DELETE", "/Conversations/{conversation}", remove),
    ("POST", "/ConversationWithParticipants", create_with_participants),
]


def _made(call: Call) -> Conversation:
    form, rules = call.form, call.model.conversations
    state = _state(form)
    if state is None and ("Timers.Inactive" in form or "Timers.Closed" in form):
        raise refusal(Code.TIMER_WITHOUT_STATE, "State is needed, too")
    made = rules.create(None, state=state or "active", dates=form.dates(), **form.renamed(_TEXTS), **_more(form))
    return _timed(call, made)


def _more(form: Parameters) -> dict[str, Any]:
    more: dict[str, Any] = form.renamed({"MessagingServiceSid": "messaging_service_sid"})
    email = form.renamed({"Bindings.Email.Address": "address", "Bindings.Email.Name": "name"})
    return more | ({"email": email} if email else {})


def _timed(call: Call, found: Conversation) -> Conversation:
    """With the timers that are given; the others stay."""
    form = call.form
    if "Timers.Inactive" not in form and "Timers.Closed" not in form:
        return found
    inactive, closed = found.timer_inactive, found.timer_closed
    if "Timers.Inactive" in form:
        inactive = form.duration("Timers.Inactive", Code.INACTIVE_TIMER_FORMAT)
    if "Timers.Closed" in form:
        closed = form.duration("Timers.Closed", Code.CLOSED_TIMER_FORMAT)
    return call.model.conversations.set_timers(found.sid, inactive=inactive, closed=closed)


def _state(form: Parameters) -> str | None:
    if form.text("State") == "":
        raise refusal(Code.STATE_MISSING)
    return form.choice("State", STATES, Code.STATE_INVALID)


def _participant(text: str) -> Parameters:
    """A participant as JSON, by the names of the form or in snake case."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise refusal(Code.PARTICIPANT_REQUEST_INVALID, text[:100])
    return Parameters(_flat("", value))


def _flat(prefix: str, value: dict[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, one in value.items():
        name = prefix + "".join(part[:1].upper() + part[1:] for part in key.split("_"))
        if isinstance(one, dict) and not name.endswith("Attributes"):
            pairs += _flat(f"{name}.", one)
        elif one is not None:
            pairs.append((name, one if isinstance(one, str) else json.dumps(one)))
    return pairs


def _shown(call: Call, found: Conversation, status: int = 200) -> Response:
    return JSONResponse(serializers.conversation(call, found), status)
