"""Receivers of webhooks inside the emulator, for tests that have no server of their own: each name is one.

A receiver answers 200 with an empty body until it is told otherwise. Not responsible for the record of what came in:
what was delivered stands in ``deliveries``.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


@dataclass(slots=True)
class Answer:
    """``body`` is sent as JSON; ``delay`` in real seconds; ``times`` None: for ever."""

    status: int = 200
    body: Any = None
    delay: float = 0.0
    times: int | None = None


class Receivers:
    def __init__(self) -> None:
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)

    def plan(self, name: str, answer: Answer) -> None:
        """``name`` answers so: after what was planned for a number of times, instead of what was planned for ever."""
        planned = self._answers[name]
        if planned and planned[-1].times is None:
            planned.pop()
        planned.append(answer)

    async def answer(self, request: Request) -> Response:
        answers = self._answers[request.path_params["name"]]
        answer = answers[0] if answers else Answer()
        if answer.times is not None:
            answer.times -= 1
            if answer.times <= 0:
                answers.popleft()
        await asyncio.sleep(answer.delay)
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        return Response(content, answer.status, media_type="application/json")
