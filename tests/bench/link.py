"""A slow, long line to the emulator: a TCP relay on loopback with latency and bandwidth, which counts and holds bytes.

A browser's own throttling does not reach its WebSockets. Not responsible for losing packets: TCP hides that.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import uvloop

CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Shape:
    """``latency``: seconds there and back; ``bandwidth``: bytes a second towards the page, None: without limit."""

    latency: float = 0.0
    bandwidth: float | None = None


class Link:
    """Relays ``port`` (chosen by the system) to ``target``; ``shape`` may be changed between measurements."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._shape = Shape()
        self._down = 0
        self._free_at = 0.0
        self._released = asyncio.Event()
        self._released.set()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="link", daemon=True)
        self._server: asyncio.Server | None = None
        self._relays: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def down(self) -> int:
        """Bytes that have gone towards the page, all connections together."""
        return self._down

    def shape(self, latency: float = 0.0, bandwidth: float | None = None) -> None:
        """From now on, also for connections that are open."""
        self._shape = replace(self._shape, latency=latency, bandwidth=bandwidth)

    def hold(self) -> None:
        """Keep what is on its way to the page until :meth:`release`, which delivers it all at once."""
        self._loop.call_soon_threadsafe(self._released.clear)

    def release(self) -> None:
        """Returns at once; what was held leaves as fast as the page reads."""
        self._loop.call_soon_threadsafe(self._released.set)

    def settle(self, quiet: float = 0.2) -> None:
        """Returns when nothing has come down for ``quiet`` seconds."""
        seen = -1
        while seen != self._down:
            seen = self._down
            time.sleep(quiet)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for relay in list(self._relays):
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relays.add(task)
        try:
            # A real connection is open only after one way there and back.
            await asyncio.sleep(self._shape.latency)
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(self._pump(reader, back, None), self._pump(there, writer, self._arrival))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._relays.discard(task)
            writer.close()

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, arrival: Callable[[int], float] | None
    ) -> None:
        """Chunks leave in order, each when it would have arrived; what is under way is not held up by what waits."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        carrier = asyncio.create_task(self._carry(under_way, sink, held=arrival is not None))
        try:
            while data := await source.read(CHUNK):
                when = time.monotonic() if arrival is None else arrival(len(data))
                await under_way.put((when + self._shape.latency / 2, data))
            await under_way.put((0.0, b""))
            await carrier
        except OSError:
            carrier.cancel()
        except asyncio.CancelledError:
            carrier.cancel()
            raise

    async def _carry(
        self, under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter, *, held: bool
    ) -> None:
        # uvloop's words for a line that has been closed meanwhile are a RuntimeError.
        with contextlib.suppress(OSError, RuntimeError):
            while True:
                when, data = await under_way.get()
                if not data:
                    break
                if held:
                    await self._released.wait()
                if (wait := when - time.monotonic()) > 0:
                    await asyncio.sleep(wait)
                sink.write(data)
                await sink.drain()
            sink.write_eof()

    def _arrival(self, size: int) -> float:
        """All connections share one line: when its last byte has passed it."""
        self._down += size
        now = time.monotonic()
        if self._shape.bandwidth is None:
            return now
        self._free_at = max(now, self._free_at) + size / self._shape.bandwidth
        return self._free_at
