"""Routes by the shape of a path, so that a request is compared with a few of them instead of with all.

Not responsible for matching (Starlette's routes do, the few).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import Receive, Scope, Send

SHAPES = 256
Endpoint = Callable[[Request], Awaitable[Response]]


class Shaped(Router):
    """A router that sorts its routes by their first segment and their number of segments."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._few = lru_cache(SHAPES)(self._make)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "path" not in scope:
            await super().app(scope, receive, send)
            return
        path: str = scope["path"]
        await self._few(_first(path), path.count("/")).app(scope, receive, send)

    def _make(self, first: str, slashes: int) -> Router:
        return Router([one for one in self.routes if _fits(one, first, slashes)], default=self.default)


class Endpoints:
    """The functions behind routes, for who calls them without a router."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = list(routes)
        self._few = lru_cache(SHAPES)(self._make)

    def find(self, scope: Scope) -> Endpoint | None:
        """What a router would call, with the path's parameters entered in ``scope``; None where it would refuse."""
        path: str = scope["path"]
        for route in self._few(scope["method"], _first(path), path.count("/")):
            match, entries = route.matches(scope)
            if match is Match.FULL:
                scope.update(entries)
                found: Endpoint = route.endpoint
                return found
        return None

    def _make(self, method: str, first: str, slashes: int) -> list[Route]:
        return [one for one in self._routes if method in (one.methods or ()) and _fits(one, first, slashes)]


def _first(path: str) -> str:
    return path[1:].partition("/")[0]


def _fits(route: BaseRoute, first: str, slashes: int) -> bool:
    if not isinstance(route, Route | Mount):
        return True
    own = _first(route.path)
    if own and "{" not in own and own != first:
        return False
    return isinstance(route, Mount) or ":path}" in route.path or route.path.count("/") == slashes
