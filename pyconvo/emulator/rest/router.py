"""Finds the handler for an address of the REST API, and what a wrong address or method gets.

The path is taken apart before it is decoded: a unique name or an identity may hold a slash.
Not responsible for authentication (the gate), nor for what a handler does.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.authentication import is_rest
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.forms import Parameters, form_of
from pyconvo.emulator.service import Service

METHOD_NOT_ALLOWED: Final = 20004
Found = tuple[dict[str, Handler], dict[str, str]]


class RestRouter(BaseRoute):
    """``table``: method, path below ``/v1`` (``{name}`` varies), handler."""

    def __init__(self, service: Service, table: list[tuple[str, str, Handler]]) -> None:
        self._service = service
        self._methods: dict[tuple[str, ...], tuple[list[str], dict[str, Handler]]] = {}
        for method, path, handler in table:
            parts = path.strip("/").split("/")
            shape = tuple("{}" if part.startswith("{") else part for part in parts)
            names = [part[1:-1] for part in parts if part.startswith("{")]
            known, methods = self._methods.setdefault(shape, (names, {}))
            if known != names or method in methods:
                raise ValueError(f"{method} {path} is there twice")
            methods[method] = handler

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        fits = scope["type"] == "http" and is_rest(scope["path"])
        return (Match.FULL if fits else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Nothing here has a name."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        parts = _parts(scope)
        found = self._find(parts)
        if found is None:
            raise _unknown(scope["path"])
        methods, path = found
        handler = methods.get(request.method)
        if handler is None:
            error = TwilioError(405, METHOD_NOT_ALLOWED, f"Method not allowed: {request.method} {scope['path']}")
            await JSONResponse(error.body(), 405, {"Allow": ", ".join(methods)})(scope, receive, send)
            return
        named = path.pop("service", None)
        if named is not None and named not in self._service.chats:
            raise _unknown(scope["path"])
        chat = self._service.account.default if named is None else self._service.chats.get(named)
        root = f"{request.url.scheme}://{request.url.netloc}/v1"
        call = Call(
            service=self._service,
            model=chat.conversations,
            webhooks=chat.webhooks,
            root=root,
            named=named is not None,
            address=root + str(scope.get("raw_path", b"").decode("latin-1")).removeprefix("/v1").partition("?")[0],
            path=path,
            form=await form_of(request) if request.method == "POST" else Parameters(),
            query=Parameters(request.query_params.multi_items()),
        )
        await handler(call)(scope, receive, send)

    def _find(self, parts: list[str]) -> Found | None:
        """The handlers by method. Of several shapes that fit, the one that says more."""
        best: tuple[int, list[str], dict[str, Handler]] | None = None
        for shape, (names, methods) in self._methods.items():
            if len(shape) == len(parts) and all(a in ("{}", b) for a, b in zip(shape, parts, strict=True)):
                said = sum(part != "{}" for part in shape)
                if best is None or said > best[0]:
                    values = [part for form, part in zip(shape, parts, strict=True) if form == "{}"]
                    best = (said, [*names, *values], methods)
        if best is None:
            return None
        half = len(best[1]) // 2
        return best[2], dict(zip(best[1][:half], best[1][half:], strict=True))


def below(base: str, table: list[tuple[str, str, Handler]]) -> list[tuple[str, str, Handler]]:
    """The same handlers under another address."""
    return [(method, base + path, handler) for method, path, handler in table]


def _parts(scope: Scope) -> list[str]:
    raw = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0].removeprefix("/v1/")
    return [unquote(part) for part in path.strip("/").split("/")]


def _unknown(path: str) -> TwilioError:
    return TwilioError(404, 20404, f"The requested resource {path} was not found")
