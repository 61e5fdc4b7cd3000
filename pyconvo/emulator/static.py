"""Static files beside the service: the playground, released files, test pages.

Served with types that browsers insist on, readable from any origin; compressed where the compressed file lies beside
(``name.br``, ``name.gz``) and the client takes it. An address with the file's hash as its query is good for ever, any
other is revalidated. Not responsible for building the files.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import os
from functools import lru_cache
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import Headers
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


#: Ending of a compressed file → how the header calls it, the better first.
ENCODINGS = {".br": "br", ".gz": "gzip"}
#: Characters of the hash in an address.
HASH_LENGTH = 16


class Files(StaticFiles):
    """Never guessed; what a build may change under a running server is asked for again each time."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        sent, encoding = _as_accepted(str(full_path), stat_result, Headers(scope=scope).get("accept-encoding", ""))
        sent_stat = stat_result if encoding is None else os.stat(sent)
        response = super().file_response(sent, sent_stat, scope, status_code)
        ending = "." + str(full_path).rpartition(".")[2]
        kind = TYPES.get(ending) or mimetypes.guess_type(str(full_path))[0] or "application/octet-stream"
        if ending in TYPES or encoding is not None:
            response.headers["content-type"] = kind
        if encoding is not None:
            response.headers["content-encoding"] = encoding
        asked = scope.get("query_string", b"").decode("latin-1")
        known = bool(asked) and asked == short_hash(str(full_path), stat_result.st_mtime_ns, stat_result.st_size)
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if known else "no-cache"
        response.headers["vary"] = "accept-encoding"
        response.headers["access-control-allow-origin"] = "*"
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        response.headers["x-content-type-options"] = "nosniff"
        return response


@lru_cache(maxsize=256)
def short_hash(path: str, _changed: int, _size: int) -> str:
    """The beginning of the file's SHA-384 in base64 for addresses, as ``web/src/boot/runtime.ts`` asks for it."""
    digest = hashlib.sha384(Path(path).read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:HASH_LENGTH]


def _as_accepted(path: str, stat: stat_result, accepted: str) -> tuple[str, str | None]:
    """The file to send and how it is encoded."""
    parts = (part.replace(" ", "").partition(";") for part in accepted.split(","))
    taken = {name for name, _, quality in parts if quality not in ("q=0", "q=0.0", "q=0.00", "q=0.000")}
    for ending, name in ENCODINGS.items():
        beside = Path(path + ending)
        # One that is older is of another file.
        if name in taken and beside.is_file() and beside.stat().st_mtime_ns >= stat.st_mtime_ns:
            return str(beside), name
    return path, None


def static(prefix: str, path: str) -> BaseRoute:
    """A directory with everything in it under ``prefix``, or one file at exactly that address."""
    if not Path(path).is_file():
        return Mount(prefix.rstrip("/"), Files(directory=path, html=True))
    folder, name = Path(path).resolve().parent, Path(path).name
    files = Files(directory=folder)

    async def answer(request: Request) -> Response:
        return await files.get_response(name, request.scope)

    return Route(prefix, answer)
