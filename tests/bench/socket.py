"""The yardstick for incoming messages: a WebSocket with nothing behind it, which a page reads and answers."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from websockets.sync.server import Server, ServerConnection, serve

#: Bytes of a frame: what the service sends for one short message.
FRAME = 1280
#: A page that has ended the connection ends the reading of its answers; one that hangs must not hold up the run.
PATIENCE = 30.0


class BareSocket:
    """Sends ``count`` frames to whoever connects, all at once, and reads as many answers."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = serve(self._flood, "127.0.0.1", 0, compression=None)
        self._thread = threading.Thread(target=self._server.serve_forever, name="bare socket", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join(10)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def _flood(self, connection: ServerConnection) -> None:
        frame = bytes(FRAME)
        for _ in range(self._count):
            connection.send(frame)
        for _ in range(self._count):
            connection.recv(PATIENCE)
