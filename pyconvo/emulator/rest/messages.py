"""Messages of a conversation, and their delivery receipts.

Not responsible for any rule (the model).
"""

from __future__ import annotations

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Message
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest import serializers
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.paging import page


def create(call: Call) -> Response:
    form = call.form
    author = form.text("Author") or None
    if author is not None and len(author) > call.model.settings.limits.identity:
        raise refusal(Code.AUTHOR_TOO_LONG, f"{len(author)} characters")
    made = call.model.messages.send(
        None,
        call.path["conversation"],
        body=form.text("Body"),
        subject=form.text("Subject"),
        attributes=form.text("Attributes"),
        media_sids=form.list("MediaSid") or None,
        content_sid=form.text("ContentSid"),
        content_variables=form.text("ContentVariables"),
        author=author,
        dates=form.dates(),
    )
    return _shown(call, made, 201)


def fetch(call: Call) -> Response:
    return _shown(call, _message(call))


def update(call: Call) -> Response:
    names = {"Author": "author", "Body": "body", "Attributes": "attributes", "Subject": "subject"}
    changes = call.form.renamed(names) | call.form.dates()
    found = call.model.messages.edit(None, call.path["conversation"], call.path["message"], changes)
    return _shown(call, found)


def remove(call: Call) -> Response:
    call.model.messages.remove(None, call.path["conversation"], call.path["message"])
    return Response(status_code=204)


def every(call: Call) -> Response:
    """In the order of their indexes, or (``Order=desc``) the newest first."""
    order = call.query.choice("Order", ("asc", "desc"))
    conversation = call.model.conversations.get(call.path["conversation"])
    sids = call.model.messages.sids(conversation.sid)
    if order == "desc":
        sids.reverse()
    return page(
        call,
        "messages",
        sids,
        lambda sid: serializers.message(call, call.model.messages.get(conversation, sid)),
        sid=lambda sid: sid,
    )


def receipts(call: Call) -> Response:
    found = call.model.receipts.of(_message(call).sid)
    return page(call, "delivery_receipts", found, lambda one: serializers.receipt(call, one), sid=lambda one: one.sid)


def receipt(call: Call) -> Response:
    found = call.model.receipts.get(_message(call).sid, call.path["receipt"])
    return JSONResponse(serializers.receipt(call, found))


_MESSAGES = "/Conversations/{conversation}/Messages"
TABLE: list[tuple[str, str, Handler]] = [
    ("POST", _MESSAGES, create),
    ("GET", _MESSAGES, every),
    ("GET", f"{_MESSAGES}/{{message}}", fetch),
    ("POST", f"{_MESSAGES}/{{message}}", update),
    ("DELETE", f"{_MESSAGES}/{{message}}", remove),
    ("GET", f"{_MESSAGES}/{{message}}/Receipts", receipts),
    ("GET", f"{_MESSAGES}/{{message}}/Receipts/{{receipt}}", receipt),
]


def _message(call: Call) -> Message:
    conversation = call.model.conversations.get(call.path["conversation"])
    return call.model.messages.get(conversation, call.path["message"])


def _shown(call: Call, found: Message, status: int = 200) -> Response:
    return JSONResponse(serializers.message(call, found), status)
