"""Makes the service's identifiers: two letters and 32 hex digits. Repeatable when a seed is given.

A request that is undone and carried out anew (``reusing``) gets the identifiers of the first time again: somebody may
have been told of them meanwhile.
"""

from __future__ import annotations

import random
import secrets
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_spare: ContextVar[deque[str] | None] = ContextVar("pyconvo_emulator_spare_ids", default=None)


@contextmanager
def reusing(spare: deque[str]) -> Iterator[None]:
    """Identifiers that are undone inside go to ``spare``, and new ones come from there first."""
    token = _spare.set(spare)
    try:
        yield
    finally:
        _spare.reset(token)


class Ids:
    def __init__(self, seed: int | None = None) -> None:
        self._made: list[str] = []
        self.seed(seed)

    def seed(self, seed: int | None) -> None:
        """Start the sequence anew; None: unpredictable identifiers."""
        self._random = None if seed is None else random.Random(seed)

    def state(self) -> list[Any] | None:
        """Where the sequence stands, as JSON; None when it is not repeatable."""
        if self._random is None:
            return None
        version, internal, gauss = self._random.getstate()
        return [version, list(internal), gauss]

    def restore(self, state: list[Any] | None) -> None:
        """Go on where ``state`` was. Raises :class:`ValueError` or :class:`TypeError` for what is none."""
        if state is None:
            self.seed(None)
            return
        version, internal, gauss = state
        restored = random.Random()
        restored.setstate((version, tuple(internal), gauss))
        self._random = restored

    def sid(self, prefix: str) -> str:
        """A new identifier such as ``CH`` and 32 hex digits."""
        return prefix + self.hex()

    def hex(self) -> str:
        """32 hex digits."""
        spare = _spare.get()
        if not spare:
            made = secrets.token_hex(16) if self._random is None else f"{self._random.getrandbits(128):032x}"
        else:
            made = spare.popleft()
        if spare is not None:
            self._made.append(made)
        return made

    def uuid(self) -> str:
        return str(uuid.UUID(hex=self.hex()))

    # -- the store's side

    def begin(self) -> None:
        """What is made from now on may have to be undone."""
        self._made.clear()

    def undo(self) -> None:
        """Nothing of what was made since ``begin`` is used."""
        spare = _spare.get()
        if spare is not None:
            spare.extendleft(reversed(self._made))
        self._made.clear()
