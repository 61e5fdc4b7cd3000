"""Sync's addresses under ``/v3``: opening, items, writing. Subscriptions are in ``subscriptions``.

Not responsible for storing (``store``) nor for deciding who may read (``store.authorize``, set by the domain).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pyconvo.emulator.caller import SCOPE_KEY
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.sync import resources
from pyconvo.emulator.sync.objects import Kind, Order, SyncConflict, SyncNotFound, SyncObject
from pyconvo.emulator.sync.store import SyncStore

KINDS: dict[str, Kind] = {"Documents": "document", "Lists": "list", "Maps": "map"}
DEFAULT_PAGE = 50
LARGEST_PAGE = 100
_NAME_TAKEN = 54301

Handler = Callable[[Request], Awaitable[Response]]


class SyncRoutes:
    def __init__(self, store: Callable[[], SyncStore], service_sid: str) -> None:
        """``store`` is asked anew for every request: a reset makes a new one."""
        self._current = store
        self._service_sid = service_sid

    def routes(self) -> list[Route]:
        table: list[Route] = []
        for base in ("/v3", f"/v3/Services/{self._service_sid}"):
            for name, kind in KINDS.items():
                entity = f"{base}/{name}/{{id:path}}"
                items = f"{base}/{name}/{{id}}/Items"
                item = f"{items}/{{key:path}}"
                for path, method, handler in (
                    (f"{base}/{name}", "POST", self._create),
                    (items, "GET", self._items),
                    (items, "POST", self._append),
                    (item, "POST", self._write),
                    (item, "PUT", self._write),
                    (item, "DELETE", self._remove_item),
                    (entity, "GET", self._read),
                    (entity, "POST", self._update),
                    (entity, "DELETE", self._remove),
                ):
                    table.append(Route(path, self._as(kind, handler), methods=[method]))
        return table

    def _as(self, kind: Kind, handler: Callable[[Request, Kind], Awaitable[Response]]) -> Handler:
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request, kind)
            except SyncNotFound as error:
                raise TwilioError(404, error.code, str(error)) from error
            except SyncConflict as error:
                raise TwilioError(412, 54103, "The revision is not the current one") from error

        return endpoint

    # -- reading

    async def _read(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        included = None
        if kind == "map" and request.query_params.get("Include") == "items":
            included = store.items(kind, target.sid, page_size=LARGEST_PAGE)
        return JSONResponse(resources.entity(store, target, self._service_sid, included))

    async def _items(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        query = request.query_params
        order = query.get("Order", "asc").lower()
        if order not in ("asc", "desc"):
            raise TwilioError(400, 20001, "Order must be asc or desc")
        size = min(_number(query.get("PageSize", str(DEFAULT_PAGE)), "PageSize"), LARGEST_PAGE)
        single = query.get("Index" if kind == "list" else "Key")
        start = query.get("From")
        found = store.items(
            kind,
            target.sid,
            start=_key(kind, start),
            page_size=size,
            order=cast(Order, order),
            key=_key(kind, single),
        )
        return JSONResponse(resources.page(store, target, found, size))

    # -- writing

    async def _create(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        body = await _json(request)
        name = body.get("unique_name") or store.ids.hex()
        if store.find(kind, name) is not None:
            raise TwilioError(409, _NAME_TAKEN, "Unique name already exists")
        if kind == "document":
            made = store.create_document(name, _data(body))
        else:
            made = store.create_list(name) if kind == "list" else store.create_map(name)
        return JSONResponse(resources.entity(store, made, self._service_sid), status_code=201)

    async def _update(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        body = await _json(request)
        if kind == "document" and "data" in body:
            target = store.update_document(target.sid, _data(body), revision=_revision(request))
        return JSONResponse(resources.entity(store, target, self._service_sid))

    async def _remove(self, request: Request, kind: Kind) -> Response:
        self._current().remove(kind, self._open(request, kind).sid)
        return Response(status_code=204)

    async def _append(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        body = await _json(request)
        key: int | str
        if kind == "list":
            key = store.append_item(target.sid, _data(body))
        else:
            key = str(body.get("key", ""))
            if store.get_map_item(target.sid, key) is not None:
                raise TwilioError(409, 54208, "Map item already exists")
            store.set_map_item(target.sid, key, _data(body))
        return self._written(target, key, 201)

    async def _write(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        body = await _json(request)
        data, revision = _data(body), _revision(request)
        key = _key(kind, request.path_params["key"])
        if isinstance(key, int):
            store.update_item(target.sid, key, data, revision=revision)
            return self._written(target, key, 200)
        new = store.get_map_item(target.sid, str(key)) is None
        store.set_map_item(target.sid, str(key), data, revision=revision)
        return self._written(target, str(key), 201 if new else 200)

    async def _remove_item(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        key = _key(kind, request.path_params["key"])
        if isinstance(key, int):
            event_id = store.remove_item(target.sid, key)
        else:
            event_id = store.remove_map_item(target.sid, str(key))
        return JSONResponse({"last_event_id": event_id, "date_updated": store.clock.iso()})

    def _written(self, target: SyncObject, key: int | str, status: int) -> Response:
        store = self._current()
        found = store.items(target.kind, target.sid, key=key).items[0]
        return JSONResponse(resources.item(store, target, found), status_code=status)

    def _open(self, request: Request, kind: Kind) -> SyncObject:
        store = self._current()
        target = store.get(kind, request.path_params["id"])
        if not store.authorize(request.scope[SCOPE_KEY].identity, target):
            raise TwilioError(403, 54007, f"No permission for this {kind}")
        return target


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise TwilioError(400, 20001, "The request body is not valid JSON") from error
    if not isinstance(body, dict):
        raise TwilioError(400, 20001, "The request body is not a JSON object")
    return body


def _data(body: dict[str, Any]) -> dict[str, Any]:
    data = body.get("data", {})
    if not isinstance(data, dict):
        raise TwilioError(400, 20001, "data is not a JSON object")
    return data


def _revision(request: Request) -> int | None:
    text = request.headers.get("if-match")
    if text is None:
        return None
    try:
        return int(text, 16)
    except ValueError:
        raise TwilioError(412, 54103, "If-Match is not a revision") from None


def _number(text: str, name: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise TwilioError(400, 20007, f"{name} must be a positive integer")
    return int(text)


def _key(kind: Kind, text: str | None) -> int | str | None:
    if text is None or kind != "list":
        return text
    try:
        return int(text)
    except ValueError:
        raise TwilioError(400, 20001, "A list's index must be an integer") from None
