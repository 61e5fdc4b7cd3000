"""Static files beside the service: the playground, released files, test pages.

Not responsible for building them. Served with types that browsers insist on, readable from any origin.
"""

from __future__ import annotations

from os import PathLike, stat_result
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

TYPES = {
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".cjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".map": "application/json",
    ".whl": "application/zip",
    ".zip": "application/zip",
}


class Files(StaticFiles):
    """Always revalidated (a build changes them under a running server), never guessed."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        suffix = "." + str(full_path).rpartition(".")[2]
        if suffix in TYPES:
            response.headers["content-type"] = TYPES[suffix]
        response.headers["cache-control"] = "no-cache"
        response.headers["access-control-allow-origin"] = "*"
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        response.headers["x-content-type-options"] = "nosniff"
        return response


def static(prefix: str, path: str) -> BaseRoute:
    """A directory with everything in it under ``prefix``, or one file at exactly that address."""
    if not Path(path).is_file():
        return Mount(prefix.rstrip("/"), Files(directory=path, html=True))
    folder, name = Path(path).resolve().parent, Path(path).name
    files = Files(directory=folder)

    async def answer(request: Request) -> Response:
        return await files.get_response(name, request.scope)

    return Route(prefix, answer)
