"""Routes by the shape of a path, so that a request is compared with a few of them instead of with all.

Not responsible for matching (Starlette's router does, on the few).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

SHAPES = 256


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


def _first(path: str) -> str:
    return path[1:].partition("/")[0]


def _fits(route: BaseRoute, first: str, slashes: int) -> bool:
    if not isinstance(route, Route | Mount):
        return True
    own = _first(route.path)
    if own and "{" not in own and own != first:
        return False
    return isinstance(route, Mount) or ":path}" in route.path or route.path.count("/") == slashes
