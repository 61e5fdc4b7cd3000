"""Makes the service's identifiers: two letters and 32 hex digits. Repeatable when a seed is given."""

from __future__ import annotations

import random
import secrets
import uuid


class Ids:
    def __init__(self, seed: int | None = None) -> None:
        self.seed(seed)

    def seed(self, seed: int | None) -> None:
        """Start the sequence anew; None: unpredictable identifiers."""
        self._random = None if seed is None else random.Random(seed)

    def sid(self, prefix: str) -> str:
        """A new identifier such as ``CH`` and 32 hex digits."""
        return prefix + self.hex()

    def hex(self) -> str:
        """32 hex digits."""
        return secrets.token_hex(16) if self._random is None else f"{self._random.getrandbits(128):032x}"

    def uuid(self) -> str:
        return str(uuid.UUID(hex=self.hex()))
