"""Numbers in the query of an address. Not responsible for what they mean."""

from __future__ import annotations

import re

from pyconvo.emulator.errors import TwilioError

#: No more digits than SQLite's integers have for certain, and than Python reads without asking back.
_WHOLE = re.compile(r"[0-9]{1,18}")


def whole(text: str, name: str, *, least: int = 0) -> int:
    """A whole number of at least ``least``. Raises :class:`TwilioError` (400/20001) for anything else."""
    if not _WHOLE.fullmatch(text) or int(text) < least:
        raise TwilioError(400, 20001, f"{name} must be a whole number of at least {least}, with up to 18 digits")
    return int(text)
