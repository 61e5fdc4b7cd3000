"""The host interface: clock, randomness, timers, sockets, HTTP. The only way out of the core.

``native`` does it with asyncio, websockets and httpx; ``browser`` with JavaScript's WebSocket and fetch;
``memory`` by hand, for tests. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class TimerHandle(Protocol):
    def cancel(self) -> None:
        """Forget the timer; harmless when it has fired."""


class SessionStorage(Protocol):
    """Strings by key, that outlive this run: a page that is reloaded finds them again. Any method may fail."""

    def get(self, key: str) -> str | None: ...

    def set(self, key: str, value: str) -> None: ...

    def remove(self, key: str) -> None: ...


class SocketHandle(Protocol):
    def send(self, data: bytes) -> None:
        """Send one binary message. Silently dropped on a socket that is not open."""

    def close(self) -> None:
        """Close without code or reason. No listener method is called after this."""


class SocketListener(Protocol):
    """Who hears of one socket. Methods are called from the event loop, never from inside ``Host.connect``."""

    def socket_opened(self) -> None: ...

    def socket_received(self, data: bytes) -> None: ...

    def socket_failed(self, message: str | None) -> None:
        """The platform reported an error; ``socket_closed`` follows."""

    def socket_closed(self) -> None: ...


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    #: Told how much of the body has left, while it leaves: bytes so far, bytes in all.
    on_sent: Callable[[int, int], Any] | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Host(Protocol):
    """The platform. One host may serve several clients."""

    def now(self) -> float:
        """Seconds since 1970."""

    def random(self) -> float:
        """Uniform in [0, 1)."""

    def uuid(self) -> str:
        """A random UUID, version 4, lower case with dashes."""

    def call_later(self, delay: float, callback: Callable[[], Any]) -> TimerHandle:
        """Call once, after ``delay`` seconds (0: as soon as the loop turns, never at once)."""

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        """Call once when what is due has been done, or after a few milliseconds of it: the moment to pass on together
        what has come together.
        """

    def is_idle(self) -> bool:
        """Whether nothing is due in the loop beside what runs now. False where that cannot be told."""

    def connect(self, url: str, listener: SocketListener) -> SocketHandle:
        """Begin to open a WebSocket. Raises :class:`pyconvo.errors.HostError` for a URL that can never work."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """One HTTP request. Raises :class:`pyconvo.errors.HostError` when there is no answer."""

    def on_network_change(self, callback: Callable[[bool], Any]) -> Callable[[], None]:
        """Tell ``callback`` when the platform goes online (True) or offline (False). Returns the way to stop."""

    def session_storage(self) -> SessionStorage | None:
        """The platform's own; ``None`` where there is none."""

    def platform(self) -> str:
        """What the platform calls itself, for people: a browser's user agent; ``web`` elsewhere."""

    def metadata(self) -> dict[str, Any]:
        """``env, envv, os, osv, osa`` for Twilsock's init, ``pl``-style names left to the callers."""
