"""What the client measures about itself, kept until the service asks for it.

Sent only when the service confirmed the capability ``telemetry.v1``. Not responsible for when to send.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CAPABILITY = "telemetry.v1"
_ENOUGH = 50
_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class _Span:
    title: str
    details: str
    start: float
    end: float | None = None


class Telemetry:
    """Time spans by key. Times are seconds since 1970, on the wire milliseconds before the sending."""

    def __init__(self) -> None:
        self._open: dict[str, _Span] = {}
        self._ready: list[_Span] = []
        self._enabled = False
        self._was_initialised = False

    def initialised(self, confirmed: frozenset[str]) -> None:
        self._enabled = CAPABILITY in confirmed
        self._was_initialised = True

    def connection_lost(self) -> None:
        """The service closed the socket: what was measured about that connection is worth nothing now."""
        self._enabled = False
        self._open.clear()
        self._ready.clear()

    def start(self, key: str, title: str, details: str, now: float) -> None:
        self._open[key] = _Span(title, details, now)

    def end(self, key: str, now: float, details: str | None = None) -> bool:
        """Finish a span. True when so many are ready that they should be sent."""
        span = self._open.pop(key, None)
        # Spans that end before the first init are kept: only that init tells whether they are wanted.
        if span is None or (self._was_initialised and not self._enabled):
            return False
        self._ready.append(_Span(span.title, span.details if details is None else details, span.start, now))
        return len(self._ready) >= _ENOUGH

    def take(self, now: float, *, unfinished: bool = False) -> list[dict[str, Any]]:
        """Events for one packet, removed from here; empty when there is nothing, or nothing is wanted."""
        if not self._enabled or not self._ready:
            return []
        spans, self._ready = self._ready[:_AT_MOST], self._ready[_AT_MOST:]
        if unfinished:
            for key in list(self._open)[: _AT_MOST - len(spans)]:
                span = self._open.pop(key)
                spans.append(_Span(f"[UNFINISHED] {span.title}", span.details, span.start, now))
        return [_event(span, now) for span in spans]


def _event(span: _Span, now: float) -> dict[str, Any]:
    first, last = sorted((span.start, now if span.end is None else span.end))
    return {
        "start": round((first - now) * 1000),
        "end": round((last - now) * 1000),
        "title": span.title,
        "details": span.details,
    }
