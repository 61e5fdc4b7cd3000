"""What clients ask about messages of other channels: receipts, recipients, metadata.

Not responsible for: rules (the model), addresses (``routes``), rendering errors.
"""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from pyconvo.emulator.caller import SCOPE_KEY
from pyconvo.emulator.conversations import resources
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.paging import Page, asked_for
from pyconvo.emulator.conversations.records import Message
from pyconvo.emulator.json_body import JSONResponse


class ChannelHandlers:
    def __init__(self, model: Conversations) -> None:
        self._model = model

    async def receipts(self, request: Request) -> Response:
        page = _page(request, self._model.settings.receipts_page)
        every = self._model.receipts.of(self._message(request).sid)
        entries = [resources.receipt(one) for one in every[page.start : page.start + page.size]]
        following = page.following() if len(every) > page.start + page.size else None
        return JSONResponse(
            resources.page("delivery_receipts", entries, next_token=following, previous_token=page.preceding())
        )

    async def channel_metadata(self, request: Request) -> Response:
        actor, message = _caller(request), self._message(request)
        if not self._model.permissions.allowed(actor, "readChannelMetadata", message.conversation_sid):
            raise refusal(Code.CHANNEL_METADATA_FORBIDDEN)
        found = self._model.messages.channel_metadata(message)
        if found is None:
            raise refusal(Code.NO_CHANNEL_METADATA, message.sid)
        return JSONResponse({"type": found.type, "data": json.loads(found.data)})

    async def message_recipients(self, request: Request) -> Response:
        """Those of one message (``MessageSid``), or of a page of messages: its size counts messages."""
        conversation = self._model.conversations.read(_caller(request), request.path_params["conversation"])
        if (sid := request.query_params.get("MessageSid")) is not None:
            found = self._model.recipients.of(self._model.messages.get(conversation, sid).sid)
            return JSONResponse(resources.page("message_recipients", [resources.recipient(one) for one in found]))
        page = _page(request, self._model.settings.recipients_page)
        found, more = self._model.recipients.page(conversation.sid, start=page.start, size=page.size)
        return JSONResponse(
            resources.page(
                "message_recipients",
                [resources.recipient(one) for one in found],
                next_token=page.following() if more else None,
                previous_token=page.preceding(),
            )
        )

    def _message(self, request: Request) -> Message:
        path = request.path_params
        return self._model.messages.read(_caller(request), path["conversation"], path["message"])


def _page(request: Request, usual: int) -> Page:
    query = request.query_params
    return asked_for(query.get("PageToken"), query.get("PageSize"), usual)


def _caller(request: Request) -> str:
    return str(request.scope[SCOPE_KEY].identity)
