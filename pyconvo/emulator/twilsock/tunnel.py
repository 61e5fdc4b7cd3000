"""A tunnelled request is answered by the same functions as direct HTTP.

Not responsible for turns, faults or packets (``connection``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope

from pyconvo.emulator.caller import SCOPE_KEY, Caller
from pyconvo.emulator.refusals import reason, refuse, worded
from pyconvo.emulator.routing import Endpoint
from pyconvo.twilsock.packet import JSON_TYPE


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is JSON, written already or not; ``{}`` where the answer has none (clients read into it)."""

    status: int
    reason: str
    headers: dict[str, str]
    body: Any


class Tunnel:
    def __init__(self, app: ASGIApp, shortcut: Callable[[Scope], Endpoint | None]) -> None:
        """``shortcut``: the function that the application would call in the end, where it can be called at once."""
        self._app = app
        self.shortcut = shortcut

    async def request(self, caller: Caller, http: dict[str, Any], body: bytes, content_type: str) -> Answer:
        """Carry out ``http_request`` for ``caller``."""
        scope = _scope(caller, http, body, content_type)
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        endpoint = self.shortcut(scope)
        if endpoint is None:
            return await self._through_application(scope, receive)
        try:
            response = await endpoint(Request(scope, receive))
        except Exception as error:
            response = refuse(worded(error, scope))
        return _answer(response.status_code, response.raw_headers, bytes(response.body))

    async def _through_application(self, scope: Scope, receive: Receive) -> Answer:
        start: dict[str, Any] = {"status": 500, "headers": []}
        chunks: list[bytes] = []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self._app(scope, receive, send)
        return _answer(int(start["status"]), start["headers"], b"".join(chunks))


def _answer(status: int, raw_headers: Iterable[tuple[bytes, bytes]], content: bytes) -> Answer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw_headers}
    return Answer(status, reason(status), headers, _body(content, headers.get("content-type", "")))


def _scope(caller: Caller, http: dict[str, Any], body: bytes, content_type: str) -> Scope:
    """The request as ASGI describes it."""
    path = str(http.get("path") or "/")
    given = http.get("headers")
    headers = {str(name).lower(): str(value) for name, value in (given if isinstance(given, dict) else {}).items()}
    headers.setdefault("content-type", content_type)
    headers["content-length"] = str(len(body))
    headers["host"] = str(http.get("host") or "localhost")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": str(http.get("method") or "GET").upper(),
        "scheme": "https",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": _query(http.get("params")).encode(),
        "root_path": "",
        "headers": [(name.encode("latin-1", "replace"), value.encode("utf-8")) for name, value in headers.items()],
        "client": None,
        "server": None,
        SCOPE_KEY: caller,
    }


def _query(params: Any) -> str:
    """The query string again; keys and values are still percent-encoded as the client wrote them."""
    if not isinstance(params, dict):
        return ""
    pairs: list[str] = []
    for key, value in params.items():
        for one in value if isinstance(value, list) else [value]:
            pairs.append(f"{key}={one}")
    return "&".join(pairs)


def _body(content: bytes, content_type: str) -> Any:
    """Clients read every answer as JSON."""
    if not content:
        return {}
    return content if content_type.startswith(JSON_TYPE) else {"message": content.decode("utf-8", "replace")}
