"""Tunnelled HTTP requests: how one is written, which wait for a connection, which wait for a reply.

Sans-I/O: methods return actions. Not responsible for when a connection exists (``machine``) nor for retries
(the layers above).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyconvo.errors import ReplyError, TwilsockError, UpstreamError
from pyconvo.twilsock import packet
from pyconvo.twilsock.actions import Action, CancelTimer, Send, Settle, StartTimer, UpstreamResponse

#: Seconds a request may wait for a connection, and for its reply.
QUEUE_TIMEOUT = 20.0
REPLY_TIMEOUT = 30.0

#: Key of the timer for all of them.
REPLIES = "replies"
_TOLERANCE = 0.01

#: The message of the error for a request whose connection went away before the reply.
CONNECTION_LOST = "disconnected"

_URL = re.compile(r"^https?://([^:/?#]*(?::[0-9]+)?)(/[^?#]*)(?:\?([^#]*))?(?:#.*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, written and ready to send. ``key`` is its packet id."""

    key: str
    method: str
    host: str
    data: bytes


def parameters(query: str) -> dict[str, Any]:
    """A query as Twilsock carries it: still percent-encoded, a repeated name as a list."""
    result: dict[str, Any] = {}
    for pair in query.split("&") if query else ():
        name, separator, value = pair.partition("=")
        if not separator:
            continue
        if name not in result:
            result[name] = value
        elif isinstance(result[name], list):
            result[name].append(value)
        else:
            result[name] = [result[name], value]
    return result


def write(key: str, method: str, url: str, *, headers: Mapping[str, str] | None, body: Any, grant: str) -> Request:
    """Write a request as a packet. Raises :class:`TwilsockError` for a URL or body that cannot be carried."""
    match = _URL.match(url)
    if match is None:
        raise TwilsockError(f"Incorrect URI: {url}")
    own_headers = dict(headers or {})
    host, path, query = match.group(1), match.group(2), match.group(3) or ""
    header = {
        "id": key,
        "method": "message",
        "active_grant": grant,
        "payload_type": own_headers.get("Content-Type") or packet.JSON_TYPE,
        "http_request": {
            "host": host,
            "path": path,
            "method": method,
            "params": parameters(query),
            "headers": own_headers,
        },
    }
    try:
        return Request(key, method, host, packet.encode(header, body))
    except packet.PacketError as error:
        raise TwilsockError(str(error)) from error


def is_success(code: Any) -> bool:
    return isinstance(code, int | float) and 200 <= code < 300


def reply_error(reply: packet.Packet) -> ReplyError | None:
    """The error that a reply's transport status means, or ``None`` when it is 2xx."""
    status = reply.header.get("status")
    known: Mapping[str, Any] = status if isinstance(status, dict) else {}
    if is_success(known.get("code")):
        return None
    text = known.get("status", "no status in reply")
    told = {"id": reply.id, "status": reply.header.get("status"), "header": reply.header}
    return ReplyError(f"Transport failure: {text}", told | ({"body": reply.payload} if reply.has_payload else {}))


def outcome(reply: packet.Packet) -> UpstreamResponse | TwilsockError:
    """What a reply to a tunnelled request means for the caller."""
    if (error := reply_error(reply)) is not None:
        return error
    http = reply.header.get("http_status")
    http_status: Mapping[str, Any] = http if isinstance(http, dict) else {}
    status, reason = http_status.get("code", 0), str(http_status.get("status", ""))
    if http_status and not is_success(status):
        return UpstreamError(status, reason, reply.payload)
    headers = reply.header.get("http_headers")
    return UpstreamResponse(status, reason, headers if isinstance(headers, dict) else {}, reply.payload)


class Requests:
    """Requests that wait: first for a connection (in order), then for their reply (by id).

    One timer serves all replies, since all have the same time: a client's start would set thousands.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._queued: dict[str, Request] = {}
        #: Until when each may be answered. In this order, too: they are kept as they were sent.
        self._in_flight: dict[str, float] = {}
        self._watching = False

    def enqueue(self, request: Request) -> list[Action]:
        self._queued[request.key] = request
        return [StartTimer(f"queue:{request.key}", QUEUE_TIMEOUT)]

    def send(self, request: Request) -> list[Action]:
        self._in_flight[request.key] = self._now() + REPLY_TIMEOUT
        if self._watching:
            return [Send(request.data)]
        self._watching = True
        return [Send(request.data), StartTimer(REPLIES, REPLY_TIMEOUT)]

    def flush(self) -> list[Action]:
        """A connection exists: send everything queued, oldest first."""
        queued, self._queued = self._queued, {}
        actions: list[Action] = []
        for key, request in queued.items():
            actions += [CancelTimer(f"queue:{key}"), *self.send(request)]
        return actions

    def forget(self, key: str) -> list[Action]:
        """Nobody waits for this request any more. One that was sent is still carried out by the service."""
        if self._queued.pop(key, None) is not None:
            return [CancelTimer(f"queue:{key}")]
        return self._done(key) if key in self._in_flight else []

    def fail_queued(self, error: Exception) -> list[Action]:
        queued, self._queued = self._queued, {}
        actions: list[Action] = []
        for key in queued:
            actions += [CancelTimer(f"queue:{key}"), Settle(key, error=error)]
        return actions

    def fail_in_flight(self, error: Exception) -> list[Action]:
        in_flight, self._in_flight = self._in_flight, {}
        actions: list[Action] = [Settle(key, error=error) for key in in_flight]
        return [*self._rest(), *actions]

    def reply(self, reply: packet.Packet) -> list[Action]:
        """A reply came in; one that answers no request of ours is ignored."""
        if reply.id not in self._in_flight:
            return []
        result = outcome(reply)
        settled = (
            Settle(reply.id, error=result) if isinstance(result, TwilsockError) else Settle(reply.id, value=result)
        )
        return [*self._done(reply.id), settled]

    def queue_timeout(self, key: str) -> list[Action]:
        request = self._queued.pop(key, None)
        if request is None:
            return []
        return [Settle(key, error=TwilsockError(f"request '{request.method}' to '{request.host}' timed out"))]

    def replies_late(self) -> list[Action]:
        """The timer has fired: some replies may be late. It is set again for the next that could be."""
        now = self._now()
        # The timer's clock is another one, and may be a moment ahead. What was sent in the future: ours was set back.
        late = [
            key
            for key, until in self._in_flight.items()
            if not now + _TOLERANCE < until <= now + _TOLERANCE + REPLY_TIMEOUT
        ]
        actions: list[Action] = []
        for key in late:
            del self._in_flight[key]
            actions.append(Settle(key, error=TwilsockError(f"Twilsock: request timeout: {key}")))
        first = next(iter(self._in_flight.values()), None)
        self._watching = first is not None
        if first is not None:
            actions.append(StartTimer(REPLIES, first - now))
        return actions

    def _done(self, key: str) -> list[Action]:
        del self._in_flight[key]
        return self._rest()

    def _rest(self) -> list[Action]:
        """Nothing is left to watch, or what there is."""
        if self._in_flight or not self._watching:
            return []
        self._watching = False
        return [CancelTimer(REPLIES)]
