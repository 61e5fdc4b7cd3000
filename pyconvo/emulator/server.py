"""Listens: the emulator on a port, in this thread or in one of its own.

Not responsible for the command line (``pyconvo.cli``).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pyconvo.emulator.app import create_app
from pyconvo.emulator.config import EmulatorConfig
from pyconvo.emulator.peers import Peers

START_TIMEOUT = 20.0


class PortInUse(Exception):
    """The port is taken; the message names it."""


def bind(host: str, port: int) -> socket.socket:
    """A bound socket. Raises :class:`PortInUse`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's algorithm off only then; with it, packets wait 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        text = f"cannot listen on port {port} of {host}: {error.strerror}; name another with --port"
        raise PortInUse(text) from error
    return made


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _protocol(peers: Peers) -> type[H11Protocol]:
    """HTTP as uvicorn speaks it, with the lines known to ``peers``."""

    class Known(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            peers.add(transport)
            super().connection_made(transport)

    return Known


def make_server(config: EmulatorConfig, ready: Callable[[], None]) -> _Server:
    app = create_app(config)
    settings = uvicorn.Config(
        app,
        http=_protocol(app.state.service.peers),
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="websockets-sansio",
        # Everything stays on this machine: compressing it would only cost time.
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=1,
    )
    return _Server(settings, ready)


def run(config: EmulatorConfig, ready: Callable[[str], None]) -> None:
    """Serve until interrupted, in a process that does nothing else. ``ready`` gets the address once it listens."""
    # Python looks through all that there is after some thousand new objects, which some dozen requests make.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    listening = bind(config.host, config.port)
    config = replace(config, port=listening.getsockname()[1])
    make_server(config, lambda: ready(config.url)).run(sockets=[listening])


class ServerThread:
    """The emulator in a thread with a loop of its own."""

    def __init__(self, config: EmulatorConfig) -> None:
        self._socket = bind(config.host, config.port)
        config = replace(config, port=self._socket.getsockname()[1])
        self.url = config.url
        self._ready = threading.Event()
        self._server = make_server(config, self._ready.set)
        self._thread = threading.Thread(target=self._run, name="pyconvo-emulator", daemon=True)

    def start(self) -> None:
        """Returns once it listens. Raises :class:`RuntimeError` when it does not come up."""
        self._thread.start()
        if not self._ready.wait(START_TIMEOUT):
            raise RuntimeError("the emulator did not start; its log says why")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_TIMEOUT)

    def _run(self) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._server.serve(sockets=[self._socket]))
