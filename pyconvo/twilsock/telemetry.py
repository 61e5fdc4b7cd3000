"""What the client measures about itself, kept until the service asks for it.

Sent only when the service confirmed the capability ``telemetry.v1``. Not responsible for when to send, unless so much
has gathered that it is time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyconvo.twilsock.outbox import Outbox, Sources

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

    def __init__(self, sources: Sources, out: Outbox) -> None:
        self._sources = sources
        self._out = out
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

    def start(self, key: str, title: str, details: str) -> None:
        """Begin a span; one of this key that has not ended is forgotten."""
        self._open[key] = _Span(title, details, self._sources.now())

    def end(self, key: str, details: str | None = None) -> None:
        """Finish a span, with other ``details`` if given; unknown keys are ignored."""
        span = self._open.pop(key, None)
        # Spans that end before the first init are kept: only that init tells whether they are wanted.
        if span is None or (self._was_initialised and not self._enabled):
            return
        now = self._sources.now()
        self._ready.append(_Span(span.title, span.details if details is None else details, span.start, now))
        if len(self._ready) >= _ENOUGH:
            self.send()

    def send(self, *, unfinished: bool = False) -> None:
        """One packet of what is ready, if there is a socket and it is wanted. ``unfinished``: and of what is not."""
        if not self._out.is_open or not self._enabled or not self._ready:
            return
        now = self._sources.now()
        spans, self._ready = self._ready[:_AT_MOST], self._ready[_AT_MOST:]
        if unfinished:
            for key in list(self._open)[: _AT_MOST - len(spans)]:
                span = self._open.pop(key)
                spans.append(_Span(f"[UNFINISHED] {span.title}", span.details, span.start, now))
        self._out.send({"method": CAPABILITY, "events": [_event(span, now) for span in spans]})


def _event(span: _Span, now: float) -> dict[str, Any]:
    first, last = sorted((span.start, now if span.end is None else span.end))
    return {
        "start": round((first - now) * 1000),
        "end": round((last - now) * 1000),
        "title": span.title,
        "details": span.details,
    }
