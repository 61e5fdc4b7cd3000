"""Sync's addresses under ``/v3``: opening, items, writing. Subscriptions are in ``subscriptions``.

Not responsible for storing (``store``) nor for deciding who may read (``store.authorize``, set by the domain).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pyconvo.emulator.caller import SCOPE_KEY
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse, read
from pyconvo.emulator.sync import resources
from pyconvo.emulator.sync.objects import SYSTEM, Kind, Order, SyncConflict, SyncNotFound, SyncObject
from pyconvo.emulator.sync.page_token import PageToken
from pyconvo.emulator.sync.store import SyncStore

KINDS: dict[str, Kind] = {"Documents": "document", "Lists": "list", "Maps": "map"}
DEFAULT_PAGE = 50
LARGEST_PAGE = 100
LONGEST_NAME = 320
LIKE_A_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
#: SQLite's largest integer; a list's index beyond it does not exist.
LARGEST_INDEX = 2**63 - 1
_NAME_TAKEN = 54301

Handler = Callable[[Request], Awaitable[Response]]


class SyncRoutes:
    def __init__(self, store: Callable[[], SyncStore], service_sid: Callable[[], str]) -> None:
        """Both are asked anew for every request: it is for one chat service, and a reset makes new ones."""
        self._current = store
        self._service_sid = service_sid

    def routes(self) -> list[Route]:
        table: list[Route] = []
        for base in ("/v3", "/v3/Services/{service}"):
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
            named = request.path_params.get("service")
            if named not in (None, self._service_sid()):
                raise TwilioError(404, 20404, f"Service {named} is not the one of the token")
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
            included = store.items(target, page_size=LARGEST_PAGE)
        return JSONResponse(resources.entity(store, target, self._service_sid(), included))

    async def _items(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind)
        query = request.query_params
        single = query.get("Index" if kind == "list" else "Key")
        if single is None and "PageToken" in query:
            return self._continued(target, query["PageToken"])
        order = query.get("Order", "asc").lower()
        if order not in ("asc", "desc"):
            raise TwilioError(400, BAD_REQUEST, "Order must be asc or desc")
        order = cast(Order, order)
        size = min(_number(query.get("PageSize", str(DEFAULT_PAGE)), "PageSize"), LARGEST_PAGE)
        start, key = _key(kind, query.get("From")), _key(kind, single)
        found = store.items(target, start=start, page_size=size, order=order, key=key)
        return JSONResponse(resources.page(store, target, found, size, order, start=start))

    def _continued(self, target: SyncObject, text: str) -> Response:
        store = self._current()
        try:
            token = PageToken.read(text, int if target.kind == "list" else str)
        except ValueError as error:
            raise TwilioError(400, BAD_REQUEST, "PageToken is not one of this service's") from error
        against: Order = "desc" if token.order == "asc" else "asc"
        found = store.items(
            target,
            start=token.key,
            inclusive=False,
            page_size=token.page_size,
            order=against if token.backwards else token.order,
        )
        page = resources.page(
            store, target, found, token.page_size, token.order, start=token.key, backwards=token.backwards
        )
        return JSONResponse(page)

    # -- writing

    async def _create(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        body = await read(request)
        name = body.get("unique_name") or store.ids.hex()
        if not isinstance(name, str) or len(name) > LONGEST_NAME or LIKE_A_SID.fullmatch(name):
            raise TwilioError(400, 54302, "Invalid unique name")
        caller = request.scope[SCOPE_KEY].identity
        if store.find(kind, name) is not None:
            raise TwilioError(409, _NAME_TAKEN, "Unique name already exists")
        if kind == "document":
            made = store.create_document(name, _data(body), created_by=caller)
        elif kind == "list":
            made = store.create_list(name, created_by=caller)
        else:
            made = store.create_map(name, created_by=caller)
        return JSONResponse(resources.entity(store, made, self._service_sid()), status_code=201)

    async def _update(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind, writing=True)
        body = await read(request)
        if kind == "document" and "data" in body:
            target = store.update_document(target.sid, _data(body), revision=_revision(request))
        return JSONResponse(resources.entity(store, target, self._service_sid()))

    async def _remove(self, request: Request, kind: Kind) -> Response:
        self._current().remove(kind, self._open(request, kind, writing=True).sid)
        return Response(status_code=204)

    async def _append(self, request: Request, kind: Kind) -> Response:
        store = self._current()
        target = self._open(request, kind, writing=True)
        body = await read(request)
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
        target = self._open(request, kind, writing=True)
        body = await read(request)
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
        target = self._open(request, kind, writing=True)
        key = _key(kind, request.path_params["key"])
        if isinstance(key, int):
            event_id = store.remove_item(target.sid, key)
        else:
            event_id = store.remove_map_item(target.sid, str(key))
        return JSONResponse({"last_event_id": event_id, "date_updated": store.clock.iso()})

    def _written(self, target: SyncObject, key: int | str, status: int) -> Response:
        store = self._current()
        found = store.items(target, key=key).items[0]
        return JSONResponse(resources.item(store, target, found), status_code=status)

    def _open(self, request: Request, kind: Kind, *, writing: bool = False) -> SyncObject:
        """The object that is asked for, if the caller may. What clients have made is everybody's."""
        store = self._current()
        target = store.get(kind, request.path_params["id"])
        if target.created_by == SYSTEM and (writing or not store.authorize(request.scope[SCOPE_KEY].identity, target)):
            raise TwilioError(403, 54007, f"No permission for this {kind}")
        return target


def _data(body: dict[str, Any]) -> dict[str, Any]:
    data = body.get("data", {})
    if not isinstance(data, dict):
        raise TwilioError(400, BAD_REQUEST, "data is not a JSON object")
    return data


def _revision(request: Request) -> int | None:
    text = request.headers.get("if-match")
    if text is None:
        return None
    try:
        return -1 if text == "-1" else int(text, 16)
    except ValueError:
        raise TwilioError(412, 54103, "If-Match is not a revision") from None


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) < 1:
        raise TwilioError(400, 20007, f"{name} must be a positive integer")
    return int(text)


def _key(kind: Kind, text: str | None) -> int | str | None:
    if text is None or kind != "list":
        return text
    if not re.fullmatch(r"-?[0-9]{1,100}", text):
        raise TwilioError(400, BAD_REQUEST, "A list's index must be an integer")
    return max(-1, min(int(text), LARGEST_INDEX))
