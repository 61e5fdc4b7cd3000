"""The control plane's part for other channels ``/emulator/…``: what comes from phones, what left, how it fared.

Not responsible for doing any of it (the domain does).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.conversations import Conversations, resources
from pyconvo.emulator.conversations.inbound import Attachment
from pyconvo.emulator.conversations.records import Outgoing, Receipt
from pyconvo.emulator.conversations.schema import RECEIPTS
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse, optional, read
from pyconvo.emulator.service import Service

_INBOUND = {
    "from", "to", "body", "subject", "attributes", "media", "channelMetadata", "recipients", "autocreate",
}  # fmt: skip
_MEDIUM = {"contentType", "text", "base64", "filename", "category"}
_RECEIPTS = {"receipt", "channelMessage", "message", "participant", "status", "errorCode"}


class ChannelControl:
    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("POST", "/emulator/inbound", self.inbound),
            ("GET", "/emulator/outbox", self.outbox),
            ("DELETE", "/emulator/outbox", self.clear_outbox),
            ("POST", "/emulator/receipts", self.advance),
            ("GET", "/emulator/delivery", self.delivery),
            ("POST", "/emulator/delivery", self.set_delivery),
        ]
        return [Route(path, handler, methods=[method]) for method, path, handler in table]

    @property
    def _model(self) -> Conversations:
        return self._service.conversations

    async def inbound(self, request: Request) -> Response:
        """A message from a phone or mailbox: ``{"from", "to", "body", …}``.

        Also ``subject``, ``attributes`` (JSON value), ``media`` (``[{"contentType", "text" | "base64", "filename",
        "category"}]``), ``channelMetadata`` (``{"type", "data"}``), ``recipients`` and ``autocreate`` (make a
        conversation if nobody has these addresses).
        """
        body = await read(request)
        _only(body, _INBOUND, "a message that comes in")
        attributes = json.dumps(body["attributes"]) if "attributes" in body else None
        media = body.get("media", [])
        if not isinstance(media, list):
            raise TwilioError(400, BAD_REQUEST, "media must be a list")
        if not isinstance(body.get("autocreate", False), bool):
            raise TwilioError(400, BAD_REQUEST, "autocreate must be true or false")
        named = "service" in request.query_params
        model = self._model if named else self._service.account.receiver(body.get("from"), body.get("to"))
        arrival = model.inbound.receive(
            body.get("from"),
            body.get("to"),
            body=body.get("body"),
            subject=body.get("subject"),
            attributes=attributes,
            attachments=[_attachment(one) for one in media],
            channel_metadata=body.get("channelMetadata"),
            recipients=body.get("recipients"),
            autocreate=body.get("autocreate", False),
        )
        answer = {
            "conversation": arrival.message.conversation_sid,
            "message": arrival.message.sid,
            "index": arrival.message.index,
            "participant": arrival.participant.sid,
            "created": arrival.created,
        }
        return JSONResponse(answer, status_code=201)

    async def outbox(self, request: Request) -> Response:
        """What left for phones and mailboxes, oldest first; only ``?to=`` an address, or of a ``?conversation=``."""
        query = request.query_params
        found = self._model.delivery.outbox(to=query.get("to"), conversation_sid=query.get("conversation"))
        return JSONResponse({"outbox": [self._sent(one) for one in found]})

    async def clear_outbox(self, request: Request) -> Response:
        self._model.delivery.clear_outbox()
        return JSONResponse({"outbox": []})

    async def advance(self, request: Request) -> Response:
        """``{"message" | "receipt" | "channelMessage": sid, "status": "delivered", "errorCode": 30003}``.

        ``participant`` (a sid, or an address) chooses among the receipts of a message; all of them otherwise. All
        change, or none.
        """
        body = await read(request)
        _only(body, _RECEIPTS, "an advance of receipts")
        chosen = self._chosen(body)
        code = body.get("errorCode", 0)
        with self._model.context.store.transaction():
            changed = [self._model.receipts.advance(one, body.get("status", ""), error_code=code) for one in chosen]
        return JSONResponse({"receipts": [resources.receipt(one) for one in changed]})

    async def delivery(self, request: Request) -> Response:
        return JSONResponse({"interval": self._model.delivery.interval})

    async def set_delivery(self, request: Request) -> Response:
        """``{"interval": seconds}`` lets receipts advance by the clock, ``{"interval": null}`` stops that."""
        body = await read(request)
        _only(body, {"interval"}, "delivery")
        if "interval" not in body:
            raise TwilioError(400, BAD_REQUEST, "say interval: seconds from one status to the next, or null for never")
        self._model.delivery.set_interval(body["interval"])
        return await self.delivery(request)

    def _chosen(self, body: dict[str, Any]) -> list[Receipt]:
        columns = {"receipt": "sid", "channelMessage": "channel_message_sid", "message": "message_sid"}
        named = [name for name in columns if optional(body, name, str) is not None]
        if len(named) != 1:
            raise TwilioError(400, BAD_REQUEST, "name one of: receipt (DY…), channelMessage (SM…), message (IM…)")
        db, sid = self._model.context.db, body[named[0]]
        found = RECEIPTS.many(db, f"{columns[named[0]]} = ? ORDER BY rowid", sid)
        who = optional(body, "participant", str)
        if who is not None:
            delivery = self._model.delivery
            found = [one for one in found if who in (one.participant_sid, delivery.address(one))]
        if not found:
            whose = "" if who is None else f" for {who}"
            raise TwilioError(404, 20404, f"there is no receipt of {sid}{whose}: see GET /emulator/outbox")
        return found

    def _sent(self, one: Outgoing) -> dict[str, Any]:
        receipt = RECEIPTS.one(self._model.context.db, "channel_message_sid = ?", one.sid)
        return {
            "sid": one.sid,
            "channel": one.channel,
            "from": one.sender,
            "to": one.recipient,
            "author": one.author,
            "body": one.body,
            "subject": one.subject,
            "media": json.loads(one.medias),
            "conversation": one.conversation_sid,
            "message": one.message_sid,
            "participant": one.participant_sid,
            "receipt": None if receipt is None else receipt.sid,
            "status": None if receipt is None else receipt.status,
            "errorCode": 0 if receipt is None else receipt.error_code,
            "dateCreated": one.date_created,
        }


def _attachment(given: Any) -> Attachment:
    if not isinstance(given, dict):
        raise TwilioError(400, BAD_REQUEST, "each of media must be an object")
    _only(given, _MEDIUM, "a medium")
    content_type, category = optional(given, "contentType", str), optional(given, "category", str)
    text, encoded = optional(given, "text", str), optional(given, "base64", str)
    if not content_type or (text is None) == (encoded is None):
        raise TwilioError(400, BAD_REQUEST, "a medium has a contentType, and its content as text or as base64")
    try:
        data = text.encode() if encoded is None else base64.b64decode(encoded, validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TwilioError(400, BAD_REQUEST, f"the content of a medium cannot be read: {error}") from error
    return Attachment(content_type, data, optional(given, "filename", str), category or "media")


def _only(body: dict[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(set(body) - known)
    if unknown:
        raise TwilioError(400, BAD_REQUEST, f"{what} has no {', '.join(unknown)}; known: {', '.join(sorted(known))}")
