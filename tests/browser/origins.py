"""Small servers for test pages: each is an origin of its own, and can be told to misbehave.

The emulator stays well behaved; what goes wrong on the way from a content network to a page goes wrong here.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".json": "application/json",
}


class Origin:
    """Serves ``folder`` to any origin, and the pages it is given."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        #: Names of the files that were asked for, in order.
        self.asked: list[str] = []
        self._pages: dict[str, tuple[bytes, Mapping[str, str]]] = {}
        self._flipped: set[str] = set()
        self._missing: set[str] = set()
        self._stalled: set[str] = set()
        self._cut: set[str] = set()
        self._untyped: set[str] = set()
        self._end = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def page(self, html: str, headers: Mapping[str, str] | None = None) -> str:
        """Serve this page; its address."""
        path = f"/page-{len(self._pages)}.html"
        self._pages[path] = html.encode(), headers or {}
        return self.url + path

    def flip(self, name: str) -> None:
        """Change one bit in the middle of the file whenever it is asked for."""
        self._flipped.add(name)

    def lose(self, name: str) -> None:
        """Answer 404 for the file."""
        self._missing.add(name)

    def stall(self, name: str) -> None:
        """Never answer for the file."""
        self._stalled.add(name)

    def cut(self, name: str) -> None:
        """Break off in the middle of the file."""
        self._cut.add(name)

    def untype(self, name: str) -> None:
        """Say that the file is anything."""
        self._untyped.add(name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, path: str) -> tuple[int, bytes, Mapping[str, str]]:
        if path in self._pages:
            content, headers = self._pages[path]
            return 200, content, {"Content-Type": TYPES[".html"], **headers}
        name = path.rpartition("/")[2]
        self.asked.append(name)
        if name in self._stalled:
            self._end.wait()
        file = self._folder and (self._folder / path.lstrip("/")).resolve()
        inside = file is not None and self._folder is not None and file.is_relative_to(self._folder.resolve())
        if file is None or not inside or not file.is_file() or name in self._missing:
            return 404, b"not here", {}
        content = bytearray(file.read_bytes())
        if name in self._flipped:
            content[len(content) // 2] ^= 1
        types = {} if name in self._untyped else TYPES
        return 200, bytes(content), {"Content-Type": types.get(file.suffix, "application/octet-stream")}

    def _is_cut(self, path: str) -> bool:
        return path.rpartition("/")[2] in self._cut

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer_for, is_cut = self._answer, self._is_cut

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                status, content, headers = answer_for(path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Access-Control-Allow-Origin", "*")
                # A page that has given up, or was closed, no longer listens.
                with contextlib.suppress(ConnectionError):
                    self.end_headers()
                    self.close_connection |= is_cut(path)
                    self.wfile.write(content[: len(content) // 2] if is_cut(path) else content)

            def log_message(self, format: str, *arguments: object) -> None:
                """Silence: a failing test shows the page's console instead."""

        return Handler


@dataclass(frozen=True)
class Script:
    """The released script on its origin."""

    origin: Origin
    integrity: str

    @property
    def url(self) -> str:
        return f"{self.origin.url}/pyconvo.min.js"

    def tag(self, attributes: str = "") -> str:
        return f'<script src="{self.url}" integrity="{self.integrity}" crossorigin="anonymous" {attributes}></script>'
