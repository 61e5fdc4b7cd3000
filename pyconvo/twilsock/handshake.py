"""What an init says, and what the service's answers to it, to an update, and its closes mean. Pure translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyconvo.errors import ReplyError
from pyconvo.twilsock import packet
from pyconvo.twilsock.actions import ConnectionErrorInfo, InitReply
from pyconvo.twilsock.options import CAPABILITIES, TwilsockOptions
from pyconvo.twilsock.states import Trigger

_TOKEN_EXPIRED = 20104
_TERMINAL = (401, 403)


def init_header(
    options: TwilsockOptions, token: str, continuation: Mapping[str, str | None], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """``continuation``: the member as it is to be sent, or nothing."""
    registrations = options.registrations
    return {
        "method": "init",
        "token": token,
        **continuation,
        "metadata": dict(metadata),
        "registrations": None if registrations is None else [dict(one) for one in registrations],
        "tweaks": options.tweaks,
        "capabilities": list(CAPABILITIES),
    }


def init_reply(reply: packet.Packet) -> InitReply:
    header = reply.header
    storage, registrations = header.get("offline_storage"), header.get("init_registrations")
    confirmed = header.get("capabilities")
    return InitReply(
        id=reply.id,
        continuation_token=header.get("continuation_token"),
        continuation_token_status=header.get("continuation_token_status"),
        offline_storage=storage if isinstance(storage, dict) else None,
        init_registrations=tuple(registrations) if isinstance(registrations, list) else None,
        debug_info=header.get("debug_info"),
        confirmed_capabilities=frozenset(map(str, confirmed)) if isinstance(confirmed, list) else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """The service refused an init or update."""

    info: ConnectionErrorInfo
    #: What the last words of the connection were, where it is not tried again.
    reason: str
    token_expired: bool
    floor: float | None
    #: Whether the service hears of the end; after an internal error of its own it does not.
    graceful: bool


def refusal(error: ReplyError, *, of_init: bool) -> Refusal:
    status = _mapping(error.reply.get("status"))
    code = status.get("code")
    terminal = code in _TERMINAL
    info = _info(status, str(error), terminal=terminal)
    return Refusal(
        info=info,
        reason=str(status.get("description") or error),
        token_expired=terminal and status.get("errorCode") == _TOKEN_EXPIRED,
        floor=_floor(error.reply.get("body")) if code == 429 else None,
        graceful=not (of_init and code == 500),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """The service closes the connection."""

    trigger: Trigger
    reason: str | None = None
    info: ConnectionErrorInfo | None = None
    token_expired: bool = False
    floor: float | None = None


def closing(received: packet.Packet) -> Closing | None:
    """What a ``close`` means; ``None`` for one without a status code."""
    status = _mapping(received.header.get("status"))
    code = status.get("code")
    if code is None:
        return None
    if code == 406:
        text = f"Server closed connection because can't parse protocol: {status.get('status')}"
        reason = str(status.get("description") or text)
        return Closing(Trigger.RECEIVE_FATAL_CLOSE, reason, _info(status, text, terminal=True))
    if code == 417:
        return Closing(Trigger.RECEIVE_FATAL_CLOSE, "the service could not read a reply of this client")
    if code in (401, 410):
        return Closing(Trigger.RECEIVE_CLOSE, token_expired=code == 410)
    return Closing(Trigger.RECEIVE_OFFLOAD, floor=_floor(received.payload) if code == 308 else None)


def _info(status: Mapping[str, Any], fallback: str, *, terminal: bool) -> ConnectionErrorInfo:
    text = status.get("description") or fallback
    return ConnectionErrorInfo(
        terminal, f"Connection error: {text}", status.get("code"), status.get("errorCode") or None
    )


def _floor(payload: Any) -> float | None:
    """The least delay before reconnecting that the service asks for, in milliseconds."""
    floor = _mapping(_mapping(payload).get("backoff_policy")).get("reconnect_min_ms")
    return floor if isinstance(floor, int | float) and not isinstance(floor, bool) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
