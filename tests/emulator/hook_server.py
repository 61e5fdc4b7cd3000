"""A server of somebody who receives webhooks: keeps what came in, and answers as it is told.

Every request must bear a signature that Twilio's own library accepts.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from pyconvo.emulator.config import AUTH_TOKEN

PATIENCE = 10.0


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    genuine: bool

    @property
    def event(self) -> str:
        return self.form["EventType"]


class HookServer:
    """``answers``: for the next requests, ``(status, body, what to wait for)``; then 200 without a body at once."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: deque[tuple[int, Any, threading.Event | None]] = deque()
        self._came = threading.Condition()
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hooks._answer(self, "GET")

            def do_POST(self) -> None:
                hooks._answer(self, "POST")

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def events(self) -> list[str]:
        return [one.event for one in self.received]

    async def came(self, count: int) -> None:
        """Wait until so many requests have come in."""

        def wait() -> bool:
            with self._came:
                return self._came.wait_for(lambda: len(self.received) >= count, PATIENCE)

        assert await asyncio.to_thread(wait), f"{len(self.received)} of {count} webhooks came"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, method: str) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        url = self.url + request.path
        form = dict(parse_qsl(body, keep_blank_values=True))
        signature = request.headers.get("X-Twilio-Signature", "")
        genuine = RequestValidator(AUTH_TOKEN).validate(url, form, signature)
        if method == "GET":
            form = dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True))
        path = urlsplit(request.path).path
        status, answer, until = self.answers.popleft() if self.answers else (200, None, None)
        with self._came:
            self.received.append(Received(method, path, form, dict(request.headers.items()), genuine))
            self._came.notify_all()
        if until is not None:
            until.wait(PATIENCE)
        content = b"" if answer is None else answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except OSError:
            # Who asked did not wait.
            request.close_connection = True


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    server = HookServer()
    yield server
    server.stop()
