"""The media service over HTTP: upload, record, set of records, and content under temporary addresses.

Not responsible for what is allowed (``media``), nor for who calls (the gate).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.caller import SCOPE_KEY
from pyconvo.emulator.conversations.media import MediaStore
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.records import Media
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse
from pyconvo.emulator.json_body import read as read_json

DEFAULT_TYPE = "application/octet-stream"
#: What browsers escape in the name of a form's file, and nothing else.
ESCAPED = re.compile("%(?:22|0D|0A)")


def media_routes(model: Conversations) -> list[Route]:
    handlers = MediaHandlers(model)
    service = f"/v1/Services/{model.settings.service_sid}"
    return [
        Route(f"{service}/Media", handlers.upload, methods=["POST"]),
        Route(f"{service}/MediaSet", handlers.media_set, methods=["POST"]),
        Route(f"{service}/Media/{{sid}}", handlers.record, methods=["GET"]),
        Route("/media-content/{sid}", content(model.media), methods=["GET"]),
    ]


class MediaHandlers:
    def __init__(self, model: Conversations) -> None:
        self._model = model
        self._base = (model.settings.media_url or f"https://mcs.{model.settings.region}.twilio.com").rstrip("/")

    async def upload(self, request: Request) -> Response:
        content_type = request.headers.get("content-type") or DEFAULT_TYPE
        filename = request.query_params.get("Filename")
        if content_type.lower().startswith("multipart/form-data"):
            content_type, filename, data = await _first_file(request, filename)
        else:
            data = await request.body()
        category = request.query_params.get("Category") or "media"
        made = self._model.media.upload(_caller(request), category, content_type, filename, data)
        return JSONResponse(self._described(made), status_code=201)

    async def record(self, request: Request) -> Response:
        return JSONResponse(self._described(self._model.media.read(_caller(request), request.path_params["sid"])))

    async def media_set(self, request: Request) -> Response:
        body = await read_json(request)
        wanted = body.get("list")
        if body.get("command") != "get" or not isinstance(wanted, list):
            raise TwilioError(400, BAD_REQUEST, 'a set is asked for by {"command": "get", "list": [{"media_sid": …}]}')
        return JSONResponse([self._entry(_caller(request), one) for one in wanted])

    def _entry(self, actor: str, wanted: Any) -> dict[str, Any]:
        sid = wanted.get("media_sid") if isinstance(wanted, dict) else None
        try:
            found = self._model.media.read(actor, str(sid))
        except TwilioError as error:
            return {"code": error.status, "media_record": {"sid": sid}}
        return {"code": 200, "media_record": self._described(found)}

    def _described(self, found: Media) -> dict[str, Any]:
        settings, store = self._model.settings, self._model.media
        conversation_sid, message_sid = store.place(found)
        url = f"{self._base}/v1/Services/{settings.service_sid}/Media/{found.sid}"
        return {
            "sid": found.sid,
            "service_sid": settings.service_sid,
            "channel_sid": conversation_sid,
            "message_sid": message_sid,
            "author": found.author,
            "category": found.category,
            "content_type": found.content_type,
            "filename": found.filename,
            "size": found.size,
            "is_multipart_upstream": False,
            "date_created": found.date_created,
            "date_upload_updated": found.date_created,
            "date_updated": found.date_created,
            "url": url,
            "links": {
                "content": f"{url}/Content",
                "content_direct_temporary": self._base + store.temporary(found.sid),
            },
        }


def content(store: MediaStore) -> Any:
    """Serves what was uploaded, to everybody who has the address."""

    async def serve(request: Request) -> Response:
        query = request.query_params
        found = store.content(request.path_params["sid"], query.get("expires", ""), query.get("signature", ""))
        headers = {
            "Content-Type": found.content_type,
            # Somebody uploaded it: as a page of this address it must be able to do nothing.
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "private, max-age=300",
        }
        if found.filename is not None:
            name = quote(found.filename, safe="", errors="replace")
            headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
        try:
            headers["Content-Type"].encode("latin-1")
        except UnicodeEncodeError:
            headers["Content-Type"] = DEFAULT_TYPE
        return Response(found.data, headers=headers)

    return serve


async def _first_file(request: Request, otherwise_named: str | None) -> tuple[str, str | None, bytes]:
    """Type, name and content of a form's first file, whatever its field is called; else of its first text."""
    try:
        parts = [part for _, part in (await request.form()).multi_items()]
    except (HTTPException, KeyError) as error:
        raise TwilioError(400, BAD_REQUEST, "The body is not a valid form") from error
    for part in parts:
        if isinstance(part, UploadFile):
            name = ESCAPED.sub(lambda escape: unquote(escape[0]), part.filename or "")
            return part.content_type or DEFAULT_TYPE, name or otherwise_named, await part.read()
    if not parts:
        raise TwilioError(400, BAD_REQUEST, "The form holds no file")
    return DEFAULT_TYPE, otherwise_named, str(parts[0]).encode()


def _caller(request: Request) -> str:
    identity: str = request.scope[SCOPE_KEY].identity
    return identity
