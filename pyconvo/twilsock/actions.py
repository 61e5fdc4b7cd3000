"""What the machine wants done, and what it has to tell: frozen values, in the order they are to be carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """Open a new socket to the configured URL."""


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close the socket, if there is one, and hear no more of it."""


# The two that come with every packet are tuples: made in a third of the time.


class Send(NamedTuple):
    """Send one packet on the open socket."""

    data: bytes


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Call ``Machine.timer(key)`` after ``delay`` seconds, instead of an earlier timer of this key."""

    key: str
    delay: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    key: str


class Emit(NamedTuple):
    """A public event, to be delivered from a fresh turn of the loop."""

    event: str
    payload: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Settle:
    """The answer to what the caller waits for under ``key``: a value, or an error to raise."""

    key: str
    value: Any = None
    error: Exception | None = None


Action = OpenSocket | CloseSocket | Send | StartTimer | CancelTimer | Emit | Settle


@dataclass(frozen=True, slots=True)
class UpstreamResponse:
    """The answer to a tunnelled HTTP request. ``status`` is 0 when the service gave none."""

    status: int
    reason: str
    headers: Mapping[str, Any]
    body: Any


@dataclass(frozen=True, slots=True)
class ConnectionErrorInfo:
    """Why a connection failed. ``terminal``: the client will not try again by itself."""

    terminal: bool
    message: str
    http_status_code: int | None = None
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class InitReply:
    """What the service said when it accepted the connection; the values are the service's own."""

    id: str
    continuation_token: str | None
    continuation_token_status: Mapping[str, Any] | None
    offline_storage: Mapping[str, Any] | None
    init_registrations: tuple[Any, ...] | None
    debug_info: Any
    confirmed_capabilities: frozenset[str]
