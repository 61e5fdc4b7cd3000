"""One subscription, one batch of them, and what ``subscriptions.py`` wants done: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pyconvo.errors import SyncError
from pyconvo.sync.gaps import EventIds


class Subject(Protocol):
    """An entity, as far as subscriptions know it."""

    sid: str
    last_event_id: int | None

    @property
    def type(self) -> str: ...

    def apply(self, event_type: str, event: Mapping[str, Any], *, ordered: bool) -> None: ...

    def advance(self, event_id: int | None) -> None: ...

    def set_subscription_state(self, state: str) -> None: ...

    def fail(self, error: SyncError) -> None: ...


@dataclass(frozen=True, slots=True)
class SendBatch:
    """POST ``body``; then call ``replied(id, answer)`` or ``refused(id)``."""

    id: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Call ``timer(key)`` after ``delay`` seconds, instead of an earlier timer of this key."""

    key: str
    delay: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    key: str


Action = SendBatch | StartTimer | CancelTimer


class Subscription:
    """One wanted entity."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.pending_action: str | None = None
        self.correlation: int | None = None
        self.established = False
        self.failed = False
        self.retries = 0
        #: To be asked for again, though nothing is known to be missing.
        self.refresh = False
        #: Where the last request began; ``None``: the events from then on were asked for.
        self.asked_from: int | None = None
        self.ids = EventIds(subject.last_event_id)

    def pend(self, action: str | None, correlation: int | None) -> None:
        self.pending_action, self.correlation = action, correlation

    @property
    def watches_gaps(self) -> bool:
        # A document's event carries all its data: an earlier one that was lost changes nothing.
        return self.subject.type in ("list", "map")

    def leaves_out(self, last: Any) -> bool:
        """Whether events up to ``last`` are missing though all that were asked for have come.

        The subject may have learned, while its request was under way, of which earlier event it needs the followers.
        """
        root, asked = self.subject.last_event_id, self.asked_from
        return isinstance(last, int) and root is not None and root < last and (asked is None or root < asked)

    @property
    def resume_from(self) -> int | None:
        """The event after which events are to be sent."""
        root, contiguous = self.subject.last_event_id, self.ids.contiguous
        if self.watches_gaps and self.ids.has_gap and root is not None and contiguous is not None:
            return min(root, contiguous)
        return root


@dataclass(slots=True)
class Batch:
    action: str
    subscriptions: list[Subscription]
    estimated_delivery: float = 0
