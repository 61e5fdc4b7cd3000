"""Asking a webhook before something happens, without holding up anybody else.

A command that must ask ends there (``Asked``), all undone; its door lets the others go on, awaits the answer, and
carries the whole request out anew with the answer at hand. So the rules are checked before the webhook is asked and
again after it, against what is true by then.
Not responsible for sending the question (``engine``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyconvo.emulator.conversations.events import DomainEvent
from pyconvo.emulator.ids import reusing


class Asker(Protocol):
    """Who sends questions: the engine of a chat service."""

    @property
    def closed(self) -> bool: ...

    async def decide(self, request: Decisions) -> None: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked, and where: the URL with its overrides."""

    name: str
    url: str
    method: str
    event: DomainEvent
    asker: Asker


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refused``, or what is to be otherwise (REST names; empty: nothing)."""

    name: str
    refused: bool = False
    amendments: Mapping[str, Any] = field(default_factory=dict)


class Asked(Exception):
    """Not an error: the request ends here until its question has been answered."""


class Decisions:
    """The verdicts on one request, in the order in which it asks."""

    def __init__(self) -> None:
        self.asked: Question | None = None
        """The question that the last run ended with; None: it came to its own end."""
        self._verdicts: list[Verdict] = []
        self._position = 0
        self._ids: deque[str] = deque()

    @contextmanager
    def running(self) -> Iterator[None]:
        """One run of the request."""
        self.asked = None
        self._position = 0
        token = _decisions.set(self)
        try:
            # What was asked about keeps its name.
            with reusing(self._ids):
                yield
        finally:
            _decisions.reset(token)

    def add(self, verdict: Verdict) -> None:
        self._verdicts.append(verdict)

    def on(self, question: Question) -> Verdict:
        """The verdict on ``question``.

        Raises:
            Asked: there is none yet.
        """
        if self._position < len(self._verdicts) and self._verdicts[self._position].name == question.name:
            self._position += 1
            return self._verdicts[self._position - 1]
        # What was decided further on was about a world that is no more.
        del self._verdicts[self._position :]
        self.asked = question
        raise Asked


_decisions: ContextVar[Decisions | None] = ContextVar("pyconvo_emulator_decisions", default=None)


def under_way() -> Decisions | None:
    """The decisions on the request that is being carried out; None outside of a door that can ask."""
    return _decisions.get()
